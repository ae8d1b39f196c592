"""Lists of papers by day: Hugging Face's daily papers, as their API answers them or a page shows them.

A reader gives papers; here it is who stood on which day's list, in which order and with how many upvotes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from ..errors import EmptySource, ParameterError, SourceError
from ..identifiers import title_id
from ..iso_dates import first_day
from ..paper import Paper
from .base import Source
from .columns import plan_columns
from .hf_daily import HfDaily, daily_record, day_in, days_of
from .hf_page import HfPage
from .items import Rejected
from .json_objects import NotAnObject, Record, json_objects, leading_objects
from .records import to_items
from .values import is_missing, text, to_int, to_python

Layout: TypeAlias = Literal["hf-daily", "hf-page", "daily-lines"]

# A list needs no abstracts, which take most of the time that a paper takes to be read.
_DAILY_PLAN = plan_columns(("id", "title"), {})
_LINE_PLAN = plan_columns(("arxiv_id", "title"), {})
_KEYS = frozenset({"arxiv_id", "title", "date"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WANTED = (
    "give Hugging Face's daily papers as JSON, JSON Lines with arxiv_id, title, date and upvotes, or a page "
    "of Hugging Face Papers saved as text"
)


@dataclass(frozen=True)
class ListedPaper:
    """A paper on a day's list.

    Attributes
    ----------
    id : str
        As the file has it; "" where it names none.
    title : str
        Its title.
    upvotes : int or None
        How many it had when the file was made; None where the file does not say.
    """

    id: str
    title: str
    upvotes: int | None = None


@dataclass(frozen=True)
class DailyLists:
    """The lists in a file.

    Attributes
    ----------
    layout : {"hf-daily", "hf-page", "daily-lines"}
        What the file is.
    days : dict of str to tuple of ListedPaper
        By day, ``YYYY-MM-DD``, the oldest first; papers in the file's order, each once a day.
    problems : tuple of str
        A line for each entry, or part of one, that was left out.
    by_publication : int
        Papers of which the file has no day of a list: they stand on the day on which they appeared.
    elsewhere : int
        Papers of other days than the one that was asked for.
    """

    layout: Layout
    days: dict[str, tuple[ListedPaper, ...]]
    problems: tuple[str, ...] = ()
    by_publication: int = 0
    elsewhere: int = 0


def read_daily_lists(path: str | os.PathLike[str], *, until: str, day: str | None = None) -> DailyLists:
    """Read who stood on which day's list.

    Parameters
    ----------
    path : str or path-like
        The file, packed or not: daily papers' JSON; lines or an array of objects with ``arxiv_id``,
        ``title``, ``date`` (the day of the list) and ``upvotes``; or a saved page, which names no day.
    until : str
        The last day that may have a list, ``YYYY-MM-DD``; what the file says of later ones is left out.
    day : str, optional
        This day's list alone. What has no day of its own stands on it.

    Returns
    -------
    DailyLists
        The lists, and what was left out.

    Raises
    ------
    SourceError
        For a file of another layout, and one that cannot be read.
    ParameterError
        For a page without `day`, for a `day` or `until` that is none, and for a `day` after `until`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender.readers import read_daily_lists
    >>> entry = '{"arxiv_id": "2106.09685", "title": "LoRA", "date": "2026-11-27", "upvotes": 12}'
    >>> _ = Path("daily.jsonl").write_text(entry)
    >>> read_daily_lists("daily.jsonl", until="2026-11-30").days
    {'2026-11-27': (ListedPaper(id='2106.09685', title='LoRA', upvotes=12),)}
    """
    latest = _checked_day(until)
    wanted = None if day is None else _checked_day(day)
    if wanted is not None and wanted > latest:
        raise ParameterError(f"{wanted} is after {latest}, the last day that may have a list")
    source = Source(Path(path))
    layout = _layout(source)
    if layout == "hf-page" and wanted is None:
        raise ParameterError(f"{source.path} is a page, which names no day; name the day whose list it is")
    found = _Lists(wanted, latest)
    for entry in _entries(source, layout):
        found.add(entry)
    days = {one: tuple(found.days[one].values()) for one in sorted(found.days)}
    return DailyLists(layout, days, tuple(found.problems), found.by_publication, found.elsewhere)


def _checked_day(written: str) -> str:
    if not _DAY.fullmatch(written):
        raise ParameterError(f"{written!r:.40} is no day; write YYYY-MM-DD")
    return first_day(written).isoformat()


def _layout(source: Source) -> Layout:
    """What the file is. Raises SourceError where it is nothing that has lists by day."""
    head = source.head()
    if HfDaily().recognises(head):
        return "hf-daily"
    if next(leading_objects(head), {}).keys() >= _KEYS:
        return "daily-lines"
    if HfPage().recognises(head):
        return "hf-page"
    if not head.strip():
        raise source.damage or EmptySource(f"{source.path}: empty file: no papers")
    raise source.damage or SourceError(f"{source.path}: no lists of papers by day; {_WANTED}")


class _Entry(NamedTuple):
    place: str
    paper: Paper | None
    reason: str = ""
    """Why it is no paper, or what of it was left out."""
    listed: str = ""
    appeared: str = ""
    upvotes: int | None = None


def _entries(source: Source, layout: Layout) -> Iterator[_Entry]:
    if layout == "hf-page":
        for item in HfPage().read(source, {}):
            if isinstance(item, Paper):
                yield _Entry("", item)
            elif isinstance(item, Rejected):
                yield _Entry(item.place, None, item.reason)
        return
    for row, entry in json_objects(source):
        place = source.place(row)
        yield _Entry(place, None, entry) if isinstance(entry, NotAnObject) else _entry(entry, place, layout)


def _entry(entry: Record, place: str, layout: Layout) -> _Entry:
    daily = layout == "hf-daily"
    record = daily_record(entry) if daily else entry
    listed, appeared = days_of(entry) if daily else (day_in(entry.get("date")), "")
    *_, item = to_items(record, _DAILY_PLAN if daily else _LINE_PLAN, place)
    if not isinstance(item, Paper):
        return _Entry(place, None, item.reason if isinstance(item, Rejected) else "is no paper")
    upvotes, reason = _upvotes(record.get("upvotes"))
    return _Entry(place, item, reason, listed, appeared, upvotes)


def _upvotes(value: object) -> tuple[int | None, str]:
    """The number, and why there is none though something stands there."""
    count = to_int(value)
    if count is not None and count >= 0:
        return count, ""
    if is_missing(to_python(value)):
        return None, ""
    return None, f"{text(value)[:40]!r} is no number of upvotes: taken without"


@dataclass
class _Lists:
    """The lists, as entries come in."""

    wanted: str | None
    latest: str
    days: dict[str, dict[str, ListedPaper]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    by_publication: int = 0
    elsewhere: int = 0

    def add(self, entry: _Entry) -> None:
        """Put a paper on its day's list, or count it where it is on none."""
        day = entry.listed or self.wanted or entry.appeared
        if entry.paper is None:
            self._say(entry, entry.reason)
        elif not day:
            self._say(entry, "names no day")
        elif day > self.latest:
            self._say(entry, f"is of {day}, a day that has not begun")
        elif self.wanted is not None and day != self.wanted:
            self.elsewhere += 1
        else:
            self._take(entry, entry.paper, day)

    def _take(self, entry: _Entry, paper: Paper, day: str) -> None:
        papers = self.days.setdefault(day, {})
        name = paper.id or paper.title
        if name in papers:
            self._say(entry, f"{name[:80]!r} stands on the list of {day} already")
            return
        named = "" if paper.id == title_id(paper.title) else paper.id
        papers[name] = ListedPaper(named, paper.title, entry.upvotes)
        self.by_publication += not entry.listed and self.wanted is None
        if entry.reason:
            self._say(entry, entry.reason)

    def _say(self, entry: _Entry, reason: str) -> None:
        self.problems.append(f"{entry.place}: {reason}" if entry.place else reason)
