"""Encode the embedded sample with minilm and store the vectors beside its papers.

    python scripts/encode_sample.py

To be run again whenever a synopsis changes; a test compares the vectors with the model's.
"""

from __future__ import annotations

import numpy as np

from recommender.corpus.embedded import sample_papers
from recommender.encoders import load_encoder
from recommender.sample import VECTORS


def main() -> None:
    """Write the vectors, one row per paper in file order, as float32."""
    texts = [paper.text for paper in sample_papers()]
    vectors = load_encoder("minilm").encode(texts)
    np.save(VECTORS, vectors)
    print(f"{len(texts)} papers -> {VECTORS.name}, {VECTORS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
