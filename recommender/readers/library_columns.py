"""What the tables of library programs and of screening tools say of a paper beside the paper."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..paper import Paper
from .columns import normal_name
from .dates import published
from .items import Item, LibraryFacts
from .lists import categories
from .values import text

_RATING = (
    *("included", "labelincluded", "asreviewlabel", "finalincluded", "includedlabel", "includedfinal"),
    *("includedflag", "include"),
)
# ASReview's as well, and other people's for other things: a decision counts where one is written.
_PERHAPS = ("label", "decision", "screening", "screeningdecision")
_LIKED = ("liked",)
_STARS = ("rating", "myrating", "stars")
_OF_FIVE = ("myrating", "stars")
ADDED_NAMES = ("dateadded", "added", "addeddate", "createddate", "dateimported")
"""What the day is called on which a paper came into a library, as `normal_name` spells it."""
_COLLECTIONS = ("collections", "collection", "folders", "folder", "groups", "lists")
_NOTES = ("notes",)
_YES = frozenset({"1", "1.0", "yes", "true", "included", "include", "relevant", "y"})
_NOT_LOOKED_AT = ("-1", "-1.0")
_NO = frozenset({"0", "0.0", "no", "false", "excluded", "exclude", "irrelevant", "n"})
# Rayyan writes each screener's decision into the notes.
_RAYYAN = re.compile(r"RAYYAN-INCLUSION: *\{([^{}]*)\}")
_ASREVIEW = re.compile(r"\bASReview_(relevant|irrelevant|not_seen)\b", re.IGNORECASE)
_KEPT_NAMES = 4096  # characters of the names of all columns whose plan is remembered
_DECISION = re.compile(r"=> *\"+(\w+)\"+")


@dataclass(frozen=True)
class LibraryPlan:
    """The columns that say something, each empty where there is none."""

    rating: str = ""
    stars: str = ""
    added: str = ""
    collections: str = ""
    notes: str = ""
    is_perhaps: bool = False
    """Whether the column of ratings may hold other things as well."""

    @property
    def columns(self) -> frozenset[str]:
        """All of them."""
        return frozenset(filter(None, (self.rating, self.stars, self.added, self.collections)))

    def facts(self, record: Mapping[str, object]) -> LibraryFacts | None:
        """What a record says; None for nothing."""
        written = _written(record.get(self.rating)) if self.rating else ""
        rating = self._decision(written)
        noted = noted_facts(text(record.get(self.notes))) if self.notes and rating is None else LibraryFacts()
        rating = noted.rating if rating is None else rating
        stars = _written(record.get(self.stars)) if self.stars and rating is None else ""
        added = published(record.get(self.added)) if self.added else ""
        found = LibraryFacts(
            collections=categories(record.get(self.collections)) if self.collections else (),
            added=added or "",
            rating=rating,
            undecided=(self._is_undecided(written) or noted.undecided) and rating is None and not stars,
            stars=stars,
            scale="1:5" if stars and normal_name(self.stars) in _OF_FIVE else "",
        )
        return found if found != LibraryFacts() else None

    def _is_undecided(self, cell: str) -> bool:
        """Whether it says that nobody has decided; an empty cell does where only decisions stand."""
        return cell in _NOT_LOOKED_AT if self.is_perhaps else bool(self.rating)

    def _decision(self, cell: str) -> float | None:
        # In what was screened -1 is what nobody has looked at.
        is_no = cell in _NOT_LOOKED_AT and normal_name(self.rating) in _LIKED
        return 0.0 if is_no else _decided(cell)


def with_facts(
    items: Iterable[Item], columns: tuple[str, ...], record: Mapping[str, object]
) -> Iterator[Item]:
    """The items of a record with these columns; before a paper what the library says of it beside."""
    plan = _kept_plan(columns) if sum(map(len, columns)) <= _KEPT_NAMES else library_plan(columns)
    facts = plan.facts(record) if plan != LibraryPlan() else None
    for item in items:
        if facts is not None and isinstance(item, Paper):
            yield facts
        yield item


def noted_facts(notes: str) -> LibraryFacts:
    """What a screening tool has written of a paper into the notes of a record, as ASReview and Rayyan do."""
    if found := _ASREVIEW.search(notes):
        rating = {"relevant": 1.0, "irrelevant": 0.0}.get(found[1].lower())
    elif found := _RAYYAN.search(notes):
        rating = _agreed(found[1])
    else:
        return LibraryFacts()
    return LibraryFacts(rating=rating, undecided=rating is None)


def library_plan(columns: tuple[str, ...]) -> LibraryPlan:
    """The plan for a table with these columns."""
    by_name = {normal_name(column): column for column in reversed(columns)}

    def first(aliases: tuple[str, ...]) -> str:
        return next((by_name[alias] for alias in aliases if alias in by_name), "")

    decided, perhaps = first(_RATING) or first(_LIKED), first(_PERHAPS)
    facts = first(_STARS), first(ADDED_NAMES), first(_COLLECTIONS), first(_NOTES)
    return LibraryPlan(decided or perhaps, *facts, is_perhaps=not decided)


# Records of one file nearly always have the same columns; hostile ones cannot fill the memory.
_kept_plan = functools.lru_cache(maxsize=64)(library_plan)


def _decided(cell: str) -> float | None:
    word = cell.strip().lower()
    return 1.0 if word in _YES else 0.0 if word in _NO else None


def _written(value: object) -> str:
    """A cell as text; truth values too."""
    return str(value).lower() if isinstance(value, bool) else text(value).strip()


def _agreed(decisions: str) -> float | None:
    """What all screeners decided, where they agree."""
    found = {_decided(word) for word in _DECISION.findall(decisions)}
    return found.pop() if len(found) == 1 else None
