"""Words and pairs of words, counted and weighed: checked by brute force and by scikit-learn."""

import hashlib
import itertools
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from recommender.lexical import (
    HASHED,
    NAMED,
    TermCounts,
    TermVectors,
    TermWeights,
    cosines,
    count_terms,
    document_frequencies,
    inverse_document_frequencies,
    named_terms,
    tfidf_vectors,
)
from recommender.lexical.terms import STOP_WORDS

TEXTS = [
    "Sparse attention for long documents. We attend to documents in sparse blocks.",
    "Graph neural networks. Networks of graphs pass messages; messages pass networks.",
    "",
    "The of and we",
    "Sparse graphs and sparse attention",
    "Müller's Größe: 日本語 テキスト 123 a b",
    "attention " * 300,
]


def words_of(text):
    found = [word for word in re.findall(r"\w\w+", text.lower()) if word not in STOP_WORDS]
    stemmed = []
    for word in found:
        if len(word) > 3 and word[-1] == "s" and word[-2] not in "sui":
            word = word[:-3] + "y" if word.endswith("ies") else word[:-1]
        stemmed.append(word)
    return stemmed


def terms_of(text):
    words = words_of(text)
    return Counter([*words, *map(" ".join, itertools.pairwise(words))])


def dense(vectors, known=None):
    """As lines of a matrix with a column for each term, of these vectors or of all that are known."""
    known = np.unique(vectors.numbers if known is None else known)
    found = np.zeros((len(vectors), len(known)), np.float32)
    owner = np.repeat(np.arange(len(vectors)), np.diff(vectors.starts))
    found[owner, np.searchsorted(known, vectors.numbers)] = vectors.weights
    return found


def weighed(texts):
    counted = count_terms(texts)
    return tfidf_vectors(counted, TermWeights.counted(counted))


def parts(counted):
    return [
        (counted.numbers[start:end].tolist(), counted.counts[start:end].tolist())
        for start, end in itertools.pairwise(counted.starts)
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_each_word_and_pair_is_counted_once_for_each_time_it_is_there(text):
    expected = sorted(min(count, 255) for count in terms_of(text).values())
    ((numbers, counts),) = parts(count_terms([text]))
    assert sorted(counts) == expected  # none of these terms share a number
    assert numbers == sorted(set(numbers))


def test_the_number_of_a_term_is_the_same_in_every_text():
    first, second, both = parts(
        count_terms(["sparse attention", "attention sparse", "sparse attention sparse"])
    )
    assert len(set(first[0]) & set(second[0])) == 2  # the words; the pairs are in another order
    assert set(first[0]) | set(second[0]) == set(both[0])


def test_a_plural_is_counted_as_the_singular_and_short_words_are_left_alone():
    plurals = [("networks", "network"), ("studies", "study"), ("GRAPHS", "graph"), ("GPUs", "gpu")]
    for plural, singular in plurals:
        assert parts(count_terms([plural])) == parts(count_terms([singular]))
    for kept, cut in [("loss", "los"), ("analysis", "analysi"), ("gas", "ga")]:
        assert parts(count_terms([kept])) != parts(count_terms([cut]))


def test_where_terms_are_put_and_how_they_are_packed_never_changes():
    # Corpora hold what this version packed: a change needs a new FORMAT whose upgrade counts again.
    digest = hashlib.sha256(b"|".join(count_terms(TEXTS).pack())).hexdigest()
    assert digest == "17fecb6300e071cd2bde15a7b24c7ffe63fb17aaf032f9b6bd0b6fc21a50becb"


def test_corpora_of_older_formats_are_read_as_they_were_written():
    digest = hashlib.sha256(b"|".join(count_terms(TEXTS, HASHED).pack(HASHED))).hexdigest()
    assert digest == "b50ddb13d7e5eb5b1bab60782ff7723be3bcee8ae27c5ff3c94318b3b0c6767b"


@given(st.lists(st.text(max_size=60), max_size=8))
def test_texts_are_counted_together_as_they_are_alone_and_come_back_from_packing(texts):
    together = count_terms(texts)
    assert parts(together) == [part for text in texts for part in parts(count_terms([text]))]
    packed = together.pack()
    assert [len(terms) for terms in packed] == (5 * np.diff(together.starts)).tolist()
    again = TermCounts.unpack(packed)
    for name in ("starts", "numbers", "counts"):
        found, expected = getattr(again, name), getattr(together, name)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6), st.data())
def test_taking_texts_is_counting_them_in_that_order(texts, data):
    places = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8))
    there, taken = np.array(places, np.int64), [texts[place] for place in places]
    assert parts(count_terms(texts).take(there)) == parts(count_terms(taken))
    vectors = weighed(texts)
    np.testing.assert_array_equal(dense(vectors.take(there), vectors.numbers), dense(vectors)[there])


def test_bytes_that_are_no_whole_terms_are_refused():
    with pytest.raises(ValueError, match="five bytes"):
        TermCounts.unpack([b"1234"])


def test_vectors_are_those_of_scikit_learn():
    vectorizer = TfidfVectorizer(analyzer=lambda t: terms_of(t).elements(), sublinear_tf=True)
    texts = TEXTS[:-1]  # a count of 300 is kept as 255
    expected = vectorizer.fit_transform(texts)
    vectors = weighed(texts)
    np.testing.assert_allclose(cosines(vectors, vectors), (expected @ expected.T).toarray(), atol=1e-6)
    lengths = np.linalg.norm(dense(vectors), axis=1)
    np.testing.assert_allclose(lengths, [1, 1, 0, 0, 1, 1], atol=1e-6)


def test_document_frequencies_count_texts_not_times():
    counted = count_terms(["graph graph graph", "graph", "sparse"])
    frequencies = document_frequencies(counted)
    graph, sparse = NAMED.places(count_terms(["graph", "sparse"]).numbers)
    assert (frequencies[graph], frequencies[sparse]) == (2, 1)
    assert frequencies.sum() == 4  # and the pair "graph graph"
    idf = inverse_document_frequencies(frequencies, 3)
    assert idf[graph] == pytest.approx(np.log(4 / 3) + 1)
    assert idf.max() == pytest.approx(np.log(4) + 1)
    assert inverse_document_frequencies(frequencies * 9, 3).min() == 1


@given(
    st.lists(st.text("abc ", max_size=30), max_size=150), st.lists(st.text("abc ", max_size=30), max_size=4)
)
def test_cosines_are_inner_products(texts, others):
    found = cosines(weighed(texts), weighed(others))
    assert found.shape == (len(texts), len(others))
    first, second = weighed(texts), weighed(others)
    both = np.concatenate([first.numbers, second.numbers])
    np.testing.assert_allclose(found, dense(first, both) @ dense(second, both).T, atol=1e-5)


def test_vectors_are_joined_one_part_after_the_other():
    first, second = weighed(TEXTS[:3]), weighed(TEXTS[3:])
    joined = TermVectors.joined([first, second])
    each = [dense(part, joined.numbers) for part in (first, second)]
    np.testing.assert_array_equal(dense(joined), np.concatenate(each))


def test_terms_are_named_as_the_text_spells_them():
    text = "Sparse Networks of the sparse attention"
    named = named_terms(text)
    ((numbers, _),) = parts(count_terms([text]))
    assert sorted(named) == numbers
    assert sorted(named.values()) == [
        "attention",
        "networks",
        "networks sparse",
        "sparse",
        "sparse attention",
        "sparse networks",
    ]
    assert named_terms("of the") == {}
