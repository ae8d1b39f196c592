"""Turn minilm's dimensions so that the first ones say most: the principal axes of many papers' vectors.

    python scripts/train_rotation.py ../shared/data

Reads corpus_ml_minilm.npz (vectors of papers) and corpus_ml.parquet (their ids) from the folder; only
the rows of arXiv are used. Writes the rotation that `minilm@DIM` cuts, and prints how many of the
ten nearest neighbours stay at some lengths, among 20,000 papers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet

from indexes import ExactIndex, Vectors
from recommender.encoders.base import unit_rows
from recommender.encoders.minilm import ROTATION

_SEED = 0


def main() -> None:
    """See the file's docstring."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    vectors = arxiv_vectors(folder)
    # Not centred: cosines are measured from the origin, and so is what the axes must keep.
    _, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    rotation = axes[:, ::-1]
    rotation *= np.sign(rotation[np.abs(rotation).argmax(axis=0), np.arange(len(rotation))])
    np.save(ROTATION, rotation.astype(np.float16))
    print(f"{len(vectors):,} papers -> {ROTATION.name}, {ROTATION.stat().st_size:,} bytes")
    rows = np.random.default_rng(_SEED).choice(len(vectors), 20_000, replace=False)
    turned = vectors[rows] @ np.load(ROTATION).astype(np.float32)
    whole = neighbours(vectors[rows])
    for dim in (64, 96, 128, 192, 256, 320, 384):
        kept = [
            len(set(a) & set(b)) for a, b in zip(whole, neighbours(unit_rows(turned[:, :dim])), strict=True)
        ]
        print(f"{dim:>4} dimensions keep {np.mean(kept) / 10:.1%} of the ten nearest neighbours")


def arxiv_vectors(folder: Path) -> Vectors:
    """Unit vectors of the rows whose id is arXiv's, shape (n, 384)."""
    ids = pyarrow.parquet.read_table(folder / "corpus_ml.parquet", columns=["id"])["id"].to_pylist()
    with np.load(folder / "corpus_ml_minilm.npz", allow_pickle=False) as stored:
        rows = np.flatnonzero([text.startswith("arxiv:") for text in ids])
        return unit_rows(stored["vectors"][rows] * stored["scale"][rows, None])


def neighbours(vectors: Vectors) -> np.ndarray:
    """The ten nearest of each of the first 1,000 rows, itself left out."""
    rows, _ = ExactIndex([vectors]).search(vectors[:1000], 11)
    return rows[:, 1:]


if __name__ == "__main__":
    main()
