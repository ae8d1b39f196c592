"""HTML of a notebook: escaped, and complete without its styles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import Page

from recommender.display import Column, bar, facts, hint, join_html, link, small, stacked, table

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=20
) | st.sampled_from(["<b>", "&amp;", '"', "'", "</td></tr></table><script>", "{}", "{0}", "%s"])


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_no_text_becomes_markup(name, cell, note, why):
    page = Page(
        table(
            [name, Column("n", figures=True)],
            [(hint(cell, why), bar(0.5, cell, why))],
            caption=note,
            notes=[note],
        )
    )
    assert page.cells == [[cell, cell]]
    assert page.notes == [note]
    assert page.captions == ([note] if note else [])
    assert page.hints == ([why, why] if why else [])
    assert Page(facts([(name, stacked(cell, small(cell)))])).cells == (
        [[name, f"{cell}\n{cell}"]] if cell else []
    )


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://a.org/?x=1&y=<2>", True),
        ("http://a.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.org", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_linked(url, linked):
    page = Page(table(["x"], [(link("here & there", url),)]))
    assert page.cells == [["here & there"]]
    assert page.links == ([url] if linked else [])


@pytest.mark.parametrize(
    ("share", "filled"), [(-1, "0%"), (0, "0%"), (0.256, "26%"), (1, "100%"), (7, "100%")]
)
def test_a_bar_is_filled_by_its_share(share, filled):
    assert f" {filled}, transparent {filled})" in bar(share, "x")


def test_words_stay_whole_in_a_narrow_cell():
    shown = table(["encoder strategy", Column("score", figures=True)], [["minilm", "1"]])
    assert shown.count("min-width: 9em") == 2
    assert 'white-space: nowrap">name' in facts([("name", "fact")]).replace("<b>", "")


def test_facts_that_are_empty_are_left_out():
    page = Page(facts([("a", ""), ("b", "2"), ("c", stacked())], caption="of one thing", notes=["and"]))
    assert page.cells == [["b", "2"]]
    assert (page.captions, page.notes) == (["of one thing"], ["and"])


def test_parts_that_are_empty_are_left_out():
    assert stacked("a", "", "<b>") == "a<br>&lt;b&gt;"
    assert join_html(", ", ["a", "", "b"]) == "a, b"
    assert small("") == ""


def test_a_line_of_another_length_is_refused():
    with pytest.raises(ValueError, match="zip"):
        table(["a", "b"], [("1",)])
