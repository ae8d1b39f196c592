"""A run file: scores that fall and are read alike everywhere, and names of one word, no two alike."""

import itertools

import numpy as np
import pytest

from recommender.evaluation import write_run


@pytest.fixture
def written(tmp_path):
    def call(rankings):
        notes = write_run(tmp_path / "x.run", rankings, tag="a tag")
        return [line.split(" ") for line in (tmp_path / "x.run").read_text().splitlines()], notes

    return call


@pytest.mark.parametrize(
    "scores",
    [
        [0.0] * 6,
        [1e-9, 1e-9, 1e-9, 0.0, 0.0],
        [0.5, 0.7, 0.7, 2e-9, 1e-42, 1e-45, -1e-42, -0.0, -0.3, 0.1],
        [-0.2, -0.2, -0.2, 5.0],
    ],
)
def test_scores_fall_and_none_is_denormal(written, scores):
    lines, notes = written({"q": [(f"p{number}", score) for number, score in enumerate(scores)]})
    found = [np.float32(line[4]) for line in lines]
    assert all(one > other for one, other in itertools.pairwise(found))
    assert all(value == 0 or abs(value) > 1e-20 for value in found)
    assert "-0" not in [line[4] for line in lines]
    np.testing.assert_allclose(found, np.minimum.accumulate(scores), atol=1e-6)
    assert notes == ()


def test_scores_that_fall_stay_as_they_are(written):
    scores = [0.75, 0.5, 3e-8, 0.0, -0.25]
    lines, _ = written({"q": [(f"p{number}", score) for number, score in enumerate(scores)]})
    assert [float(line[4]) for line in lines] == pytest.approx(scores, rel=1e-7)


def test_no_two_names_are_written_alike(written):
    papers = ["a b", "a\tb", "a_b", "c d", "e"]
    rankings = {"my query": [(paper, 1.0) for paper in papers], "my_query": [("a b", 1.0), ("c d", 0.5)]}
    lines, notes = written(rankings)
    assert [line[2] for line in lines] == ["a_b_2", "a_b_3", "a_b", "c_d", "e", "a_b_2", "c_d"]
    assert [line[0] for line in lines] == ["my_query_2"] * 5 + ["my_query"] * 2
    assert {len(line) for line in lines} == {6}
    of_queries, of_papers = notes
    assert "1 query id " in of_queries
    assert "'my query' as my_query_2" in of_queries
    assert "3 paper ids " in of_papers
    assert "'a b' as a_b_2, 'a\\tb' as a_b_3, 'c d' as c_d" in of_papers
