"""Names of pages: a paper's own, whatever its id holds."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from recommender import Paper
from recommender.site import PaperLinks, page_name, relative

NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")

ids = st.text(min_size=1, max_size=100) | st.text("aA0.-/_ ", min_size=1, max_size=6)


@given(ids)
@example("a" * 500)
@example("../../etc/passwd")
@example("con")
@example("nul.x")
@example("\ud800")
def test_a_name_can_be_a_files_on_any_system(name):
    found = page_name(name)
    assert NAME.fullmatch(found)
    assert len(found) <= 80
    assert not found.endswith(".")
    assert found.split(".")[0] not in {"con", "nul", "prn", "aux"}


@given(st.lists(ids, min_size=2, max_size=8, unique=True))
@example(["A", "a"])
@example(["hep-th/9901001", "hep-th-9901001", page_name("hep-th/9901001")])
@example(["x.html", "x"])
def test_no_two_papers_have_a_page_of_one_name(names):
    files = [page_name(name) + ending for name in names for ending in (".html", ".json", ".bib")]
    assert len({file.lower() for file in files}) == len(files)


def test_links_lead_to_the_pages_that_there_are():
    paper, other = Paper(id="2106.09685", title="LoRA"), Paper(id="hep-th/9901001", title="Strings")
    links = PaperLinks(frozenset({paper.id}))
    assert links.page_of(paper) == "paper/2106.09685.html"
    assert links.page_of(other) is None
    assert PaperLinks(None).page_of(other) == f"paper/{page_name(other.id)}.html"


def test_an_address_is_relative_to_its_page():
    assert relative("index.html", "paper/a.html") == "../index.html"
    assert relative("paper/b.html", "paper/a.html") == "b.html"
    assert relative("titles/A.html#x", "search.html") == "titles/A.html#x"
    assert relative("private/K/feed.atom", "private/K/index.html") == "feed.atom"
