"""An encoder that looks vectors up: each known text has its row, any other is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ..errors import EncoderError
from .base import Vectors, unit_rows

__all__ = ["LookupEncoder"]


class LookupEncoder:
    """An encoder of known texts only, whose vectors another encoder made.

    Parameters
    ----------
    name : str
        Of the encoder that made the vectors.
    fingerprint : str
        Its fingerprint.
    texts : sequence of str
        The texts that can be encoded.
    vectors : ndarray, shape (len(texts), dim)
        A row for each text; scaled to length 1.

    Raises
    ------
    EncoderError
        Where there is not one row for each text.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.encoders import LookupEncoder
    >>> encoder = LookupEncoder("mine", "0" * 64, ["a text"], np.array([[3.0, 4.0]]))
    >>> encoder.encode(["a text"])
    array([[0.6, 0.8]], dtype=float32)
    """

    def __init__(self, name: str, fingerprint: str, texts: Sequence[str], vectors: Vectors) -> None:
        if len(texts) != len(vectors):
            raise EncoderError(
                f"{len(texts)} texts but {len(vectors)} vectors of {name!r}: give one per text"
            )
        self.name = name
        self.fingerprint = fingerprint
        self._vectors = unit_rows(vectors)
        self._row = {_digest(text): row for row, text in enumerate(texts)}

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return int(self._vectors.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Look texts up.

        Parameters
        ----------
        texts : sequence of str
            Known ones.

        Returns
        -------
        ndarray of float32, shape (len(texts), dim)
            Their rows.

        Raises
        ------
        EncoderError
            For a text that has none.
        """
        rows = [self._row.get(_digest(text)) for text in texts]
        if None in rows:
            raise EncoderError(f"no vector of {self.name!r} is stored for {texts[rows.index(None)][:60]!r}")
        return self._vectors[np.array(rows, dtype=np.int64)]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
