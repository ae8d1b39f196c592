"""Recommendations: the answer to one reader, with what each paper is closest to and why it is there."""

from __future__ import annotations

from .recommendation import Recommendation
from .recommendations import Recommendations
from .why_not import REASONS, WhyNot

__all__ = ["REASONS", "Recommendation", "Recommendations", "WhyNot"]
