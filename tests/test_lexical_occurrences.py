"""Where terms stand in a text: the counted terms, spelled as the text has them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.lexical import (
    NAMED,
    TermOccurrences,
    TermWeights,
    count_terms,
    normalized,
    plain_text,
    spellings,
    tfidf_vectors,
)

IDF = TermWeights(np.random.default_rng(3).uniform(1, 9, NAMED.n_places).astype(np.float32))
TEXTS = st.text(alphabet="abs eyi-/.,İßА1\u0301", max_size=60)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_numbers_and_weights_are_those_of_the_segments(texts):
    found = TermOccurrences(texts, IDF)
    each = tfidf_vectors(count_terms(texts), IDF)
    whole, columns = np.unique(each.numbers, return_inverse=True)
    assert found.numbers.tolist() == whole.tolist()
    vectors = np.zeros((len(texts), len(whole)), np.float32)
    vectors[found.entry_segments, found.entry_places] = found.entry_weights
    right = np.zeros_like(vectors)
    right[np.repeat(np.arange(len(texts)), np.diff(each.starts)), columns] = each.weights
    np.testing.assert_allclose(vectors, right, atol=1e-6)


def test_the_weights_of_one_segment_are_those_of_the_text():
    text = "deep graphs and deep graph nets"
    found, counted = TermOccurrences([text], IDF), tfidf_vectors(count_terms([text]), IDF)
    np.testing.assert_allclose(found.weights, counted.weights, atol=1e-6)


def named(text):
    found = TermOccurrences([text], TermWeights.even())
    terms = {term for place in range(len(found.numbers)) for term in found.terms(place)}
    return {term: dict(names) for term in terms if (names := found.names(term))}


def test_terms_are_spelled_as_they_stand_the_plainest_first():
    names = named("Low-Rank nets; a low rank net of Trees")
    assert names[("low", "rank")] == {"low rank": "low rank"}
    assert names[("net",)] == {"nets": "nets", "net": "net"}
    assert names[("net", "tree")] == {"net of trees": "net of Trees"}
    assert ("net", "low") not in names  # a semicolon parts them


def test_capitals_that_grow_when_lowered_do_not_shift_the_words():
    assert named("İstanbul has trees")[("tree",)] == {"trees": "trees"}


@pytest.mark.parametrize(
    ("term", "text", "right"),
    [
        (("memory",), "memories of memory, memo", ["memories", "memory"]),
        (("art",), "part of art. smart arts", ["art", "arts"]),
        (
            ("low", "rank"),
            "low, rank; low-rank; low of the rank; low big rank",
            ["low-rank", "low of the rank"],
        ),
        (("bee",), "", []),
        (("of",), "x_of of_x", []),
    ],
)
def test_spellings_are_whole_words(term, text, right):
    assert list(spellings(term, text)) == right


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_what_a_text_spells_is_found_in_it(text):
    for term, names in named(text).items():
        assert set(names) <= set(map(normalized, spellings(term, plain_text(text))))
