from pathlib import Path

import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, Source, read_papers
from recommender.readers.hf_page import HfPage
from recommender.readers.latex import plain_text, plain_title

SHARED = Path(__file__).parents[2] / "shared" / "data" / "hf_papers_page.txt"
LONG = "Grebes dive for small fish in cold lakes, and loons do so in colder ones. " * 4
TOP = "Get trending papers in your email inbox!\n\n"
SHORT = "Loons dive too."


def read(tmp_path, text):
    path = tmp_path / "page.txt"
    path.write_bytes(text.encode())
    return list(HfPage().read(Source(path), {}))


def pairs(items):
    return [(item.title, item.abstract) for item in items if isinstance(item, Paper)]


def page_of(*lines):
    return "".join(f"{line}\n\n" for line in lines)


def test_furniture_is_passed_over_everywhere(tmp_path):
    top = (
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "byAK and the research community",
        "Mar 13",
    )
    between = ("123", "· 4 authors", "Mar 14, 2025", "Submitted by loon", "Upvote", "1.2k")
    end = ("Previous", "Next", "2 days ago", "About us")
    page = page_of(*top, "Grebes", "12 authors", LONG, *between, "Loons and other birds", LONG, *end)
    expected = [("Grebes", LONG.strip()), ("Loons and other birds", LONG.strip())]
    items = read(tmp_path, page)
    assert pairs(items) == expected
    assert len(items) == 2
    assert pairs(read(tmp_path, page.replace("\n", "\r\n"))) == expected
    assert pairs(read(tmp_path, page.replace("\n\n", "\n"))) == expected


def test_short_abstracts_count_once_pairs_have_begun(tmp_path):
    short = "Loons dive too, but not as deep."
    begin = ("Welcome here.", "This page has papers.", "Grebes", LONG)
    page = page_of(*begin, "Loons", short, "Do ducks dive?", LONG, "Eels", short)
    assert pairs(read(tmp_path, page)) == [
        ("Grebes", LONG.strip()),
        ("Loons", short),
        ("Do ducks dive?", LONG.strip()),
        ("Eels", short),
    ]


def test_a_second_paragraph_belongs_to_the_abstract(tmp_path):
    assert pairs(read(tmp_path, f"Grebes\n\n{LONG}\n{LONG}\n\nLoons\n\n{LONG}\n")) == [
        ("Grebes", f"{LONG}{LONG}".strip()),
        ("Loons", LONG.strip()),
    ]


def test_what_is_no_pair_is_named(tmp_path):
    untitled = ("A title without any abstract", "Loons", LONG, "A last title without one")
    page = page_of(LONG, "Grebes", LONG, *untitled)
    items = read(tmp_path, page)
    assert [item for item in items if isinstance(item, Rejected)] == [
        Rejected("page.txt, row 1", f"{LONG[:40]!r} is an abstract without a title before it"),
        Rejected("page.txt, row 7", "'A title without any abstract' is followed by no abstract"),
        Rejected("page.txt, row 13", "'A last title without one' is followed by no abstract"),
    ]
    assert len(pairs(items)) == 2


def test_endless_paragraphs_do_not_fill_the_memory(tmp_path):
    items = read(tmp_path, "Grebes\n\n" + f"{LONG}\n\n" * 200)
    assert sum(isinstance(item, Rejected) for item in items) == 150


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{TOP}Grebes\n\n{LONG}\n", True),
        (f"new\n\n{TOP}Grebes\r\n\r\n{LONG}\r\n\r\nLoons\r\n\r\n{LONG}", True),
        (f"Daily Papers\n\nSubmitted by loon\n\nGrebes\n\n{LONG}\n", True),
        (f"Grebes\n\n{LONG}\n\n12 authors\n\nUpvote\n", True),
        (f"Grebes\n\n{LONG}\n\nLoons\n\n{LONG}\n", False),
        (f"Grebes\n\n{LONG}\n\nUpvote\n\nLoons\n\n{LONG}\n\nUpvote\n", False),
        (f"{TOP}Chapter one\n\n{LONG}\n\n{LONG}\n\n{LONG}\n", False),
        (f"Chapter one\n\n{LONG}\n\n{LONG}\n\n{LONG}\n", False),
        (f"Grebes\n\n{SHORT}\n", False),
        (LONG, False),
        (f"<p>Grebes\n\n{LONG}\n", False),
        (f"@article{{x,\n\n{LONG}\n", False),
        ("", False),
    ],
)
def test_recognises(text, expected):
    assert HfPage().recognises(text.encode()) == expected


def test_the_shared_page_gives_its_ninety_papers():
    if not SHARED.exists():
        pytest.skip("the shared data is not here")
    lines = [line for line in SHARED.read_text().splitlines() if line][5:]
    expected = [
        (plain_title(title), plain_text(text)) for title, text in zip(lines[::2], lines[1::2], strict=True)
    ]
    items = list(read_papers(SHARED))
    assert len(items) == len(expected) == 90
    assert pairs(items) == expected
    assert all(paper.id.startswith("title:") for paper in items)
