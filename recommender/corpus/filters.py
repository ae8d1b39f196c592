"""Which papers an answer may hold: by date, by category, by row. The masks act inside the search."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..errors import ParameterError
from ..paper import clean_text, first_day, last_day
from .snapshot import Snapshot

__all__ = ["Filters", "allowed_mask"]

_Date = str | datetime.date | None


class Filters:
    """What to keep. A date is ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or a `datetime.date`.

    `since` and `until` are both inclusive (``until="2024"`` ends on 2024-12-31); a paper without a
    date is outside every date filter, and one dated by its year alone counts as of 1 January. A
    paper needs one of `categories`; ``cs`` stands for every ``cs.*``.

    Raises ParameterError for a date that is none, and for a range that is empty.
    """

    def __init__(
        self, since: _Date = None, until: _Date = None, categories: Sequence[str] | str | None = ()
    ) -> None:
        self.since = None if since is None else first_day(str(since)).toordinal()
        self.until = None if until is None else last_day(str(until)).toordinal()
        named = (categories,) if isinstance(categories, str) else categories or ()
        self.categories = tuple(map(clean_text, named))
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ParameterError(f"since {since} is after until {until}: no paper can be in between")

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None or bool(self.categories)


def allowed_mask(snapshot: Snapshot, filters: Filters, excluded: Rows) -> Allowed | None:
    """The mask for `Snapshot.search`: papers that pass the filters and are not among `excluded`.

    None when every paper may come. Raises ParameterError for a category that no paper has.
    """
    if not filters and not len(excluded):
        return None
    mask = snapshot.mask()
    if filters.since is not None or filters.until is not None:
        mask &= _in_range(snapshot, filters.since, filters.until)
    if filters.categories:
        mask &= _in_categories(snapshot, filters.categories)
    mask[snapshot.place(excluded)] = False
    return mask


def _mask_of(snapshot: Snapshot, rows: Rows) -> NDArray[np.bool_]:
    mask = np.zeros(len(snapshot.mask()), np.bool_)
    mask[snapshot.place(rows)] = True
    return mask


def _in_range(snapshot: Snapshot, since: int | None, until: int | None) -> NDArray[np.bool_]:
    statement = "SELECT row FROM papers WHERE day BETWEEN ? AND ?"
    latest = datetime.date.max.toordinal()
    return _mask_of(snapshot, snapshot.rows(statement, (since or 0, until or latest)))


def _in_categories(snapshot: Snapshot, categories: Sequence[str]) -> NDArray[np.bool_]:
    found = []
    for category in categories:
        # '/' follows '.' in the alphabet: the range holds category.ANYTHING and nothing else.
        statement = "SELECT row FROM categories WHERE category = ? OR (category >= ? AND category < ?)"
        rows = snapshot.rows(statement, (category, f"{category}.", f"{category}/"))
        if not len(rows):
            raise ParameterError(f"no paper has the category {category!r}; {_some_categories(snapshot)}")
        found.append(rows)
    return _mask_of(snapshot, np.concatenate(found))


def _some_categories(snapshot: Snapshot) -> str:
    statement = "SELECT category FROM categories GROUP BY category ORDER BY count(*) DESC, category LIMIT 8"
    names = [name for (name,) in snapshot.select(statement)]
    return f"the most frequent are {', '.join(names)}" if names else "no paper of this corpus has one"
