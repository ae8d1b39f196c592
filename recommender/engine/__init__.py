"""The engine: candidates -> scores -> rerank -> recommendations, on one path for every question."""

from __future__ import annotations

from .candidates import NEAR_IDENTICAL
from .recommender import Recommender

__all__ = ["NEAR_IDENTICAL", "Recommender"]
