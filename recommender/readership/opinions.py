"""Opinions: what readers say of papers, a line each, appended and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias, get_args

from ..corpus import Snapshot
from ..errors import ParameterError
from ..paper_names import PaperNames
from .moments import moment
from .naming import NamedPaper, papers_named
from .papers import add_papers
from .readers import Reader
from .readership import Readership
from .works import Works

Kind: TypeAlias = Literal["liked", "disliked", "later", "seen", "none"]
"""What is said: ``later`` is to be read, ``none`` takes back what was said before."""

KINDS: tuple[Kind, ...] = get_args(Kind)

_COLUMNS = (
    "opinions.number, reader, paper, papers.id, kind, act, at, source, edition, undoes, record "
    "FROM opinions JOIN papers ON papers.number = opinions.paper"
)
_INSERT = (
    "INSERT INTO opinions (reader, paper, kind, act, at, source, edition, undoes, record) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True)
class Opinion:
    """A line: one reader, one paper.

    Attributes
    ----------
    number : int
        Higher is later.
    reader, paper : int
        The numbers of the reader and of the paper.
    id : str
        The paper's id.
    kind : {"liked", "disliked", "later", "seen", "none"}
        What is said.
    act : int
        Equal for what was said at once.
    at : str
        When, ISO 8601 with zone.
    source : str
        Where it was said: ``command``, ``library``, ``mail``, ``page``.
    edition : int or None
        The edition that it answers.
    undoes : int or None
        The opinion that it takes back.
    record : str
        What the reader's library has of the paper, as JSON; "" for nothing.
    """

    number: int
    reader: int
    paper: int
    id: str
    kind: Kind
    act: int
    at: str
    source: str
    edition: int | None
    undoes: int | None
    record: str


@dataclass(frozen=True)
class Noted:
    """What became of what was said.

    Attributes
    ----------
    opinions : tuple of Opinion
        The new lines.
    unknown : tuple of str
        The ids of papers that the corpus lacks; what is said of them is remembered all the same.
    problems : tuple of str
        A line for each name that stands for several papers, of which nothing was noted.
    """

    opinions: tuple[Opinion, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def note(
    readership: Readership,
    reader: Reader,
    kind: Kind,
    papers: PaperNames,
    *,
    source: str,
    at: datetime,
    edition: int | None = None,
    snapshot: Snapshot | None = None,
) -> Noted:
    """Append what a reader says of papers.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Who says it.
    kind : {"liked", "disliked", "later", "seen", "none"}
        What; the last that was said of a paper counts.
    papers : str, Paper, LibraryPaper, or several
        By id in any spelling, url or exact title, or whole.
    source : str
        Where it was said.
    at : datetime
        When, with a zone.
    edition : int, optional
        The edition that is answered.
    snapshot : Snapshot, optional
        A state of the corpus that knows the papers.

    Returns
    -------
    Noted
        The new opinions, and what was odd.

    Raises
    ------
    ParameterError
        For another kind, and a text that names no paper.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, note
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     noted = note(file, mei, "liked", "2106.09685v2", source="program", at=now)
    ...     [opinion.id for opinion in noted.opinions]
    ['arxiv:2106.09685']
    """
    if kind not in KINDS:
        raise ParameterError(f"{kind!r:.80} is no opinion; say one of {', '.join(KINDS)}")
    named, problems = papers_named(papers, snapshot)
    with readership.file.transaction():
        numbers = numbers_of_named(readership, named, snapshot)
        said = [Said(numbers[one.id], one.id, kind, one.record, None) for one in named]
        noted = append_said(readership, reader, said, source=source, at=at, edition=edition)
    unknown = tuple(one.id for one in named if one.known is False)
    return Noted(noted, unknown, tuple(problems))


def opinions_of(readership: Readership, reader: Reader, *, upto: int | None = None) -> list[Opinion]:
    """Give all that a reader said.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Who.
    upto : int, optional
        The number of the last opinion that counts.

    Returns
    -------
    list of Opinion
        The oldest first.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, note, opinions_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     _ = note(file, mei, "liked", "2106.09685", source="program", at=now)
    ...     [opinion.kind for opinion in opinions_of(file, mei)]
    ['liked']
    """
    return opinions_by_reader(readership, [reader.number], upto=upto)[reader.number]


def opinions_by_reader(
    readership: Readership, readers: Sequence[int], *, upto: int | None = None
) -> dict[int, list[Opinion]]:
    """What each of some readers, by number, said."""
    limit = 2**62 if upto is None else upto
    statement = f"SELECT {_COLUMNS} WHERE reader = ? AND opinions.number <= ? ORDER BY opinions.number"
    return {
        number: [Opinion(*line) for line in readership.file.rows(statement, (number, limit))]
        for number in readers
    }


def last_opinion(readership: Readership, reader: Reader) -> int:
    """Find the number of the last thing that a reader said.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Who.

    Returns
    -------
    int
        0 where nothing was said.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, last_opinion
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     last_opinion(file, mei)
    0
    """
    found = readership.file.row("SELECT max(number) FROM opinions WHERE reader = ?", (reader.number,))
    return int(found[0] or 0) if found else 0


def last_by_work(lines: Iterable[Opinion], works: Works) -> dict[int, Opinion]:
    """By work, the last opinion on it."""
    return {works[line.paper]: line for line in lines}


def last_opinions(
    readership: Readership, lines: Sequence[Opinion], snapshot: Snapshot | None = None
) -> list[Opinion]:
    """Find what was said last of each paper, by whichever of its ids.

    Parameters
    ----------
    readership : Readership
        The file.
    lines : sequence of Opinion
        Of one reader, the oldest first.
    snapshot : Snapshot, optional
        A state of the corpus, which knows more ids of one paper.

    Returns
    -------
    list of Opinion
        In the order in which they were said.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, last_opinions, note, opinions_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     for kind in ("liked", "disliked"):
    ...         _ = note(file, mei, kind, "2106.09685", source="program", at=now)
    ...     [line.kind for line in last_opinions(file, opinions_of(file, mei))]
    ['disliked']
    """
    last = last_by_work(lines, Works(readership.file, (line.paper for line in lines), snapshot))
    return sorted(last.values(), key=lambda line: line.number)


def undo(
    readership: Readership, reader: Reader, *, at: datetime, snapshot: Snapshot | None = None
) -> list[Opinion]:
    """Take back what a reader said last, all that was said at once; it is another line for each paper.

    Again takes back what was said before that.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Whose.
    at : datetime
        Now, with a zone.
    snapshot : Snapshot, optional
        A state of the corpus, which knows more ids of one paper.

    Returns
    -------
    list of Opinion
        The new lines, which say of each paper what was said before; none where nothing is left.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, note, undo
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     _ = note(file, mei, "liked", "2106.09685", source="program", at=now)
    ...     [opinion.kind for opinion in undo(file, mei, at=now)]
    ['none']
    """
    with readership.file.transaction():
        lines = opinions_of(readership, reader)
        undone = {line.undoes for line in lines}
        stands = [line for line in lines if line.undoes is None and line.number not in undone]
        if not stands:
            return []
        taken_back = [line for line in stands if line.act == stands[-1].act]
        works = Works(readership.file, (line.paper for line in lines), snapshot)
        before = last_by_work((line for line in lines if line.number < taken_back[0].number), works)
        said = []
        for line in taken_back:
            earlier = before.get(works[line.paper])
            said.append(Said(line.paper, line.id, earlier.kind if earlier else "none", "", line.number))
        return list(append_said(readership, reader, said, source="undo", at=at))


class Said(NamedTuple):
    """What is said of one paper, by its number and id; which line it takes back."""

    paper: int
    id: str
    kind: Kind
    record: str
    undoes: int | None


def append_said(
    readership: Readership,
    reader: Reader,
    said: Iterable[Said],
    *,
    source: str,
    at: datetime,
    edition: int | None = None,
) -> tuple[Opinion, ...]:
    """Add a line for each paper of which something is said at once. Within a transaction."""
    found = readership.file.row("SELECT coalesce(max(number), 0) + 1 FROM opinions")
    act = int(found[0]) if found else 1
    lines = []
    for one in said:
        values = (one.kind, act, moment(at), source, edition, one.undoes, one.record)
        number = readership.file.insert(_INSERT, (reader.number, one.paper, *values))
        lines.append(Opinion(number, reader.number, one.paper, one.id, *values))
    return tuple(lines)


def numbers_of_named(
    readership: Readership, named: Sequence[NamedPaper], snapshot: Snapshot | None
) -> dict[str, int]:
    """The numbers of papers as they were named, by their ids; those that are new are added."""
    titles, names = {one.id: one.title for one in named}, {one.id: one.names for one in named}
    return add_papers(readership.file, titles, snapshot, names)
