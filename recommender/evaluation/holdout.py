"""Splits of a reader's library into held-out papers and seeds: at random, and by date."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["HOLDOUT_FRACTION", "random_splits", "temporal_split"]

Places = NDArray[np.int64]

HOLDOUT_FRACTION = 0.3
"""Of the liked papers this share is hidden, at least one."""


def random_splits(papers: int, *, splits: int = 20, seed: int = 0) -> list[Places]:
    """The places of the hidden papers of each split, ascending; all papers are hidden about as often.

    At most `splits`, fewer where there are not so many different ones: repeated shuffles, each cut
    into pieces that are hidden in turn. Needs two papers or more.
    """
    rng = np.random.default_rng(seed)
    size = _size(papers)
    found: dict[tuple[int, ...], None] = {}
    for _ in range(splits):
        order = rng.permutation(papers)
        for start in range(0, papers - size + 1, size):
            found.setdefault(tuple(sorted(order[start : start + size].tolist())))
        if len(found) >= splits:
            break
    return [np.array(hidden, np.int64) for hidden in list(found)[:splits]]


def temporal_split(dates: Sequence[str]) -> Places | None:
    """The places of the newest papers, as many as a split hides; None where too few dates are known.

    `dates` are ISO, of any precision, "" where unknown; a paper without a date is not hidden. Four in
    five must be dated, and what is hidden must be newer than something that is left.
    """
    dated = [place for place, date in enumerate(dates) if date]
    if len(dated) < 0.8 * len(dates):
        return None
    order = sorted(dated, key=lambda place: dates[place])
    size = _size(len(dates))
    if len(order) <= size or dates[order[0]] == dates[order[-1]]:
        return None
    return np.array(sorted(order[-size:]), np.int64)


def _size(papers: int) -> int:
    return max(1, round(HOLDOUT_FRACTION * papers))
