"""Check that vectors are those of an encoder, by a sample of texts that is encoded and compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexes import Rows

from ..encoders import Encoder, Vectors, load_encoder
from ..errors import EncoderMismatch, EncoderUnknown, MissingPackage
from .manifest import check_encoder
from .snapshot import Snapshot

__all__ = [
    "SAMPLE",
    "check_encoder_matches",
    "check_same_vectors",
    "check_snapshot_encoder",
    "load_encoder_of",
    "sample_rows",
]

SAMPLE = 32
"""Papers that are encoded and compared."""

# Measured with minilm on 128 papers of 146,289 (mean, lowest cosine): its own vectors computed in bf16
# and kept as int8 1.0000, 0.9999; title and abstract joined by a space .998, .994; abstracts alone
# .977, .926; the first hundred words .923, .761; titles alone .735, .525; other papers .264, -.042.
_LEAST_MEAN, _LEAST = 0.99, 0.95


def sample_rows(count: int, size: int, *, seed: int = 0) -> Rows:
    """`size` of `count` places, ascending, one from each of as many equal stretches; all when fewer."""
    if count <= size:
        return np.arange(count)
    edges = np.linspace(0, count, size + 1).astype(np.int64)
    return np.random.default_rng(seed).integers(edges[:-1], edges[1:])


def check_encoder_matches(encoder: Encoder, texts: Sequence[str], vectors: Vectors, place: str) -> float:
    """The mean cosine between the encoder's vectors of these texts and these.

    Raises EncoderMismatch, with what was measured, unless they are the same but for rounding.

    vectors: unit rows, shape (len(texts), encoder.dim); papers without a vector are not compared.
    """
    there = vectors.any(axis=1)
    if not there.any():
        return 1.0
    cosines = np.einsum("ij,ij->i", encoder.encode(texts), vectors)[there]
    if cosines.mean() < _LEAST_MEAN or cosines.min() < _LEAST:
        raise EncoderMismatch(
            f"{place}: these are not the vectors that {encoder.name!r} gives these papers in this order: "
            f"over {len(cosines)} of them the cosines have a mean of {cosines.mean():.3f} and go down to "
            f"{cosines.min():.3f}; a mean of {_LEAST_MEAN} and none below {_LEAST} are needed"
        )
    return float(cosines.mean())


def check_same_vectors(given: Vectors, stored: Vectors, folder: Path) -> None:
    """Raise EncoderMismatch when papers that are in the corpus are given other vectors than they have there.

    Where no encoder can be asked, this alone tells the vectors of two models apart. Unit rows, (n, dim).
    """
    cosines = np.einsum("ij,ij->i", given, stored)[given.any(axis=1) & stored.any(axis=1)]
    if len(cosines) and cosines.min() < _LEAST_MEAN:
        raise EncoderMismatch(
            f"{folder} holds other vectors of the same papers: over {len(cosines)} of them the cosines go "
            f"down to {cosines.min():.3f}; vectors of two encoders do not mix: "
            "build a corpus of its own for these"
        )


def check_snapshot_encoder(snapshot: Snapshot, encoder: Encoder) -> None:
    """Raise EncoderMismatch unless this encoder made the corpus's vectors.

    Its fingerprint tells; where vectors were given and never compared, a sample of them is now.
    """
    manifest = snapshot.manifest
    if manifest.verified or (encoder.name, encoder.dim) != (manifest.encoder, manifest.dim):
        check_encoder(snapshot.path, manifest, encoder)
        return
    rows = snapshot.comparable
    rows = rows[sample_rows(len(rows), SAMPLE)]
    if len(rows):
        texts = [paper.text for paper in snapshot.papers(rows.tolist())]
        check_encoder_matches(encoder, texts, snapshot.vectors(rows), str(snapshot.path))


def load_encoder_of(snapshot: Snapshot) -> Encoder:
    """The encoder that made the corpus's vectors.

    Raises EncoderUnknown or MissingPackage where it is not at hand, EncoderMismatch where another one has
    its name.
    """
    manifest = snapshot.manifest
    try:
        encoder = load_encoder(manifest.encoder)
    except (EncoderUnknown, MissingPackage) as error:
        if manifest.verified:
            raise
        raise type(error)(
            f"{snapshot.path} holds given vectors of {manifest.encoder!r}, an encoder that is not at hand: "
            f"its papers can be recommended by, but no free text and no new paper encoded ({error})"
        ) from error
    check_snapshot_encoder(snapshot, encoder)
    return encoder
