"""TF-IDF: counted terms as unit vectors, and the cosines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .terms import BUCKETS, TermCounts, take_texts

__all__ = [
    "TermVectors",
    "cosines",
    "document_frequencies",
    "inverse_document_frequencies",
    "sublinear_tf",
    "tfidf_vectors",
]

_DAMPED = np.concatenate([[0.0], 1 + np.log(np.arange(1, 256))]).astype(np.float32)

# Lines of the matrix of pool and terms that are filled at a time: what fits a processor's cache.
_BLOCK = 128


@dataclass(frozen=True)
class TermVectors:
    """Sparse vectors of length 1 (0 for a text without terms), in the layout of `TermCounts`."""

    starts: NDArray[np.int64]
    buckets: NDArray[np.uint16]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, places: NDArray[np.int64]) -> TermVectors:
        """The vectors at these places, in this order."""
        starts, (buckets, weights) = take_texts(self.starts, places, self.buckets, self.weights)
        return TermVectors(starts, buckets, weights)

    @classmethod
    def joined(cls, parts: Sequence[TermVectors]) -> TermVectors:
        """The vectors of one or more parts, one part after the other."""
        lengths = np.concatenate([np.diff(part.starts) for part in parts])
        buckets = np.concatenate([part.buckets for part in parts])
        weights = np.concatenate([part.weights for part in parts])
        return cls(np.concatenate([[0], np.cumsum(lengths)]), buckets, weights)


def document_frequencies(counted: TermCounts) -> NDArray[np.int64]:
    """In how many of the texts each term is, shape (BUCKETS,)."""
    return np.bincount(counted.buckets, minlength=BUCKETS)


def inverse_document_frequencies(frequencies: NDArray[np.int64], texts: int) -> NDArray[np.float32]:
    """log((texts + 1) / (frequency + 1)) + 1, as scikit-learn's smoothed idf; at least 1."""
    return np.asarray(np.log((texts + 1) / (np.minimum(frequencies, texts) + 1)) + 1, np.float32)


def sublinear_tf(counts: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """1 + log count, of counts up to 255 and of 255 for more."""
    return np.asarray(_DAMPED[np.minimum(counts, 255)])


def tfidf_vectors(counted: TermCounts, idf: NDArray[np.float32]) -> TermVectors:
    """(1 + log count) * idf, scaled to length 1: sublinear TF-IDF (Manning et al., 2008, 6.4.1)."""
    weights = _DAMPED[counted.counts] * idf[counted.buckets]
    lengths = counted.starts[1:] - counted.starts[:-1]
    owner = np.repeat(np.arange(len(counted)), lengths)
    norms = np.sqrt(np.bincount(owner, weights * weights, minlength=len(counted)))
    weights /= np.maximum(norms, np.finfo(np.float32).tiny).astype(np.float32)[owner]
    return TermVectors(counted.starts, counted.buckets, weights)


def cosines(texts: TermVectors, others: TermVectors) -> NDArray[np.float32]:
    """The cosine of each text to each of the others, shape (n, m), in [0, 1]."""
    there = np.zeros(BUCKETS, np.bool_)
    there[others.buckets] = True
    known = np.flatnonzero(there)
    column = np.empty(BUCKETS, np.int32)  # of the known ones; no other is looked up
    column[known] = np.arange(len(known))
    dense = np.zeros((len(known), len(others)), np.float32)
    owner = np.repeat(np.arange(len(others)), np.diff(others.starts))
    dense[column[others.buckets], owner] = others.weights
    lengths = np.diff(texts.starts)
    found = np.empty((len(texts), len(others)), np.float32)
    for start in range(0, len(texts), _BLOCK):
        rows = lengths[start : start + _BLOCK]
        part = slice(texts.starts[start], texts.starts[start + len(rows)])
        buckets, weights = texts.buckets[part], texts.weights[part]
        shared = np.flatnonzero(there.take(buckets))
        places = np.repeat(np.arange(len(rows)) * len(known), rows)[shared] + column.take(buckets[shared])
        block = np.zeros(len(rows) * len(known), np.float32)
        block[places] = weights[shared]
        found[start : start + len(rows)] = block.reshape(len(rows), len(known)) @ dense
    return found
