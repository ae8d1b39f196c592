"""Neighbour fields: the topics nearest to a reader's papers of which the reader has none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .._extras import extra
from ..corpus import Filters, Snapshot, filter_warnings
from ..display import Column, bar, link, shortened, stacked, table
from ..interests import adjacent_groups
from ..paper import Paper
from ..topics import name_groups
from .candidates import near_rows
from .profile_vectors import ProfileVectors

if TYPE_CHECKING:
    import pandas as pd


# Neighbours of a library that are grouped: few more than it holds are all of its own subjects.
_NEIGHBOURS = 2000

_SHOWN, _TITLE = 5, 160

_NOTHING = "nothing lies beyond"


@dataclass(frozen=True)
class NeighbourField:
    """A group of papers that are about one thing, of which the reader has none.

    `terms` say what it is about, `papers` are its most central ones; `size` is how many papers it has,
    `closeness` their mean cosine to the reader's nearest paper, in [-1, 1].
    """

    terms: tuple[str, ...]
    papers: tuple[Paper, ...]
    size: int
    closeness: float

    def __str__(self) -> str:
        titles = "\n".join(f"  {paper.title} [{paper.id}]" for paper in self.papers)
        return f"{', '.join(self.terms)} ({self.size} papers, closeness {self.closeness:.2f})\n{titles}"


class NeighbourFields(tuple[NeighbourField, ...]):
    """The fields, the nearest first. `problems` say in one line each what of the profile was not used,
    `filtered` what filters leave out; `warnings` are both.
    """

    problems: tuple[str, ...]
    filtered: tuple[str, ...]

    def __new__(
        cls,
        fields: Iterable[NeighbourField] = (),
        problems: tuple[str, ...] = (),
        filtered: tuple[str, ...] = (),
    ) -> Self:
        """Of the fields themselves, as of any tuple, of the problems, and of what filters leave out."""
        self = super().__new__(cls, fields)
        self.problems, self.filtered = problems, filtered
        return self

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that is to be said of the answer, one line each."""
        return (*self.problems, *self.filtered)

    def to_frame(self) -> pd.DataFrame:
        """One line for each field: its terms, how many papers, its closeness, and the most central paper."""
        with extra("frames"):
            import pandas as pd

        lines = [
            (", ".join(field.terms), field.size, field.closeness, field.papers[0].id, field.papers[0].title)
            for field in self
        ]
        return pd.DataFrame(lines, columns=["terms", "papers", "closeness", "central_id", "central_title"])

    def __str__(self) -> str:
        return "\n\n".join(map(str, self)) or _NOTHING

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows where it cannot show a table."""
        printer.text("\n".join([str(self), *self.warnings]))

    def _repr_html_(self) -> str:
        lines = (
            (
                bar(field.closeness, f"{field.closeness:.2f}"),
                ", ".join(field.terms),
                str(field.size),
                stacked(*(link(shortened(paper.title, _TITLE), paper.url) for paper in field.papers)),
            )
            for field in self
        )
        columns = (
            Column("closeness", whole=True),
            Column("field"),
            Column("papers", figures=True),
            Column("most central"),
        )
        return table(columns, lines, notes=[*self.warnings, *([] if self else [_NOTHING])])


def find_fields(snapshot: Snapshot, profile: ProfileVectors, filters: Filters, k: int) -> NeighbourFields:
    """The `k` fields nearest to the liked papers that hold none of them, the nearest first.

    None where no liked paper has a vector.
    """
    likes = profile.likes[profile.likes.any(axis=1)]
    if not len(likes):
        return NeighbourFields((), profile.problems)
    rows = near_rows(snapshot, profile, likes, _NEIGHBOURS, filters)
    vectors = snapshot.vectors(rows)
    nearest = np.argsort(-(vectors @ likes.T).max(axis=1), kind="stable")[:_NEIGHBOURS]
    rows = rows[np.sort(nearest)]
    fields = adjacent_groups(snapshot.vectors(rows), likes)
    names = name_groups(snapshot, [rows[field.members] for field in fields], most=k)
    found = (
        NeighbourField(
            terms,
            tuple(snapshot.papers(rows[field.members[:_SHOWN]].tolist())),
            len(field.members),
            float(snapshot.cosine_scale.of(np.array(field.closeness))),
        )
        for field, terms in zip(fields[:k], names, strict=True)
    )
    return NeighbourFields(found, profile.problems, filter_warnings(snapshot, filters))
