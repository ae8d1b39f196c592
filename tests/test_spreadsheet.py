"""Cells that a spreadsheet would compute."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recommender.spreadsheet import bare_cell, harmless_cell

COMPUTED = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\ttext", "\rtext", "\ntext"),
    *(
        "  =1+1",
        "\u200b=1+1",
        "\ufeff@x",
        "\u202e=1",
        "\xa0-1",
        "\x00=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
    ),
]
PLAIN = [
    "",
    "Attention",
    "a=b",
    "1-2",
    "'quoted' words",
    "'",
    "2401.00010",
    "math/9901001",
    "\u2212 a minus sign",
]


@pytest.mark.parametrize("text", COMPUTED)
def test_what_is_computed_gets_an_apostrophe(text):
    assert harmless_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN)
def test_any_other_text_is_as_it_was(text):
    assert harmless_cell(text) == bare_cell(text) == text


@given(st.text(alphabet="'=+-@\t\r \u200bab＝", max_size=6) | st.text())
@example("'=1")
@example("''=1")
def test_there_is_a_way_back_from_every_text(text):
    assert bare_cell(harmless_cell(text)) == text
