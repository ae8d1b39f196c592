"""Curated days: what somebody chose for a day, in an order of their own, with their name and a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from ..corpus import Snapshot
from ..errors import ParameterError, ReadershipError
from ..paper import Paper, clean_text
from .lines import checked_line
from .moments import checked_day, moment
from .naming import NamedPaper, checked_paper_name, papers_named, texts_named
from .opinions import numbers_of_named
from .readership import Readership
from .works import Works

_LONGEST_NAME = 200
_LONGEST_SENTENCE = 2000


@dataclass(frozen=True)
class CuratedPaper:
    """A paper that was chosen.

    Parameters
    ----------
    paper : str
        By id in any spelling, url or exact title.
    title : str, default ""
        Its title, for where the corpus lacks it.
    sentence : str, default ""
        What the curator says of it.

    Raises
    ------
    ParameterError
        For a value that cannot be used.

    Examples
    --------
    >>> from recommender.readership import CuratedPaper
    >>> CuratedPaper("2106.09685", sentence="Small and sufficient.").sentence
    'Small and sufficient.'
    """

    paper: str
    title: str = ""
    sentence: str = ""

    def __post_init__(self) -> None:
        checked_paper_name(self.paper)
        object.__setattr__(self, "title", clean_text(self.title))
        object.__setattr__(self, "sentence", checked_sentence(self.sentence, "the sentence about a paper"))


Chosen: TypeAlias = "str | Paper | CuratedPaper"
"""A paper that is chosen: by a name, whole, or with a sentence."""


@dataclass(frozen=True)
class CuratedDay:
    """What a curator chose for a day.

    Attributes
    ----------
    day : str
        YYYY-MM-DD.
    curator, sentence : str
        Who chose, and what the curator says of the day.
    papers : tuple of CuratedPaper
        By their ids, in the curator's order, each once.
    at : str
        When that was said, ISO 8601 with zone.
    """

    day: str
    curator: str
    sentence: str
    papers: tuple[CuratedPaper, ...]
    at: str


@dataclass(frozen=True)
class Curated:
    """What became of a list for a day.

    Attributes
    ----------
    day : CuratedDay
        As it stands now.
    is_new : bool
        Whether something changed: the same list again changes nothing.
    unknown : tuple of str
        Ids of papers that the corpus lacks; they are remembered all the same.
    problems : tuple of str
        A line for each name that stands for several papers, which was left out.
    """

    day: CuratedDay
    is_new: bool
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def curate(
    readership: Readership,
    day: str,
    papers: Chosen | Iterable[Chosen],
    *,
    curator: str,
    sentence: str = "",
    at: datetime,
    snapshot: Snapshot | None = None,
    replaces: bool = False,
) -> Curated:
    """Note what a curator chose for a day. Several curators of a day stand side by side.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    day : str
        YYYY-MM-DD.
    papers : str, Paper, CuratedPaper, or several
        In the order in which they are shown.
    curator : str
        Who chose: a name that is shown to everybody.
    sentence : str, default ""
        What the curator says of the day.
    at : datetime
        Now, with a zone.
    snapshot : Snapshot, optional
        A state of the corpus that knows the papers.
    replaces : bool, default False
        Whether another list of the same curator for this day gives way.

    Returns
    -------
    Curated
        The day, and what was odd.

    Raises
    ------
    ParameterError
        For a value that cannot be used, and for no paper at all.
    ReadershipError
        Where the same curator has another list for the day.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, curate
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     done = curate(file, "2026-11-30", ["2106.09685"], curator="Mei", sentence="One.", at=now)
    >>> [paper.paper for paper in done.day.papers]
    ['arxiv:2106.09685']
    """
    day, curator = checked_day(day), checked_curator(curator)
    sentence = checked_sentence(sentence)
    chosen, problems = _chosen(papers, snapshot)
    with readership.file.transaction():
        numbers = numbers_of_named(readership, [one for one, _ in chosen], snapshot)
        listed = _each_once(readership, numbers, chosen, snapshot)
        if not listed:
            raise ParameterError("; ".join([f"no paper is chosen for {day}; give one at least", *problems]))
        there = _day_of(readership, day, curator)
        new = CuratedDay(day, curator, sentence, tuple(_as_listed(*one) for one in listed), moment(at))
        is_new = there is None or replace(there, at=new.at) != new
        if is_new:
            if there is not None and not replaces:
                raise ReadershipError(
                    f"{curator!r:.80} has another list for {day} already, of {len(there.papers)} papers; "
                    "say that it is to be replaced, or withdraw it"
                )
            _write(readership, new, [numbers[one.id] for one, _ in listed])
    unknown = tuple(one.id for one, _ in listed if one.known is False)
    return Curated(new if there is None or is_new else there, is_new, unknown, tuple(problems))


def curated_days(readership: Readership) -> list[CuratedDay]:
    """Give all curated days.

    Parameters
    ----------
    readership : Readership
        The file.

    Returns
    -------
    list of CuratedDay
        By day and curator.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, curate, curated_days
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     _ = curate(file, "2026-11-30", "2106.09685", curator="Mei", at=now)
    ...     [(day.day, day.curator) for day in curated_days(file)]
    [('2026-11-30', 'Mei')]
    """
    found = readership.file.rows(
        "SELECT number, day, curator, sentence, at FROM curations ORDER BY day, curator"
    )
    return [_read(readership, *line) for line in found]


def withdraw_day(readership: Readership, day: str, *, curator: str) -> CuratedDay:
    """Take a curator's list for a day out.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    day : str
        YYYY-MM-DD.
    curator : str
        Whose list.

    Returns
    -------
    CuratedDay
        What it was.

    Raises
    ------
    ReadershipError
        Where there is none; the message has who curated the day.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, curate, curated_days, withdraw_day
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     _ = curate(file, "2026-11-30", "2106.09685", curator="Mei", at=now)
    ...     _ = withdraw_day(file, "2026-11-30", curator="Mei")
    ...     curated_days(file)
    []
    """
    day, curator = checked_day(day), checked_curator(curator)
    with readership.file.transaction():
        found = _day_of(readership, day, curator)
        if found is None:
            of_day = "SELECT curator FROM curations WHERE day = ? ORDER BY curator"
            others = ", ".join(name for (name,) in readership.file.rows(of_day, (day,)))
            hint = f"there are those of {others}" if others else "nobody has one for that day"
            raise ReadershipError(f"{curator!r:.80} has no list for {day}; {hint}")
        _delete(readership, day, curator)
    return found


def checked_curator(name: str) -> str:
    """The name of a curator as it is stored. Raises ParameterError for what can be none."""
    return checked_line(name, "the curator's name", longest=_LONGEST_NAME)


def checked_sentence(text: str, what: str = "the sentence about a day") -> str:
    """On one line: sentences are copied with their breaks."""
    return checked_line(" ".join(text.split()), what, longest=_LONGEST_SENTENCE, may_be_empty=True)


def _chosen(
    papers: Chosen | Iterable[Chosen], snapshot: Snapshot | None
) -> tuple[list[tuple[NamedPaper, CuratedPaper]], list[str]]:
    """Which papers are meant, with what was said of each, and a line for each name that is several's."""
    one = isinstance(papers, (str, Paper, CuratedPaper))
    listed: Sequence[Chosen] = [papers] if one else list(papers)  # type: ignore[list-item, arg-type]
    texts = [item if isinstance(item, str) else item.paper for item in listed if not isinstance(item, Paper)]
    named, problems = texts_named(texts, snapshot)
    found = []
    for item in listed:
        if isinstance(item, Paper):
            whole, odd = papers_named(item, snapshot)
            found += [(paper, CuratedPaper(paper.id, paper.title)) for paper in whole]
            problems += odd
            continue
        said = CuratedPaper(item) if isinstance(item, str) else item
        if said.paper in named:
            found.append((_titled(named[said.paper], said.title), said))
    return found, problems


def _titled(paper: NamedPaper, title: str) -> NamedPaper:
    """With the title that was given, by which a paper may be told in a corpus that has it later."""
    return paper if paper.known or not title else replace(paper, title=title)


def _each_once(
    readership: Readership,
    numbers: dict[str, int],
    chosen: Iterable[tuple[NamedPaper, CuratedPaper]],
    snapshot: Snapshot | None,
) -> list[tuple[NamedPaper, CuratedPaper]]:
    works = Works(readership.file, numbers.values(), snapshot)
    first: dict[int, tuple[NamedPaper, CuratedPaper]] = {}
    for one in chosen:
        first.setdefault(works[numbers[one[0].id]], one)
    return list(first.values())


def _as_listed(paper: NamedPaper, said: CuratedPaper) -> CuratedPaper:
    return CuratedPaper(paper.id, paper.title if paper.known else said.title, said.sentence)


def _day_of(readership: Readership, day: str, curator: str) -> CuratedDay | None:
    found = readership.file.row(
        "SELECT number, day, curator, sentence, at FROM curations WHERE day = ? AND curator = ?",
        (day, curator),
    )
    return None if found is None else _read(readership, *found)


def _read(readership: Readership, number: int, day: str, curator: str, sentence: str, at: str) -> CuratedDay:
    papers = readership.file.rows(
        "SELECT papers.id, title, sentence FROM curated JOIN papers ON papers.number = curated.paper "
        "WHERE curation = ? ORDER BY place",
        (number,),
    )
    return CuratedDay(day, curator, sentence, tuple(CuratedPaper(*line) for line in papers), at)


def _write(readership: Readership, day: CuratedDay, papers: Sequence[int]) -> None:
    _delete(readership, day.day, day.curator)
    number = readership.file.insert(
        "INSERT INTO curations (day, curator, sentence, at) VALUES (?, ?, ?, ?)",
        (day.day, day.curator, day.sentence, day.at),
    )
    lines = enumerate(zip(papers, day.papers, strict=True))
    readership.file.many(
        "INSERT INTO curated VALUES (?, ?, ?, ?, ?)",
        ((number, place, paper, one.title, one.sentence) for place, (paper, one) in lines),
    )


def _delete(readership: Readership, day: str, curator: str) -> None:
    readership.file.rows("DELETE FROM curations WHERE day = ? AND curator = ?", (day, curator))
