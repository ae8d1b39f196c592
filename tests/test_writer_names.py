"""Names as reference formats want them: every part where it belongs, no word lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.paper import clean_text
from recommender.writers.names import is_organisation, split_name


@pytest.mark.parametrize(
    ("name", "inverted"),
    [
        ("Ada Okafor", "Okafor, Ada"),
        ("Okafor, Ada", "Okafor, Ada"),
        ("J. R. R. Tolkien", "Tolkien, J. R. R."),
        ("Piet van Dijk", "van Dijk, Piet"),
        ("van Dijk, Piet", "van Dijk, Piet"),
        ("Maria de la Cruz", "de la Cruz, Maria"),
        ("de Finetti", "de Finetti"),
        ("bell hooks", "hooks, bell"),
        ("Martin Luther King Jr.", "King, Martin Luther, Jr."),
        ("King, Jr., Martin Luther", "King, Martin Luther, Jr."),
        ("King, Martin Luther, III", "King, Martin Luther, III"),
        ("Plato", "Plato"),
        ("山田太郎", "山田太郎"),
        ("The Meadow Consortium", "The Meadow Consortium"),
        ("Bank of England", "Bank of England"),
        ("Research and Development", "Research and Development"),
        ("a, b, c, d", "a, b, c, d"),
        ("", ""),
    ],
)
def test_inverted(name, inverted):
    assert split_name(name).inverted == inverted


def test_the_particle_stands_by_itself():
    assert split_name("Ludwig van Beethoven") == ("Ludwig", "van", "Beethoven", "")
    assert split_name("von der Tann, Anna, Jr.") == ("Anna", "von der", "Tann", "Jr.")


@pytest.mark.parametrize("name", ["DeepMind Team", "CERN Collaboration", "Universität Wien", "Group 42"])
def test_organisations_are_nobodys_name(name):
    assert is_organisation(name)
    assert not split_name(name).is_person


@given(st.text(alphabet=st.sampled_from("abcDE é-.', \t"), max_size=40))
def test_no_word_is_lost(name):
    words = sorted(clean_text(name).replace(",", " ").split())
    assert sorted(split_name(name).inverted.replace(",", " ").split()) == words
