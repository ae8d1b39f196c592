"""The community as a corpus sees it: votes, signals and curated days, by row, with no reader in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..corpus import Snapshot
from .one_row import one_row_of_each
from .readership import Readership


@dataclass(frozen=True)
class RowVote:
    """A vote for a paper; whose is not told.

    Attributes
    ----------
    row : int
        The paper's.
    at : str
        When the reader first voted for it, ISO 8601 in UTC.
    """

    row: int
    at: str


@dataclass(frozen=True)
class RowSignal:
    """What was counted of a paper on a day.

    Attributes
    ----------
    row : int
        The paper's.
    name : str
        What was counted, such as ``upvotes`` or ``citations``.
    value : float
        How many.
    day : str
        The day on which that was measured, YYYY-MM-DD.
    source : str
        Who counted: the counts of two sources are no series.
    """

    row: int
    name: str
    value: float
    day: str
    source: str


@dataclass(frozen=True)
class RowDay:
    """What a curator chose for a day.

    Attributes
    ----------
    day : str
        YYYY-MM-DD.
    curator, sentence : str
        Who chose, and what the curator says of the day.
    rows : tuple of int
        The papers, in the curator's order, each once.
    sentences : tuple of str
        What the curator says of each; "" for nothing.
    missing : tuple of str
        Titles of chosen papers that the corpus lacks, or their ids where no title is known.
    """

    day: str
    curator: str
    sentence: str
    rows: tuple[int, ...]
    sentences: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Community:
    """All that a community said of the papers of a corpus.

    Attributes
    ----------
    votes : tuple of RowVote
        By row and time; one a reader and paper.
    signals : tuple of RowSignal
        By row, name, source and day.
    days : tuple of RowDay
        By day and curator.
    """

    votes: tuple[RowVote, ...] = ()
    signals: tuple[RowSignal, ...] = ()
    days: tuple[RowDay, ...] = ()


def community_of(readership: Readership | None, snapshot: Snapshot) -> Community:
    """Find what the community said of the papers of a corpus.

    A paper has one row whatever it was called: of its versions and twins in the corpus the first by key. So
    a reader who voted for two versions voted once, at the earlier time, and of two counts of one paper by
    one source on one day the higher counts.

    Parameters
    ----------
    readership : Readership or None
        The file of readers; None where there is none.
    snapshot : Snapshot
        The state of the corpus.

    Returns
    -------
    Community
        Without papers that the corpus lacks, but for those that curated days miss. The same for the same
        file and corpus, however they came to be.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.readership import Readership, community_of
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     community_of(file, corpus.snapshot)
    Community(votes=(), signals=(), days=())
    """
    if readership is None:
        return Community()
    named = readership.file.rows(
        "SELECT paper FROM votes UNION SELECT paper FROM signals UNION SELECT paper FROM curated"
    )
    rows = one_row_of_each(readership.file, (paper for (paper,) in named), snapshot)
    return Community(_votes(readership, rows), _signals(readership, rows), _days(readership, rows))


def _votes(readership: Readership, rows: Mapping[int, int]) -> tuple[RowVote, ...]:
    first: dict[tuple[int, int], str] = {}
    for reader, paper, at in readership.file.rows("SELECT reader, paper, at FROM votes"):
        if paper in rows:
            voted, when = (reader, rows[paper]), _in_utc(at)
            first[voted] = min(first.get(voted, when), when)
    found = (RowVote(row, at) for (_, row), at in first.items())
    return tuple(sorted(found, key=lambda vote: (vote.row, vote.at)))


def _in_utc(at: str) -> str:
    """The time without the zone, which is the reader's."""
    return datetime.fromisoformat(at).astimezone(UTC).isoformat(timespec="seconds")


def _signals(readership: Readership, rows: Mapping[int, int]) -> tuple[RowSignal, ...]:
    highest: dict[tuple[int, str, str, str], float] = {}
    for paper, name, source, day, value in readership.file.rows(
        "SELECT paper, name, source, day, value FROM signals"
    ):
        if paper in rows:
            measured = (rows[paper], name, source, day)
            highest[measured] = max(highest.get(measured, 0.0), value)
    return tuple(
        RowSignal(row, name, value, day, source)
        for (row, name, source, day), value in sorted(highest.items())
    )


def _days(readership: Readership, rows: Mapping[int, int]) -> tuple[RowDay, ...]:
    found = readership.file.rows("SELECT number, day, curator, sentence FROM curations ORDER BY day, curator")
    return tuple(_day(readership, rows, *line) for line in found)


def _day(
    readership: Readership, rows: Mapping[int, int], number: int, day: str, curator: str, sentence: str
) -> RowDay:
    chosen: dict[int, str] = {}
    missing = []
    for paper, called, said in readership.file.rows(
        "SELECT papers.number, coalesce(nullif(title, ''), papers.id), sentence "
        "FROM curated JOIN papers ON papers.number = curated.paper WHERE curation = ? ORDER BY place",
        (number,),
    ):
        if paper in rows:
            chosen[rows[paper]] = chosen.get(rows[paper]) or said
        else:
            missing.append(called)
    return RowDay(day, curator, sentence, (*chosen,), (*chosen.values(),), (*missing,))
