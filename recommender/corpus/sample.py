"""The embedded sample: its papers with vectors that minilm gave them, so that it needs no model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..encoders import LookupEncoder
from ..encoders.minilm import MINILM_FINGERPRINT
from ..paper import Paper
from ..readers import read_papers
from ..sample import PAPERS, VECTORS

__all__ = ["sample_encoder", "sample_papers"]


def sample_papers() -> Iterator[Paper]:
    """The papers of the sample, in file order."""
    return (item for item in read_papers(PAPERS) if isinstance(item, Paper))


def sample_encoder() -> LookupEncoder:
    """Minilm's vectors of the sample's papers."""
    vectors = np.load(VECTORS, allow_pickle=False)
    return LookupEncoder("minilm", MINILM_FINGERPRINT, [paper.text for paper in sample_papers()], vectors)
