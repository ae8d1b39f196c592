"""A ban: papers that nobody is shown, in no version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from indexes import Rows

from ..corpus import Snapshot, find_rows_of
from ..display import pluralize, shortened
from ..errors import ParameterError
from ..paper import Paper
from ..paper_names import PaperNames, papers_in
from ..profiles import LibraryPaper, Profile
from .brought import BroughtPapers

_NAMED = 5
_LONGEST = 60


@dataclass(frozen=True)
class Ban:
    """The banned papers: by name, or the papers themselves.

    A name that several papers have bans them all.
    """

    names: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()

    @classmethod
    def of(cls, banned: PaperNames | Ban | None) -> Ban:
        """What an option `ban` says. Raises ParameterError for what is no paper."""
        if isinstance(banned, Ban):
            return banned
        listed = [] if banned is None else papers_in(banned, whole=(LibraryPaper,))
        papers = [one.paper if isinstance(one, LibraryPaper) else one for one in listed]
        wrong = [one for one in papers if not isinstance(one, (str, Paper))]
        if wrong:
            raise ParameterError(f"ban holds {wrong[0]!r:.60}, which is no paper; give ids, or papers")
        return cls(
            tuple(dict.fromkeys(one for one in papers if isinstance(one, str))),
            tuple(dict.fromkeys(one for one in papers if isinstance(one, Paper))),
        )

    def __bool__(self) -> bool:
        return bool(self.names or self.papers)

    def __len__(self) -> int:
        return len(self.names) + len(self.papers)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of which papers they are, in whatever order they came."""
        papers = (f"{paper.key}\n{paper.title}\n{paper.abstract}" for paper in self.papers)
        lines = sorted([*(f"name {name}" for name in self.names), *(f"paper {paper}" for paper in papers)])
        return hashlib.sha256("\0".join(lines).encode("utf-8", "surrogatepass")).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """What a job's record says of it."""
        return {"papers": len(self), "digest": self.digest}

    def rows(self, snapshot: Snapshot) -> Rows:
        """The rows of the banned papers and of their twins by title or abstract, ascending."""

        def read() -> Rows:
            found = [row for rows in self._found(snapshot).values() for row in rows]
            return snapshot.twins.of(np.unique(np.array(found, np.int64)))

        return np.asarray(snapshot.cached(("ban", self.digest), read), np.int64)

    def problems(self, snapshot: Snapshot) -> tuple[str, ...]:
        """One line on those that are not in this corpus, if there are any."""

        def read() -> Any:
            return np.array([name for name, rows in self._found(snapshot).items() if not rows], np.object_)

        missing = snapshot.cached(("ban unknown", self.digest), read).tolist() if self else []
        if not missing:
            return ()
        count = f"{len(missing):,} of {pluralize(len(self), 'paper')}"
        return (f"ban: {count} not in this corpus: {named_in_short(missing)}",)

    def _found(self, snapshot: Snapshot) -> dict[str, list[int]]:
        """By name, or title, the rows of each."""
        return {**find_rows_of(snapshot, self.names), **dict(self._brought(snapshot))}

    def _brought(self, snapshot: Snapshot) -> Iterator[tuple[str, list[int]]]:
        """The rows of each paper, or of its versions where the corpus lacks it, and the title that it has."""
        if not self.papers:
            return
        profile = Profile(liked=self.papers)  # type: ignore[arg-type]
        for name, one in BroughtPapers(snapshot, [profile]).of(profile).items():
            yield profile.papers[name].title, [*one.versions, *([] if one.row is None else [one.row])]


def named_in_short(names: list[str]) -> str:
    """The first few of some names, and how many there are more."""
    first = ", ".join(repr(shortened(name, _LONGEST)) for name in names[:_NAMED])
    return first + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")
