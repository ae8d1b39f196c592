"""Vectors in the precision in which a corpus keeps them."""

from __future__ import annotations

from indexes import Stored, Vectors, store

from ..errors import EncoderError

__all__ = ["kept_as"]


def kept_as(precision: str, vectors: Vectors, encoder: str) -> Stored:
    """Unit rows as the corpus keeps them. Raises EncoderError, naming the encoder, where one does not fit."""
    try:
        return store(vectors, precision)
    except ValueError as error:
        raise EncoderError(
            f"vectors of {encoder!r} do not fit into {precision} ({error}); "
            "build the corpus with precision float16"
        ) from error
