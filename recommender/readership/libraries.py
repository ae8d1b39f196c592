"""Libraries of stored readers: what of a file is new, and what came from it once and is there no more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..corpus import Snapshot
from ..profiles import Profile
from .interests import Interest, add_interests, drop_interests, interests_of
from .naming import NamedPaper, papers_named
from .opinions import Kind, Opinion, Said, append_said, last_by_work, numbers_of_named, opinions_of
from .readers import Reader
from .readership import Readership
from .works import Works

LIBRARY = "library"
"""The source of opinions, and the origin of interests, that a file says."""

_ROLES: tuple[Kind, ...] = ("liked", "disliked", "seen")


@dataclass(frozen=True)
class LibraryChange:
    """What a file says that was not known, and what is known and it says no more.

    Attributes
    ----------
    came : tuple of Opinion
        The new lines; also those of papers of which it says more now.
    words : tuple of Interest
        The new interests.
    went : tuple of Opinion
        What it said before and does not say now, where nothing else was said since. It still counts.
    words_went : tuple of Interest
        The interests that it had before.
    unknown : tuple of str
        Ids of its papers that the corpus lacks.
    problems : tuple of str
        A line for each name that stands for several papers.
    """

    came: tuple[Opinion, ...]
    words: tuple[Interest, ...]
    went: tuple[Opinion, ...]
    words_went: tuple[Interest, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def add_library(
    readership: Readership,
    reader: Reader,
    profile: Profile,
    *,
    at: datetime,
    snapshot: Snapshot | None = None,
) -> LibraryChange:
    """Add what a library, or a file of profiles, says of papers and interests and did not say before.

    What a reader said otherwise since stays: a paper that came once from the library and is disliked now is
    not liked again by reading the same library again.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Whose.
    profile : Profile
        What the library says.
    at : datetime
        Now, with a zone.
    snapshot : Snapshot, optional
        A state of the corpus that knows the papers.

    Returns
    -------
    LibraryChange
        What came, and what went: that counts until `take_back`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Profile
    >>> from recommender.readership import Readership, add_library, add_reader
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     change = add_library(file, mei, Profile(liked=["2106.09685"]), at=now)
    ...     [line.id for line in change.came]
    ['arxiv:2106.09685']
    """
    with readership.file.transaction():
        named, problems = _named(profile, snapshot)
        papers = [one for _, one in named]
        numbers = numbers_of_named(readership, papers, snapshot)
        lines = opinions_of(readership, reader)
        works = Works(readership.file, [*numbers.values(), *(line.paper for line in lines)], snapshot)
        known = _Known(lines, works)
        there = {works[numbers[one.id]] for one in papers}
        came = [
            Said(numbers[one.id], one.id, kind, one.record, None)
            for kind, one in named
            if known.is_new(works[numbers[one.id]], kind, one.record)
        ]
        words = _interests(profile)
        had = [one for one in interests_of(readership, reader) if one.origin == LIBRARY]
        return LibraryChange(
            append_said(readership, reader, came, source=LIBRARY, at=at),
            tuple(add_interests(readership, reader, words)),
            tuple(known.gone(there)),
            tuple(one for one in had if one not in words),
            tuple(one.id for one in papers if one.known is False),
            tuple(problems),
        )


def take_back(
    readership: Readership, reader: Reader, change: LibraryChange, *, at: datetime
) -> tuple[Opinion, ...]:
    """Take back what a library said before and does not say now.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Whose.
    change : LibraryChange
        What `add_library` found.
    at : datetime
        Now, with a zone.

    Returns
    -------
    tuple of Opinion
        The new lines.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Profile
    >>> from recommender.readership import Readership, add_library, add_reader, take_back
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     _ = add_library(file, mei, Profile(liked=["2106.09685"]), at=now)
    ...     change = add_library(file, mei, Profile(liked=["2305.13245"]), at=now)
    ...     [line.id for line in take_back(file, mei, change, at=now)]
    ['arxiv:2106.09685']
    """
    with readership.file.transaction():
        drop_interests(readership, reader, (one.name for one in change.words_went))
        said = (Said(line.paper, line.id, "none", "", None) for line in change.went)
        return append_said(readership, reader, said, source=LIBRARY, at=at)


class _Known:
    """What the library said before, by work, and what was said last at all."""

    def __init__(self, lines: Sequence[Opinion], works: Works) -> None:
        undone = {line.undoes for line in lines}
        of_library = (line for line in lines if line.source == LIBRARY and line.number not in undone)
        self._said = last_by_work(of_library, works)
        self._last = last_by_work(lines, works)

    def is_new(self, work: int, kind: Kind, record: str) -> bool:
        """Whether the library did not say this; of what it says still, whether it says more of the paper."""
        before = self._said.get(work)
        if before is None or before.kind != kind:
            return True
        return bool(record) and record != before.record and self._last[work] == before

    def gone(self, there: Collection[int]) -> Iterable[Opinion]:
        """What the library said of works that are not there, where that is the last that was said of them."""
        return (
            line
            for work, line in self._said.items()
            if work not in there and line.kind != "none" and self._last[work] == line
        )


def _named(profile: Profile, snapshot: Snapshot | None) -> tuple[list[tuple[Kind, NamedPaper]], list[str]]:
    """The papers of a profile, each with what is said of it, and what names several."""
    found: list[tuple[Kind, NamedPaper]] = []
    problems: list[str] = []
    for kind in _ROLES:
        named, odd = papers_named(profile.listed(kind), snapshot)
        found += ((kind, one) for one in named)
        problems += odd
    return found, problems


def _interests(profile: Profile) -> list[Interest]:
    wanted = [Interest(text, text, origin=LIBRARY) for text in profile.interests]
    return wanted + [Interest(text, text, avoid=True, origin=LIBRARY) for text in profile.avoid]
