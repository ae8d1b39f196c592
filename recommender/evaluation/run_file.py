"""A run: the ranking of each query, in TREC's format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

__all__ = ["write_run"]


def write_run(path: str | Path, rankings: Mapping[str, Sequence[tuple[str, float]]], *, tag: str) -> None:
    """Write ``query Q0 paper rank score tag`` for each paper of each query, best first, rank from 1.

    Tools sort a run by its scores: where a score is not below the one before, as a rerank leaves it,
    the nearest float32 below that is written. A blank within an id is written as ``_``.
    """
    lines = []
    for query, papers in rankings.items():
        last = np.float32(np.inf)
        for rank, (paper, score) in enumerate(papers, 1):
            last = min(np.float32(score), np.nextafter(last, np.float32(-np.inf)))
            lines.append(f"{_word(query)} Q0 {_word(paper)} {rank} {float(last):.9g} {_word(tag)}\n")
    Path(path).write_text("".join(lines), encoding="utf-8")


def _word(text: str) -> str:
    return "_".join(text.split())
