"""What is told of a recommendation is true: seeds, shares, sentence, terms, ranks without a seed."""

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
    SeedShare,
    carrying_sentence,
    closest_seeds,
    common_terms,
    gathered,
    ranks_without,
    sentences,
)
from recommender.lexical import (
    cosines,
    count_terms,
    document_frequencies,
    inverse_document_frequencies,
    weigh,
)


def unit_rows(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 20), st.integers(1, 12), st.integers(0, 2**31))
def test_the_closest_seed_equals_brute_force(n, n_seeds, seed):
    candidates, seeds = unit_rows(n, 8, seed), unit_rows(n_seeds, 8, seed + 1)
    closest, cosines = closest_seeds(candidates, seeds)
    assert closest.shape == cosines.shape == (n,)
    assert cosines.dtype == np.float32
    for place, candidate in enumerate(candidates.astype(float)):
        each = [float(candidate @ row) for row in seeds.astype(float)]
        assert each[closest[place]] > max(each) - 1e-6
        assert abs(cosines[place] - max(each)) < 1e-6


def test_of_equal_seeds_the_first_is_named():
    seed = unit_rows(1, 8, 1)
    closest, cosines = closest_seeds(seed, np.concatenate([-seed, seed, seed]))
    assert closest.tolist() == [1]
    np.testing.assert_allclose(cosines, [1], atol=1e-6)


def corpus(*texts):
    counted = count_terms(texts)
    idf = inverse_document_frequencies(document_frequencies(counted), len(texts))
    return weigh(counted, idf), idf


TITLES = (
    "Speculative decoding of language models",
    "Language models are few-shot learners",
    "Trees of the tropical forest",
    "Protein folding by attention",
)
ABSTRACT = (
    "Language models write text. We compare speculative decoding with others, e.g. beam search. "
    "Our decoding is faster. Forests stand."
)


# The seeds as one


def test_the_gathered_seeds_have_the_mean_of_the_cosines():
    seeds, idf = corpus(*TITLES)
    text = weigh(count_terms([ABSTRACT]), idf)
    each = cosines(text, seeds)[0].astype(float)
    for weights in ([1, 1, 1, 1], [0.5, 0, 2, 0.25]):
        mean = cosines(text, gathered(seeds, weights=np.array(weights, np.float32)))[0, 0]
        assert mean == pytest.approx(np.average(each, weights=weights), abs=1e-6)
    assert cosines(text, gathered(seeds))[0, 0] == pytest.approx(each.mean(), abs=1e-6)
    none = gathered(seeds, weights=np.zeros(4, np.float32))
    assert cosines(text, none)[0, 0] == pytest.approx(each.mean(), abs=1e-6)


def test_wrong_weights_are_refused():
    seeds, _ = corpus(*TITLES)
    with pytest.raises(ValueError, match=r"shape \(3,\); 4 seeds need \(4,\)"):
        gathered(seeds, weights=np.ones(3, np.float32))
    with pytest.raises(ValueError, match="weight -1 of a seed is below 0"):
        gathered(seeds, weights=np.array([1, -1, 1, 1], np.float32))


# The sentence


def test_the_carrying_sentence_has_the_highest_cosine():
    seeds, idf = corpus(*TITLES)
    parts = sentences(ABSTRACT)
    for liked in ([0], [1], [2], [0, 1], [0, 2]):
        scores = cosines(weigh(count_terms(parts), idf), seeds.take(np.array(liked))).mean(1)
        assert carrying_sentence(ABSTRACT, seeds.take(np.array(liked)), idf) == parts[scores.argmax()]
    weights = np.array([0, 0, 1, 0], np.float32)
    assert carrying_sentence(ABSTRACT, seeds, idf, weights=weights) == "Forests stand."
    assert carrying_sentence(ABSTRACT, gathered(seeds, weights=weights), idf) == "Forests stand."


def test_where_nothing_is_shared_no_sentence_is_told():
    seeds, idf = corpus(*TITLES)
    assert carrying_sentence("", seeds, idf) == ""
    assert carrying_sentence("Galaxies rotate. Stars shine.", seeds, idf) == ""
    assert carrying_sentence(ABSTRACT, seeds.take(np.array([], np.int64)), idf) == ""


# Terms in common


def test_a_pair_is_told_without_its_words():
    seeds, idf = corpus(*TITLES)
    assert common_terms(ABSTRACT, seeds.take(np.array([0])), idf) == (
        "speculative decoding",
        "Language models",
    )
    assert common_terms(ABSTRACT, seeds.take(np.array([0])), idf, count=1) == ("speculative decoding",)


def test_a_word_without_its_pair_is_told_alone():
    seeds, idf = corpus(*TITLES)
    assert common_terms("The tallest forests, and proteins", seeds, idf) == ("forests", "proteins")


def test_terms_are_spelled_as_in_the_paper():
    seeds, idf = corpus("mixture of experts; gates; LLMs", "state-space model with attention", "bees")
    text = "Mixture-of-Experts on LLM. A mixture of experts. State-space. Models. And others"
    assert common_terms(text, seeds, idf) == ("mixture of experts", "State-space", "LLM", "Models")


def test_words_on_both_sides_of_a_full_stop_are_no_term():
    seeds, idf = corpus("graph neural", "bees")
    assert common_terms("We draw a graph. Neural nets are many.", seeds, idf) == ("graph", "Neural")


def test_what_gives_most_comes_first():
    seeds, idf = corpus(*TITLES)
    weights = np.array([1, 1, 9, 1], np.float32)
    assert common_terms(ABSTRACT, seeds, idf, weights=weights)[0] == "Forests"
    assert common_terms(ABSTRACT, seeds.take(np.array([], np.int64)), idf) == ()
    assert common_terms("Galaxies rotate", seeds, idf) == ()
    assert common_terms("", seeds, idf) == ()


# Counterfactuals


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 8), st.integers(1, 5), st.integers(0, 2**31))
def test_ranks_without_a_seed_equal_brute_force(n, s, seed):
    shares = np.random.default_rng(seed).integers(-2, 3, (n, s)).astype(np.float32)
    scores = shares.sum(1)
    before, after = ranks_without(
        scores, lambda gone: scores - shares[:, gone], seeds=range(s), places=range(n)
    )
    for place in range(n):

        def rank(values, place=place):
            return 1 + sum((-value, other) < (-values[place], place) for other, value in enumerate(values))

        assert before[place] == rank(scores.tolist())
        assert after[place].tolist() == [rank((scores - shares[:, gone]).tolist()) for gone in range(s)]


def test_scores_of_another_pool_are_refused():
    with pytest.raises(ValueError, match=r"without seed 2 scores have shape \(3,\); right is \(4,\)"):
        ranks_without(np.zeros(4, np.float32), lambda _: np.zeros(3, np.float32), seeds=[2], places=[0])


# The explanation


def explanation(**more):
    shares = (
        SeedShare("a", "Small", 0.05),
        SeedShare("b", "Large", 0.3),
        SeedShare("c", "", -0.1),
        SeedShare("d", "None", 0.0),
        SeedShare("e", "Tiny", 0.01),
    )
    return Explanation(score=0.26, shares=shares, **more)


def test_shares_are_kept_largest_first_and_sum_to_the_score():
    assert [seed.id for seed in explanation().shares] == ["b", "c", "a", "e", "d"]
    for count in range(7):
        told = explanation().first(count)
        assert math.fsum([*(seed.share for seed in told), explanation().rest(count)]) == pytest.approx(
            0.26, abs=1e-12
        )
    assert explanation().rest(4) == pytest.approx(0, abs=1e-12)


def test_shares_that_do_not_sum_to_the_score_are_refused():
    near = Explanation(score=0.300009, shares=(SeedShare("a", "", 0.3),))
    assert near.score == 0.300009
    for wrong in (0.30002, math.nan):
        with pytest.raises(ValueError, match=r"the shares of the seeds sum to 0.3; the score is"):
            Explanation(score=wrong, shares=(SeedShare("a", "", 0.3),))


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
    corpus_alone = Explanation(score=0.5, shares=(SeedShare("", "the rest of the corpus", 0.5),))
    assert corpus_alone.to_text() == "score 0.5000, the sum of\n  +0.5000  the rest of the corpus"
    assert "  +0.0100  1 other paper of the profile" in explanation().to_text(seeds=3)


def test_the_record_is_flat_and_goes_through_json():
    told = explanation(nearest_dislike=NearestDislike("x", "Bad", 0.5), terms=("one",))
    record = told.to_dict(seeds=2)
    assert json.loads(json.dumps(record)) == record
    assert record["seed_ids"] == ["b", "c"]
    assert sum(record["seed_shares"]) + record["rest_share"] == pytest.approx(0.26, abs=1e-12)
    assert (record["nearest_dislike_id"], record["nearest_dislike_cosine"]) == ("x", 0.5)
    assert record["terms"] == ["one"]
    assert explanation().to_dict()["seed_ids"] == ["b", "c", "a", "e"]
    assert explanation().to_dict()["nearest_dislike_id"] is None
    for value in record.values():
        assert not isinstance(value, dict)
