"""The rows of many names at once, against what is found for each name alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper
from recommender.corpus import find_rows, rows_of_names
from recommender.corpus.named_rows import NamedRows

PAPERS = [
    *(Paper(title=f"Title {number}", id=f"arxiv:2101.{number:05}") for number in range(1, 30)),
    Paper(title="An old one", id="hep-th/9901001"),
    Paper(title="With a DOI", id="doi:10.1000/ABC.Def"),
    Paper(title="Of its own", id="W-17 x"),
    Paper(title="By its title"),
    Paper(title="Twice", id="one"),
    Paper(title="Twice", id="two", authors=("Ada Lovelace",), published="1843"),
    Paper(title="Twice", id="three", authors=("Grace Hopper",), published="1952"),
]
SPELLINGS = [
    *(name for paper in PAPERS for name in (paper.id, paper.key, paper.title, paper.id.upper())),
    *(f"2101.{number:05}" for number in range(1, 33)),
    "2101.00003v2",
    "https://arxiv.org/abs/2101.00004",
    "arXiv:2101.00005\0",
    "hep-th/9901001",
    "https://doi.org/10.1000/abc.def",
    "nobody's",
    "",
    " one ",
    "\ud800",
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("named") / "corpus"
    return Corpus.build(PAPERS, folder, encoder=FakeEncoder()).snapshot


@given(names=st.lists(st.sampled_from(SPELLINGS), max_size=60), read=st.booleans())
@settings(deadline=None)
def test_many_names_are_the_papers_that_each_alone_is(snapshot, names, read):
    expected = sorted({row for name in names for row in find_rows(snapshot, name)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recommender.corpus.named_rows._MANY", 0 if read else 10**9)
        named = NamedRows()
        for _ in range(2):  # what was found once is not looked for again
            np.testing.assert_array_equal(named.of(snapshot, names), expected)


def test_once_many_were_looked_up_the_database_is_asked_no_more(snapshot, monkeypatch):
    monkeypatch.setattr("recommender.corpus.named_rows._MANY", 3)
    named, ids = NamedRows(), [paper.id for paper in PAPERS[:20]]
    named.of(snapshot, ids)

    def refuse(*_):
        raise AssertionError("the database was asked")

    monkeypatch.setattr("recommender.corpus.named_rows.find_rows_of", refuse)
    assert len(named.of(snapshot, ids)) == 20
    assert len(named.of(snapshot, [name.removeprefix("arxiv:") for name in ids])) == 20


def test_no_name_is_no_paper(snapshot):
    assert rows_of_names(snapshot, ()).tolist() == []
