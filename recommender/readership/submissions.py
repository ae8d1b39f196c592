"""Submissions: papers that somebody proposes, and what was decided on each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args

from ..corpus import Snapshot
from ..errors import ParameterError
from ..paper import Paper
from ..paper_names import PaperNames
from ..profiles import LibraryPaper
from .database import naming
from .lines import checked_line
from .moments import moment
from .naming import NamedPaper, papers_named
from .opinions import numbers_of_named
from .readers import Reader, refuse_nobody
from .readership import Readership
from .works import Works

Decision: TypeAlias = Literal["waiting", "taken", "declined"]
"""How far a submission is."""

DECISIONS: tuple[Decision, ...] = get_args(Decision)

_LONGEST = 2000  # characters of a reason
_COLUMNS = (
    "submissions.number, papers.id, record, reader, at, state, said, decided "
    "FROM submissions JOIN papers ON papers.number = submissions.paper"
)


@dataclass(frozen=True)
class Submission:
    """A paper that somebody proposes.

    Attributes
    ----------
    number : int
        Higher is later.
    paper : str
        The paper's id.
    record : Paper or None
        The paper itself, where it was given and not only named.
    reader : int or None
        The number of the reader who proposes it; None where nobody says, or who was forgotten.
    at : str
        When, ISO 8601 with zone.
    state : {"waiting", "taken", "declined"}
        How far it is.
    said : str
        Why it was taken or declined; "" for nothing.
    decided : str
        When; "" while it waits.
    """

    number: int
    paper: str
    record: Paper | None
    reader: int | None
    at: str
    state: Decision
    said: str
    decided: str


@dataclass(frozen=True)
class Submitted:
    """What became of papers that somebody proposes.

    Attributes
    ----------
    new : tuple of Submission
        Those that wait now.
    already : tuple of Submission
        Those of before that are of the same papers, and wait or were taken.
    unknown : tuple of str
        The ids of papers that the corpus lacks.
    problems : tuple of str
        A line for each name that stands for several papers, which is not proposed.
    """

    new: tuple[Submission, ...]
    already: tuple[Submission, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def submit(
    readership: Readership,
    papers: PaperNames,
    *,
    reader: Reader | None = None,
    at: datetime,
    snapshot: Snapshot | None = None,
) -> Submitted:
    """Propose papers. One that waits or was taken, by whichever of its ids, is not proposed again.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    papers : str, Paper, LibraryPaper, or several
        By id in any spelling, url or exact title, or whole; what a library says beside is left out.
    reader : Reader, optional
        Who proposes them.
    at : datetime
        Now, with a zone.
    snapshot : Snapshot, optional
        A state of the corpus that knows the papers.

    Returns
    -------
    Submitted
        What waits now, and what was odd.

    Raises
    ------
    ParameterError
        For a text that names no paper.
    ReaderUnknown
        For a reader who was forgotten.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, submit
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     done = submit(file, "2106.09685", at=now)
    >>> [(one.number, one.paper, one.state) for one in done.new]
    [(1, 'arxiv:2106.09685', 'waiting')]
    """
    named, problems = papers_named(papers, snapshot)
    file = readership.file
    with file.transaction():
        if reader is not None:
            refuse_nobody(readership, reader)
        numbers = numbers_of_named(readership, named, snapshot)
        before = dict(file.rows("SELECT number, paper FROM submissions WHERE state <> 'declined'"))
        works = Works(file, [*numbers.values(), *before.values()], snapshot)
        proposed = {works[paper]: number for number, paper in sorted(before.items(), reverse=True)}
        new, already = [], []
        for one in named:
            work = works[numbers[one.id]]
            if work in proposed:
                already.append(proposed[work])
                continue
            proposed[work] = file.insert(
                "INSERT INTO submissions (paper, record, reader, at, state, said, decided) "
                "VALUES (?, ?, ?, ?, 'waiting', '', '')",
                (numbers[one.id], _record(one), None if reader is None else reader.number, moment(at)),
            )
            new.append(proposed[work])
        return Submitted(
            tuple(_numbered(readership, number) for number in new),
            tuple(_numbered(readership, number) for number in dict.fromkeys(already) if number not in new),
            tuple(one.id for one in named if one.known is False),
            tuple(problems),
        )


def decide(
    readership: Readership, number: int, state: Decision, *, said: str = "", at: datetime
) -> Submission:
    """Take a submission or decline it, or let it wait again.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    number : int
        Which.
    state : {"waiting", "taken", "declined"}
        What is decided.
    said : str, default ""
        Why, for whoever proposed it.
    at : datetime
        Now, with a zone.

    Returns
    -------
    Submission
        As it is now.

    Raises
    ------
    ParameterError
        For a number that no submission has, another state and a reason that is no line of text.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, decide, submit
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     _ = submit(file, "2106.09685", at=now)
    ...     decide(file, 1, "declined", said="It was on the list of last week.", at=now).state
    'declined'
    """
    _check(state)
    why = checked_line(" ".join(said.split()), "the reason", longest=_LONGEST, may_be_empty=True)
    decided = "" if state == "waiting" else moment(at)
    with readership.file.transaction():
        _numbered(readership, number)
        readership.file.rows(
            "UPDATE submissions SET state = ?, said = ?, decided = ? WHERE number = ?",
            (state, why, decided, number),
        )
        return _numbered(readership, number)


def submissions(
    readership: Readership, *, state: Decision | None = None, reader: Reader | None = None
) -> list[Submission]:
    """Give the submissions.

    Parameters
    ----------
    readership : Readership
        The file.
    state : {"waiting", "taken", "declined"}, optional
        Those that are so far; all by default.
    reader : Reader, optional
        Whose; everybody's by default.

    Returns
    -------
    list of Submission
        The oldest first.

    Raises
    ------
    ParameterError
        For another state.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, submissions, submit
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     _ = submit(file, ["2106.09685", "1706.03762"], at=now)
    ...     [one.paper for one in submissions(file, state="waiting")]
    ['arxiv:2106.09685', 'arxiv:1706.03762']
    """
    if state is not None:
        _check(state)
    lines = readership.file.rows(f"SELECT {_COLUMNS} ORDER BY submissions.number")
    with naming(readership.file.path, readership.file.called):
        found = [_submission(*line) for line in lines]
    of = None if reader is None else reader.number
    return [one for one in found if state in (None, one.state) and of in (None, one.reader)]


def _check(state: str) -> None:
    if state not in DECISIONS:
        raise ParameterError(f"{state!r:.40} is no decision; say one of {', '.join(DECISIONS)}")


def _numbered(readership: Readership, number: int) -> Submission:
    found = readership.file.row(f"SELECT {_COLUMNS} WHERE submissions.number = ?", (number,))
    if found is None:
        raise ParameterError(f"no submission has the number {number}; `recommender submissions` lists them")
    with naming(readership.file.path, readership.file.called):
        return _submission(*found)


def _submission(number: int, paper: str, record: str, *others: Any) -> Submission:
    return Submission(number, paper, Paper.from_json(record) if record else None, *others)


def _record(named: NamedPaper) -> str:
    """The paper that was given, without what somebody's library says of it."""
    given = LibraryPaper.from_dict(json.loads(named.record)).paper if named.record else named.id
    return given.to_json() if isinstance(given, Paper) else ""
