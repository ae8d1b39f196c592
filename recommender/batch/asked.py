"""What a batch job asks for every reader: with the corpus and the profiles it decides the output's bytes."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

from ..diversity import DEFAULT_RERANK, RERANKS
from ..engine import AnswerOptions, named_kind
from ..scoring import DEFAULT_STRATEGY, STRATEGIES
from .output import DEFAULT_FORMAT, format_of

__all__ = ["Asked", "asked"]

_LOG = logging.getLogger("recommender")


@dataclass(frozen=True)
class Asked:
    """The options of `Recommender.recommend`, strategy and rerank by name, and the output's format."""

    answer: AnswerOptions
    strategy: str
    rerank: str
    format: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        parts = {"strategy": self.strategy, "rerank": self.rerank, "format": self.format}
        return self.answer.to_dict() | parts


def asked(
    *,
    strategy: str = DEFAULT_STRATEGY,
    rerank: str = DEFAULT_RERANK,
    format: str = DEFAULT_FORMAT,
    **options: Any,
) -> Asked:
    """These options, checked; `options` are those of `Recommender.recommend`.

    A date that is written from today (``7d``) becomes that of this day, and it is logged: a job may go on
    tomorrow, and its workers may look at other clocks. Raises ParameterError naming the one that cannot be
    used.
    """
    named_kind(strategy, STRATEGIES, "strategy")
    named_kind(rerank, RERANKS, "rerank")
    format_of(format)
    answer = AnswerOptions(**options)
    for resolved in answer.filters.resolved:
        _LOG.info("%s", resolved)
    return Asked(replace(answer), strategy, rerank, format)  # its dates are absolute now
