"""The lexical arm: what words papers share. Texts in, counted terms and unit TF-IDF vectors out."""

from __future__ import annotations

from .occurrences import Term, TermOccurrences, normalized, spellings, words_of
from .terms import BUCKETS, TermCounts, count_terms, named_terms
from .tfidf import TermVectors, cosines, damped, document_frequencies, inverse_document_frequencies, weigh

__all__ = [
    "BUCKETS",
    "Term",
    "TermCounts",
    "TermOccurrences",
    "TermVectors",
    "cosines",
    "count_terms",
    "damped",
    "document_frequencies",
    "inverse_document_frequencies",
    "named_terms",
    "normalized",
    "spellings",
    "weigh",
    "words_of",
]
