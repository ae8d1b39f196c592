"""Encode the embedded sample with minilm in float32 and store the vectors beside its papers.

Eight of its texts and their vectors are also what minilm's faster backends are measured against.

    python scripts/encode_sample.py

To be run again whenever a synopsis changes; a test compares the vectors with the model's.
"""

from __future__ import annotations

import numpy as np

from recommender.corpus.sources import sample_papers
from recommender.encoders.minilm import REFERENCE, load_minilm
from recommender.sample import VECTORS


def main() -> None:
    """Write the vectors, one row per paper in file order, as float32."""
    texts = [paper.text for paper in sample_papers()]
    vectors = load_minilm(backend="torch").encode(texts)
    np.save(VECTORS, vectors)
    few = slice(0, None, len(texts) // 8)
    np.savez(REFERENCE, texts=np.array(texts[few]), vectors=vectors[few])
    print(f"{len(texts)} papers -> {VECTORS.name}, {VECTORS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
