import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.readers.lists import categories, names

TWO = ("Gwen Grebe", "Lou Loon")


@pytest.mark.parametrize(
    "value",
    [
        ["Gwen Grebe", "Lou Loon"],
        ("Gwen Grebe", "Lou Loon"),
        np.array(["Gwen Grebe", "Lou Loon"], dtype=object),
        [{"name": "Gwen Grebe"}, {"name": "Lou Loon", "authorId": 5}],
        [{"given": "Gwen", "family": "Grebe"}, {"display_name": "Lou Loon"}],
        ["Gwen Grebe", None, "", float("nan"), ["x"], "Lou Loon"],
        "Gwen Grebe; Lou Loon",
        "Gwen Grebe, Lou Loon",
        "Gwen Grebe and Lou Loon",
        "Gwen Grebe and\nLou Loon",
        "['Gwen Grebe', 'Lou Loon']",
        "['Gwen Grebe' 'Lou Loon']",
        '["Gwen Grebe", "Lou Loon"]',
        b"Gwen Grebe;Lou Loon;",
    ],
)
def test_two_names(value):
    assert names(value) == TWO


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Grebe, Gwen; Loon, Lou", TWO),
        ("Grebe, Gwen and Loon, Lou", TWO),
        ("Grebe, Gwen", ("Gwen Grebe",)),
        ("van der Loon, Lou; Dee Duck", ("Lou van der Loon", "Dee Duck")),
        ("Gwen Grebe, Lou Loon", TWO),
        ("Gwen Grebe, Lou Loon and Dee Duck", (*TWO, "Dee Duck")),
        ("Gwen Grebe, Lou Loon, and Dee Duck", (*TWO, "Dee Duck")),
        ("Gwen Grebe", ("Gwen Grebe",)),
        ("Sandy Andor", ("Sandy Andor",)),
        ({"name": "Gwen Grebe"}, ("Gwen Grebe",)),
        ("[Gwen Grebe]", ("[Gwen Grebe]",)),
        ("[" * 5000 + "]" * 5000, ()),
        (r"['Gwen\d']", (r"Gwen\d",)),
        ({"Gwen Grebe"}, ("Gwen Grebe",)),
        (None, ()),
        (float("nan"), ()),
        ("", ()),
        (object(), ()),
        ({}, ()),
    ],
)
def test_names(value, expected):
    assert names(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("cs.CL cs.LG", ("cs.CL", "cs.LG")),
        ("hep-th math.AG I.2.6 cond-mat.mes-hall physics.flu-dyn q-bio.NC 68T05 math", None),
        ("Machine learning", ("Machine learning",)),
        ("cs.CL and more", ("cs.CL and more",)),
        ("Birds; Lakes, rivers", ("Birds", "Lakes, rivers")),
        ("Birds, Lakes", ("Birds", "Lakes")),
        (["cs.CL", "cs.LG"], ("cs.CL", "cs.LG")),
        ([{"category": "Biology", "source": "x"}], ("Biology",)),
        ("['cs.CL', 'cs.LG']", ("cs.CL", "cs.LG")),
        (None, ()),
    ],
)
def test_categories(value, expected):
    assert categories(value) == (tuple(value.split()) if expected is None else expected)


@given(st.text() | st.lists(st.text() | st.none() | st.dictionaries(st.text(), st.text())) | st.floats())
def test_nothing_raises_and_nothing_is_empty(value):
    assert all(names(value))
    assert all(categories(value))


@pytest.mark.parametrize(
    "value",
    [
        ["Gwen Grebe<sup>1</sup>", "Lou <b>Loon</b>"],
        "Gwen Grebe<sup>1,2</sup>, Lou Loon<sup>*</sup>",
        "Gwen Grebe<sup>1</sup>; Lou <i>Loon</i>",
    ],
)
def test_tags_and_marks_of_footnotes_are_no_part_of_a_name(value):
    assert names(value) == TWO
