"""The lexical arm: what words papers share. Texts in, counted terms and unit TF-IDF vectors out."""

from __future__ import annotations

from .terms import BUCKETS, TermCounts, count_terms, named_terms
from .tfidf import TermVectors, cosines, document_frequencies, inverse_document_frequencies, weigh

__all__ = [
    "BUCKETS",
    "TermCounts",
    "TermVectors",
    "cosines",
    "count_terms",
    "document_frequencies",
    "inverse_document_frequencies",
    "named_terms",
    "weigh",
]
