"""Encoding: every encoder against plain SentenceTransformer.encode, on the same abstracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .data import texts
from .report import Cell, Section, Table
from .scale import Setting
from .timing import in_turn

__all__ = ["Encode", "compare", "encoding"]

Encode: TypeAlias = "Callable[[Sequence[str]], NDArray[np.float32]]"

_PLAIN = "SentenceTransformer.encode, fp32"
_PARTS = 4
_NEIGHBOURS = 10
_SHORTENED = ("minilm@128", "static@128")


@dataclass
class _Encoded:
    """Vectors part by part, and the seconds of each."""

    vectors: dict[int, NDArray[np.float32]] = field(default_factory=dict)


def encoding(setting: Setting) -> Section:
    """Papers a second, and how far the neighbours are those of plain fp32."""
    chosen = texts(setting, setting.scale.texts)
    encoders, notes = _encoders()
    rows, facts = compare(encoders, chosen, plain=_PLAIN)
    note = (
        f"{len(chosen):,} titles with abstracts, in {_PARTS} parts, the encoders in turn on each; medians of "
        f"the parts' speeds and of their ratios. Agreement: of the {_NEIGHBOURS} nearest neighbours among "
        f"these papers with those by plain fp32; cosine: of the two vectors of a paper, where they "
        f"have as many dimensions. {' '.join(notes)}"
    )
    columns = ["encoder", "papers/s", "times plain", f"{_NEIGHBOURS}-NN agreement", "mean cosine"]
    return Section([Table("Encoding", columns, rows, note.strip())], facts)


def compare(
    encoders: Mapping[str, Encode], chosen: Sequence[str], *, plain: str
) -> tuple[list[list[Cell]], dict[str, float]]:
    """A row for each encoder: name, texts a second, ratio to `plain`, agreement and mean cosine with it."""
    size = -(-len(chosen) // _PARTS)
    parts = [chosen[start : start + size] for start in range(0, len(chosen), size)]
    encoded = {name: _Encoded() for name in encoders}

    def one(name: str, number: int) -> None:
        encoded[name].vectors[number] = encoders[name](parts[number])

    for encode in encoders.values():
        encode(chosen[:2])  # loads what is loaded late, outside the time
    tasks: dict[str, Callable[[int], object]] = {name: partial(one, name) for name in encoders}
    times = in_turn(tasks, calls=len(parts), turn=1, limit_s=float("inf"), warm_up=False)
    vectors = {
        name: np.vstack([made.vectors[n] for n in range(len(parts))]) for name, made in encoded.items()
    }
    lengths = np.array([len(part) for part in parts])
    rows: list[list[Cell]] = []
    facts: dict[str, float] = {}
    for name, taken in times.items():
        speed = float(np.median(lengths / taken.seconds))
        ratio = float(np.median(np.divide(times[plain].seconds, taken.seconds)))
        agreement = neighbour_agreement(vectors[plain], vectors[name])
        same_dim = vectors[name].shape == vectors[plain].shape
        cosine = float((vectors[name] * vectors[plain]).sum(axis=1).mean()) if same_dim else None
        rows.append([name, speed, ratio, agreement, cosine])
        facts |= {f"{name} ratio": ratio, f"{name} agreement": agreement, f"{name} papers/s": speed}
    return rows, facts


def neighbour_agreement(reference: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The mean share of the nearest neighbours, itself left out, that two sets of vectors have in common."""
    depth = min(_NEIGHBOURS, len(reference) - 1)
    if depth < 1:
        return 1.0
    near = [_nearest(vectors, depth) for vectors in (reference, other)]
    return float(np.mean([len(np.intersect1d(a, b)) / depth for a, b in zip(*near, strict=True)]))


def _nearest(vectors: NDArray[np.float32], depth: int) -> NDArray[np.int64]:
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    return np.argpartition(-cosines, depth - 1, axis=1)[:, :depth]


def _encoders() -> tuple[dict[str, Encode], list[str]]:
    """Plain sentence-transformers, then every built-in encoder; and what there is to say about them."""
    from sentence_transformers import SentenceTransformer

    from recommender.encoders import ENCODERS, load_encoder
    from recommender.encoders.minilm import BACKENDS, MiniLM, minilm_folder
    from recommender.errors import RecommenderError

    plain = SentenceTransformer(str(minilm_folder()), device="cpu")
    encoders: dict[str, Encode] = {
        _PLAIN: lambda part: plain.encode(list(part), normalize_embeddings=True, show_progress_bar=False)
    }
    notes = []
    for name in (*ENCODERS, *(f"minilm:{backend}" for backend in BACKENDS), *_SHORTENED):
        try:
            encoder = load_encoder(name)
            encoder.encode(["Any text."])
        except RecommenderError as error:
            notes.append(f"Without {name}: {error}.")
            continue
        encoders[name] = encoder.encode
        if isinstance(encoder, MiniLM):
            notes.append(f"{name} is run by {encoder.backend}.")
    return encoders, notes
