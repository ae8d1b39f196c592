"""Pages for tests of the site: a frame, ways to papers, and a reader of what is written."""

import html.parser
from dataclasses import replace

from listings import LISTING, hostile_listing

from recommender.site import PaperLinks, SiteFrame, listing_page, paper_page

SECTIONS = (("Today", "index.html"), ("Days", "days.html"), ("Search", "search.html"))
FRAME = SiteFrame("Papers & more", "https://papers.example/site", "2026-11-30", SECTIONS)
UNDATED = replace(FRAME, day="")
ALL = PaperLinks(None)
NO_PAGES = PaperLinks(frozenset())
VOID = {"meta", "link", "br", "input"}
OPEN = replace(LISTING, reader="", title="4 papers · 30 November 2026")


class Tree(html.parser.HTMLParser):
    """(tag, attributes, the tags around) of each element, and the text."""

    def __init__(self, page):
        super().__init__()
        self.nodes, self.text, self._open = [], "", []
        self.feed(page.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.nodes.append((tag, dict(attrs), tuple(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes, _ in self.nodes if name == tag]


def hostile_paper(text):
    (entry,) = hostile_listing(text).entries
    return entry.paper


def listed(listing, **options):
    options = {"path": "day/2026-11-30.html", "frame": FRAME, "links": ALL, **options}
    return listing_page(listing, **options)


def of_paper(paper, similar=OPEN, others=None, **options):
    options = {"path": "paper/x.html", "frame": UNDATED, "links": ALL, **options}
    return paper_page(paper, similar, others, **options)
