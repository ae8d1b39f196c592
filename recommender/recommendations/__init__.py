"""Recommendations: the answer to one reader, with what each paper is closest to and why it is there."""

from __future__ import annotations

from .recommendation import Recommendation
from .recommendations import Recommendations

__all__ = ["Recommendation", "Recommendations"]
