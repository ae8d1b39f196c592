"""Signals: what somebody counted of a paper, and the day it was counted. What is missing is not zero."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..corpus import Snapshot
from ..errors import ParameterError
from .lines import checked_line
from .moments import checked_day
from .naming import checked_paper_name, texts_named
from .opinions import numbers_of_named
from .readership import Readership

_WORD = re.compile(r"[^\W_][\w.-]{0,39}")
_LONGEST = 200  # characters of a source


@dataclass(frozen=True)
class Signal:
    """What was counted of a paper on a day.

    Parameters
    ----------
    paper : str
        By id in any spelling, url or exact title.
    name : str
        What was counted, as one word: ``upvotes``, ``citations``, ``stars``, or another.
    value : float
        How many, not below 0.
    day : str
        The day on which that was measured, YYYY-MM-DD.
    source : str
        Who counted.

    Raises
    ------
    ParameterError
        For a value that cannot be used.

    Examples
    --------
    >>> from recommender.readership import Signal
    >>> Signal("2106.09685", "Upvotes", 12, "2026-11-28", "Hugging Face")
    Signal(paper='2106.09685', name='upvotes', value=12.0, day='2026-11-28', source='Hugging Face')
    """

    paper: str
    name: str
    value: float
    day: str
    source: str

    def __post_init__(self) -> None:
        checked = {
            "paper": checked_paper_name(self.paper),
            "name": _checked_word(self.name),
            "value": _checked_count(self.value),
            "day": checked_day(self.day),
            "source": checked_line(self.source, "the source of a signal", longest=_LONGEST),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class SignalsAdded:
    """What became of signals.

    Attributes
    ----------
    new, replaced, unchanged : int
        How many were not there, are other values for what was there, and were there.
    unknown : tuple of str
        Ids of papers that the corpus lacks; what was counted of them is remembered all the same.
    problems : tuple of str
        A line for each name that stands for several papers, of which nothing was noted.
    """

    new: int
    replaced: int
    unchanged: int
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def add_signals(
    readership: Readership, signals: Iterable[Signal], *, snapshot: Snapshot | None = None
) -> SignalsAdded:
    """Add what was counted. The same of one paper, day and source again replaces what was there.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    signals : iterable of Signal
        What was counted; of two for one paper, name, day and source the later counts.
    snapshot : Snapshot, optional
        A state of the corpus that knows the papers.

    Returns
    -------
    SignalsAdded
        How many were new, and what was odd.

    Examples
    --------
    >>> from recommender.readership import Readership, Signal, add_signals
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     add_signals(file, [Signal("2106.09685", "upvotes", 12, "2026-11-28", "Hugging Face")]).new
    1
    """
    wanted = list(signals)
    named, problems = texts_named((signal.paper for signal in wanted), snapshot)
    file = readership.file
    with file.transaction():
        numbers = numbers_of_named(readership, list(named.values()), snapshot)
        lines = {
            (numbers[named[one.paper].id], one.name, one.source, one.day): one.value
            for one in wanted
            if one.paper in named
        }
        statement = "SELECT value FROM signals WHERE (paper, name, source, day) = (?, ?, ?, ?)"
        before = {key: file.row(statement, key) for key in lines}
        file.many(
            "INSERT OR REPLACE INTO signals (paper, name, source, day, value) VALUES (?, ?, ?, ?, ?)",
            ((*key, value) for key, value in lines.items()),
        )
    new = sum(found is None for found in before.values())
    unchanged = sum(found == (lines[key],) for key, found in before.items())
    unknown = dict.fromkeys(one.id for one in named.values() if one.known is False)
    return SignalsAdded(new, len(lines) - new - unchanged, unchanged, (*unknown,), (*problems,))


def signals_of(readership: Readership, *, name: str | None = None) -> list[Signal]:
    """Give the signals.

    Parameters
    ----------
    readership : Readership
        The file.
    name : str, optional
        Of which name; of all by default.

    Returns
    -------
    list of Signal
        By the ids of their papers, name, source and day.

    Examples
    --------
    >>> from recommender.readership import Readership, Signal, add_signals, signals_of
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     _ = add_signals(file, [Signal("2106.09685", "upvotes", 12, "2026-11-28", "Hugging Face")])
    ...     [(signal.paper, signal.value) for signal in signals_of(file)]
    [('arxiv:2106.09685', 12.0)]
    """
    lines = readership.file.rows(
        "SELECT papers.id, name, value, day, source FROM signals JOIN papers ON papers.number = paper "
        "WHERE ? IN (name, '') ORDER BY papers.id, name, source, day",
        ("" if name is None else _checked_word(name),),
    )
    return [Signal(*line) for line in lines]


def _checked_word(name: str) -> str:
    word = checked_line(name, "the name of a signal", longest=_LONGEST).casefold()
    if not _WORD.fullmatch(word):
        raise ParameterError(f"{name!r:.60} is no name of a signal; write one word such as upvotes")
    return word


def _checked_count(value: float) -> float:
    try:
        count = float(value)
    except (TypeError, ValueError, OverflowError):
        count = math.nan
    if not 0 <= count < math.inf:
        raise ParameterError(f"{value!r:.40} is no count; a signal is a number that is not below 0")
    return abs(count)  # there is no -0.0
