"""What is told of a recommendation is true: seeds, contributions, ranks without a seed."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.explain import (
    Counterfactual,
    Explanation,
    NearestDislike,
    SeedContribution,
    leave_one_out_ranks,
)


def unit_rows(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


# Counterfactuals


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 8), st.integers(1, 5), st.integers(0, 2**31))
def test_ranks_without_a_seed_equal_brute_force(n, s, seed):
    contributions = np.random.default_rng(seed).integers(-2, 3, (n, s)).astype(np.float32)
    scores = contributions.sum(1)
    before, after = leave_one_out_ranks(
        scores, lambda gone: scores - contributions[:, gone], seeds=range(s), places=range(n)
    )
    for place in range(n):

        def rank(values, place=place):
            return 1 + sum((-value, other) < (-values[place], place) for other, value in enumerate(values))

        assert before[place] == rank(scores.tolist())
        assert after[place].tolist() == [
            rank((scores - contributions[:, gone]).tolist()) for gone in range(s)
        ]


def test_scores_of_another_pool_are_refused():
    with pytest.raises(ValueError, match=r"without seed 2 scores have shape \(3,\); right is \(4,\)"):
        leave_one_out_ranks(np.zeros(4, np.float32), lambda _: np.zeros(3, np.float32), seeds=[2], places=[0])


# The explanation


def explanation(**more):
    contributions = (
        SeedContribution("a", "Small", 0.05),
        SeedContribution("b", "Large", 0.3),
        SeedContribution("c", "", -0.1),
        SeedContribution("d", "None", 0.0),
        SeedContribution("e", "Tiny", 0.01),
    )
    return Explanation(score=0.26, contributions=contributions, **more)


def test_shares_are_kept_largest_first_and_sum_to_the_score():
    assert [seed.id for seed in explanation().contributions] == ["b", "c", "a", "e", "d"]
    for count in range(7):
        told = explanation().first(count)
        assert math.fsum([*(seed.contribution for seed in told), explanation().rest(count)]) == pytest.approx(
            0.26, abs=1e-12
        )
    assert explanation().rest(4) == pytest.approx(0, abs=1e-12)


def test_shares_that_do_not_sum_to_the_score_are_refused():
    near = Explanation(score=0.300009, contributions=(SeedContribution("a", "", 0.3),))
    assert near.score == 0.300009
    for wrong in (0.30002, math.nan):
        with pytest.raises(ValueError, match=r"the contributions of the seeds sum to 0.3; the score is"):
            Explanation(score=wrong, contributions=(SeedContribution("a", "", 0.3),))


def test_the_text_for_a_reader():
    told = explanation(
        nearest_dislike=NearestDislike("x", "Bad", 0.123),
        interest="decoding",
        sentence="We decode.",
        terms=("draft model", "decoding"),
        rank=3,
        counterfactuals=(
            Counterfactual("b", "Large", 41),
            Counterfactual("c", "", 2),
            Counterfactual("e", "Tiny", 3),
        ),
    )
    assert told.to_text(seeds=2).splitlines() == [
        "score 0.2600, the sum of",
        "  +0.3000  Large [b]",
        "  -0.1000  [c]",
        "  +0.0600  2 other papers of the profile",
        "interest: decoding",
        "in common: draft model, decoding",
        "it says: We decode.",
        "nearest dislike: Bad [x], cosine 0.12",
        "without Large [b] it falls from 3 to 41 by score",
        "without [c] it rises from 3 to 2 by score",
        "without Tiny [e] it stays at 3 by score",
    ]
    assert explanation().to_text(seeds=9).splitlines()[1:] == [
        "  +0.3000  Large [b]",
        "  -0.1000  [c]",
        "  +0.0500  Small [a]",
        "  +0.0100  Tiny [e]",
    ]
    corpus_alone = Explanation(
        score=0.5, contributions=(SeedContribution("", "the rest of the corpus", 0.5),)
    )
    assert corpus_alone.to_text() == "score 0.5000, the sum of\n  +0.5000  the rest of the corpus"
    assert "  +0.0100  1 other paper of the profile" in explanation().to_text(seeds=3)


def test_what_is_no_paper_is_not_counted_as_one():
    parts = (SeedContribution("a", "Large", 0.3), SeedContribution("", "the same years as yours", -0.1))
    told = Explanation(score=0.2, contributions=parts)
    assert told.to_text(seeds=1).splitlines()[1:] == ["  +0.3000  Large [a]", "  -0.1000  1 other part"]


def test_the_record_is_flat_and_goes_through_json():
    told = explanation(nearest_dislike=NearestDislike("x", "Bad", 0.5), terms=("one",))
    record = told.to_dict(seeds=2)
    assert json.loads(json.dumps(record)) == record
    assert record["seed_ids"] == ["b", "c"]
    assert sum(record["seed_contributions"]) + record["rest_contribution"] == pytest.approx(0.26, abs=1e-12)
    assert (record["nearest_dislike_id"], record["nearest_dislike_cosine"]) == ("x", 0.5)
    assert record["terms"] == ["one"]
    assert explanation().to_dict()["seed_ids"] == ["b", "c", "a", "e"]
    assert explanation().to_dict()["nearest_dislike_id"] is None
    for value in record.values():
        assert not isinstance(value, dict)
