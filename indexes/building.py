"""Building an approximate index and letting it grow: one way for every kind."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from .approximate import ApproximateIndex
from .blocks import check_block
from .measured import Measured, tune
from .precision import Stored

__all__ = ["grow_file"]


def grow_file(
    kind: type[ApproximateIndex],
    vectors: Stored,
    path: Path,
    *,
    old: Path | None,
    target: float,
    seed: int,
    tick: Callable[[int], None],
) -> Measured:
    """Write the structure over these vectors to a file, grown out of an old file's if there is one.

    Raises ValueError for no vectors, for vectors of a wrong shape, precision or content, and for an old file
    that is damaged or covers more rows; OSError for one that cannot be opened.
    """
    began = time.monotonic()
    if vectors.ndim != 2 or not vectors.size:
        raise ValueError(f"vectors of shape {vectors.shape} make no index; it needs (n, dim) with n >= 1")
    dim = vectors.shape[1]
    check_block(vectors, dim)
    before = None if old is None else kind.read(old, dim)
    if before is not None and before[0].rows > len(vectors):
        raise ValueError(f"{old}: the index covers {before[0].rows} rows, more than the {len(vectors)} given")
    covered, grown = (0, None) if before is None else (before[0].rows, before[1])
    arrays = kind.grow(vectors, old=grown, covered=covered, seed=seed, tick=tick)
    start = Measured(kind.kind, len(vectors), kind.efforts[-1], 0.0, 0, target, 0.0)
    index = kind([vectors], dim=dim, arrays=arrays, measured=start)
    effort, recall, sample = tune(index, vectors, kind.efforts, target=target, seed=seed)
    seconds = round(time.monotonic() - began, 1)
    index.measured = replace(start, effort=effort, recall=recall, sample=sample, seconds=seconds)
    index.save(path)
    return index.measured
