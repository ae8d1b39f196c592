"""The page of a listing: nothing from elsewhere, read by everybody, and light."""

import base64
import hashlib
import html.parser
import itertools
import re
from dataclasses import replace

import pytest
from listings import EMPTY, HOSTILE, LISTING, LORA, NOTHING, hostile_listing

from recommender import Paper
from recommender.listing import LISTING_WRITERS, Entry, Part, page_address, pdf_address
from recommender.listing.feedback import FEEDBACK_SCRIPT
from recommender.listing.style import DARK, LIGHT, STYLE

VOID = {"meta", "hr", "br"}


class Tree(html.parser.HTMLParser):
    """(tag, attributes, the tags around) of each element."""

    def __init__(self, page):
        super().__init__()
        self.nodes, self._open = [], []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.nodes.append((tag, dict(attrs), tuple(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def all(self, tag):
        return [(attributes, around) for name, attributes, around in self.nodes if name == tag]


def written(listing):
    return LISTING_WRITERS["html"].write(listing).decode()


LISTINGS = [LISTING, NOTHING, EMPTY, *(hostile_listing(text) for text in HOSTILE)]


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_page_asks_nobody_for_anything(listing):
    """Nothing in it loads: no source, style sheet, font, picture, frame or script; a policy forbids all."""
    page = written(listing)
    tree = Tree(page)
    loading = {"src", "srcset", "poster", "data", "background", "action", "formaction", "ping", "style"}
    assert [attributes for _, attributes, _ in tree.nodes if loading & {*attributes}] == []
    loaders = {"link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}
    assert loaders & {tag for tag, _, _ in tree.nodes} == set()
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    (policy,) = [
        a["content"] for a, _ in tree.all("meta") if a.get("http-equiv") == "Content-Security-Policy"
    ]
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    assert script == FEEDBACK_SCRIPT
    assert policy == (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_page_for_everybody_runs_nothing():
    page = written(replace(LISTING, reader=""))
    assert "<script" not in page
    assert "script-src" not in page
    assert "default-src 'none'" in page
    assert "Mei" not in re.sub("For Mei|for Mei", "", page)


def test_the_script_sends_nothing_and_makes_no_markup():
    for danger in (
        "fetch",
        "XMLHttp",
        "WebSocket",
        "sendBeacon",
        "innerHTML",
        "insertAdjacent",
        "eval",
        "import",
    ):
        assert danger not in FEEDBACK_SCRIPT


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_page_can_be_walked(listing):
    tree = Tree(written(listing))
    assert tree.all("html")[0][0]["lang"] == "en"
    assert [len(tree.all(tag)) for tag in ("h1", "header", "main", "footer")] == [1, 1, 1, 1]
    assert all(around[-2:] == ("ol", "li") for _, around in tree.all("article"))
    assert len(tree.all("article")) == len(tree.all("h3")) == len(listing.entries)
    names = {attributes["id"] for attributes, _ in tree.all("h2")}
    assert {attributes["aria-labelledby"] for attributes, _ in tree.all("section")} == names
    assert len(names) == len(listing.parts)
    levels = [int(tag[1]) for tag, _, _ in tree.nodes if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    for attributes, around in tree.all("a"):
        assert "h3" in around or "PDF of" in attributes["aria-label"]


def luminance(color):
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_has_the_contrast_of_wcag_aa(palette):
    ground = luminance(palette.paper)
    for name in ("ink", "soft", "link", "visited", "mark"):
        lower, higher = sorted((ground, luminance(getattr(palette, name))))
        assert (higher + 0.05) / (lower + 0.05) >= 4.5, name


def test_the_sheet_knows_light_dark_paper_and_the_focus():
    assert all(color in STYLE for palette in (LIGHT, DARK) for color in vars(palette).values())
    for needed in (
        "prefers-color-scheme: dark",
        "@media print",
        ":focus-visible",
        "color-scheme: light dark",
    ):
        assert needed in STYLE
    assert "outline: none" not in STYLE


def test_ten_papers_are_less_than_60_kilobytes():
    paper = replace(LORA, abstract="A long sentence about adapters & weights. " * 48)  # 2,000 characters
    entries = tuple(replace(LISTING.entries[0], place=place, paper=paper) for place in range(1, 11))
    page = written(replace(LISTING, parts=(replace(LISTING.parts[0], entries=entries),)))
    assert 20_000 < len(page.encode()) < 60_000


def test_only_a_readers_page_is_kept_from_search_engines():
    assert '<meta name="robots" content="noindex">' in written(LISTING)
    assert "noindex" not in written(replace(LISTING, reader=""))


def test_letters_from_the_right_stay_where_they_are():
    part = Part("personal", "For Mei", "", (Entry(1, Paper(title="نماذج اللغة", authors=("أحمد",))),))
    page = written(replace(LISTING, parts=(part,)))
    assert "<h3><bdi>نماذج اللغة</bdi></h3>" in page
    assert "<bdi>أحمد</bdi>" in page


# Addresses


@pytest.mark.parametrize(
    ("fields", "page", "pdf"),
    [
        ({"id": "2106.09685v2"}, "https://arxiv.org/abs/2106.09685", "https://arxiv.org/pdf/2106.09685"),
        (
            {"id": "hep-th/9901001"},
            "https://arxiv.org/abs/hep-th/9901001",
            "https://arxiv.org/pdf/hep-th/9901001",
        ),
        (
            {"url": "https://example.org/p", "identifiers": {"arxiv": "2106.09685"}},
            "https://example.org/p",
            "https://arxiv.org/pdf/2106.09685",
        ),
        (
            {"url": "https://arxiv.org/pdf/2106.09685v1", "id": "2106.09685"},
            *("https://arxiv.org/abs/2106.09685", "https://arxiv.org/pdf/2106.09685"),
        ),
        ({"url": "https://example.org/a.PDF?x=1"}, *["https://example.org/a.PDF?x=1"] * 2),
        (
            {"url": "https://example.org/a.pdf", "identifiers": {"doi": "10.1234/x<y"}},
            *("https://doi.org/10.1234/x%3Cy", "https://example.org/a.pdf"),
        ),
        ({"identifiers": {"pmid": "123"}}, "https://pubmed.ncbi.nlm.nih.gov/123/", ""),
        ({"url": "javascript:alert(1)"}, "", ""),
        ({"url": "file:///etc/passwd"}, "", ""),
        ({"url": 'https://example.org/"><script>'}, "https://example.org/%22%3E%3Cscript%3E", ""),
        ({"url": "https://example.org/ä b%20c"}, "https://example.org/%C3%A4%20b%20c", ""),
        ({}, "", ""),
    ],
)
def test_addresses(fields, page, pdf):
    paper = Paper(**{"title": "A title", **fields})
    assert (page_address(paper), pdf_address(paper)) == (page, pdf)
