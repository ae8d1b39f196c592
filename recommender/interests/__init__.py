"""Interests: the groups a reader's seeds fall into, and their places in a list. Arrays in, arrays out."""

from __future__ import annotations

from .calibration import calibration_divergence, calibration_error
from .discovery import ALONE, APART, MOST_COMPARED, Interests, compared, discover
from .quotas import quotas

__all__ = [
    "ALONE",
    "APART",
    "MOST_COMPARED",
    "Interests",
    "calibration_divergence",
    "calibration_error",
    "compared",
    "discover",
    "quotas",
]
