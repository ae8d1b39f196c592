"""`none`: the order of the scores."""

from __future__ import annotations

from .base import Positions, Scores, Vectors, top_k


def none(vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
    """The k best by score, whatever the diversity."""
    del vectors, diversity
    return top_k(scores, k)
