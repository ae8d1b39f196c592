"""Seeds that cannot be compared by meaning, as they have no dense vector, in words for whoever asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..corpus import Snapshot
from ..display import shortened
from ..paper import Paper
from ..queries import Followed
from .hybrid_vectors import HybridVectors
from .profile_vectors import Seed

_LONGEST = 60


def vectorless_problems(
    snapshot: Snapshot, seeds: Sequence[Seed], references: HybridVectors, lexical: float
) -> list[str]:
    """In one line each: which seeds are compared by their words alone, and which by nothing at all.

    `references` begin with the seeds.
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
        problems.append(f"{_names(snapshot, by_words)} no dense vector: compared by shared words only")
    if by_nothing:
        problems.append(f"{_names(snapshot, by_nothing)} no dense vector {why}: not compared")
    return problems


def _names(snapshot: Snapshot, seeds: Sequence[Seed]) -> str:
    first = seeds[0]
    if isinstance(first, Paper):
        text = first.title
    elif isinstance(first, Followed):
        text = str(first)
    else:
        text = first if isinstance(first, str) else snapshot.labels([first])[first][1]
    name = repr(shortened(text, _LONGEST))
    return f"{name} has" if len(seeds) == 1 else f"{name} and {len(seeds) - 1:,} more liked have"
