"""The site: a folder of pages that is read without a server, of the listings that there are."""

from __future__ import annotations

from .days_page import days_page
from .listing_page import listing_page
from .names import PaperLinks, page_name
from .pages import DayLine, Links, PageLink, Pages, SiteFrame, relative
from .paper_files import paper_files
from .paper_page import paper_page
from .private_page import private_page
from .publishing import PublishReport, publish
from .search import search_page
from .shell import site_page
from .style import style_sheet
from .titles import titles_pages, titles_script

__all__ = [
    "DayLine",
    "Links",
    "PageLink",
    "Pages",
    "PaperLinks",
    "PublishReport",
    "SiteFrame",
    "days_page",
    "listing_page",
    "page_name",
    "paper_files",
    "paper_page",
    "private_page",
    "publish",
    "relative",
    "search_page",
    "site_page",
    "style_sheet",
    "titles_pages",
    "titles_script",
]
