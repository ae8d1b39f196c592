"""What an encoder is: texts in, unit float32 rows out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Encoder", "Vectors", "unit_rows"]

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1, or is all zeros where there is no vector."""


class Encoder(Protocol):
    """Texts in, unit float32 rows out; the same texts always give the same rows.

    A text of which the encoder knows nothing, such as one in a script that it has never seen, gets a row
    of zeros: it has no vector, and its paper is found by its words alone.

    Attributes
    ----------
    name : str
        The stable name that a corpus remembers; never a path.
    fingerprint : str
        SHA-256 (hex) of all that decides the vectors: weights, tokenizer, pooling, text length.
    dim : int
        Number of dimensions of each vector.

    Examples
    --------
    >>> import numpy as np
    >>> class Lengths:
    ...     name, fingerprint, dim = "lengths", "0" * 64, 2
    ...
    ...     def encode(self, texts):
    ...         angles = np.array([len(text) for text in texts]) / 100
    ...         return np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    >>> Lengths().encode(["a text"]).shape
    (1, 2)
    """

    @property
    def name(self) -> str:
        """The stable name that a corpus remembers; never a path."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of all that decides the vectors: weights, tokenizer, pooling, text length."""
        ...

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts.

        Parameters
        ----------
        texts : sequence of str
            Titles and abstracts, or free text.

        Returns
        -------
        ndarray of float32, shape (len(texts), dim)
            A row of length 1 for each text, or a row of zeros.
        """
        ...


def unit_rows(array: NDArray[np.floating]) -> Vectors:
    """The rows scaled to length 1, rows of zeros left so, C-contiguous float32.

    Raises ValueError for a row whose length is not finite, or too small to be told from 0.
    """
    array = np.asarray(array, dtype=np.float64)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    bad = np.flatnonzero(~np.isfinite(lengths[:, 0]) | ((lengths[:, 0] == 0) & array.any(axis=1)))
    if len(bad):
        raise ValueError(f"vector {bad[0]} has length {lengths[bad[0], 0]}: it cannot be scaled to 1")
    lengths[lengths == 0] = 1
    return np.ascontiguousarray(array / lengths, dtype=np.float32)
