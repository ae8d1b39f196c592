"""TF-IDF: counted terms as unit vectors, and the cosines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .numbering import NAMED, Moved, Numbering
from .terms import TermCounts, take_texts

_DAMPED = np.concatenate([[0.0], 1 + np.log(np.arange(1, 256))]).astype(np.float32)

# Lines of the matrix of pool and terms that are filled at a time: what fits a processor's cache.
_BLOCK = 128

# What every tenth text holds is no subject, where there are texts enough to tell.
_FREQUENT, _FEW = 10, 1000

_LOW_NUMBERS = 1 << 16
_LOW = np.uint32(_LOW_NUMBERS - 1)


@dataclass(frozen=True)
class TermVectors:
    """Sparse TF-IDF vectors of length 1 (0 for a text without terms), in the layout of `TermCounts`.

    Attributes
    ----------
    starts : ndarray of int64, shape (n + 1,)
        The terms of text i are at starts[i] ... starts[i + 1].
    numbers : ndarray of uint32
        Their numbers, ascending within a text.
    weights : ndarray of float32
        Their weights.
    """

    starts: NDArray[np.int64]
    numbers: NDArray[np.uint32]
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
        starts, (numbers, weights) = take_texts(self.starts, places, self.numbers, self.weights)
        return TermVectors(starts, numbers, weights)

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
        numbers = np.concatenate([part.numbers for part in parts])
        weights = np.concatenate([part.weights for part in parts])
        return cls(np.concatenate([[0], np.cumsum(lengths)]), numbers, weights)


@dataclass(frozen=True)
class TermWeights:
    """How much each term of a corpus weighs by its rarity, and how its terms become numbers.

    Attributes
    ----------
    idf : ndarray of float32, shape (numbering.n_places,)
        The inverse document frequency of each place.
    numbering : Numbering, default NAMED
        How a term becomes a number, and which place a number has.
    moved : mapping of str to int, default none
        The number of each stem whose own number is another one's in the corpus.
    texts : int, default 0
        How many texts the frequencies are of.
    """

    idf: NDArray[np.float32]
    numbering: Numbering = NAMED
    moved: Moved = field(default_factory=dict)
    texts: int = 0

    @property
    def idf_of_frequent(self) -> float:
        """The inverse document frequency of what every tenth text holds; 0 where too few are counted."""
        if self.texts < _FEW:
            return 0.0
        frequencies = np.array([-(-self.texts // _FREQUENT)])
        return float(inverse_document_frequencies(frequencies, self.texts)[0])

    @classmethod
    def even(cls) -> TermWeights:
        """Return weights of 1 for all terms.

        Returns
        -------
        TermWeights
            Of numbering `NAMED`.
        """
        return cls(np.ones(NAMED.n_places, np.float32))

    @classmethod
    def counted(cls, counts: TermCounts) -> TermWeights:
        """Return the weights of terms among some texts.

        Parameters
        ----------
        counts : TermCounts
            The terms of the texts, in numbering `NAMED`.

        Returns
        -------
        TermWeights
            By how many of the texts hold each term.
        """
        idf = inverse_document_frequencies(document_frequencies(counts), len(counts))
        return cls(idf, texts=len(counts))

    def of(self, numbers: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Return the inverse document frequency of terms.

        Parameters
        ----------
        numbers : ndarray of uint32, shape (n,)
            The terms.

        Returns
        -------
        ndarray of float32, shape (n,)
            At least 1.
        """
        return np.asarray(self.idf[self.numbering.places(numbers)])


def document_frequencies(counted: TermCounts, numbering: Numbering = NAMED) -> NDArray[np.int64]:
    """Count in how many of the texts the terms of each place are.

    A place is one word's but for a few, and some eighty rare pairs' of 146,289 papers. Where several of a
    text share a place, it counts as often.

    Parameters
    ----------
    counted : TermCounts
        The terms of the texts.
    numbering : Numbering, default NAMED
        That of their numbers.

    Returns
    -------
    ndarray of int64, shape (numbering.n_places,)
        The frequency of each place.

    Examples
    --------
    >>> from recommender.lexical import count_terms, document_frequencies
    >>> int(document_frequencies(count_terms(["graph", "graphs"])).max())
    2
    """
    return np.bincount(numbering.places(counted.numbers), minlength=numbering.n_places)


def inverse_document_frequencies(frequencies: NDArray[np.int64], texts: int) -> NDArray[np.float32]:
    """Return log((texts + 1) / (frequency + 1)) + 1, as scikit-learn's smoothed idf.

    Parameters
    ----------
    frequencies : ndarray of int64, shape (n,)
        In how many texts the terms of each place are.
    texts : int
        How many texts there are.

    Returns
    -------
    ndarray of float32, shape (n,)
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


def tfidf_vectors(counted: TermCounts, weighing: TermWeights) -> TermVectors:
    """Weigh counted terms by sublinear TF-IDF (Manning et al., 2008, 6.4.1).

    A weight is (1 + log count) * idf; each vector is scaled to length 1.

    Parameters
    ----------
    counted : TermCounts
        The terms of the texts.
    weighing : TermWeights
        How much each term weighs; its numbering is that of the counts.

    Returns
    -------
    TermVectors
        A vector for each text.

    Examples
    --------
    >>> from recommender.lexical import TermWeights, count_terms, tfidf_vectors
    >>> tfidf_vectors(count_terms(["graph"]), TermWeights.even()).weights.tolist()
    [1.0]
    """
    weights = _DAMPED[counted.counts] * weighing.of(counted.numbers)
    lengths = counted.starts[1:] - counted.starts[:-1]
    owner = np.repeat(np.arange(len(counted)), lengths)
    norms = np.sqrt(np.bincount(owner, weights * weights, minlength=len(counted)))
    weights /= np.maximum(norms, np.finfo(np.float32).tiny).astype(np.float32)[owner]
    return TermVectors(counted.starts, counted.numbers, weights)


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
    >>> from recommender.lexical import TermWeights, cosines, count_terms, tfidf_vectors
    >>> vectors = tfidf_vectors(count_terms(["graph", "speech"]), TermWeights.even())
    >>> cosines(vectors, vectors).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    known, column = np.unique(others.numbers, return_inverse=True)
    dense = np.zeros((len(known), len(others)), np.float32)
    owner = np.repeat(np.arange(len(others)), np.diff(others.starts))
    dense[column, owner] = others.weights
    maybe = np.zeros(_LOW_NUMBERS, np.bool_)  # most terms are told apart by half of their number
    maybe[known & _LOW] = True
    lengths = np.diff(texts.starts)
    found = np.empty((len(texts), len(others)), np.float32)
    for start in range(0, len(texts), _BLOCK):
        rows = lengths[start : start + _BLOCK]
        part = slice(texts.starts[start], texts.starts[start + len(rows)])
        numbers, weights = texts.numbers[part], texts.weights[part]
        near = np.flatnonzero(maybe.take(numbers & _LOW))
        at = np.searchsorted(known, numbers[near])
        there = known.take(at, mode="clip") == numbers[near] if len(known) else np.zeros(0, np.bool_)
        shared, at = near[there], at[there]
        places = np.repeat(np.arange(len(rows)) * len(known), rows)[shared] + at
        block = np.zeros(len(rows) * len(known), np.float32)
        block[places] = weights[shared]
        found[start : start + len(rows)] = block.reshape(len(rows), len(known)) @ dense
    return found
