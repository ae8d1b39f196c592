"""Logistic regression with an L2 penalty over dense columns and sparse terms, by Newton's method.

The function is convex and a step is taken only as far as it goes down, so that the result is the minimum
wherever it begins. Each step is found by conjugate gradients: the matrix of second derivatives, as wide as
the words of a corpus, is never made.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..lexical import TermVectors

Floats = NDArray[np.float64]

# Where the gradient is so much smaller than it was at 0, nothing changes that an order could show.
_SMALL = 1e-6
_STEPS, _SOLVER_STEPS, _HALVINGS = 30, 60, 30
_SUFFICIENT = 1e-4  # of what the slope promises a step has to bring so much (Armijo)


@dataclass(frozen=True)
class Features:
    """What is known of n papers: their dense columns, and of their terms those that have a column.

    Attributes
    ----------
    dense : ndarray of float64, shape (n, d)
        The dense columns.
    owners, columns : ndarray of int64, shape (m,)
        The paper and the column of each term.
    weights : ndarray of float64, shape (m,)
        What the term weighs there.
    width : int
        How many columns the terms have.
    """

    dense: Floats
    owners: NDArray[np.int64]
    columns: NDArray[np.int64]
    weights: Floats
    width: int

    @classmethod
    def of(cls, dense: Floats, terms: TermVectors, known: NDArray[np.uint32]) -> Features:
        """The features of papers, by the terms whose numbers are `known`, ascending."""
        owners = np.repeat(np.arange(len(terms)), np.diff(terms.starts))
        columns = np.searchsorted(known, terms.numbers)
        there = known.take(columns, mode="clip") == terms.numbers if len(known) else columns > 0
        return cls(dense, owners[there], columns[there], terms.weights[there].astype(np.float64), len(known))

    def __len__(self) -> int:
        return len(self.dense)

    def times(self, coefficients: Floats) -> Floats:
        """The sum of each paper's features, each times its coefficient."""
        dims = self.dense.shape[1]
        values = self.weights * coefficients[dims:][self.columns]
        of_terms = np.bincount(self.owners, values, minlength=len(self))
        return np.asarray(self.dense @ coefficients[:dims] + of_terms)

    def transposed_times(self, values: Floats) -> Floats:
        """The sum of each feature over the papers, each times its value."""
        of_terms = np.bincount(self.columns, self.weights * values[self.owners], minlength=self.width)
        return np.concatenate([values @ self.dense, of_terms])


@dataclass(frozen=True)
class Logistic:
    """A fitted model: the log odds of a paper are its features times the coefficients, and the intercept."""

    coefficients: Floats
    intercept: float

    def log_odds(self, features: Features) -> Floats:
        """The log odds that each paper is of the first kind, shape (n,)."""
        return features.times(self.coefficients) + self.intercept


def fit_logistic(features: Features, of_kind: NDArray[np.bool_], weights: Floats, penalty: float) -> Logistic:
    """The model of least loss: what papers weigh times their log loss, and half the penalty times the sum of
    squares of the coefficients. The intercept is free.

    `of_kind` says which papers are of the first kind, both kinds are there, and `weights` have sum 1.
    """
    problem = _Problem(features, np.where(of_kind, 1.0, -1.0), weights, penalty)
    at = np.zeros(features.dense.shape[1] + features.width + 1)
    first = float(np.linalg.norm(problem.at(at).gradient))
    for _ in range(_STEPS):
        here = problem.at(at)
        if np.linalg.norm(here.gradient) <= _SMALL * first:
            break
        moved = _descend(problem, at, here, here.newton_step())
        if moved is None:
            break
        at = moved
    return Logistic(at[:-1], float(at[-1]))


def _descend(problem: _Problem, at: Floats, here: _Point, step: Floats) -> Floats | None:
    """Go as much of the step as brings the loss down; None where rounding lets nothing do so."""
    slope = float(here.gradient @ step)
    share = 1.0
    for _ in range(_HALVINGS):
        if problem.at(at + share * step).loss <= here.loss + _SUFFICIENT * share * slope:
            return np.asarray(at + share * step)
        share /= 2
    return None


@dataclass(frozen=True)
class _Problem:
    """What is to be fitted."""

    features: Features
    signs: Floats
    weights: Floats
    penalty: float

    def at(self, parameters: Floats) -> _Point:
        """The loss and its derivatives at some coefficients and an intercept."""
        return _Point(self, parameters)


@dataclass(frozen=True)
class _Point:
    """The loss and its derivatives somewhere."""

    problem: _Problem
    parameters: Floats

    @cached_property
    def _margins(self) -> Floats:
        log_odds = self.problem.features.times(self.parameters[:-1]) + self.parameters[-1]
        return np.asarray(self.problem.signs * log_odds)

    @cached_property
    def _wrong(self) -> Floats:
        """How probable the other kind is, for each paper."""
        return np.asarray(np.exp(-np.logaddexp(0, self._margins)))

    @property
    def loss(self) -> float:
        """What is to be least."""
        coefficients = self.parameters[:-1]
        losses = self.problem.weights @ np.logaddexp(0, -self._margins)
        return float(losses + self.problem.penalty / 2 * (coefficients @ coefficients))

    @cached_property
    def gradient(self) -> Floats:
        """The first derivatives."""
        pulls = -self.problem.weights * self.problem.signs * self._wrong
        found = self.problem.features.transposed_times(pulls)
        return np.concatenate([found + self.problem.penalty * self.parameters[:-1], [pulls.sum()]])

    def newton_step(self) -> Floats:
        """Where the quadratic that touches the loss here is least, as nearly as it is worth (Nocedal and
        Wright, 2006, algorithm 7.1).
        """
        curvature = self.problem.weights * self._wrong * (1 - self._wrong)
        size = float(np.linalg.norm(self.gradient))
        enough = min(0.5, size**0.5) * size
        step, left = np.zeros_like(self.gradient), -self.gradient
        direction, square = left, float(left @ left)
        for _ in range(_SOLVER_STEPS):
            if square <= enough**2:
                break
            bent = self._hessian_times(direction, curvature)
            along = float(direction @ bent)
            if along <= 0:  # by rounding alone
                break
            step = step + square / along * direction
            left = left - square / along * bent
            direction, square = left + float(left @ left) / square * direction, float(left @ left)
        return step if step.any() else -self.gradient

    def _hessian_times(self, vector: Floats, curvature: Floats) -> Floats:
        """The matrix of second derivatives times a vector."""
        features, penalty = self.problem.features, self.problem.penalty
        bent = curvature * (features.times(vector[:-1]) + vector[-1])
        return np.concatenate([features.transposed_times(bent) + penalty * vector[:-1], [bent.sum()]])
