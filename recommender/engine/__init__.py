"""The engine: candidates -> scores -> rerank -> recommendations, on one path for every question."""

from __future__ import annotations

from .answer import Answer, answer_profiles
from .answer_options import AnswerOptions, Date, check_corpus, named_kind
from .candidates import NEAR_IDENTICAL
from .listing import shown
from .reasons import why_nothing
from .recommender import Recommender

__all__ = [
    "NEAR_IDENTICAL",
    "Answer",
    "AnswerOptions",
    "Date",
    "Recommender",
    "answer_profiles",
    "check_corpus",
    "named_kind",
    "shown",
    "why_nothing",
]
