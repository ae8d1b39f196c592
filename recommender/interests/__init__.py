"""Interests: clusters of a reader's seeds, and their quotas of a list. Arrays in, arrays out."""

from __future__ import annotations

from .beyond import AdjacentGroup, adjacent_groups
from .calibration import calibration_error
from .discovery import MAX_COMPARED, MAX_INTERESTS, Interests, discover, sample_positions, split_threshold
from .quotas import min_list_sizes, quotas
from .spherical_kmeans import farthest_first, spherical_kmeans

__all__ = [
    "MAX_COMPARED",
    "MAX_INTERESTS",
    "AdjacentGroup",
    "Interests",
    "adjacent_groups",
    "calibration_error",
    "discover",
    "farthest_first",
    "min_list_sizes",
    "quotas",
    "sample_positions",
    "spherical_kmeans",
    "split_threshold",
]
