"""What was measured of a contender."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contenders import Contender
from .ranking import Ranked

__all__ = ["Figure", "Row", "Tested", "Values", "named_contender"]

Values = NDArray[np.float64]
"""A measure's value for each query."""


@dataclass(frozen=True)
class Figure:
    """A mean over queries with its 95% interval; against the first contender the mean of the paired
    differences, its interval, and the p value, corrected for the number of contenders.
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
class Row:
    """One contender: its figures by measure, its values by measure and query, and its rankings."""

    contender: Contender
    figures: Mapping[str, Figure]
    values: Mapping[str, Values]
    ranked: Ranked


@dataclass(frozen=True)
class Tested:
    """One contender of a self-test, or a baseline by its name, and its figures by measure."""

    name: str
    contender: Contender | None
    figures: Mapping[str, Figure]


def named_contender(contender: Contender | None) -> dict[str, Any]:
    """What tells a contender from others; empty for a baseline."""
    if contender is None:
        return {}
    return {
        "encoder": contender.encoder,
        "strategy": contender.strategy,
        "diversity": contender.diversity,
        "rerank": contender.rerank,
    }
