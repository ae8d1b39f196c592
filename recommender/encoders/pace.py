"""How fast an encoder is, on this machine and on these texts."""

from __future__ import annotations

import time
from collections.abc import Sequence

from .base import Encoder

__all__ = ["describe", "texts_per_second"]

_ENOUGH = 0.2  # seconds of encoding that tell a rate well enough
_FEW = 4


def describe(encoder: Encoder) -> str:
    """Its name, and what runs it where it says so: ``minilm (openvino bf16)``."""
    backend = getattr(encoder, "backend", None)
    return f"{encoder.name} ({backend})" if backend else encoder.name


def texts_per_second(encoder: Encoder, texts: Sequence[str]) -> float:
    """The rate over some of the texts, more of them the faster it is; opening the model does not count.

    Raises what `encode` raises, MissingPackage where something is not installed.
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
