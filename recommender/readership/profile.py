"""Profiles of stored readers: the last thing said of each paper, by identity."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from ..corpus import Snapshot
from ..paper import Paper
from ..profiles import LibraryPaper, Profile
from .interests import interests_of
from .opinions import Opinion, last_by_work, opinions_by_reader
from .readers import Reader
from .readership import Readership
from .works import Works

_LIBRARY = "library"


def stored_profile(
    readership: Readership,
    reader: Reader,
    snapshot: Snapshot,
    *,
    upto: int | None = None,
    without: Collection[int] = (),
) -> Profile | None:
    """Make the profile of a stored reader.

    Of each paper the last thing that was said counts, by whichever of its ids. Papers for ``later`` count as
    seen: they are saved and need not be recommended. What a library said beside, collections and days, comes
    along, and papers that the corpus lacks come as they are.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    snapshot : Snapshot
        The state of the corpus that will be asked.
    upto : int, optional
        The number of the last opinion that counts.
    without : collection of int, default ()
        Numbers of opinions that do not count.

    Returns
    -------
    Profile or None
        None where nothing is liked and no interest is there.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import Readership, add_reader, note, stored_profile
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     _ = note(file, mei, "liked", "2106.09685", source="program", at=now)
    ...     stored_profile(file, mei, corpus.snapshot).liked
    ('arxiv:2106.09685',)
    """
    return stored_profiles(readership, [reader], snapshot, upto=upto, without=without)[reader.number]


def stored_profiles(
    readership: Readership,
    readers: Sequence[Reader],
    snapshot: Snapshot,
    *,
    upto: int | None = None,
    without: Collection[int] = (),
) -> dict[int, Profile | None]:
    """Make the profiles of many stored readers, with few questions to the corpus.

    Parameters
    ----------
    readership : Readership
        The file.
    readers : sequence of Reader
        Whose.
    snapshot : Snapshot
        The state of the corpus that will be asked.
    upto : int, optional
        The number of the last opinion that counts.
    without : collection of int, default ()
        Numbers of opinions that do not count.

    Returns
    -------
    dict of int to Profile or None
        By the readers' numbers.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import Readership, add_reader, stored_profiles
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     stored_profiles(file, [mei], corpus.snapshot)
    {1: None}
    """
    said = opinions_by_reader(readership, [reader.number for reader in readers], upto=upto)
    left_out = {*without}
    lines = {number: [one for one in found if one.number not in left_out] for number, found in said.items()}
    works = Works(readership.file, (one.paper for found in lines.values() for one in found), snapshot)
    labels = snapshot.labels({row for rows in works.rows.values() for row in rows})
    ids = {row: paper_id for row, (paper_id, _) in labels.items()}
    return {
        reader.number: _profile(readership, reader, _Said(lines[reader.number], works, ids))
        for reader in readers
    }


def papers_to_leave_out(readership: Readership, reader: Reader, snapshot: Snapshot) -> tuple[str, ...]:
    """Find what a question of a stored reader, which has its own seeds, is not answered with.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    snapshot : Snapshot
        The state of the corpus that will be asked.

    Returns
    -------
    tuple of str
        Ids of the papers that the reader has seen, saved for later or does not like.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import Readership, add_reader, note, papers_to_leave_out
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     _ = note(file, mei, "seen", "2106.09685", source="program", at=now)
    ...     papers_to_leave_out(file, mei, corpus.snapshot)
    ('arxiv:2106.09685',)
    """
    lines = opinions_by_reader(readership, [reader.number])[reader.number]
    works = Works(readership.file, (one.paper for one in lines), snapshot)
    labels = snapshot.labels({row for rows in works.rows.values() for row in rows})
    said = _Said(lines, works, {row: paper_id for row, (paper_id, _) in labels.items()})
    return said.ids("disliked", "seen", "later")


class _Said:
    """What one reader said, by work."""

    def __init__(self, lines: Sequence[Opinion], works: Works, ids: Mapping[int, str]) -> None:
        self._works = works
        self._ids = ids
        self._last = last_by_work(lines, works)
        # What a library says of a paper is true whatever the reader says later, and under which id.
        self._records = {works[line.paper]: line.record for line in lines if line.record}

    def of(self, *kinds: str) -> list[tuple[int, Opinion]]:
        """The works of which one of these was said last, and by which line; in the order of these."""
        found = ((work, line) for work, line in self._last.items() if line.kind in kinds)
        return sorted(found, key=lambda one: one[1].number)

    def paper(self, work: int, line: Opinion) -> LibraryPaper:
        """The paper with what is known of it: by its id in the corpus, or as it was brought."""
        record = self._records.get(work, "")
        brought = LibraryPaper.from_dict(json.loads(record)) if record else LibraryPaper(line.id)
        there = self._id(line)
        named: Paper | str = brought.paper if isinstance(brought.paper, Paper) else line.id
        return LibraryPaper(there or named, brought.collections, brought.added or _day_said(line))

    def _id(self, line: Opinion) -> str | None:
        """Its id in the corpus; None where the corpus lacks it, or has several papers that it may be."""
        ids = [self._ids[row] for row in self._works.rows[line.paper]]
        if line.id in ids:
            return line.id
        return ids[0] if len(ids) == 1 else None

    def ids(self, *kinds: str) -> tuple[str, ...]:
        """All ids in the corpus of papers that the reader need not see again."""
        rows = (row for _, line in self.of(*kinds) for row in self._works.rows[line.paper])
        return tuple(dict.fromkeys(self._ids[row] for row in rows))


def _day_said(line: Opinion) -> str:
    """When a paper was liked; a library that says no day was read at once, and that day is none's."""
    return "" if line.source == _LIBRARY else line.at[:10]


def _profile(readership: Readership, reader: Reader, said: _Said) -> Profile | None:
    interests = interests_of(readership, reader)
    wanted = {one.words for one in interests if not one.avoid}
    unwanted = {one.words for one in interests if one.avoid} - wanted
    liked = _papers(said, "liked")
    if not liked and not wanted:
        return None
    return Profile(
        liked=liked,  # type: ignore[arg-type]
        disliked=_papers(said, "disliked"),  # type: ignore[arg-type]
        seen=said.ids("seen", "later"),
        interests=tuple(sorted(wanted)),
        avoid=tuple(sorted(unwanted)),
        name=reader.name,
    )


def _papers(said: _Said, kind: str) -> tuple[LibraryPaper, ...]:
    return tuple(said.paper(work, line) for work, line in said.of(kind))
