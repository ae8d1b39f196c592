"""Interests: clusters of a reader's seeds, and their quotas of a list. Arrays in, arrays out."""

from __future__ import annotations

from .adjacent_groups import AdjacentGroup, adjacent_groups, farthest_first
from .centres import Regrouped, first_centres, go_on, spread_centres
from .collections import grouped
from .discovery import (
    MAX_COMPARED,
    MAX_INTERESTS,
    Interests,
    calibration_error,
    discover,
    sample_positions,
    split_threshold,
)
from .first_turns import FirstTurns, first_ranks
from .spherical_kmeans import kmeans_from, spherical_kmeans
from .turns import deal, min_list_sizes, quotas

__all__ = [
    "MAX_COMPARED",
    "MAX_INTERESTS",
    "AdjacentGroup",
    "FirstTurns",
    "Interests",
    "Regrouped",
    "adjacent_groups",
    "calibration_error",
    "deal",
    "discover",
    "farthest_first",
    "first_centres",
    "first_ranks",
    "go_on",
    "grouped",
    "kmeans_from",
    "min_list_sizes",
    "quotas",
    "sample_positions",
    "spherical_kmeans",
    "split_threshold",
    "spread_centres",
]
