"""BatchOptions: what a batch job does for every reader; with corpus and profiles it decides the bytes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from ..engine import AnswerOptions, Date, named_kind
from ..scoring import DEFAULT_STRATEGY, STRATEGIES
from .output import DEFAULT_FORMAT, format_of

__all__ = ["BatchOptions"]

_LOG = logging.getLogger("recommender")


@dataclass(frozen=True, init=False)
class BatchOptions:
    """What a batch job does for every reader, checked.

    Parameters
    ----------
    k : int, default 10
        Papers of each list.
    diversity : float, default 0.2
        Between 0, by score alone, and 1, all variety.
    since, until : str or date, optional
        Published in these days; ``7d`` is seven days before today, fixed now: a job may be resumed tomorrow.
    categories : str or sequence of str, optional
        Only papers of one of these.
    min_confidence : float, default 0.0
        Leave out what is less sure to be of the reader's kind.
    strategy : str, default "interests"
        How seeds become a score.
    rerank : str, default "msd"
        How a varied list is chosen.
    format : str, default "parquet"
        Of the output: parquet, jsonl or csv.

    Raises
    ------
    ParameterError
        Naming the option that cannot be used.

    Examples
    --------
    >>> from recommender.batch import BatchOptions
    >>> BatchOptions(k=5, format="csv").to_dict()["k"]
    5
    """

    answer: AnswerOptions
    strategy: str
    rerank: str
    format: str

    def __init__(
        self,
        *,
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        min_confidence: float = 0.0,
        strategy: str = DEFAULT_STRATEGY,
        rerank: str = DEFAULT_RERANK,
        format: str = DEFAULT_FORMAT,
    ) -> None:
        named_kind(strategy, STRATEGIES, "strategy")
        named_kind(rerank, RERANKS, "rerank")
        format_of(format)
        answer = AnswerOptions(
            k=k,
            diversity=diversity,
            since=since,
            until=until,
            categories=categories,
            min_confidence=min_confidence,
        )
        for resolved in answer.filters.resolved:
            _LOG.info("%s", resolved)
        # Its dates are absolute now: the workers may look at other clocks.
        for name, value in (
            ("answer", replace(answer)),
            ("strategy", strategy),
            ("rerank", rerank),
            ("format", format),
        ):
            object.__setattr__(self, name, value)

    def to_dict(self) -> dict[str, Any]:
        """The options by name, as they stand in a job's record.

        Returns
        -------
        dict of str
            Texts, numbers and lists, for JSON.
        """
        parts = {"strategy": self.strategy, "rerank": self.rerank, "format": self.format}
        return self.answer.to_dict() | parts
