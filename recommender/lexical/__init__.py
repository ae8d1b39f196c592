"""The lexical arm: texts in, term counts and unit TF-IDF vectors out."""

from __future__ import annotations

from .numbering import FIRST_PAIR, HASHED, NAMED, NOTHING_MOVED, Moved, Numbering
from .occurrences import Term, TermOccurrences, normalized, spellings, word_stems
from .search_words import SearchWord, search_words
from .terms import TermCounts, count_terms, named_terms, plain_text
from .tfidf import (
    TermVectors,
    TermWeights,
    cosines,
    document_frequencies,
    inverse_document_frequencies,
    sublinear_tf,
    tfidf_vectors,
)

__all__ = [
    "FIRST_PAIR",
    "HASHED",
    "NAMED",
    "NOTHING_MOVED",
    "Moved",
    "Numbering",
    "SearchWord",
    "Term",
    "TermCounts",
    "TermOccurrences",
    "TermVectors",
    "TermWeights",
    "cosines",
    "count_terms",
    "document_frequencies",
    "inverse_document_frequencies",
    "named_terms",
    "normalized",
    "plain_text",
    "search_words",
    "spellings",
    "sublinear_tf",
    "tfidf_vectors",
    "word_stems",
]
