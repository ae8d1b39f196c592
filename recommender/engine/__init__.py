"""The engine: candidates -> scores -> rerank -> recommendations, on one path for every question."""

from __future__ import annotations

from .answer import Answer, answer_profiles
from .candidates import NEAR_IDENTICAL
from .listing import shown
from .reasons import why_nothing
from .recommender import Recommender
from .request import Date, Request, check_corpus, named_kind, request

__all__ = [
    "NEAR_IDENTICAL",
    "Answer",
    "Date",
    "Recommender",
    "Request",
    "answer_profiles",
    "check_corpus",
    "named_kind",
    "request",
    "shown",
    "why_nothing",
]
