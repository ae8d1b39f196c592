"""Titles as numbers: asked for row by row and read ahead."""

import dataclasses

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper


@pytest.fixture
def titled(tmp_path):
    """Papers 0 to 39; row 40 is called as row 3 is, rows 41 and 42 have no letter in their titles."""
    papers = make_papers(40)
    twin = dataclasses.replace(
        papers[3],
        id="twin",
        url="",
        title=papers[3].title.upper() + "!",
        authors=("Another",),
        abstract="Other",
    )
    blank = [Paper(id=name, title="???", abstract="words of it") for name in ("one", "two")]
    with Corpus.build([*papers, twin, *blank], tmp_path / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.mark.parametrize("ahead", [False, True])
def test_titles_alike_but_for_case_have_one_number(titled, ahead):
    titles = titled.snapshot.versions.titles
    if ahead:
        titles.preload()
    codes = titles.codes(np.arange(43))
    assert codes[3] == codes[40]
    assert len(set(codes.tolist())) == 42
    assert codes[41:].tolist() == [-42, -43]
    assert (codes[:41] >= 0).all()
    np.testing.assert_array_equal(titles.codes(np.array([40, 0, 3])), codes[[40, 0, 3]])
    assert titles.codes(np.array([1000])).tolist() == [-1001]
    assert sorted({3, *titles.twins(np.array([3])).tolist()}) == [3, 40]
    assert sorted({40, 5, *titles.twins(np.array([5, 40])).tolist()}) == [3, 5, 40]
    assert set(titles.twins(np.array([41])).tolist()) <= {41}
    assert titles.twins(np.array([], np.int64)).tolist() == []
    assert titled.snapshot.versions.same(np.array([5, 40])).tolist() == [3, 5, 40]


def test_read_ahead_they_are_the_same(titled):
    rows = np.arange(43)
    before = titled.snapshot.versions.titles.codes(rows)
    titled.snapshot.preload()
    np.testing.assert_array_equal(titled.snapshot.versions.titles.codes(rows), before)


@pytest.mark.parametrize("ahead", [False, True])
def test_a_removed_paper_has_no_title(titled, ahead):
    titled.remove(["twin"])
    titles = titled.snapshot.versions.titles
    if ahead:
        titles.preload()
    assert titles.codes(np.array([40])).tolist() == [-41]
    assert set(titles.twins(np.array([3])).tolist()) <= {3}
    assert titled.snapshot.versions.same(np.array([3])).tolist() == [3]
