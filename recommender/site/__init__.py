"""The site: a folder of pages that is read without a server, of the listings that there are."""

from __future__ import annotations

from .names import PaperLinks, page_name
from .pages import DayLine, Links, PageLink, Pages, SiteFrame, relative
from .publishing import PublishReport, publish

__all__ = [
    "DayLine",
    "Links",
    "PageLink",
    "Pages",
    "PaperLinks",
    "PublishReport",
    "SiteFrame",
    "page_name",
    "publish",
    "relative",
]
