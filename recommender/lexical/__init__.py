"""The lexical arm: texts in, term counts and unit TF-IDF vectors out."""

from __future__ import annotations

from .occurrences import Term, TermOccurrences, normalized, spellings, word_stems
from .terms import BUCKETS, TermCounts, count_terms, named_terms, plain_text
from .tfidf import (
    TermVectors,
    cosines,
    document_frequencies,
    inverse_document_frequencies,
    sublinear_tf,
    tfidf_vectors,
)

__all__ = [
    "BUCKETS",
    "Term",
    "TermCounts",
    "TermOccurrences",
    "TermVectors",
    "cosines",
    "count_terms",
    "document_frequencies",
    "inverse_document_frequencies",
    "named_terms",
    "normalized",
    "plain_text",
    "spellings",
    "sublinear_tf",
    "tfidf_vectors",
    "word_stems",
]
