"""Blocks of stored vectors as one run of rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Rows, Vectors
from .precision import PRECISIONS, Stored, restore

__all__ = ["Blocks", "check_block"]


class Blocks:
    """Blocks of shape (n_i, dim) in any of the `PRECISIONS`, maybe memory-mapped; nothing is copied."""

    def __init__(self, blocks: Sequence[Stored], dim: int) -> None:
        for block in blocks:
            check_block(block, dim)
        # Plain views: a memmap's own indexing is several times slower.
        self.blocks: list[Stored] = [np.asarray(block) for block in blocks if len(block)]
        self.starts = np.cumsum([0, *map(len, self.blocks)])
        self.dim = dim

    def __len__(self) -> int:
        return int(self.starts[-1])

    def take(self, rows: Rows) -> Vectors:
        """These rows as unit float32, shape (len(rows), dim)."""
        if len(self.blocks) == 1:
            return restore(self.blocks[0].take(rows, axis=0))
        vectors = np.empty((len(rows), self.dim), np.float32)
        block_of = np.searchsorted(self.starts, rows, side="right") - 1
        for number in np.unique(block_of):
            mine = block_of == number
            vectors[mine] = restore(self.blocks[number].take(rows[mine] - self.starts[number], axis=0))
        return vectors


def check_block(block: Stored, dim: int) -> None:
    """Raise ValueError for a block of another dimension, or of no known precision."""
    if block.ndim != 2 or block.shape[1] != dim:
        raise ValueError(f"a block has shape {block.shape}; this index needs (n, {dim})")
    if block.dtype not in PRECISIONS.values() or not block.flags.c_contiguous:
        known = ", ".join(str(dtype) for dtype in PRECISIONS.values())
        raise ValueError(f"a block is {block.dtype}; vectors must be C-contiguous and one of {known}")
