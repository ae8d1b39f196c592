"""Every writer of a listing: the same bytes, all that is said, and hostile texts stay texts."""

import csv
import html.parser
import io
import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace

import pytest
from listings import EMPTY, FORMULA, HOSTILE, LISTING, NOTHING, VOTED, hostile_listing
from markdown_it import MarkdownIt

from recommender.display import web_address
from recommender.listing import (
    LISTING_WRITERS,
    PART_KINDS,
    Entry,
    InterestPlaces,
    Listing,
    Part,
    mail_texts,
    words_of,
)
from recommender.listing.wording import EMPTY as WHAT_TO_DO
from recommender.listing.wording import plain

NEEDED = {"bibtex": "bibliography", "ris": "bibliography"}
ALL = [
    pytest.param(kind, id=name, marks=[pytest.mark.extra(NEEDED[name])] if name in NEEDED else [])
    for name, kind in LISTING_WRITERS.items()
]
every = pytest.mark.parametrize("kind", ALL)


class Visible(html.parser.HTMLParser):
    """What a browser shows of a page, and where it leads."""

    def __init__(self, page):
        super().__init__()
        self.text, self.links, self.tags, self.attributes = "", [], [], []
        self._hidden = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.links += [value for name, value in attrs if name == "href"]
        self._hidden = tag in ("style", "title", "script")
        self.text += "\n" if tag in ("p", "li", "h1", "h2", "h3", "blockquote", "summary") else ""

    def handle_endtag(self, tag):
        self._hidden = False

    def handle_data(self, data):
        self.text += "" if self._hidden else data


def page_text(content):
    return Visible(content.decode()).text


def markdown_text(content):
    return Visible(MarkdownIt("commonmark").render(content.decode())).text


def mail_text(listing):
    return Visible(mail_texts(listing).html).text


SHOWN = {
    "html": lambda listing: page_text(LISTING_WRITERS["html"].write(listing)),
    "markdown": lambda listing: markdown_text(LISTING_WRITERS["markdown"].write(listing)),
    "text": lambda listing: LISTING_WRITERS["text"].write(listing).decode(),
    "terminal": lambda listing: LISTING_WRITERS["terminal"].write(listing).decode(),
    "mail": mail_text,
    "mail text": lambda listing: mail_texts(listing).text,
}


def one_line(text):
    return " ".join(text.split())


@pytest.fixture(params=SHOWN)
def shown(request):
    return lambda listing: one_line(SHOWN[request.param](listing))


# What is said


SAID = """
    4 papers for Mei · 30 November 2026
    chosen among 312 papers; the corpus has 146,289
    Made on 30 November 2026 at 06:00 (+01:00)
    For Mei
    ordered by nearness to what you liked
    Only two papers today: the next nearest is at 0.41, and below your threshold.
    adapters, fine-tuning: 1 place, 1 due to 60% of your likes
    knots: 1 place, 2 due to 40% of your likes
    LoRA: Low-Rank Adaptation of Large Language Models
    Edward Hu, Yelong Shen, Phillip Wallis and others
    2021-06-17, revised 2021-10-16
    ICLR
    cs.CL, cs.AI
    arXiv:2106.09685
    newer version of what you were shown on 3 November 2026
    closest to “Parameter-Efficient Transfer Learning for NLP” (0.81)
    in common: low-rank, adaptation
    interest: adapters, fine-tuning
    confidence 0.74
    We propose LoRA.
    Knots and their sums (retracted)
    Ada Okafor
    doi:10.1234/knots(1)
    closest to your words “knots that are sums” (0.50)
    confidence 0.31
    Beyond your library
    near to it, of fields of which it has none
    A title alone
    beyond your library
    For everybody
    ordered by upvotes
    Voted for by many
    12 upvotes
    Made of the corpus of that day.
    Two papers have no date.
""".strip().splitlines()


@pytest.mark.parametrize("line", [line.strip() for line in SAID])
def test_every_reader_is_told_all(shown, line):
    assert line in shown(LISTING)


@pytest.mark.parametrize("name", [name for name in SHOWN if name != "terminal"])
def test_abstracts_are_there_whole(name):
    text = one_line(SHOWN[name](LISTING))
    assert all(entry.paper.abstract in text for entry in LISTING.entries)


@pytest.mark.parametrize(
    ("span", "title", "said"),
    [
        ("day", "For Mei", "30 November 2026 · chosen among"),
        ("day", "For Mei, 30 November 2026", "2026 chosen among"),
        ("week", "For Mei", "week of 30 November 2026 · chosen among"),
        ("month", "For Mei", "November 2026 · chosen among"),
    ],
)
def test_the_days_are_named_once(shown, span, title, said):
    page = shown(replace(LISTING, span=span, title=title, parts=(), notes=("No paper.",))).replace("=", "")
    assert said in one_line(page)
    assert page.count("November 2026") == 2  # and when it was made


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-26", "2026-11-29"])
def test_a_week_begins_on_its_monday(day):
    assert words_of(replace(LISTING, span="week", day=day)).state.startswith("week of 23 November 2026 · ")


def test_a_day_that_abstains_says_so(shown):
    assert "Nothing for you today: the nearest is at 0.39." in shown(NOTHING)


def test_what_has_no_paper_says_neither_what_ordered_it_nor_whose_the_places_were(shown):
    (part,) = NOTHING.parts
    said = shown(replace(NOTHING, parts=(replace(part, order="by nearness"),), interests=LISTING.interests))
    assert "by nearness" not in said
    assert "of your likes" not in said
    assert part.nothing in said


def test_an_interest_without_a_place_due_or_got_is_not_named():
    interests = (InterestPlaces("chairs", 0.05, 0, 0), InterestPlaces("knots", 0.05, 0, 1))
    said = words_of(replace(LISTING, interests=interests)).interests
    assert said == ("knots: 1 place, 0 due to 5% of your likes",)


def test_an_empty_listing_says_what_to_do(shown):
    assert WHAT_TO_DO in shown(EMPTY)
    assert WHAT_TO_DO not in shown(NOTHING)


@pytest.mark.parametrize("part_kind", PART_KINDS)
def test_a_part_of_any_kind_is_shown(shown, part_kind):
    part = Part(
        part_kind, "A label", "by an order", (Entry(1, VOTED, signal="12 upvotes"),), "Two are missing."
    )
    said = shown(replace(LISTING, parts=(part,), reader=""))
    lines = ("A label", "by an order", "Voted for by many", "12 upvotes", "Two are missing.")
    assert [line for line in lines if line not in said] == []


@every
@pytest.mark.parametrize("part_kind", PART_KINDS)
def test_a_part_of_any_kind_is_written(kind, part_kind):
    part = Part(part_kind, "A label", "by an order", (Entry(1, VOTED, signal="12 upvotes"),))
    assert "Voted for by many" in kind.write(replace(LISTING, parts=(part,))).decode()


def test_papers_are_numbered_by_their_places():
    page = Visible(LISTING_WRITERS["html"].write(LISTING).decode())
    assert [value for name, value in page.attributes if name == "value"] == ["1", "2", "3", "4"]
    assert [value for name, value in page.attributes if name == "start"] == ["1", "3", "4"]
    tokens = MarkdownIt("commonmark").parse(LISTING_WRITERS["markdown"].write(LISTING).decode())
    numbered = [token for token in tokens if token.type == "list_item_open" and token.info]
    assert [token.info for token in numbered] == ["1", "2", "3", "4"]
    for name in ("text", "terminal"):
        _, *lines = LISTING_WRITERS[name].write(LISTING).decode().splitlines()
        starts = [re.match(r"\s*(\d+)\.?\s+\S", line) for line in lines]
        assert [found[1] for found in starts if found and len(found[1]) == 1] == ["1", "2", "3", "4"]


def test_links_lead_to_the_papers():
    page = Visible(LISTING_WRITERS["html"].write(LISTING).decode())
    assert page.links == [
        "https://arxiv.org/abs/2106.09685",
        "https://arxiv.org/pdf/2106.09685",
        "https://doi.org/10.1234/knots%281%29",
        "https://aclanthology.org/P19-1001/",
        "https://aclanthology.org/P19-1001.pdf",
    ]
    mailed = Visible(mail_texts(LISTING).html)
    assert mailed.links == page.links
    written = MarkdownIt("commonmark").render(LISTING_WRITERS["markdown"].write(LISTING).decode())
    assert Visible(written).links == page.links
    assert all(link in LISTING_WRITERS["text"].write(LISTING).decode() for link in page.links)


# The same bytes


@every
def test_the_same_listing_is_the_same_bytes(kind):
    again = Listing.from_dict(json.loads(json.dumps(LISTING.to_dict())))
    for first, second in ((LISTING, again), (NOTHING, NOTHING)):
        assert kind.write(first) == kind.write(second)
    assert kind.write(LISTING) != kind.write(NOTHING)
    kind.write(LISTING).decode("utf-8")


PROGRAM = """
import hashlib, sys
from listings import LISTING
from recommender.listing import LISTING_WRITERS
names = [name for name in LISTING_WRITERS if name not in ("bibtex", "ris")]
print(hashlib.sha256(b"".join(LISTING_WRITERS[name].write(LISTING) for name in names)).hexdigest())
"""


def test_another_process_writes_the_same_bytes(monkeypatch):
    def digest(seed):
        environment = {
            "PYTHONPATH": ":".join(sys.path),
            "PYTHONHASHSEED": seed,
            "COLUMNS": seed,
            "TZ": "Asia/Tokyo",
        }
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment
        )
        return done.stdout

    assert digest("1") == digest("77")


def test_names_and_endings_are_each_of_one_writer():
    endings = [kind.ending for kind in LISTING_WRITERS.values()]
    assert len({*endings}) == len(endings)
    assert all(kind.name == name for name, kind in LISTING_WRITERS.items())


# Hostile texts


OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufffe]")


@every
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_obeyed_is_in_any_file(kind, text):
    content = kind.write(hostile_listing(text)).decode("utf-8")
    assert [unicodedata.name(sign, hex(ord(sign))) for sign in OBEYED.findall(content)] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_it_is(shown, text):
    said = one_line(plain(text))
    page = shown(hostile_listing(text))
    assert page.replace(" ", "").count(said.replace(" ", "")) >= 8


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_no_markup(text):
    for page in (
        LISTING_WRITERS["html"].write(hostile_listing(text)).decode(),
        mail_texts(hostile_listing(text)).html,
    ):
        seen = Visible(page)
        usual = Visible(LISTING_WRITERS["html"].write(LISTING).decode())
        assert {*seen.tags} <= {*usual.tags, "div", "hr"}
        assert {name for name, _ in seen.attributes} <= {name for name, _ in usual.attributes} | {
            "style",
            "role",
        }
        assert all(web_address(link) for link in seen.links)
        assert page.count("<title>") == page.count("</title>") == 1
        assert seen.tags.count("script") == page.count("</script>") == ("main" in seen.tags)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_no_markdown(text):
    written = LISTING_WRITERS["markdown"].write(hostile_listing(text)).decode()
    tokens = MarkdownIt("commonmark").parse(written)
    inline = [child for token in tokens for child in token.children or ()]
    usual = {"text", "softbreak", "hardbreak", "link_open", "link_close", "strong_open", "strong_close"}
    assert {child.type for child in inline} <= usual | {"em_open", "em_close"}
    assert {token.type for token in tokens} <= {
        *("heading_open", "heading_close", "inline", "paragraph_open", "paragraph_close"),
        *("ordered_list_open", "ordered_list_close", "bullet_list_open", "bullet_list_close"),
        *("list_item_open", "list_item_close", "blockquote_open", "blockquote_close"),
    }
    assert sum(token.type == "heading_open" for token in tokens) == 2
    assert all(web_address(child.attrGet("href")) for child in inline if child.type == "link_open")


def test_a_formula_of_a_spreadsheet_stays_text():
    rows = list(csv.reader(io.StringIO(LISTING_WRITERS["csv"].write(hostile_listing(FORMULA)).decode())))
    assert [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "@"))] == []
    assert f"'{FORMULA} title" in rows[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_of_the_text_begins_a_mail(text):
    lines = LISTING_WRITERS["text"].write(hostile_listing(text)).decode().split("\n")
    assert [line for line in lines if line.startswith("From ")] == []
    lines = LISTING_WRITERS["text"].write(hostile_listing("From here " * 30)).decode().split("\n")
    assert [line for line in lines if line.startswith("From ")] == []
    assert max(map(len, lines)) <= 77
