"""The engine: candidates -> scores -> rerank -> recommendations, on one path for every question."""

from __future__ import annotations

from .known import NEAR
from .pipeline import Answer, AnswerOptions, Date, answer_profiles, check_corpus, named_kind
from .reasons import explain_empty
from .recommended import to_recommendations
from .recommender import Recommender
from .seed_weights import check_half_life

__all__ = [
    "NEAR",
    "Answer",
    "AnswerOptions",
    "Date",
    "Recommender",
    "answer_profiles",
    "check_corpus",
    "check_half_life",
    "explain_empty",
    "named_kind",
    "to_recommendations",
]
