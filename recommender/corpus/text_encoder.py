"""TextEncoder: the encoder of a state, loaded by its name when a text must first be encoded."""

from __future__ import annotations

from pathlib import Path

from ..encoders import Encoder, EncoderOrigin, load_encoder
from ..errors import EncoderUnknown, MissingPackage
from .encoder_check import check_snapshot_encoder, load_encoder_of
from .snapshot import Snapshot

__all__ = ["TextEncoder"]


class TextEncoder:
    """Gives the encoder that made the vectors of a state; another corpus's in its place gets its own."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        encoder: Encoder | None = None,
        origin: EncoderOrigin | None = None,
    ) -> None:
        # By what a manifest says of them: a state that is pinned may have another encoder than the newest.
        self._encoders: dict[tuple[str, str], tuple[Encoder, EncoderOrigin | None]] = {}
        if encoder is not None:
            self._encoders[_maker(snapshot)] = encoder, origin
        self._given = encoder if origin is None else None
        self.origin = origin
        """What the encoder asked for last was loaded by, None where it was given as an object or no one is
        loaded yet.
        """

    @classmethod
    def named(
        cls, snapshot: Snapshot, encoder: str | Encoder | None, model_dir: str | Path | None
    ) -> TextEncoder:
        """Of this name (else the corpus's own) with its weights there, or this object.

        Raises EncoderMismatch unless it made the vectors.
        """
        name = encoder if encoder is not None else snapshot.manifest.encoder
        origin = EncoderOrigin.of(name, model_dir) if isinstance(name, str) else None
        model = load_encoder(name, model_dir=model_dir) if isinstance(name, str) else name
        check_snapshot_encoder(snapshot, model)
        return cls(snapshot, encoder=model, origin=origin)

    def get(self, snapshot: Snapshot) -> Encoder:
        """The encoder of this state, loaded when first asked for.

        Raises what `load_encoder_of` raises, and EncoderMismatch where an object was given and another
        encoder made the vectors of what is there by now.
        """
        maker = _maker(snapshot)
        if maker not in self._encoders:
            self._encoders[maker] = self._found(snapshot)
        encoder, self.origin = self._encoders[maker]
        return encoder

    def at_hand(self, snapshot: Snapshot) -> Encoder | None:
        """The encoder of this state, None where nothing has its name here."""
        try:
            return self.get(snapshot)
        except (EncoderUnknown, MissingPackage):
            return None

    def _found(self, snapshot: Snapshot) -> tuple[Encoder, EncoderOrigin | None]:
        for encoder, origin in self._encoders.values():
            if (encoder.name, encoder.fingerprint) == _maker(snapshot):  # given vectors, compared meanwhile
                return encoder, origin
        if self._given is not None:
            check_snapshot_encoder(snapshot, self._given)
            return self._given, None
        return load_encoder_of(snapshot), EncoderOrigin.of(snapshot.manifest.encoder)


def _maker(snapshot: Snapshot) -> tuple[str, str]:
    return snapshot.manifest.encoder, snapshot.manifest.fingerprint
