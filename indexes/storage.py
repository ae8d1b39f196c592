"""Stored vectors as a FAISS index over the very same bytes: no copy, so memory-mapped files stay on disk.

FAISS can hold its codes as a view, but its Python wrapper cannot make one: the fields are set here,
and only here. `tests/test_indexes_storage.py` fails when a new FAISS keeps them in another way.
"""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from .base import Allowed
from .precision import Stored, int8_step

__all__ = ["empty_storage", "restrict", "storage_of", "view_array"]


def empty_storage(dim: int, dtype: np.dtype[Any]) -> Any:
    """A FAISS index without vectors that keeps them in this precision; scores are inner products."""
    if dtype == np.float32:
        return faiss.IndexFlatIP(dim)
    kinds = faiss.ScalarQuantizer
    kind = kinds.QT_fp16 if dtype == np.float16 else kinds.QT_8bit_uniform
    storage = faiss.IndexScalarQuantizer(dim, kind, faiss.METRIC_INNER_PRODUCT)
    if dtype == np.uint8:
        # FAISS reads a byte c as least + range * (c + 0.5) / 255, which is to be (c - 128) * step.
        step = int8_step(dim)
        faiss.copy_array_to_vector(np.array([-128.5 * step, 255 * step], np.float32), storage.sq.trained)
    storage.is_trained = True
    return storage


def storage_of(block: Stored) -> Any:
    """A FAISS index whose codes are the block's own bytes. The caller keeps the block alive."""
    storage = empty_storage(block.shape[1], block.dtype)
    view_array(storage.codes, block.reshape(-1).view(np.uint8))
    storage.ntotal = len(block)
    if storage.code_size * len(block) != block.nbytes:
        raise RuntimeError(f"FAISS {faiss.__version__} keeps {block.dtype} in another way than this needs")
    return storage


def view_array(vector: Any, array: NDArray[Any]) -> None:
    """Let a FAISS vector that can be a view (a MaybeOwnedVector) show a flat array, which is not copied."""
    pointer = faiss.swig_ptr(array)
    vector.is_owned = False
    vector.view_data = vector.c_ptr = pointer
    vector.view_size = vector.c_size = array.size
    if vector.size() != array.size:
        raise RuntimeError(f"FAISS {faiss.__version__} keeps its vectors in another way than this needs")


def restrict(parameters: Any, allowed: Allowed | None) -> Any:
    """The FAISS search parameters, told to skip the rows that are not allowed while searching."""
    if allowed is not None:
        selector: Any = faiss.IDSelectorBitmap
        parameters.sel = selector(np.packbits(allowed, bitorder="little"))
    return parameters
