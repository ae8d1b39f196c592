"""What a batch job asks for every reader: with the corpus and the profiles it decides the output's bytes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..dates import absolute_date, this_day
from ..diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from ..engine import Date, Request, named_kind, request
from ..scoring import DEFAULT_STRATEGY, STRATEGIES
from .output import DEFAULT_FORMAT, format_of

__all__ = ["Asked", "asked"]

_LOG = logging.getLogger("recommender")


@dataclass(frozen=True)
class Asked:
    """The options of `Recommender.recommend`, strategy and rerank by name, and the output's format."""

    k: int
    diversity: float
    since: str | None
    until: str | None
    categories: tuple[str, ...]
    min_confidence: float
    strategy: str
    rerank: str
    format: str

    @property
    def request(self) -> Request:
        """What each answer is asked for."""
        return request(
            k=self.k,
            diversity=self.diversity,
            since=self.since,
            until=self.until,
            categories=self.categories,
            min_confidence=self.min_confidence,
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "categories": list(self.categories)}


def asked(
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
) -> Asked:
    """These options, checked. A date that is written from today (``7d``) becomes that of this day, and it is
    logged: a job may go on tomorrow, and its workers may look at other clocks.

    Raises ParameterError naming the one that cannot be used.
    """
    named_kind(strategy, STRATEGIES, "strategy")
    named_kind(rerank, RERANKS, "rerank")
    format_of(format)
    days, today = {"since": since, "until": until}, this_day()
    fixed = {name: None if day is None else absolute_date(str(day), today) for name, day in days.items()}
    for name, day in days.items():
        if day is not None and fixed[name] != str(day):
            _LOG.info("%s %s is %s %s", name, day, name, fixed[name])
    found = Asked(
        k,
        diversity,
        fixed["since"],
        fixed["until"],
        (categories,) if isinstance(categories, str) else tuple(categories or ()),
        min_confidence,
        strategy,
        rerank,
        format,
    )
    checked = found.request
    return replace(
        found,
        k=checked.k,
        diversity=checked.diversity,
        categories=checked.filters.categories,
        min_confidence=checked.min_confidence,
    )
