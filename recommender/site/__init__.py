"""The site: a folder of pages that is read without a server, of the listings that there are."""

from __future__ import annotations

from .pages import DayLine, Links, PageLink, Pages, SiteFrame, relative

__all__ = ["DayLine", "Links", "PageLink", "Pages", "SiteFrame", "relative"]
