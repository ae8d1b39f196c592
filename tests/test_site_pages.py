"""The pages of the site: text from anybody stays text, nothing is loaded, and each is light."""

import base64
import hashlib
import itertools
import re
from dataclasses import replace

import pytest
from listings import EMPTY, HOSTILE, LISTING, LORA, NOTHING, hostile_listing
from markupsafe import Markup
from site_pages import ALL, FRAME, NO_PAGES, OPEN, Tree, hostile_paper, listed, of_paper

from recommender import Paper
from recommender.listing import Entry, Part, placed
from recommender.listing.feedback import FEEDBACK_SCRIPT
from recommender.site import (
    DayLine,
    PageLink,
    SiteFrame,
    days_page,
    private_page,
    search_page,
    site_page,
    style_sheet,
    titles_pages,
    titles_script,
)
from recommender.site.house_pages import HousePages
from recommender.site.search import SEARCH_SCRIPT


def pages_of(text):
    """Every kind of page, with this text wherever text comes from elsewhere."""
    listing, paper = hostile_listing(text), hostile_paper(text)
    everybody = replace(listing, reader="")
    others = Part("similar", text, text, listing.entries, text)
    frame = replace(FRAME, title=text)
    near = PageLink("day/2026-11-29.html", text)
    yield listed(everybody, frame=frame, lead=text, neighbours=(near, near), pages=(near, near))
    yield listed(everybody, frame=frame, links=NO_PAGES)
    yield of_paper(paper, everybody, others, frame=replace(frame, day=""))
    yield days_page([DayLine("day", "day/x.html", text, 3, (text,))], path="days.html", frame=frame)
    yield from titles_pages([paper], folder="titles", frame=frame, links=ALL).values()
    yield search_page(path="search.html", frame=frame, titles="titles/index.html", script="titles.js")
    yield private_page(listing, path="private/k/index.html", frame=frame, neighbours=(near,))


ORDINARY = [
    *(listed(one) for one in (OPEN, replace(NOTHING, reader=""), replace(EMPTY, reader=""))),
    of_paper(LORA),
    *pages_of("An ordinary text"),
    days_page([], path="days.html", frame=FRAME),
    *titles_pages([], folder="titles", frame=FRAME, links=ALL).values(),
]
PAGES = [*ORDINARY, *(page for text in HOSTILE for page in pages_of(text))]


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_nothing_but_the_site_s_own_sheet_and_script(page):
    tree = Tree(page)
    loading = {"srcset", "poster", "data", "background", "action", "formaction", "ping", "style"}
    assert [attributes for _, attributes, _ in tree.nodes if loading & {*attributes}] == []
    assert not {"img", "iframe", "object", "embed", "base", "form", "style"} & {
        tag for tag, _, _ in tree.nodes
    }
    loaded = [one["href"] for one in tree.all("link") if one["rel"] == "stylesheet"]
    loaded += [one["src"] for one in tree.all("script") if "src" in one]
    assert {re.sub(r"^(\.\./)*", "", one) for one in loaded} <= {"style.css", "titles.js"}
    assert not any(name.startswith("on") for _, attributes, _ in tree.nodes for name in attributes)
    (policy,) = [one["content"] for one in tree.all("meta") if "http-equiv" in one]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules.pop("style-src") == "'self' file:"
    scripts = re.findall(r"<script>(.*?)</script>", page.decode(), re.DOTALL)
    assert rules.pop("script-src", "").replace(" 'self' file:", "") == "".join(map(digest, scripts))
    assert {*scripts} <= {FEEDBACK_SCRIPT, SEARCH_SCRIPT}
    assert rules == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_can_be_walked(page):
    tree = Tree(page)
    assert tree.all("html")[0]["lang"] == "en"
    assert len(tree.all("main")) == len(tree.all("h1")) == 1
    assert tree.all("main")[0]["id"] == "main"
    levels = [int(tag[1]) for tag, _, _ in tree.nodes if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    labels = [one["aria-label"] for one in tree.all("nav")]
    assert len({*labels}) == len(labels)
    ids = [attributes["id"] for _, attributes, _ in tree.nodes if "id" in attributes]
    assert len({*ids}) == len(ids)
    assert {one["aria-labelledby"] for one in tree.all("section")} <= {*ids}
    assert all("article" not in around for tag, _, around in tree.nodes if tag == "nav")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_less_than_60_kilobytes(page):
    assert len(page) < 60_000


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_anybody_stays_text_and_nothing_obeys_it(text):
    for page in pages_of(text):
        written = page.decode()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe]", written)
        assert "javascript:" not in " ".join(one.get("href", "") for one in Tree(page).all("a"))
        assert "<script>alert" not in written
        assert "<img" not in written


def test_every_page_begins_with_the_way_past_the_site_s_parts():
    for page in (listed(OPEN), of_paper(LORA), days_page([], path="days.html", frame=FRAME)):
        tree = Tree(page)
        first, *_ = tree.all("a")
        assert (first["class"], first["href"]) == ("skip", "#main")
        assert [tag for tag, _, around in tree.nodes if around == ("html", "body")] == [
            "a",
            "header",
            "main",
            "footer",
        ]


def test_the_part_of_the_site_that_one_is_in_is_marked_and_links_are_relative():
    (current,) = [one for one in Tree(listed(OPEN, path="index.html")).all("a") if "aria-current" in one]
    assert current == {"href": "index.html", "aria-current": "page"}
    deep = Tree(listed(OPEN))
    assert not any("aria-current" in one for one in deep.all("a"))
    assert [one["href"] for one in deep.all("a")[2:5]] == ["../index.html", "../days.html", "../search.html"]
    assert all("://" not in one["href"] or one["rel"] == "canonical" for one in deep.all("link"))


def test_a_page_names_its_own_address_where_that_is_known():
    (own,) = [one["href"] for one in Tree(listed(OPEN)).all("link") if one["rel"] == "canonical"]
    assert own == "https://papers.example/site/day/2026-11-30.html"
    assert b"canonical" not in listed(OPEN, frame=replace(FRAME, base_url=""))


# Lists


def test_a_title_leads_to_the_paper_s_page_and_its_name_to_where_it_is_read():
    page = listed(OPEN).decode()
    assert f'<h3><bdi><a href="../paper/2106.09685.html">{LORA.title}</a></bdi></h3>' in page
    assert '<a href="https://arxiv.org/abs/2106.09685">arXiv:2106.09685</a>' in page
    outside = listed(OPEN, links=NO_PAGES).decode()
    assert f'<h3><bdi><a href="https://arxiv.org/abs/2106.09685">{LORA.title}</a></bdi></h3>' in outside
    assert outside.count("https://arxiv.org/abs/2106.09685") == 1


def test_a_list_says_what_the_listing_says():
    text = re.sub(r"\s+", " ", Tree(listed(OPEN, lead="What came today.")).text)
    for part in OPEN.parts:
        assert part.title in text
        assert part.order in text
    for said in (
        "What came today.",
        "confidence 0.74",
        "12 upvotes",
        "We propose LoRA.",
        OPEN.parts[0].nothing,
    ):
        assert said in text
    for note in OPEN.notes:
        assert note in text


def test_abstracts_are_folded_in_where_all_have_room_and_on_the_paper_s_page_always():
    paper = replace(LORA, abstract="A long sentence about adapters. " * 60)
    entries = [replace(OPEN.entries[0], paper=replace(paper, id=str(at))) for at in range(50)]
    few, many = (
        replace(OPEN, parts=tuple(placed([Part("newest", "New", "", tuple(entries[:n]))]))) for n in (10, 50)
    )
    assert listed(few).count(b"<details>") == 10
    page = listed(many)
    assert page.count(b"<details>") == 0
    assert page.count(b"<article") == 50
    assert 30_000 < len(page) < 60_000
    assert b"A long sentence about adapters." in of_paper(paper)


def test_a_page_that_is_full_is_shorter_and_says_what_it_leaves_out():
    words = "word " * 400
    paper = Paper(title=words, authors=(words,) * 3, venue=words, abstract=words, categories=(words,))
    entries = tuple(Entry(0, replace(paper, id=str(at)), signal=words, sentence=words) for at in range(50))
    page = listed(replace(OPEN, parts=tuple(placed([Part("newest", "New", "", entries)]))))
    assert page.count(b"<article") == 50
    assert len(page) < 60_000
    wide = replace(paper, title="&" * 120 + "x", venue="&" * 80, authors=("&" * 200,), categories=())
    entries = tuple(replace(one, paper=wide, signal="&" * 80, sentence="&" * 80) for one in entries)
    page = listed(replace(OPEN, parts=tuple(placed([Part("newest", "New", "", entries)]))))
    left = 50 - page.count(b"<article")
    assert left > 0
    assert f"{left} more papers, for which this page has no room" in page.decode()
    assert len(page) < 60_000


def test_the_days_before_and_after_and_the_pages_of_a_list_are_linked():
    ways = (
        PageLink("day/2026-11-29.html", "29 November 2026"),
        PageLink("day/2026-12-01.html", "1 December 2026"),
    )
    pages = [PageLink(f"day/2026-11-30{ending}.html", f"page {at}") for at, ending in ((1, ""), (2, "-2"))]
    tree = Tree(listed(OPEN, neighbours=ways, pages=pages))
    named = {one["rel"]: one["href"] for one in tree.all("a") if "rel" in one}
    assert named == {"prev": "../day/2026-11-29.html", "next": "../day/2026-12-01.html"}
    (here,) = [one["href"] for one in tree.all("a") if "aria-current" in one]
    assert here == "../day/2026-11-30.html"
    assert [one["aria-label"] for one in tree.all("nav")] == [
        "Site",
        "Before and after",
        "Pages of this list",
    ]


def test_a_day_that_is_over_says_nothing_that_changes_with_the_corpus():
    assert b"the corpus has 146,289" in listed(OPEN)
    for day in ("2026-12-01", ""):
        assert b"146,289" not in listed(OPEN, frame=replace(FRAME, day=day))


def test_no_list_for_all_says_at_which_moment_it_was_made():
    assert b"Made on" not in listed(
        OPEN
    )  # it is midnight of its day, so that the same state has the same bytes


def test_where_nothing_is_the_page_says_what_to_do():
    for page in (
        listed(replace(EMPTY, reader="")),
        days_page([], path="days.html", frame=FRAME),
        *titles_pages([], folder="titles", frame=FRAME, links=ALL).values(),
    ):
        assert "Nothing is here yet. Papers come with recommender add" in Tree(page).text


# Days


def test_all_days_are_listed_by_their_kind():
    days = [
        DayLine("day", "day/2026-11-30.html", "30 November 2026", 1, ("Ada", "Bo")),
        DayLine("week", "week/2026-W48.html", "week of 30 November 2026", 12),
    ]
    tree = Tree(days_page(days, path="days.html", frame=FRAME))
    assert "1 paper · chosen by Ada, Bo" in tree.text
    assert "12 papers" in tree.text
    assert [one["id"] for one in tree.all("h2")] == ["days", "weeks"]


def test_of_very_many_days_the_newest_are_listed():
    days = [DayLine("day", f"day/{at}.html", f"day {at}", at) for at in range(3_000)]
    page = days_page(days, path="days.html", frame=FRAME)
    assert len(page) < 60_000
    assert b'href="day/99.html"' in page
    assert b"2,900 earlier days" in page
    assert b'href="day/100.html"' not in page


# A reader's own page


def test_a_reader_s_page_is_kept_from_search_engines_and_leads_to_nothing_of_the_site():
    near = PageLink("private/k/2026-11-29.html", "29 November 2026")
    page = private_page(LISTING, path="private/k/index.html", frame=FRAME, neighbours=(near,))
    tree = Tree(page)
    assert {"name": "robots", "content": "noindex"} in tree.all("meta")
    assert {"name": "referrer", "content": "no-referrer"} in tree.all("meta")
    inside = [one["href"] for one in [*tree.all("a"), *tree.all("link")] if "://" not in one["href"]]
    own = {
        "../../style.css",
        *(f"../../private/k/{name}" for name in ("2026-11-29.html", "feed.atom", "feed.json")),
    }
    assert {*inside} == own
    assert b"canonical" not in page
    (main,) = tree.all("main")
    assert (main["data-listing"], main["data-reader"]) == (LISTING.id, "Mei")
    for said in ("newer version of what you were shown", "60% of your likes", "Made on 30 November 2026"):
        assert said in tree.text


def test_only_a_reader_s_page_is_kept_from_search_engines():
    for page in (listed(OPEN), of_paper(LORA), days_page([], path="days.html", frame=FRAME)):
        assert b"noindex" not in page
        assert b"<script" not in page


# What all pages share


def test_the_sheet_has_all_that_other_pages_have_and_asks_nobody():
    sheet = style_sheet().decode()
    for needed in (
        "prefers-color-scheme: dark",
        "@media print",
        ":focus-visible",
        "color-scheme: light dark",
    ):
        assert needed in sheet
    for forbidden in ("url(", "@import", "outline: none", "<"):
        assert forbidden not in sheet
    assert sheet.count("{") == sheet.count("}")
    assert HousePages().shared_files() == {"style.css": style_sheet()}


def test_pages_are_the_same_bytes_again():
    assert [*pages_of("Text")] == [*pages_of("Text")]
    assert titles_script([LORA], path="titles.js", links=ALL) == titles_script(
        [LORA], path="titles.js", links=ALL
    )


def test_a_site_without_sections_has_a_page_too():
    page = site_page(
        "Title", Markup("<h1>Title</h1>"), path="index.html", frame=SiteFrame("Papers", "", "", ())
    )
    assert b"<title>Title \xc2\xb7 Papers</title>" in page
