"""Filters by date and category, as masks that act inside the search."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Sequence

import numpy as np

from indexes import Allowed

from ..dates import RELATIVE_DATES, absolute_date, this_day
from ..errors import ParameterError
from ..paper import clean_text, first_day, last_day
from .facets import category_mask, days
from .snapshot import Snapshot

__all__ = ["Filters", "allowed_mask"]

_Date = str | datetime.date | None


class Filters:
    """What to keep. A date is ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``, a `datetime.date`, or written from
    today: ``7d``, ``2w``, ``3m``, ``1y``, ``yesterday``, ``today``; `resolved` says in one line each what
    such a one was read as, `dates` has each without what depends on the day. `today` is this machine's day
    where it is not given.

    `since` and `until` are both inclusive (``until="2024"`` ends on 2024-12-31); a paper without a
    date is outside every date filter, and one dated by its year alone counts as of 1 January. A
    paper needs one of `categories`, whatever their case; ``cs`` and ``cs.*`` stand for all below.

    Raises ParameterError for a date that is none, a range that is empty, and a category that is no text.
    """

    def __init__(
        self,
        since: _Date = None,
        until: _Date = None,
        categories: Sequence[str] | str | None = (),
        *,
        today: datetime.date | None = None,
    ) -> None:
        written = {name: str(date) for name, date in (("since", since), ("until", until)) if date is not None}
        if written:
            today = today or this_day()  # once: a day may end between two looks
            self.dates = {name: absolute_date(text, today) for name, text in written.items()}
        else:
            self.dates = {}
        self.since = _ordinal(self.dates.get("since"), first_day)
        self.until = _ordinal(self.dates.get("until"), last_day)
        self.resolved = tuple(
            f"{name} {written[name]} is {name} {text}"
            for name, text in self.dates.items()
            if text != written[name]
        )
        named = (categories,) if isinstance(categories, str) else tuple(categories or ())
        wrong = [category for category in named if not isinstance(category, str)]
        if wrong:
            raise ParameterError(f"categories holds {wrong[0]!r}, which is no text")
        self.categories = tuple(map(clean_text, named))
        if self.since is not None and self.until is not None and self.since > self.until:
            since, until = self.dates["since"], self.dates["until"]
            raise ParameterError(f"since {since} is after until {until}: no paper can be in between")

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None or bool(self.categories)

    @property
    def without_dates(self) -> Filters:
        """The same categories, of any day."""
        other = copy.copy(self)
        other.since = other.until = None
        return other

    @property
    def only_dates(self) -> Filters:
        """The same days, of any category."""
        other = copy.copy(self)
        other.categories = ()
        return other


def _ordinal(text: str | None, day: Callable[[str], datetime.date]) -> int | None:
    if text is None:
        return None
    try:
        return day(text).toordinal()
    except ParameterError as error:
        raise ParameterError(f"{error}; or {RELATIVE_DATES}") from error


def allowed_mask(snapshot: Snapshot, filters: Filters) -> Allowed | None:
    """The mask for `Snapshot.search`: papers that pass the filters; None when every paper does.

    Not to be written to. Raises ParameterError for a category that no paper has.
    """
    if not filters:
        return None
    masks = [_in_category(snapshot, category) for category in filters.categories]
    mask = np.logical_or.reduce(masks) if len(masks) > 1 else masks[0] if masks else None
    if filters.since is not None or filters.until is not None:
        in_range = _in_range(snapshot, filters.since, filters.until)
        mask = in_range if mask is None else mask & in_range
    return mask


def _in_range(snapshot: Snapshot, since: int | None, until: int | None) -> Allowed:
    dated = days(snapshot)
    mask = dated >= max(since or 0, 1)  # 0 stands for no date
    if until is not None:
        mask &= dated <= until
    return mask


def _in_category(snapshot: Snapshot, category: str) -> Allowed:
    mask = category_mask(snapshot, category)
    if not mask.any():
        raise ParameterError(f"no paper has the category {category!r}; {_some_categories(snapshot)}")
    return mask


def _some_categories(snapshot: Snapshot) -> str:
    statement = "SELECT category FROM categories GROUP BY category ORDER BY count(*) DESC, category LIMIT 8"
    names = [name for (name,) in snapshot.store.execute(statement)]
    return f"the most frequent are {', '.join(names)}" if names else "no paper of this corpus has one"
