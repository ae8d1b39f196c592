"""Sketches: which papers are near-identical to one of many, without a look at all of their vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes import restore, store
from recommender import Corpus, Paper, Profile, Recommender
from recommender.corpus.sketches import Sketches, pairs_above

LIMIT = 0.98


def unit(vectors):
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def at_cosine(vector, cosine, rng):
    """A unit vector with this cosine to another."""
    other = rng.standard_normal(len(vector))
    other -= (other @ vector) * vector
    return np.asarray(cosine * vector + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other), np.float32)


def papers_around(rng, count, dim, spread, precision):
    """Random unit vectors round one direction, some of them zeros, in a precision."""
    vectors = unit(rng.standard_normal((count, dim)) * spread + np.eye(1, dim))
    vectors[rng.random(count) < 0.1] = 0
    try:
        return restore(store(vectors, precision))
    except ValueError:  # few vectors that lie in one coordinate fit into int8
        return restore(store(vectors, "float16"))


@given(
    seed=st.integers(0, 2**32 - 1),
    known=st.integers(1, 900),
    dim=st.sampled_from([3, 16, 48]),
    spread=st.sampled_from([0.01, 0.3, 3.0]),
    precision=st.sampled_from(["float32", "float16", "int8"]),
)
@settings(deadline=None, max_examples=60)
def test_what_is_near_is_what_a_look_at_all_vectors_says(seed, known, dim, spread, precision):
    rng = np.random.default_rng(seed)
    stored = papers_around(rng, 1000, dim, spread, precision)
    sketches = Sketches(stored.__getitem__, 0, len(stored))
    rows = np.sort(rng.choice(1000, known, replace=False))
    twins = [at_cosine(stored[row], cosine, rng) for row in rows[:40] for cosine in (0.979, 0.981)]
    vectors = np.concatenate([rng.permutation(stored)[:60], twins])
    cosines = vectors.astype(np.float64) @ stored[rows].astype(np.float64).T
    clear = np.abs(cosines - LIMIT) > 1e-6
    places, near = sketches.pairs(stored.__getitem__, vectors, rows, LIMIT)
    found = np.zeros(cosines.shape, np.bool_)
    found[places, np.searchsorted(rows, near)] = True
    assert found.sum() == len(places)
    np.testing.assert_array_equal(found[clear], (cosines > LIMIT)[clear])


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 70))
@settings(deadline=None, max_examples=60)
def test_a_cosine_at_the_limit_is_above_it_or_not_whatever_lies_beside_it(seed, count):
    rng = np.random.default_rng(seed)
    others = unit(rng.standard_normal((count, 48)))
    vectors = np.array([at_cosine(others[0], LIMIT, rng) for _ in range(20)])
    right = (np.einsum("ij,ij->i", vectors, others[np.zeros(20, int)]) > LIMIT).tolist()
    order = rng.permutation(count)
    near = [place for place, is_near in enumerate(right) if is_near]
    places, found = pairs_above(vectors, others[order], LIMIT)
    assert places[order[found] == 0].tolist() == near
    alone = [pairs_above(vector[np.newaxis], others, LIMIT)[1] for vector in vectors]
    assert [0 in found for found in alone] == right


def test_rows_begin_where_the_corpus_begins():
    rng = np.random.default_rng(1)
    stored = papers_around(rng, 400, 8, 1.0, "float32")

    def read(rows):
        return stored[rows - 1000]

    rows = np.arange(1000, 1400, 2)
    places, near = Sketches(read, 1000, 400).pairs(read, stored, rows, LIMIT)
    expected = np.argwhere(stored @ stored[::2].T > LIMIT)
    assert sorted([place, (row - 1000) // 2] for place, row in zip(places, near, strict=True)) == (
        expected.tolist()
    )


class Lookup:
    """An encoder that knows the vector of each text, by the number at its end."""

    name, fingerprint, dim = "lookup", "1", 32

    def __init__(self, vectors):
        self.vectors = vectors

    def encode(self, texts):
        return self.vectors[[int(text.split()[-1]) for text in texts]]


COUNT = 1500


def made_vectors():
    """Random papers, of which each tenth is followed by one that is all but the same, or nearly so."""
    rng = np.random.default_rng(7)
    vectors = unit(rng.standard_normal((COUNT + 20, 32)) + 0.5)
    for place in range(0, COUNT, 10):
        vectors[place + 1] = at_cosine(vectors[place], 0.952 if place % 20 else 0.948, rng)
    return vectors


def titled(number):
    """One work in two wordings for the papers that are one after the other, ten apart."""
    return f"The study of an oyster {number - 1}" if number % 10 == 1 else f"Study of oysters {number}"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    papers = [
        Paper(title=titled(number), abstract=f"{number}", id=f"arxiv:21{number % 12 + 1:02}.{number:05}")
        for number in range(1, COUNT)
    ]
    papers += [Paper(title=f"Twice 7 {number}") for number in range(COUNT, COUNT + 3)]
    return Corpus.build(
        papers, tmp_path_factory.mktemp("seen") / "corpus", encoder=Lookup(made_vectors()), index="exact"
    )


@given(seed=st.integers(0, 2**32 - 1), seen=st.integers(0, 900), brought=st.booleans())
@settings(deadline=None, max_examples=25)
def test_a_list_is_that_of_a_look_at_all_known_vectors(corpus, seed, seen, brought):
    rng = np.random.default_rng(seed)
    ids = rng.permutation(corpus.snapshot.first_ids(COUNT - 1)).tolist()
    liked = [*ids[:4]]
    if brought:
        liked.append(Paper(title=f"A draft of mine {COUNT + 10}"))
    reader = Profile(liked=liked, disliked=ids[4:5], seen=ids[5 : 5 + seen])
    recommender = Recommender(corpus)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recommender.corpus.snapshot._COMPARED", 10**9)
        patch.setattr("recommender.corpus.versions._MANY", 10**9)
        expected = recommender.recommend(reader, k=30)
    found = recommender.recommend(reader, k=30)
    assert found.ids == expected.ids
    assert found.scores.tolist() == expected.scores.tolist()


def test_a_known_paper_hides_what_is_all_but_the_same(corpus):
    ids = [f"arxiv:21{number % 12 + 1:02}.{number:05}" for number in range(COUNT)]
    history = [ids[place] for place in range(10, COUNT, 10)]
    found = Recommender(corpus).recommend(Profile(liked=[ids[5]], seen=history), k=1000).ids
    hidden = {ids[place + 1] for place in range(10, COUNT, 20)}
    nearly = {ids[place + 1] for place in range(20, COUNT, 20)}
    assert not hidden & {*found}
    assert nearly & {*found}


def counting(snapshot, monkeypatch):
    """How many vectors were read since it was asked last."""
    read = []
    whole = snapshot.vectors

    def vectors(rows):
        read.append(len(rows))
        return whole(rows)

    def count():
        found = sum(read)
        read.clear()
        return found

    monkeypatch.setattr(snapshot, "vectors", vectors)
    return count


def test_no_more_vectors_are_read_for_a_longer_history(corpus, monkeypatch):
    ids = corpus.snapshot.first_ids(COUNT - 1)
    recommender, read = Recommender(corpus), counting(corpus.snapshot, monkeypatch)
    reader = Profile(liked=ids[:3])
    longer = Profile(liked=ids[:3], seen=ids[300:1300])
    recommender.recommend(longer)  # each known vector is read once
    read()
    recommender.recommend(reader)
    without = read()
    recommender.recommend(longer)
    assert read() <= without
    assert without > 0
