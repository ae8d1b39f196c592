"""AnswerOptions: what an answer is asked for, checked."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, TypeAlias, TypeVar

import numpy as np

from ..corpus import Corpus, Filters
from ..counts import refuse_beyond
from ..diversity import DEFAULT_DIVERSITY
from ..errors import ParameterError

__all__ = ["AnswerOptions", "Date", "check_corpus", "named_kind"]

_Kind = TypeVar("_Kind")

Date: TypeAlias = str | datetime.date | None


@dataclass(frozen=True, kw_only=True)
class AnswerOptions:
    """How many papers, how varied, which ones, and how sure they must be; the same for one reader and many.

    A date that is written from today (``7d``) becomes that of this day, `categories` a tuple, and `filters`
    holds what these three let through. `anyway` asks for words that no paper holds all the same.

    Raises ParameterError naming the option that is out of its range.
    """

    k: int = 10
    diversity: float = DEFAULT_DIVERSITY
    since: Date = None
    until: Date = None
    categories: Sequence[str] | str | None = None
    min_confidence: float = 0.0
    anyway: bool = False
    filters: Filters = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.k, bool) or not isinstance(self.k, int | np.integer) or self.k < 1:
            raise ParameterError(f"k is {self.k!r}; ask for at least 1 paper")
        refuse_beyond("k", self.k)
        _check_part("diversity", self.diversity)
        _check_part("min_confidence", self.min_confidence)
        filters = Filters(self.since, self.until, self.categories)
        checked = {
            "k": int(self.k),
            "diversity": float(self.diversity),
            "since": filters.dates.get("since"),
            "until": filters.dates.get("until"),
            "categories": filters.categories,
            "min_confidence": float(self.min_confidence),
            "anyway": bool(self.anyway),
            "filters": filters,
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `anyway` only where it is true, as jobs were recorded before there was such an option."""
        options = {
            "k": self.k,
            "diversity": self.diversity,
            "since": self.since,
            "until": self.until,
            "categories": list(self.categories or ()),
            "min_confidence": self.min_confidence,
        }
        return options | {"anyway": True} if self.anyway else options


def check_corpus(corpus: Corpus) -> None:
    """Raises ParameterError for what is no corpus: a folder's name, say."""
    if not isinstance(corpus, Corpus):
        raise ParameterError(f"a {type(corpus).__name__} is no corpus; give one of Corpus.open or build")


def _check_part(name: str, value: object) -> None:
    if not isinstance(value, Real) or not 0 <= float(value) <= 1:  # NaN is refused as well
        raise ParameterError(f"{name} is {value!r}; it must be between 0 and 1")


def named_kind(name: str, kinds: Mapping[str, _Kind], what: str) -> _Kind:
    """The one of this name. Raises ParameterError naming all that there are."""
    if name not in kinds:
        raise ParameterError(f"{name!r} is no {what}; known: {', '.join(kinds)}")
    return kinds[name]
