"""Interests: the groups a reader's seeds fall into, and their places in a list. Arrays in, arrays out."""

from __future__ import annotations

from .beyond import Field, fields_beyond
from .calibration import calibration_error
from .discovery import MOST_COMPARED, MOST_INTERESTS, Interests, apart, compared, discover
from .quotas import first_places, quotas
from .spherical_kmeans import farthest_first, spherical_kmeans

__all__ = [
    "MOST_COMPARED",
    "MOST_INTERESTS",
    "Field",
    "Interests",
    "apart",
    "calibration_error",
    "compared",
    "discover",
    "farthest_first",
    "fields_beyond",
    "first_places",
    "quotas",
    "spherical_kmeans",
]
