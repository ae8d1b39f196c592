"""Throughput of an encoder, measured on this machine and on these texts."""

from __future__ import annotations

import time
from collections.abc import Sequence

from .base import Encoder

__all__ = ["describe", "texts_per_second"]

_ENOUGH = 0.2  # seconds of encoding that tell a rate well enough
_FEW = 4


def describe(encoder: Encoder) -> str:
    """Name an encoder and what runs it, where it says so.

    Parameters
    ----------
    encoder : Encoder
        Any one.

    Returns
    -------
    str
        Such as ``minilm (openvino bf16)``.

    Examples
    --------
    >>> from recommender.encoders import describe, load_encoder
    >>> describe(load_encoder("static"))
    'static'
    """
    backend = getattr(encoder, "backend", None)
    return f"{encoder.name} ({backend})" if backend else encoder.name


def texts_per_second(encoder: Encoder, texts: Sequence[str]) -> float:
    """Measure the throughput on some of the texts, more of them the faster it is.

    Opening the model does not count.

    Parameters
    ----------
    encoder : Encoder
        The one to measure.
    texts : sequence of str
        What it encodes; of a small corpus all are tried.

    Returns
    -------
    float
        Texts a second.

    Raises
    ------
    MissingPackage
        Where what the encoder needs is not installed, and what else its `encode` raises.

    Examples
    --------
    >>> from recommender.encoders import load_encoder, texts_per_second
    >>> texts_per_second(load_encoder("static"), ["a text"] * 100) > 0
    True
    """
    encoder.encode(texts[:_FEW])
    count = _FEW
    while True:
        started = time.perf_counter()
        encoder.encode(texts[:count])
        seconds = time.perf_counter() - started
        if seconds > _ENOUGH or count >= len(texts):
            return min(count, len(texts)) / max(seconds, 1e-9)
        count *= 4
