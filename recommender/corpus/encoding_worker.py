"""The worker of Ray Data that encodes: one model in one process, blocks of texts in, of vectors out."""

from __future__ import annotations

from typing import Any

from ..encoders import Encoder, EncoderOrigin
from ..encoders.threads import limit_threads
from ..errors import EncoderMismatch

__all__ = ["TEXT", "VECTOR", "EncodingWorker"]

TEXT, VECTOR = "text", "vector"
"""The columns that come in and go out."""


class EncodingWorker:
    """The encoder of that origin, opened once, on so many threads, for the blocks that this process is given.

    It must have the `fingerprint` that it has where the vectors are wanted.
    """

    def __init__(self, origin: EncoderOrigin, fingerprint: str, threads: int) -> None:
        limit_threads(threads)
        self._origin = origin
        self._fingerprint = fingerprint
        self._encoder: Encoder | None = None

    def __call__(self, block: dict[str, Any]) -> dict[str, Any]:
        """One unit row for each text. Raises EncoderMismatch, or what loading and encoding raise."""
        # Not earlier: what is raised while a worker is made reaches nobody but as a text.
        if self._encoder is None:
            self._encoder = self._load()
        return {VECTOR: self._encoder.encode([str(text) for text in block[TEXT]])}

    def _load(self) -> Encoder:
        encoder = self._origin.load()
        if encoder.fingerprint != self._fingerprint:
            import platform

            raise EncoderMismatch(
                f"{self._origin.name!r} is {encoder.name!r} with fingerprint {encoder.fingerprint[:12]} "
                f"in a worker on {platform.node()}, but with {self._fingerprint[:12]} here; "
                "install the same model and version of paper-recommender on every machine"
            )
        return encoder
