"""Votes: a reader is for a paper, once, by whichever of its ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..corpus import Snapshot
from ..paper_names import PaperNames
from .moments import moment
from .naming import NamedPaper, papers_named
from .opinions import numbers_of_named
from .readers import Reader, refuse_nobody
from .readership import Readership
from .works import Works


@dataclass(frozen=True)
class Vote:
    """One reader is for one paper.

    Attributes
    ----------
    reader : int
        The reader's number.
    paper : str
        The paper's id.
    at : str
        When, ISO 8601 with zone.
    """

    reader: int
    paper: str
    at: str


@dataclass(frozen=True)
class VotesCast:
    """What became of the votes that a reader cast or took back.

    Attributes
    ----------
    changed : tuple of str
        The ids of papers that got the vote, or lost it.
    unchanged : tuple of str
        The ids of papers that had it already, or had none to lose.
    unknown : tuple of str
        The ids of papers that the corpus lacks; votes for them are remembered all the same.
    problems : tuple of str
        A line for each name that stands for several papers, of which nothing was changed.
    """

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def cast_votes(
    readership: Readership,
    reader: Reader,
    papers: PaperNames,
    *,
    at: datetime,
    snapshot: Snapshot | None = None,
) -> VotesCast:
    """Note that a reader is for papers; who voted for a version of one before has voted for it.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Who.
    papers : str, Paper, LibraryPaper, or several
        By id in any spelling, url or exact title, or whole.
    at : datetime
        When, with a zone.
    snapshot : Snapshot, optional
        A state of the corpus that knows the papers.

    Returns
    -------
    VotesCast
        Which papers got the vote, and what was odd.

    Raises
    ------
    ParameterError
        For a text that names no paper, and a time without a zone.
    ReaderUnknown
        For a reader who was forgotten.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, cast_votes
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     cast_votes(file, mei, ["2106.09685", "2106.09685v2"], at=now).changed
    ('arxiv:2106.09685',)
    """
    named, problems = papers_named(papers, snapshot)
    file = readership.file
    with file.transaction():
        refuse_nobody(readership, reader)
        numbers = numbers_of_named(readership, named, snapshot)
        there = _voted_for(readership, reader)
        works = Works(file, [*numbers.values(), *there], snapshot)
        has_vote = {works[paper] for paper in there}
        changed = []
        for one in named:
            if works[numbers[one.id]] not in has_vote:
                has_vote.add(works[numbers[one.id]])
                values = (reader.number, numbers[one.id], moment(at))
                file.rows("INSERT INTO votes VALUES (?, ?, ?)", values)
                changed.append(one.id)
    return _cast(named, changed, problems)


def take_back_votes(
    readership: Readership, reader: Reader, papers: PaperNames, *, snapshot: Snapshot | None = None
) -> VotesCast:
    """Take back a reader's votes, by whichever ids of the papers they were cast.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Whose.
    papers : str, Paper, LibraryPaper, or several
        By id in any spelling, url or exact title, or whole.
    snapshot : Snapshot, optional
        A state of the corpus that knows the papers.

    Returns
    -------
    VotesCast
        Which papers lost the vote, and what was odd.

    Raises
    ------
    ParameterError
        For a text that names no paper.
    ReaderUnknown
        For a reader who was forgotten.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, cast_votes, take_back_votes, votes_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     _ = cast_votes(file, mei, "2106.09685", at=now)
    ...     _ = take_back_votes(file, mei, "2106.09685v2")
    ...     votes_of(file)
    []
    """
    named, problems = papers_named(papers, snapshot)
    file = readership.file
    with file.transaction():
        refuse_nobody(readership, reader)
        numbers = numbers_of_named(readership, named, snapshot)
        there = _voted_for(readership, reader)
        works = Works(file, [*numbers.values(), *there], snapshot)
        has_vote = {works[paper] for paper in there}
        changed = [one.id for one in named if works[numbers[one.id]] in has_vote]
        gone = {works[numbers[one]] for one in changed}
        lines = ((reader.number, paper) for paper in there if works[paper] in gone)
        file.many("DELETE FROM votes WHERE reader = ? AND paper = ?", lines)
    return _cast(named, changed, problems)


def votes_of(
    readership: Readership, reader: Reader | None = None, *, snapshot: Snapshot | None = None
) -> list[Vote]:
    """Give the votes, one a reader and paper: where papers came to be one since, the earliest.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader, optional
        Whose; of all readers by default.
    snapshot : Snapshot, optional
        A state of the corpus, which knows more ids of one paper.

    Returns
    -------
    list of Vote
        The earliest first.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, cast_votes, votes_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     _ = cast_votes(file, mei, "2106.09685", at=now)
    ...     [vote.paper for vote in votes_of(file)]
    ['arxiv:2106.09685']
    """
    lines = readership.file.rows(
        "SELECT reader, paper, papers.id, at FROM votes JOIN papers ON papers.number = votes.paper "
        "WHERE ? IN (reader, -1)",
        (-1 if reader is None else reader.number,),
    )
    works = Works(readership.file, (paper for _, paper, _, _ in lines), snapshot)
    first: dict[tuple[int, int], Vote] = {}
    for number, paper, paper_id, at in sorted(lines, key=_by_time):
        first.setdefault((number, works[paper]), Vote(number, paper_id, at))
    return list(first.values())


def _by_time(line: tuple[int, int, str, str]) -> tuple[datetime, int, str]:
    reader, _, paper_id, at = line
    return datetime.fromisoformat(at), reader, paper_id


def _voted_for(readership: Readership, reader: Reader) -> list[int]:
    found = readership.file.rows("SELECT paper FROM votes WHERE reader = ? ORDER BY paper", (reader.number,))
    return [paper for (paper,) in found]


def _cast(named: Iterable[NamedPaper], changed: Iterable[str], problems: Iterable[str]) -> VotesCast:
    did = dict.fromkeys(changed)
    stayed = tuple(one.id for one in named if one.id not in did)
    unknown = tuple(one.id for one in named if one.known is False)
    return VotesCast((*did,), stayed, unknown, (*problems,))
