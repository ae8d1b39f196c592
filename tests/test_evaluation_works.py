"""Versions of one paper in a reader's library: hidden together, counted once, found by any of them."""

import dataclasses

import numpy as np
import pytest
from conftest import make_papers

from recommender import Corpus, Paper, Profile
from recommender.errors import ProfileError
from recommender.evaluation import self_test
from recommender.evaluation.works import are_versions, counted_once, library_works

POOLS = "rock tide moss salt cold deep warm dark green still high low".split()
PREY = "shrimp krill crabs worms snails mussels plankton larvae gobies blennies limpets barnacles".split()
MEANS = "cameras scales lasers diaries dyes nets hammers magnets kites balloons lanterns ropes".split()


def article(number, pool, prey, means):
    return Paper(
        id=f"10.1000/a{number}",
        title=f"Anemones of the {pool} pool and how they eat {prey}",
        abstract=f"Anemones wait in the {pool} pool until the tide brings {prey}. With {means} we measured "
        f"how many {prey} an anemone eats, and {means} told us when. Where {pool} water hides {prey} the "
        f"anemones move; without {prey} they starve within a month, as {means} show.",
        authors=("Ada Brook",),
        published="2022",
        venue="Journal of Pools",
    )


def preprint(paper, number):
    """The same work under another title, so that it stays a paper of its own."""
    return dataclasses.replace(
        paper,
        id=f"1901.{number:05d}",
        title=f"Waiting {number} times for dinner",
        venue="arXiv",
        authors=(),
        published="2019",
    )


ARTICLES = [article(number, *words) for number, words in enumerate(zip(POOLS, PREY, MEANS, strict=True))]
PREPRINTS = [preprint(paper, number) for number, paper in enumerate(ARTICLES)]
OTHERS = [
    dataclasses.replace(paper, id=f"o{number}", title=f"{paper.title} of iron roofs and bread")
    for number, paper in enumerate(make_papers(150))
]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    with Corpus.build(
        [*ARTICLES, *OTHERS], tmp_path_factory.mktemp("w") / "alone", encoder="static"
    ) as corpus:
        yield corpus


@pytest.fixture(scope="module")
def paired(tmp_path_factory):
    papers = [*ARTICLES, *PREPRINTS, *OTHERS]
    with Corpus.build(papers, tmp_path_factory.mktemp("w") / "paired", encoder="static") as corpus:
        assert len(corpus) == len(papers)
        yield corpus


def recall(corpus, papers):
    test = self_test(corpus, Profile(liked=[paper.id for paper in papers]), strategies="interests", splits=8)
    return test.rows[0].estimates["R@10"].mean, test


def test_a_library_of_pairs_is_found_as_well_as_one_without(alone, paired):
    expected, _ = recall(alone, ARTICLES)
    found, test = recall(paired, [*ARTICLES, *PREPRINTS])
    assert expected > 0.8
    assert found == pytest.approx(expected, abs=0.05)
    assert test.seeds == len(ARTICLES)
    assert test.warnings == (
        "24 liked papers are versions of 12: those of one are hidden together and count once",
    )


def test_another_version_that_the_reader_does_not_have_counts_as_found(paired, alone):
    found, test = recall(paired, ARTICLES)
    assert found == pytest.approx(recall(alone, ARTICLES)[0], abs=0.05)
    assert test.warnings == ()


def test_a_version_among_the_seen_ones_does_not_keep_a_hidden_paper_away(paired):
    liked = [paper.id for paper in ARTICLES]
    reader = Profile(liked=liked, seen=[paper.id for paper in PREPRINTS])
    test = self_test(paired, reader, strategies="interests", splits=8)
    assert test.rows[0].estimates["R@10"].mean == pytest.approx(recall(paired, ARTICLES)[0])


def test_works_are_by_title_abstract_and_vector(paired):
    names = [paper.id for pair in zip(ARTICLES, PREPRINTS, strict=True) for paper in pair]
    assert library_works([paired], names[::-1]) == [tuple(names[n : n + 2][::-1]) for n in range(22, -1, -2)]
    rows = np.array([paired.row(name) for name in names])
    np.testing.assert_array_equal(
        are_versions(paired.snapshot, rows, rows), np.kron(np.eye(12, dtype=bool), np.ones((2, 2), bool))
    )


def test_too_few_works_are_no_test(paired):
    reader = Profile(liked=[paper.id for paper in (*ARTICLES[:3], *PREPRINTS[:3])])
    with pytest.raises(ProfileError, match="has 3 liked papers, in 6 versions, in the corpus"):
        self_test(paired, reader, strategies="mean")


def test_each_work_counts_once_whichever_version_comes_first(paired):
    pairs = [(ARTICLES[n].id, PREPRINTS[n].id) for n in range(3)]
    ranking = [OTHERS[0].id, pairs[1][1], pairs[0][0], pairs[1][0], OTHERS[1].id]
    names, counted = counted_once(paired, ranking, pairs)
    assert [counted.index(name) if name in counted else None for name in names] == [2, 1, None]
    assert len(set(counted)) == len(counted)
