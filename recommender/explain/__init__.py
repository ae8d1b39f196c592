"""Why a paper is in the list: arrays, term vectors and texts in, an explanation out."""

from __future__ import annotations

from .carrying import carrying_sentence
from .closest import closest_seeds
from .common import common_terms
from .counterfactual import ranks_without
from .explanation import Counterfactual, Explanation, NearestDislike, SeedShare
from .sentences import sentences
from .taste import gathered

__all__ = [
    "Counterfactual",
    "Explanation",
    "NearestDislike",
    "SeedShare",
    "carrying_sentence",
    "closest_seeds",
    "common_terms",
    "gathered",
    "ranks_without",
    "sentences",
]
