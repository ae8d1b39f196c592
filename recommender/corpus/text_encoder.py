"""The encoder of a corpus's texts: given, or loaded by its name when a text must first be encoded."""

from __future__ import annotations

from pathlib import Path

from ..encoders import Encoder, EncoderOrigin, load_encoder
from ..errors import EncoderUnknown
from .agreement import check_stored, encoder_of
from .snapshot import Snapshot

__all__ = ["TextEncoder"]


class TextEncoder:
    """Gives the encoder that made the vectors of a state; another corpus's in its place gets its own."""

    def __init__(
        self,
        folder: Path,
        snapshot: Snapshot,
        *,
        encoder: Encoder | None = None,
        origin: EncoderOrigin | None = None,
    ) -> None:
        self._folder = folder
        self._made_by = _maker(snapshot)
        self._encoder = encoder
        self.origin = origin
        """What it was loaded by, None where it was given as an object or is not loaded yet."""

    @classmethod
    def named(
        cls, folder: Path, snapshot: Snapshot, encoder: str | Encoder | None, model_dir: str | Path | None
    ) -> TextEncoder:
        """Of this name (else the corpus's own) with its weights there, or this object.

        Raises EncoderMismatch unless it made the vectors.
        """
        name = encoder if encoder is not None else snapshot.manifest.encoder
        origin = EncoderOrigin.of(name, model_dir) if isinstance(name, str) else None
        model = load_encoder(name, model_dir=model_dir) if isinstance(name, str) else name
        check_stored(folder, snapshot, model)
        return cls(folder, snapshot, encoder=model, origin=origin)

    def get(self, snapshot: Snapshot) -> Encoder:
        """The encoder of this state, loaded when first asked for.

        Raises what `encoder_of` raises, and EncoderMismatch where an object was given and another encoder
        made the vectors of what is there by now.
        """
        if _maker(snapshot) != self._made_by:
            if self._encoder is not None and self.origin is None:
                check_stored(self._folder, snapshot, self._encoder)
            else:
                self._encoder, self.origin = None, None
            self._made_by = _maker(snapshot)
        if self._encoder is None:
            self._encoder = encoder_of(self._folder, snapshot)
            self.origin = EncoderOrigin.of(snapshot.manifest.encoder)
        return self._encoder

    def at_hand(self, snapshot: Snapshot) -> Encoder | None:
        """The encoder of this state, None where nothing has its name here."""
        try:
            return self.get(snapshot)
        except EncoderUnknown:
            return None


def _maker(snapshot: Snapshot) -> tuple[str, str]:
    return snapshot.manifest.encoder, snapshot.manifest.fingerprint
