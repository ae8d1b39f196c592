"""Why a paper is in the list: arrays, term vectors and texts in, an explanation out."""

from __future__ import annotations

from .closest import closest_seeds
from .common import Common, Seeds, in_common
from .counterfactual import ranks_without
from .explanation import Counterfactual, Explanation, NearestDislike, SeedContribution
from .sentences import sentences

__all__ = [
    "Common",
    "Counterfactual",
    "Explanation",
    "NearestDislike",
    "SeedContribution",
    "Seeds",
    "closest_seeds",
    "in_common",
    "ranks_without",
    "sentences",
]
