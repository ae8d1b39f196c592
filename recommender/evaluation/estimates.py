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
    """The mean of a metric over queries and its 95% interval; against the first system the mean of the paired
    differences, its interval, and the p value, corrected for the number of systems.
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
        """As JSON; a figure that does not exist is null."""
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class SystemResult:
    """One system: its estimates by measure, its values by measure and query, and its rankings."""

    system: System
    estimates: Mapping[str, MetricEstimate]
    values: Mapping[str, Values]
    ranked: Rankings


@dataclass(frozen=True)
class HoldoutResult:
    """One system of a self-test, or a baseline by its name, and its estimates by measure."""

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
