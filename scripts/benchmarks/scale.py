"""How much is measured, and on what: options that every section gets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["REAL", "SCALES", "Scale", "Setting"]


@dataclass(frozen=True)
class Scale:
    """Sizes. Corpora beyond the real papers are copies of them with a little noise."""

    texts: int
    """Abstracts encoded."""
    sizes: tuple[int, ...]
    """Papers in the corpora and indexes of our own."""
    peer_sizes: tuple[int, ...]
    """Sizes at which the other libraries are built as well."""
    queries: int
    pools: int
    """Pools reranked."""
    rounds: int
    """Times that a whole command is run."""
    longest_build_s: float
    """A peer that would take longer to build, judged by a smaller build, is left out and named."""


REAL = 146_289
"""Papers in the shared corpus."""

SCALES = {
    "full": Scale(2_000, (10_000, 100_000, REAL, 1_000_000), (REAL, 1_000_000), 200, 640, 7, 300.0),
    "quick": Scale(64, (10_000, 40_000), (10_000,), 60, 128, 3, 20.0),
    "tiny": Scale(16, (600, 1_500), (600,), 10, 40, 1, 20.0),
}


@dataclass(frozen=True)
class Setting:
    """What a section is given. `data` is the folder of shared data, or None: then vectors are random."""

    scale: Scale
    data: Path | None
    work: Path
    """Scratch space: about 8 GB for the full scale."""
    seed: int = 0
