"""Titles of the site: every paper once under its letter, and an index that no title can end."""

import json
import re
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listings import HOSTILE, KNOTS, LORA
from site_pages import ALL, FRAME, NO_PAGES, Tree, hostile_paper

from recommender import Paper
from recommender.site import search_page, titles_pages, titles_script
from recommender.site.search import SEARCH_SCRIPT
from recommender.site.titles import MOST_TITLES


def pages_of(papers):
    return titles_pages(papers, folder="titles", frame=FRAME, links=ALL)


def titled(*titles):
    return [Paper(id=str(at), title=title) for at, title in enumerate(titles)]


def papers_on(page):
    return [one["href"] for one in Tree(page).all("a") if "/paper/" in one["href"]]


def test_titles_stand_under_their_letter():
    papers = titled(
        "Ångström", "zeta", "3D scenes", "大規模言語", "“Quoted” words", r"$\alpha$ rules", "Łukasz", "AA"
    )
    pages = pages_of(papers)
    where = {
        path: [int(re.search(r"(\d+)\.html", one)[1]) for one in papers_on(page)]
        for path, page in pages.items()
    }
    assert where == {
        "titles/index.html": [],
        "titles/a.html": [7, 0],
        "titles/l.html": [6],
        "titles/q.html": [4],
        "titles/z.html": [1],
        "titles/0-9.html": [2],
        "titles/other.html": [5, 3],
    }
    assert "8 titles, by their first letter" in Tree(pages["titles/index.html"]).text


def test_every_page_leads_to_every_letter_and_marks_its_own():
    pages = pages_of(titled("Adapters", "Boosting", "3D"))
    for path, page in pages.items():
        links = [one for one in Tree(page).all("a") if "/titles/" in one["href"]]
        assert [one["href"] for one in links] == [f"../titles/{name}.html" for name in ("a", "b", "0-9")]
        assert [f"titles/{one['href'][10:]}" for one in links if "aria-current" in one] == [path] * (
            path[7:8] != "i"
        )


def test_a_letter_with_very_many_titles_goes_on():
    papers = [Paper(id=f"p{at}", title=f"Title number {at:05} & more") for at in range(2_000)]
    pages = pages_of(reversed(papers))
    assert [*pages][1:4] == ["titles/t.html", "titles/t-2.html", "titles/t-3.html"]
    found = [one for page in pages.values() for one in papers_on(page)]
    assert found == [f"../paper/p{at}.html" for at in range(2_000)]
    assert all(len(page) < 60_000 for page in pages.values())
    here = [
        [one["href"] for one in Tree(page).all("a") if one.get("aria-current") == "page"]
        for page in pages.values()
    ]
    assert here == [[], *([f"../{path}"] for path in [*pages][1:])]


@given(
    st.lists(st.text(min_size=1, max_size=30).filter(lambda text: any(map(str.isalnum, text))), max_size=12)
)
def test_every_paper_is_listed_once(titles):
    papers = [Paper(id=f"p{at}", title=f"{title} x") for at, title in enumerate(titles)]
    found = [one for page in pages_of(papers).values() for one in papers_on(page)]
    assert sorted(found) == sorted(f"../paper/{paper.id}.html" for paper in papers)


# The index


def index_of(script):
    """What the script names, read as JSON."""
    total, titles = re.fullmatch(
        r"const TOTAL = (\d+);\nconst TITLES = (\[.*\]);\n", script.decode(), re.DOTALL
    ).groups()
    flat = json.loads(titles)
    return int(total), [*zip(flat[::2], flat[1::2], strict=True)]


def test_the_index_has_titles_and_pages():
    script = titles_script([LORA, KNOTS], path="titles.js", links=ALL)
    assert index_of(script) == (
        2,
        [(LORA.title, "paper/2106.09685.html"), ("Knots and their sums (retracted)", "paper/knots.html")],
    )
    assert index_of(titles_script([LORA], path="titles.js", links=NO_PAGES)) == (0, [])


@pytest.mark.parametrize(
    "text", [*HOSTILE, "</script><script>alert(1)</script>", '"];alert(1);//', "\\", "\u2028x"]
)
def test_no_title_ends_a_text_or_the_script(text):
    script = titles_script([hostile_paper(text)], path="titles.js", links=ALL)
    ((title, _),) = index_of(script)[1]
    assert title.endswith("title")
    assert "<" not in script.decode()
    assert not {"\u2028", "\u2029"} & {*script.decode()}


@given(st.text(max_size=40))
def test_any_title_is_a_text_of_the_index(text):
    paper = Paper(id="p", title=f"T {text}")
    ((title, page),) = index_of(titles_script([paper], path="titles.js", links=ALL))[1]
    assert page == "paper/p.html"
    assert title.startswith("T")


def test_the_index_has_the_first_of_very_many_and_says_so():
    papers = [replace(LORA, id=f"p{at}") for at in range(MOST_TITLES + 5)]
    total, titles = index_of(titles_script(papers, path="titles.js", links=ALL))
    assert (total, len(titles)) == (MOST_TITLES + 5, MOST_TITLES)
    assert titles[-1][1] == f"paper/p{MOST_TITLES - 1}.html"


# The search page; tests/test_site_search.py runs it


def test_the_search_page_leads_to_the_titles_where_no_script_runs():
    page = search_page(path="search.html", frame=FRAME, titles="titles/index.html", script="titles.js")
    tree = Tree(page)
    assert "Search needs a script, which does not run here." in tree.text
    assert "titles/index.html" in [one["href"] for one in tree.all("a")]
    assert [one.get("src") for one in tree.all("script")] == ["titles.js", None]


def test_the_script_sends_nothing_and_makes_no_markup():
    for danger in (
        *(
            "fetch",
            "XMLHttp",
            "WebSocket",
            "sendBeacon",
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
        ),
        *("eval", "Function(", "import", "setTimeout", "localStorage", "cookie"),
    ):
        assert danger not in SEARCH_SCRIPT
    assert {*SEARCH_SCRIPT} - {*string.printable} == {*"øłđðþæœıß"}
