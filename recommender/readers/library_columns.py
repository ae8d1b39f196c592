"""What the tables of library programs and of screening tools say of a paper beside the paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .columns import normal_name
from .dates import published
from .items import LibraryFacts
from .lists import categories
from .values import text

_RATING = ("included", "labelincluded", "asreviewlabel", "finalincluded")
_LIKED = ("liked",)
_STARS = ("rating", "myrating", "stars")
_OF_FIVE = ("myrating", "stars")
_ADDED = ("dateadded", "added", "addeddate", "createddate", "dateimported")
_COLLECTIONS = ("collections", "collection", "folders", "folder", "groups", "lists")
_NOTES = ("notes",)
_YES = frozenset({"1", "1.0", "yes", "true", "included", "include", "relevant", "y"})
_NO = frozenset({"0", "0.0", "no", "false", "excluded", "exclude", "irrelevant", "n"})
# Rayyan writes each screener's decision into the notes.
_RAYYAN = re.compile(r"RAYYAN-INCLUSION: *\{([^{}]*)\}")
_DECISION = re.compile(r"=> *\"+(\w+)\"+")


@dataclass(frozen=True)
class LibraryPlan:
    """The columns that say something, each empty where there is none."""

    rating: str = ""
    stars: str = ""
    added: str = ""
    collections: str = ""
    notes: str = ""

    @property
    def columns(self) -> frozenset[str]:
        """All of them."""
        return frozenset(filter(None, (self.rating, self.stars, self.added, self.collections)))

    def facts(self, record: Mapping[str, object]) -> LibraryFacts | None:
        """What a record says; None for nothing."""
        rating = self._decision(_written(record.get(self.rating))) if self.rating else None
        if rating is None and self.notes:
            rating = _screened(text(record.get(self.notes)))
        stars = _written(record.get(self.stars)) if self.stars and rating is None else ""
        added = published(record.get(self.added)) if self.added else ""
        found = LibraryFacts(
            collections=categories(record.get(self.collections)) if self.collections else (),
            added=added or "",
            rating=rating,
            undecided=bool(self.rating) and rating is None and not stars,
            stars=stars,
            scale="1:5" if stars and normal_name(self.stars) in _OF_FIVE else "",
        )
        return found if found != LibraryFacts() else None

    def _decision(self, cell: str) -> float | None:
        # In what was screened -1 is what nobody has looked at.
        is_no = cell in ("-1", "-1.0") and normal_name(self.rating) in _LIKED
        return 0.0 if is_no else _decided(cell)


def library_plan(columns: tuple[str, ...]) -> LibraryPlan:
    """The plan for a table with these columns."""
    by_name = {normal_name(column): column for column in reversed(columns)}

    def first(aliases: tuple[str, ...]) -> str:
        return next((by_name[alias] for alias in aliases if alias in by_name), "")

    decided = first(_RATING) or first(_LIKED)
    return LibraryPlan(decided, first(_STARS), first(_ADDED), first(_COLLECTIONS), first(_NOTES))


def _decided(cell: str) -> float | None:
    word = cell.strip().lower()
    return 1.0 if word in _YES else 0.0 if word in _NO else None


def _written(value: object) -> str:
    """A cell as text; truth values too."""
    return str(value).lower() if isinstance(value, bool) else text(value).strip()


def _screened(notes: str) -> float | None:
    """What all screeners decided, where they agree."""
    found = _RAYYAN.search(notes)
    decisions = {_decided(word) for word in _DECISION.findall(found[1])} if found else set()
    return decisions.pop() if len(decisions) == 1 else None
