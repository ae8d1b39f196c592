"""What is said of liked papers and words that have no dense vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..corpus import Snapshot
from ..display import shortened
from .space import HybridVectors

__all__ = ["vectorless_problems"]

_LONGEST = 60


def vectorless_problems(
    snapshot: Snapshot, seeds: Sequence[int | str], references: HybridVectors, lexical: float
) -> list[str]:
    """In one line each: which seeds are compared by their words alone, and which by nothing at all.

    `references` begin with the seeds: rows, or the reader's own words.
    """
    count = len(seeds)
    silent = ~references.dense[:count].any(axis=1)
    if not silent.any():
        return []
    worded = np.zeros(count, np.bool_)
    if references.terms is not None and lexical > 0:
        worded = np.diff(references.terms.starts)[:count] > 0
    by_words = [seeds[place] for place in np.flatnonzero(silent & worded).tolist()]
    by_nothing = [seeds[place] for place in np.flatnonzero(silent & ~worded).tolist()]
    why = "and no words that count" if lexical > 0 else "and this strategy compares nothing else"
    problems = []
    if by_words:
        problems.append(f"{_named(snapshot, by_words)} no dense vector: compared by shared words only")
    if by_nothing:
        problems.append(f"{_named(snapshot, by_nothing)} no dense vector {why}: not compared")
    return problems


def _named(snapshot: Snapshot, seeds: Sequence[int | str]) -> str:
    first = seeds[0]
    text = first if isinstance(first, str) else snapshot.labels([first])[first][1]
    name = repr(shortened(text, _LONGEST))
    return f"{name} has" if len(seeds) == 1 else f"{name} and {len(seeds) - 1:,} more liked have"
