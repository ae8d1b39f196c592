"""Versions of a paper: one title or one abstract, in the corpus, in lists, and in what never comes again."""

import dataclasses
import sqlite3

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Profile, Recommender
from recommender.corpus.versions import MOST_VERSIONS, abstract_code
from recommender.diversity import Distinct
from recommender.identifiers import abstract_fingerprint

PAPERS = [
    dataclasses.replace(paper, abstract=f"{paper.abstract} and what follows from it")
    for paper in make_papers(40)
]
LONG = (
    "We find out how sleep consolidates what was learned during the day, with 42 people, "
    "a careful control, and a discussion of what it means. "
)


NAMES = ("Sheep in clover", "Roofs", "Bread and iron", "Harbour clay", "Eyes of glass", "Rain on slate")


def retitled(paper, number, **changes):
    """Another paper with the abstract of one, spelled a little differently."""
    abstract = paper.abstract.upper().replace(" ", "  ") + "."
    return dataclasses.replace(
        paper,
        id=f"other {number}",
        authors=(f"Somebody Else{number}",),
        title=NAMES[number],
        url="",
        abstract=abstract,
        **changes,
    )


class Wild(FakeEncoder):
    """Two texts that differ at all have vectors that have nothing in common: only words tell versions."""

    def _vector(self, text):
        rng = np.random.default_rng(abs(hash_of(text)))
        vector = rng.standard_normal(self.dim)
        return (vector / np.linalg.norm(vector)).astype(np.float32)


def hash_of(text):
    return int.from_bytes(text.encode()[:64].ljust(64), "big") ^ len(text)


@pytest.fixture
def library(tmp_path):
    """Paper 3 twice and paper 5 thrice, under several titles."""
    twins = [retitled(PAPERS[3], 1), retitled(PAPERS[5], 2), retitled(PAPERS[5], 3)]
    with Corpus.build([*PAPERS, *twins], tmp_path / "corpus", encoder=Wild()) as built:
        yield built


def test_fingerprints_of_abstracts():
    assert abstract_fingerprint("") == abstract_fingerprint("No abstract available.") == ""
    assert abstract_fingerprint("x" * 99) == ""
    assert abstract_fingerprint("x" * 100) == "x" * 100
    assert abstract_fingerprint(LONG) == abstract_fingerprint(
        LONG.upper().replace(" ", " \n").strip()[:-1] + "…"
    )
    assert abstract_fingerprint(LONG.replace("We", "Wé")) == abstract_fingerprint(LONG)
    assert abstract_fingerprint(LONG.replace("42", "43")) != abstract_fingerprint(LONG)
    assert abstract_fingerprint(LONG.replace("fi", "ﬁ")) == abstract_fingerprint(LONG)
    assert abstract_code("too short") is None
    assert 0 <= abstract_code(LONG) < 2**63


@pytest.mark.parametrize("ahead", [False, True])
def test_one_abstract_has_one_number(library, ahead):
    versions = library.snapshot.versions
    if ahead:
        versions.preload()
    codes = versions.codes(np.arange(43))
    assert codes.shape == (43, 2)
    assert codes[3, 1] == codes[40, 1] >= 0
    assert codes[5, 1] == codes[41, 1] == codes[42, 1]
    assert len(set(codes[:, 1].tolist())) == 40
    assert versions.same(np.array([3])).tolist() == [3, 40]
    assert versions.same(np.array([42, 7])).tolist() == [5, 7, 41, 42]
    assert versions.same(np.array([], np.int64)).tolist() == []
    assert versions.abstracts.rows_of([int(codes[5, 1]), 17]) == {int(codes[5, 1]): [5, 41, 42]}


@pytest.mark.parametrize("ahead", [False, True])
def test_what_many_papers_say_is_a_template(tmp_path, ahead):
    papers = [retitled(PAPERS[0], number) for number in range(MOST_VERSIONS)]
    with Corpus.build([*PAPERS, *papers[:-1]], tmp_path / "c", encoder=Wild()) as corpus:
        if ahead:
            corpus.snapshot.preload()
        assert corpus.snapshot.versions.same(np.array([0])).tolist() == [0, 40, 41, 42]
        corpus.add(papers[-1:])
        versions = corpus.snapshot.versions
        if ahead:
            versions.preload()
        rows = np.array([0, 40, 41, 42, 43])
        assert versions.same(rows[:1]).tolist() == [0]
        assert versions.codes(rows)[:, 1].tolist() == (-1 - rows).tolist()
        assert versions.abstracts.rows_of([abstract_code(PAPERS[0].abstract)]) == {}


def test_placeholders_make_no_versions(tmp_path):
    papers = [Paper(title=f"Title of {name}", abstract="No abstract available.") for name in ("one", "two")]
    with Corpus.build([*PAPERS, *papers], tmp_path / "c", encoder=Wild()) as corpus:
        assert corpus.snapshot.versions.same(np.array([40])).tolist() == [40]


@pytest.mark.parametrize("role", ["liked", "seen", "disliked"])
def test_a_known_paper_does_not_come_back_under_another_title(library, role):
    taste = {"liked": [PAPERS[9].id], role: [PAPERS[9].id] * (role == "liked") + [PAPERS[5].id]}
    found = Recommender(library).recommend(Profile(**taste), k=43, diversity=0)
    assert not {PAPERS[5].id, "other 2", "other 3"} & set(found.ids)
    assert len({PAPERS[3].id, "other 1"} & set(found.ids)) == 1


def test_a_list_has_one_of_them_also_among_several_interests(library):
    profile = Profile(liked=[PAPERS[place].id for place in (0, 4, 8, 1, 9, 13)])
    found = Recommender(library).recommend(profile, k=43, diversity=0)
    assert len({PAPERS[5].id, "other 2", "other 3"} & set(found.ids)) == 1
    assert len(found) == 43 - 6 - 3


def test_unshared_looks_at_each_column_and_at_what_was_before():
    codes = np.array([[1, -1], [2, 7], [3, 7], [1, 8], [4, 9], [5, 6]])
    vectors = np.zeros((6, 2), np.float32)
    papers = Distinct(0.9)
    numbers = np.arange(6)
    assert papers.add(vectors, codes, numbers, most=6).tolist() == [0, 1, 4, 5]
    others = np.array([[4, 4], [6, 6], [8, 8]])
    assert papers.alike(vectors[:3], others, numbers[:3]).tolist() == [True, True, False]
    assert papers.add(vectors[:0], codes[:0], numbers[:0], most=6).tolist() == []


def test_removed_changed_and_moved_papers_keep_their_numbers(library):
    library.remove(["other 1"])
    library.add(
        [dataclasses.replace(PAPERS[7], abstract=PAPERS[5].abstract, title=f"{PAPERS[7].title} again")]
    )
    library.compact()
    rows = {paper.id: row for row, paper in zip(sorted(all_rows(library)), library, strict=True)}
    versions = library.snapshot.versions
    assert versions.same(np.array([rows[PAPERS[3].id]])).tolist() == [rows[PAPERS[3].id]]
    names = (PAPERS[5].id, PAPERS[7].id, "other 2", "other 3")
    assert versions.same(np.array([rows[PAPERS[7].id]])).tolist() == sorted(rows[name] for name in names)
    assert library.verify() == []


def all_rows(corpus):
    return corpus.snapshot.rows()


def test_verify_names_a_number_that_is_missing(library):
    connection = sqlite3.connect(library.path / "corpus.sqlite")
    connection.execute("DELETE FROM abstracts WHERE row = 3")
    connection.commit()
    connection.close()
    problems = library.verify()
    assert any("is missing from table abstracts" in problem for problem in problems)
    assert any(problem.startswith("table abstracts: ") for problem in problems)
