"""Why a reader's list is another one than before: what each opinion since the last edition did to it.

Nothing is guessed: the list is made with and without each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..corpus import Snapshot
from ..profiles import Profile
from ..recommendations import Recommendations
from .editions import Edition
from .opinions import Opinion, opinions_of
from .profile import stored_profile
from .readers import Reader
from .readership import Readership
from .works import Works

_MOST = 30
"""Answers that one question may take: opinions beyond are tried by what was said at once."""


@dataclass(frozen=True)
class Change:
    """A paper that came into the list, or left it.

    Attributes
    ----------
    id, title : str
        Which.
    before, now : int or None
        Its place before and now, from 1; None where it is not in the list.
    by : tuple of Opinion
        Those without any one of which it would be as before; none where several together did it.
    """

    id: str
    title: str
    before: int | None
    now: int | None
    by: tuple[Opinion, ...]


@dataclass(frozen=True)
class Changes:
    """What became of a reader's list.

    Attributes
    ----------
    since : Edition or None
        The edition since which; None for all that was ever said.
    opinions : tuple of Opinion
        What was said since, of each paper the last.
    papers : tuple of Change
        What came, by its place, then what left.
    now : Recommendations or None
        The list as it is; None where nothing is liked.
    """

    since: Edition | None
    opinions: tuple[Opinion, ...]
    papers: tuple[Change, ...]
    now: Recommendations | None


def changes_since(
    readership: Readership,
    reader: Reader,
    since: Edition | None,
    snapshot: Snapshot,
    recommend: Callable[[Profile], Recommendations],
) -> Changes:
    """Find what the opinions since an edition did to a reader's list of today.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    since : Edition or None
        The edition; None for all that was ever said.
    snapshot : Snapshot
        The state of the corpus that `recommend` asks.
    recommend : callable
        Gives the list of a profile.

    Returns
    -------
    Changes
        Of the list that the corpus gives now: papers that it got since are in both.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus, Recommender
    >>> from recommender.readership import Readership, add_reader, changes_since, note
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     _ = note(file, mei, "liked", "2106.09685", source="program", at=now)
    ...     ask = Recommender(corpus).recommend
    ...     found = changes_since(file, mei, None, corpus.snapshot, lambda profile: ask(profile, k=1))
    ...     [(one.id, one.now) for one in found.papers]
    [('arxiv:2403.03507', 1)]
    """

    def made(*, upto: int | None = None, without: Iterable[int] = ()) -> Recommendations | None:
        profile = stored_profile(readership, reader, snapshot, upto=upto, without=[*without])
        return None if profile is None else recommend(profile)

    first = since.opinions if since is not None else 0
    lines = [line for line in opinions_of(readership, reader) if line.number > first]
    works = Works(readership.file, (line.paper for line in lines), snapshot)
    last = {works[line.paper]: line for line in lines}
    groups = _groups(lines, works)
    before, now = made(upto=first), made()
    tried = [({*_ids(made(without=group))}, group) for group in groups] if before or now else []
    said = {line.number: line for line in last.values()}
    changes = []
    for paper_id, title in {**_titles(now), **_titles(before)}.items():
        was, is_ = _place(before, paper_id), _place(now, paper_id)
        if (was is None) == (is_ is None):
            continue
        decisive = (group for there, group in tried if (paper_id in there) == (was is not None))
        by = [said[number] for group in decisive for number in group if number in said]
        changes.append(Change(paper_id, title, was, is_, tuple(sorted(by, key=lambda line: line.number))))
    changes.sort(key=lambda one: (one.now is None, one.now or one.before or 0))
    return Changes(since, tuple(sorted(last.values(), key=lambda line: line.number)), tuple(changes), now)


def _groups(lines: Sequence[Opinion], works: Works) -> list[list[int]]:
    """The numbers of what is left out together: what was said of one paper, or of too many at once."""
    by_work: dict[int, list[int]] = {}
    by_act: dict[int, list[int]] = {}
    for line in lines:
        by_work.setdefault(works[line.paper], []).append(line.number)
        by_act.setdefault(line.act, []).append(line.number)
    groups = by_work if len(by_work) <= _MOST else by_act
    return list(groups.values())[-_MOST:]


def _ids(made: Recommendations | None) -> list[str]:
    return [] if made is None else made.ids


def _titles(made: Recommendations | None) -> dict[str, str]:
    return {} if made is None else {item.paper.id: item.paper.title for item in made}


def _place(made: Recommendations | None, paper_id: str) -> int | None:
    ids = _ids(made)
    return ids.index(paper_id) + 1 if paper_id in ids else None
