"""Explanations of recommendations: arrays, term vectors and texts in, an explanation out."""

from __future__ import annotations

from .common_terms import Common, Seeds, in_common, sentences
from .explanation import Counterfactual, Explanation, NearestDislike, SeedContribution, leave_one_out_ranks

__all__ = [
    "Common",
    "Counterfactual",
    "Explanation",
    "NearestDislike",
    "SeedContribution",
    "Seeds",
    "in_common",
    "leave_one_out_ranks",
    "sentences",
]
