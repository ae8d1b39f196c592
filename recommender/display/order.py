"""What a list says of its order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

__all__ = ["paper_heading"]


def paper_heading(scores: Sequence[float]) -> str:
    """The heading above a list's papers: where the scores, as they are read, do not fall, it says why."""
    read = [round(float(score), 3) for score in scores]
    # By itself a list is in the order of its scores: only diversity changes that.
    return "paper (in varied order)" if any(one < after for one, after in pairwise(read)) else "paper"
