"""Estimates of metrics, and the results of one system."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ranking import Rankings
from .systems import System

__all__ = ["HoldoutResult", "MetricEstimate", "SystemResult", "Values", "system_fields"]

Values = NDArray[np.float64]
"""A measure's value for each query."""


@dataclass(frozen=True)
class MetricEstimate:
    """The mean of a metric over queries, its 95% interval, and how it differs from the first system.

    Attributes
    ----------
    mean : float
        The mean over queries.
    low : float
        The lower end of its interval.
    high : float
        The upper end.
    queries : int
        How many queries have a value.
    difference : float
        The mean of the paired differences from the first system.
    difference_low : float
        The lower end of its interval.
    difference_high : float
        The upper end.
    p : float
        The p value, corrected for the number of systems.
    """

    mean: float
    low: float
    high: float
    queries: int
    difference: float = 0.0
    difference_low: float = 0.0
    difference_high: float = 0.0
    p: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        """Give the numbers by name for JSON.

        Returns
        -------
        dict of str to float
            The fields; None for a number that does not exist.
        """
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class SystemResult:
    """The results of one system on a benchmark.

    Attributes
    ----------
    system : System
        The system.
    estimates : mapping of str to MetricEstimate
        By metric.
    values : mapping of str to ndarray of float64, shape (queries,)
        The value of each query, by metric.
    ranked : Rankings
        Its rankings.
    """

    system: System
    estimates: Mapping[str, MetricEstimate]
    values: Mapping[str, Values]
    ranked: Rankings


@dataclass(frozen=True)
class HoldoutResult:
    """The results of one system of a self-test, or of a baseline.

    Attributes
    ----------
    name : str
        The system's label, or the baseline's name.
    system : System or None
        The system; None for a baseline.
    estimates : mapping of str to MetricEstimate
        By metric.
    """

    name: str
    system: System | None
    estimates: Mapping[str, MetricEstimate]


def system_fields(system: System | None) -> dict[str, Any]:
    """What tells a system from others; empty for a baseline."""
    if system is None:
        return {}
    return {
        "encoder": system.encoder,
        "strategy": system.strategy,
        "diversity": system.diversity,
        "rerank": system.rerank,
    }
