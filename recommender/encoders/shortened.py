"""An encoder truncated to its first dimensions: a smaller corpus for slightly less exact cosines."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from .base import Encoder, Vectors, unit_rows

__all__ = ["Truncated"]


class Truncated:
    """The first `dim` dimensions of an encoder, scaled to length 1, after a rotation if one is given.

    The rows of `rotation`, shape (encoder.dim, encoder.dim), are turned so that the first dimensions
    say most: the principal components (PCA) of many papers' vectors. Models trained to be cut
    (Kusupati et al., Matryoshka Representation Learning, 2022) need none. Raises ParameterError
    when `dim` is not between 1 and the encoder's.
    """

    def __init__(self, encoder: Encoder, dim: int, *, rotation: NDArray[np.floating] | None = None) -> None:
        if not 1 <= dim <= encoder.dim:
            raise ParameterError(
                f"{encoder.name}@{dim}: {encoder.name} has {encoder.dim} dimensions; "
                f"ask for 1 to {encoder.dim}"
            )
        self.name = f"{encoder.name}@{dim}"
        self.dim = dim
        self._encoder = encoder
        self._rotation = None if rotation is None else np.asarray(rotation[:, :dim], np.float32)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the encoder's fingerprint, the rotation and the number of dimensions."""
        turned = b"" if self._rotation is None else np.ascontiguousarray(self._rotation, "<f4").tobytes()
        return hashlib.sha256(f"{self._encoder.fingerprint}@{self.dim}".encode() + turned).hexdigest()

    @property
    def backend(self) -> str | None:
        """What runs the encoder underneath, where it says so."""
        return getattr(self._encoder, "backend", None)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, shape (len(texts), dim)."""
        return self.truncate(self._encoder.encode(texts))

    def truncate(self, vectors: Vectors) -> Vectors:
        """Rows of the whole encoder, shape (n, encoder.dim), as this one would have made them."""
        return unit_rows(vectors[:, : self.dim] if self._rotation is None else vectors @ self._rotation)
