"""What the product is compared with, made of independent libraries: no line of it is the product's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

__all__ = ["Rank", "arxiv_sanity", "mean_of_seeds", "tfidf_mean"]

Rank = Callable[[Sequence[int]], list[int]]
"""Rows of the seeds -> the rows of the best hundred others, best first."""

DEEPEST = 100


def best(scores: NDArray[np.floating], seeds: Sequence[int]) -> list[int]:
    """The rows of the highest scores but for the seeds; of equal ones the first row."""
    scores = np.array(scores, np.float64)
    scores[list(seeds)] = -np.inf
    found = np.argsort(-scores, kind="stable")[: min(DEEPEST, len(scores) - len(seeds))]
    return [int(row) for row in found]


def mean_of_seeds(vectors: NDArray[np.float32]) -> Rank:
    """Cosine to the mean of the seeds' vectors; the length of the mean changes no order."""
    return lambda seeds: best(vectors @ vectors[list(seeds)].mean(axis=0), seeds)


def tfidf_mean(texts: Sequence[str]) -> Rank:
    """Cosine to the mean of the seeds' TF-IDF vectors: sublinear, English stop words, min_df 2."""
    tfidf = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2, dtype=np.float32)
    matrix = tfidf.fit_transform(texts)

    def rank(seeds: Sequence[int]) -> list[int]:
        mean = normalize(np.asarray(matrix[list(seeds)].mean(axis=0)))
        return best(np.asarray(matrix @ mean[0].astype(np.float32)), seeds)

    return rank


def arxiv_sanity(texts: Sequence[str]) -> Rank:
    """The recipe of arxiv-sanity-lite (compute.py, serve.py): a linear SVM on TF-IDF, all others negative."""
    tfidf = TfidfVectorizer(
        input="content",
        encoding="utf-8",
        decode_error="replace",
        strip_accents="unicode",
        lowercase=True,
        analyzer="word",
        stop_words="english",
        token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_-]+\b",
        ngram_range=(1, 2),
        max_features=20000,
        norm="l2",
        use_idf=True,
        smooth_idf=True,
        sublinear_tf=True,
        max_df=0.1,
        min_df=min(5, len(texts)),
    )
    matrix = tfidf.fit_transform(texts).astype(np.float32)

    def rank(seeds: Sequence[int]) -> list[int]:
        wanted = np.zeros(len(texts))
        wanted[list(seeds)] = 1
        svm = LinearSVC(class_weight="balanced", verbose=0, max_iter=10000, tol=1e-6, C=0.01)
        return best(svm.fit(matrix, wanted).decision_function(matrix), seeds)

    return rank
