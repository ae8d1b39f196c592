"""What is asked of an answer, checked."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TypeVar

import numpy as np

from ..corpus import Corpus, Filters
from ..counts import refuse_beyond
from ..errors import ParameterError

__all__ = ["Date", "Request", "check_corpus", "named_kind", "request"]

_Kind = TypeVar("_Kind")

Date = str | datetime.date | None


@dataclass(frozen=True)
class Request:
    """How many papers, how varied, which ones, and how sure they must be."""

    k: int
    diversity: float
    filters: Filters
    min_confidence: float
    anyway: bool = False
    """Whether words that no paper holds are asked for all the same."""


def request(
    *,
    k: int,
    diversity: float,
    since: Date = None,
    until: Date = None,
    categories: Sequence[str] | str | None = None,
    min_confidence: float = 0.0,
    anyway: bool = False,
) -> Request:
    """The request of these options. Raises ParameterError naming the option that is out of its range."""
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise ParameterError(f"k is {k!r}; ask for at least 1 paper")
    refuse_beyond("k", k)
    _check_part("diversity", diversity)
    _check_part("min_confidence", min_confidence)
    filters = Filters(since, until, categories)
    return Request(int(k), float(diversity), filters, float(min_confidence), bool(anyway))


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
