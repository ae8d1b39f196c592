"""Vectors and papers to measure with: real ones, real ones with noise, or random ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender import Paper

from .scale import Setting

__all__ = ["DIM", "MARKED", "describe_vectors", "make_vectors", "papers", "texts"]

DIM = 384

MARKED = "one.percent"
"""The category of every hundredth synthetic paper."""

# Unit vectors with noise of this length have a cosine of 0.9 to each other.
_NOISE_LENGTH = (1 / 0.9 - 1) ** 0.5
_CHUNK = 50_000
_CENTRES = 200


def make_vectors(setting: Setting, size: int) -> Path:
    """A .npy file of `size` unit vectors as float16, made once for each size in `setting.work`.

    Up to the number of real papers: a seeded choice of them. Beyond: all of them, then copies with
    seeded noise, such that two copies of a paper have a cosine around 0.9.
    """
    path = setting.work / f"vectors-{size}.npy"
    if path.exists():
        return path
    real = _real_vectors(setting)
    unfinished = path.with_suffix(".part")
    rng = np.random.default_rng([setting.seed, size])
    with unfinished.open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "<f2", "fortran_order": False, "shape": (size, DIM)}
        )
        if size <= len(real):
            rows = np.sort(rng.choice(len(real), size, replace=False))
            file.write(real[rows].astype(np.float16).tobytes())
        else:
            for start in range(0, size, _CHUNK):
                file.write(_copies(real, np.arange(start, min(start + _CHUNK, size)), rng).tobytes())
    return unfinished.rename(path)


def describe_vectors(setting: Setting, size: int) -> str:
    """What the vectors of this size are, in one sentence."""
    if setting.data is None:
        return "Random vectors around 200 centres: figures only show that the benchmark runs."
    real = len(_real_vectors(setting))
    if size <= real:
        return f"{size:,} of the {real:,} real vectors (all-MiniLM-L6-v2, {DIM} dimensions)."
    return f"The {real:,} real vectors and copies of them with seeded noise (cosine of two copies about 0.9)."


def papers(size: int) -> Iterator[Paper]:
    """`size` synthetic papers, made one at a time; every hundredth has the category `MARKED`."""
    for number in range(size):
        yield Paper(
            id=f"bench:{number}",
            title=f"Synthetic paper {number} on subject {number % 9973}",
            abstract=f"An abstract of paper {number}, short, for what is timed does not read it.",
            published=f"{2000 + number % 26}-{1 + number % 12:02d}-{1 + number % 28:02d}",
            categories=("cs.XX", MARKED) if number % 100 == 7 else ("cs.XX",),
        )


def texts(setting: Setting, count: int) -> list[str]:
    """Titles and abstracts: a seeded choice of the shared corpus, or the embedded sample's over and over."""
    if setting.data is None:
        from recommender.corpus.sources import sample_papers

        sample = [paper.text for paper in sample_papers()]
        return [sample[number % len(sample)] for number in range(count)]
    import pyarrow.parquet as parquet

    table = parquet.read_table(setting.data / "corpus_ml.parquet", columns=["title", "abstract"])
    rows = np.random.default_rng(setting.seed).choice(len(table), count, replace=False)
    chosen = table.take(rows).to_pylist()
    return [f"{row['title']}. {row['abstract']}" for row in chosen]


def _real_vectors(setting: Setting) -> NDArray[np.float32]:
    if setting.data is None:
        rng = np.random.default_rng(setting.seed)
        centres = rng.standard_normal((_CENTRES, DIM))
        return _unit(centres[rng.integers(0, _CENTRES, 5_000)] + rng.standard_normal((5_000, DIM)))
    stored = np.load(setting.data / "corpus_ml_minilm.npz", allow_pickle=False)
    return _unit(stored["vectors"] * stored["scale"].reshape(-1, 1))


def _copies(
    real: NDArray[np.float32], rows: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float16]:
    vectors = real[rows % len(real)]
    noise = rng.standard_normal(vectors.shape, np.float32) * np.float32(_NOISE_LENGTH / DIM**0.5)
    noise[rows < len(real)] = 0
    return _unit(vectors + noise).astype(np.float16)


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit
