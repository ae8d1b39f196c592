"""Logistic regression over vectors and words, beside scikit-learn and by its own conditions of a minimum."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.engine.logistic import Features, fit_logistic
from recommender.lexical import TermVectors


def some_features(seed, n=120, d=6, width=40):
    rng = np.random.default_rng(seed)
    held = [np.sort(rng.choice(width, rng.integers(0, 9), replace=False)) * 7 for _ in range(n)]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in held])])
    numbers = np.concatenate(held).astype(np.uint32)
    terms = TermVectors(starts, numbers, rng.random(len(numbers), dtype=np.float32))
    known = np.arange(0, 7 * width, 14, dtype=np.uint32)  # half of the terms have a column
    return Features.of(rng.standard_normal((n, d)), terms, known), terms, known


def as_table(features):
    table = np.zeros((len(features), features.dense.shape[1] + features.width))
    table[:, : features.dense.shape[1]] = features.dense
    table[features.owners, features.dense.shape[1] + features.columns] = features.weights
    return table


def kinds_and_weights(seed, n=120):
    rng = np.random.default_rng(seed)
    weights = rng.random(n) + 0.01
    return np.arange(n) < n // 4, weights / weights.sum()


def test_features_are_the_columns_and_those_terms_that_have_one():
    features, terms, known = some_features(1)
    table = as_table(features)
    for place in range(len(terms)):
        part = slice(terms.starts[place], terms.starts[place + 1])
        for number, weight in zip(terms.numbers[part], terms.weights[part], strict=True):
            column = 6 + np.flatnonzero(known == number)
            assert table[place, column] == pytest.approx(weight)
    assert np.count_nonzero(table[:, 6:]) == np.isin(terms.numbers, known).sum()
    rng = np.random.default_rng(2)
    across, down = rng.standard_normal(table.shape[1]), rng.standard_normal(len(table))
    np.testing.assert_allclose(features.times(across), table @ across)
    np.testing.assert_allclose(features.transposed_times(down), table.T @ down)


def test_no_term_has_a_column_where_none_is_known():
    features, terms, _ = some_features(1)
    alone = Features.of(features.dense, terms, np.empty(0, np.uint32))
    assert alone.width == 0
    assert not len(alone.weights)


@pytest.mark.extra("linear")
@pytest.mark.parametrize("penalty", [0.1, 0.01, 1e-4])
def test_it_is_what_scikit_learn_finds(penalty):
    from sklearn.linear_model import LogisticRegression

    features, _, _ = some_features(3)
    of_kind, weights = kinds_and_weights(3)
    model = fit_logistic(features, of_kind, weights, penalty)
    peer = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=10_000)
    peer.fit(as_table(features), of_kind, sample_weight=weights)
    expected = peer.decision_function(as_table(features))
    np.testing.assert_allclose(model.log_odds(features), expected, atol=1e-3 * np.abs(expected).max())
    assert model.intercept == pytest.approx(float(peer.intercept_[0]), abs=1e-2)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), penalty=st.sampled_from([1.0, 0.01, 1e-3]))
def test_nothing_near_has_less_loss(seed, penalty):
    features, _, _ = some_features(seed)
    of_kind, weights = kinds_and_weights(seed)
    model = fit_logistic(features, of_kind, weights, penalty)
    table, signs = as_table(features), np.where(of_kind, 1, -1)

    def loss(coefficients, intercept):
        margins = signs * (table @ coefficients + intercept)
        return weights @ np.logaddexp(0, -margins) + penalty / 2 * coefficients @ coefficients

    least = loss(model.coefficients, model.intercept)
    rng = np.random.default_rng(seed)
    for size in (1e-3, 1e-1):
        for _ in range(5):
            way = size * rng.standard_normal(table.shape[1])
            assert loss(model.coefficients + way, model.intercept) >= least - 1e-9
        assert loss(model.coefficients, model.intercept + size) >= least - 1e-9
        assert loss(model.coefficients, model.intercept - size) >= least - 1e-9


def test_what_tells_nothing_has_no_coefficient_and_the_odds_are_those_of_the_weights():
    features, _, _ = some_features(5)
    flat = dataclasses.replace(features, dense=np.zeros_like(features.dense), weights=0 * features.weights)
    of_kind, weights = kinds_and_weights(5)
    model = fit_logistic(flat, of_kind, weights, 0.01)
    assert not model.coefficients.any()
    share = weights[of_kind].sum()
    assert model.intercept == pytest.approx(np.log(share / (1 - share)), abs=1e-5)


def test_kinds_that_are_told_apart_wholly_still_have_a_minimum():
    dense = np.concatenate([np.full((5, 1), 100.0), np.full((5, 1), -100.0)])
    nothing = TermVectors(np.zeros(11, np.int64), np.empty(0, np.uint32), np.empty(0, np.float32))
    features = Features.of(dense, nothing, np.empty(0, np.uint32))
    model = fit_logistic(features, np.arange(10) < 5, np.full(10, 0.1), 1e-4)
    assert np.isfinite(model.coefficients).all()
    assert (np.sign(model.log_odds(features)) == np.sign(dense[:, 0])).all()
