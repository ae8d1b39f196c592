"""The site: a folder of pages that is read without a server, of the listings that there are."""

from __future__ import annotations

from .days_page import days_page
from .house_pages import HousePages
from .listing_page import listing_page
from .map_page import map_page
from .map_script import map_titles
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
from .topic_page import topic_page, topics_page

__all__ = [
    "DayLine",
    "HousePages",
    "Links",
    "PageLink",
    "Pages",
    "PaperLinks",
    "PublishReport",
    "SiteFrame",
    "days_page",
    "listing_page",
    "map_page",
    "map_titles",
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
    "topic_page",
    "topics_page",
]
