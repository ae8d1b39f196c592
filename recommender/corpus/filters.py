"""Filters of answers by date, category, author and venue, and by what is left out of itself: retracted
papers, notices.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..display import pluralize
from ..errors import ParameterError
from ..iso_dates import first_day, last_day
from ..option_values import RELATIVE_DATES, absolute_date, this_day
from ..paper import clean_text
from ..queries import Clause
from .authors_and_venues import author_mask, venue_mask
from .category_filter import CategoryFilter
from .lookup import days
from .query_masks import conditions_mask
from .snapshot import Snapshot

_TELLS_REVISED = 7  # the format of the first corpora that know it of their papers


def revision_days(snapshot: Snapshot) -> NDArray[np.int32]:
    """The day of the last version of each vector's paper as a proleptic Gregorian ordinal; 0 where no version
    is later than the paper.
    """

    def read() -> NDArray[np.int32]:
        found = np.zeros(snapshot.size, np.int32)
        if snapshot.format >= _TELLS_REVISED:
            rows = snapshot.store.column("SELECT row FROM revised ORDER BY row")
            found[snapshot.place(rows)] = snapshot.store.column("SELECT day FROM revised ORDER BY row")
        return found

    return np.asarray(snapshot.cached("revision days", read))


_Date = str | datetime.date | None


class Banned(Protocol):
    """Papers that nobody is shown."""

    @property
    def digest(self) -> str:
        """What tells them from others."""
        ...

    def rows(self, snapshot: Snapshot) -> Rows:
        """Their rows and those of their versions, ascending."""
        ...


class Filters:
    """What to keep. A date is ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``, a `datetime.date`, or written from
    today: ``7d``, ``2w``, ``3m``, ``1y``, ``yesterday``, ``today``; `resolved` says in one line each what
    such a one was read as, `dates` has each without what depends on the day. `today` is this machine's day
    where it is not given.

    `since` and `until` are both inclusive (``until="2024"`` ends on 2024-12-31); a paper without a
    date is outside every date filter, and one dated by its year alone counts as of 1 January. They ask when a
    paper first appeared; `revised_since` asks for its last version, and a paper without a later one does not
    pass. `arrived_after`, a stamp as `Snapshot.arrived` has them, asks for what came to the corpus later than
    that. A paper needs one of `categories`, whatever their case, and none of those with a minus (``-cs.CV``);
    ``cs`` and ``cs.*`` stand for all below, and with `primary` only a paper's first category counts. It needs
    one of `authors`, see `author_mask`; and one of `venues`, see `venue_mask`. It meets all `conditions` of
    a query.
    Retracted papers pass only where `retracted` is true, notices of other papers only where `notices` is, and
    `banned` papers never.

    Raises ParameterError for a date or a stamp that is none, a range that is empty, an author or venue that
    is no text, and what `CategoryFilter` refuses.
    """

    def __init__(
        self,
        since: _Date = None,
        until: _Date = None,
        categories: Sequence[str] | str | None = (),
        *,
        primary: bool = False,
        today: datetime.date | None = None,
        retracted: bool = False,
        notices: bool = False,
        revised_since: _Date = None,
        banned: Banned | None = None,
        authors: Sequence[str] | str | None = (),
        venues: Sequence[str] | str | None = (),
        conditions: Sequence[Clause] = (),
        arrived_after: int | None = None,
    ) -> None:
        self.retracted = bool(retracted)
        self.notices = bool(notices)
        self.banned = banned
        self.conditions = tuple(conditions)
        self.arrived_after = _stamp(arrived_after)
        named_dates = {"since": since, "until": until, "revised_since": revised_since}
        written = {name: str(date) for name, date in named_dates.items() if date is not None}
        if written:
            today = today or this_day()  # once: a day may end between two looks
            self.dates = {name: absolute_date(text, today) for name, text in written.items()}
        else:
            self.dates = {}
        self.since = _ordinal(self.dates.get("since"), first_day)
        self.until = _ordinal(self.dates.get("until"), last_day)
        self.revised_since = _ordinal(self.dates.get("revised_since"), first_day)
        self.resolved = tuple(
            "{0} {1} is {0} {2}".format(name.replace("_", " "), written[name], text)
            for name, text in self.dates.items()
            if text != written[name]
        )
        self.of_categories = CategoryFilter(categories, primary=primary)
        self.authors = _texts("authors", authors)
        self.venues = _texts("venues", venues)
        if self.since is not None and self.until is not None and self.since > self.until:
            since, until = self.dates["since"], self.dates["until"]
            raise ParameterError(f"since {since} is after until {until}: no paper can be in between")

    def __bool__(self) -> bool:
        dates = (self.since, self.until, self.revised_since)
        names = self.of_categories or self.authors or self.venues
        return any(date is not None for date in dates) or bool(names)

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories as they were written."""
        return self.of_categories.named

    @property
    def with_all(self) -> Filters:
        """The same days and names, and retracted papers and notices as well."""
        other = copy.copy(self)
        other.retracted = other.notices = True
        return other

    @property
    def without_dates(self) -> Filters:
        """The same categories, authors and venues, of any day."""
        other = copy.copy(self)
        other.since = other.until = other.revised_since = None
        return other

    def without(self, names: str) -> Filters:
        """The same, but for what ``authors`` or ``venues`` say, or ``categories`` of what is wanted."""
        other = copy.copy(self)
        if names == "categories":
            other.of_categories = self.of_categories.without_wanted
        else:
            setattr(other, names, ())
        return other


def _stamp(arrived_after: int | None) -> int | None:
    if arrived_after is None:
        return None
    if isinstance(arrived_after, bool) or not isinstance(arrived_after, int | np.integer):
        raise ParameterError(
            f"arrived_after is {arrived_after!r}; it is in microseconds since 1970, as Snapshot.arrived"
        )
    return int(arrived_after)


def _texts(name: str, texts: Sequence[str] | str | None) -> tuple[str, ...]:
    several = (texts,) if isinstance(texts, str) else tuple(texts or ())
    wrong = [text for text in several if not isinstance(text, str)]
    if wrong:
        raise ParameterError(f"{name} holds {wrong[0]!r}, which is no text")
    return tuple(map(clean_text, several))


def _ordinal(text: str | None, day: Callable[[str], datetime.date]) -> int | None:
    if text is None:
        return None
    try:
        return day(text).toordinal()
    except ParameterError as error:
        raise ParameterError(f"{error}; or {RELATIVE_DATES}") from error


def allowed_mask(snapshot: Snapshot, filters: Filters) -> Allowed | None:
    """The mask for `Snapshot.search`: papers that pass the filters; None when every paper does.

    Not to be written to. Raises ParameterError for a category, an author or a venue that no paper has.
    """
    mask = filters.of_categories.mask(snapshot)
    for names, passes in ((filters.authors, author_mask), (filters.venues, venue_mask)):
        if names:
            one = np.logical_or.reduce([passes(snapshot, name) for name in names])
            mask = one if mask is None else mask & one
    if filters.since is not None or filters.until is not None:
        in_range = _in_range(snapshot, filters.since, filters.until)
        mask = in_range if mask is None else mask & in_range
    if filters.revised_since is not None:
        revised = revision_days(snapshot) >= filters.revised_since
        mask = revised if mask is None else mask & revised
    if filters.arrived_after is not None:
        came = snapshot.arrived > filters.arrived_after
        mask = came if mask is None else mask & came
    met = conditions_mask(snapshot, filters.conditions)
    if met is not None:
        mask = met if mask is None else mask & met
    if left_out(snapshot, filters):
        others = _not_left_out(snapshot, filters)
        mask = others if mask is None else mask & others
    if filters.banned is not None:
        mask = _not_banned(snapshot, filters.banned, mask)
    return mask


def banned_rows(snapshot: Snapshot, filters: Filters) -> Rows:
    """The rows that are banned, ascending."""
    return np.empty(0, np.int64) if filters.banned is None else filters.banned.rows(snapshot)


def _not_banned(snapshot: Snapshot, banned: Banned, mask: Allowed | None) -> Allowed | None:
    """What is allowed, but for what is banned."""
    rows = banned.rows(snapshot)
    if not len(rows):
        return mask
    found = (snapshot.living if mask is None else mask).copy()
    found[snapshot.place(rows)] = False
    return found


def left_out(snapshot: Snapshot, filters: Filters) -> dict[str, Rows]:
    """By ``retracted`` and ``notices``, the rows of the papers that the filters leave out as such."""
    found = {} if filters.retracted else {"retracted": snapshot.retracted}
    if not filters.notices:
        found["notices"] = snapshot.notices
    return {name: rows for name, rows in found.items() if len(rows)}


def _not_left_out(snapshot: Snapshot, filters: Filters) -> Allowed:
    def read() -> Allowed:
        found = snapshot.living.copy()
        for rows in left_out(snapshot, filters).values():
            found[snapshot.place(rows)] = False
        return found

    return np.asarray(snapshot.cached(("not left out", filters.retracted, filters.notices), read))


def _in_range(snapshot: Snapshot, since: int | None, until: int | None) -> Allowed:
    dated = days(snapshot)
    mask = dated >= max(since or 0, 1)  # 0 stands for no date
    if until is not None:
        mask &= dated <= until
    return mask


_NO_DATE = "SELECT row FROM papers WHERE day IS NULL"
_WITHOUT = {
    "categories": "SELECT row FROM papers WHERE row NOT IN (SELECT row FROM categories)",
    "authors": "SELECT row FROM papers WHERE coalesce(json_extract(record, '$.authors'), '[]') = '[]'",
    "venues": "SELECT row FROM papers WHERE coalesce(json_extract(record, '$.venue'), '') = ''",
}
# Of a day, so that the index finds the few papers whose record is looked at.
_PART_OF_A_DATE = "SELECT row FROM papers WHERE day = ? AND length(json_extract(record, '$.published')) = ?"

_YEAR, _MONTH = len("2025"), len("2025-06")


def filter_warnings(snapshot: Snapshot, filters: Filters, among: Rows | None = None) -> tuple[str, ...]:
    """One line each on how relative dates were read, and on papers that are left out for what is not known
    of them; worked out once for a state of the corpus. Of rows `among` which only are looked at it counts
    those.
    """
    if not filters:
        return ()
    if among is not None:
        mask = np.zeros(snapshot.size, np.bool_)
        mask[snapshot.place(among)] = True
        return (*filters.resolved, *_warnings(snapshot, filters, mask))

    def warnings() -> NDArray[np.object_]:
        return np.array(list(_warnings(snapshot, filters, snapshot.living)), np.object_)

    dates = (filters.since, filters.until, filters.revised_since)
    ban = "" if filters.banned is None else filters.banned.digest
    names = (filters.of_categories.key, filters.authors, filters.venues, filters.conditions)
    key = ("filter warnings", dates, names, filters.retracted, filters.notices, ban, filters.arrived_after)
    return (*filters.resolved, *snapshot.cached(key, warnings).tolist())


def _warnings(snapshot: Snapshot, filters: Filters, among: Allowed) -> Iterator[str]:
    if filters.since is not None or filters.until is not None:
        others = _also(among, allowed_mask(snapshot, filters.without_dates))
        yield from _undated(snapshot, others)
        if filters.since is not None:
            yield from _of_part_dates(snapshot, datetime.date.fromordinal(filters.since), others)
    if filters.revised_since is not None and not revision_days(snapshot).any():
        yield "of no paper of this corpus a later version is known, so that none passes revised_since"
    yield from filters.of_categories.warnings(snapshot)
    wanted = {
        "categories": (filters.of_categories.wanted, "category"),
        "authors": (filters.authors, "author"),
        "venues": (filters.venues, "venue"),
    }
    for names, (named, what) in wanted.items():
        if named:
            others = _also(among, allowed_mask(snapshot, filters.without(names)))
            missing = _count(snapshot, snapshot.store.column(_WITHOUT[names]), others)
            if missing:
                yield f"{_have(missing)} no {what} and {_are(missing)} left out"


def _also(among: Allowed, others: Allowed | None) -> Allowed:
    return among if others is None else among & others


def _undated(snapshot: Snapshot, others: Allowed) -> Iterator[str]:
    rows = snapshot.store.column(_NO_DATE)
    missing = _count(snapshot, rows, others)
    if len(rows) == len(snapshot):
        yield "no paper of this corpus has a date, so that none passes a filter by date"
    elif missing:
        yield f"{_have(missing)} no date and {_are(missing)} left out"


def _of_part_dates(snapshot: Snapshot, since: datetime.date, others: Allowed) -> Iterator[str]:
    """Papers that may be of after `since`, but count as of the first day of their year or month."""
    parts = (
        (since.replace(month=1, day=1), _YEAR, "a year only"),
        (since.replace(day=1), _MONTH, "a year and a month only"),
    )
    for first, length, what in parts:
        if first < since:
            rows = snapshot.store.column(_PART_OF_A_DATE, (first.toordinal(), length))
            missing = _count(snapshot, rows, others)
            if missing:
                date = first.isoformat()[:length]
                yield f"{_have(missing)} {what} ({date}) and {_are(missing)} left out: since {since}"


def _count(snapshot: Snapshot, rows: Rows, others: Allowed) -> int:
    """How many of the rows pass the other filters."""
    return int(np.count_nonzero(others[snapshot.place(rows)]))


def _have(number: int) -> str:
    return f"{pluralize(number, 'paper')} {'has' if number == 1 else 'have'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
