"""TF-IDF: counted terms as unit vectors, and the cosines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .terms import BUCKETS, TermCounts, take_texts

_DAMPED = np.concatenate([[0.0], 1 + np.log(np.arange(1, 256))]).astype(np.float32)

# Lines of the matrix of pool and terms that are filled at a time: what fits a processor's cache.
_BLOCK = 128


@dataclass(frozen=True)
class TermVectors:
    """Sparse TF-IDF vectors of length 1 (0 for a text without terms), in the layout of `TermCounts`.

    Attributes
    ----------
    starts : ndarray of int64, shape (n + 1,)
        The terms of text i are at starts[i] ... starts[i + 1].
    buckets : ndarray of uint16
        Their buckets, ascending within a text.
    weights : ndarray of float32
        Their weights.
    """

    starts: NDArray[np.int64]
    buckets: NDArray[np.uint16]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, places: NDArray[np.int64]) -> TermVectors:
        """Return some of the vectors.

        Parameters
        ----------
        places : ndarray of int64
            Positions of the vectors.

        Returns
        -------
        TermVectors
            In the order of `places`.
        """
        starts, (buckets, weights) = take_texts(self.starts, places, self.buckets, self.weights)
        return TermVectors(starts, buckets, weights)

    @classmethod
    def joined(cls, parts: Sequence[TermVectors]) -> TermVectors:
        """Return the vectors of one or more parts, one part after the other.

        Parameters
        ----------
        parts : sequence of TermVectors
            The parts.

        Returns
        -------
        TermVectors
            All of them.
        """
        lengths = np.concatenate([np.diff(part.starts) for part in parts])
        buckets = np.concatenate([part.buckets for part in parts])
        weights = np.concatenate([part.weights for part in parts])
        return cls(np.concatenate([[0], np.cumsum(lengths)]), buckets, weights)


def document_frequencies(counted: TermCounts) -> NDArray[np.int64]:
    """Count in how many of the texts each term is.

    Parameters
    ----------
    counted : TermCounts
        The terms of the texts.

    Returns
    -------
    ndarray of int64, shape (BUCKETS,)
        The frequency of each bucket.

    Examples
    --------
    >>> from recommender.lexical import count_terms, document_frequencies
    >>> int(document_frequencies(count_terms(["graph", "graphs"])).max())
    2
    """
    return np.bincount(counted.buckets, minlength=BUCKETS)


def inverse_document_frequencies(frequencies: NDArray[np.int64], texts: int) -> NDArray[np.float32]:
    """Return log((texts + 1) / (frequency + 1)) + 1, as scikit-learn's smoothed idf.

    Parameters
    ----------
    frequencies : ndarray of int64, shape (BUCKETS,)
        In how many texts each bucket is.
    texts : int
        How many texts there are.

    Returns
    -------
    ndarray of float32, shape (BUCKETS,)
        At least 1.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.lexical import inverse_document_frequencies
    >>> inverse_document_frequencies(np.array([3]), 3).tolist()
    [1.0]
    """
    return np.asarray(np.log((texts + 1) / (np.minimum(frequencies, texts) + 1)) + 1, np.float32)


def sublinear_tf(counts: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """Return the weight of a term's count, 1 + log count.

    Parameters
    ----------
    counts : ndarray of int
        The counts, 0 or more; more than 255 count as 255.

    Returns
    -------
    ndarray of float32
        The weights, 0 for 0.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.lexical import sublinear_tf
    >>> sublinear_tf(np.array([0, 1])).tolist()
    [0.0, 1.0]
    """
    return np.asarray(_DAMPED[np.minimum(counts, 255)])


def tfidf_vectors(counted: TermCounts, idf: NDArray[np.float32]) -> TermVectors:
    """Weigh counted terms by sublinear TF-IDF (Manning et al., 2008, 6.4.1).

    A weight is (1 + log count) * idf; each vector is scaled to length 1.

    Parameters
    ----------
    counted : TermCounts
        The terms of the texts.
    idf : ndarray of float32, shape (BUCKETS,)
        The inverse document frequency of each bucket.

    Returns
    -------
    TermVectors
        A vector for each text.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.lexical import BUCKETS, count_terms, tfidf_vectors
    >>> tfidf_vectors(count_terms(["graph"]), np.ones(BUCKETS, np.float32)).weights.tolist()
    [1.0]
    """
    weights = _DAMPED[counted.counts] * idf[counted.buckets]
    lengths = counted.starts[1:] - counted.starts[:-1]
    owner = np.repeat(np.arange(len(counted)), lengths)
    norms = np.sqrt(np.bincount(owner, weights * weights, minlength=len(counted)))
    weights /= np.maximum(norms, np.finfo(np.float32).tiny).astype(np.float32)[owner]
    return TermVectors(counted.starts, counted.buckets, weights)


def cosines(texts: TermVectors, others: TermVectors) -> NDArray[np.float32]:
    """Return the cosine of each text to each of some others.

    Parameters
    ----------
    texts : TermVectors
        The vectors of n texts.
    others : TermVectors
        The vectors of m others.

    Returns
    -------
    ndarray of float32, shape (n, m)
        In [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.lexical import BUCKETS, cosines, count_terms, tfidf_vectors
    >>> vectors = tfidf_vectors(count_terms(["graph", "speech"]), np.ones(BUCKETS, np.float32))
    >>> cosines(vectors, vectors).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
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
