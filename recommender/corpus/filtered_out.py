"""Which of several filters leave a paper out, each looked at by itself."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..paper import Paper
from .arrivals import UNKNOWN_ARRIVAL, arrival_text
from .category_filter import CategoryFilter
from .filters import Filters, allowed_mask
from .snapshot import Snapshot

LETS_ALL_PASS: dict[str, Any] = {
    "since": None,
    "until": None,
    "revised_since": None,
    "of_categories": CategoryFilter(),
    "authors": (),
    "venues": (),
    "conditions": (),
    "arrived_after": None,
    "retracted": True,
    "notices": True,
    "banned": None,
}
"""Each filter of `Filters`, and its value that lets every paper pass."""


def filtered_out(snapshot: Snapshot, filters: Filters, row: int) -> dict[str, str]:
    """By its option's name, each filter that leaves a paper out though it were alone, and why in short.

    Empty where the paper passes; bans are left to whoever banned.
    """
    (paper,) = snapshot.papers([row])
    place = int(snapshot.place(np.array([row], np.int64))[0])
    found = {}
    for name, alone in _single(filters):
        mask = allowed_mask(snapshot, alone)
        if mask is not None and not mask[place]:
            if name == "arrived_after":  # no part of the paper
                found[name] = _arrived(filters, int(snapshot.arrived[place]))
            else:
                found[name.removeprefix("of_")] = _WHY[name](filters, paper)
    return found


def _single(filters: Filters) -> Iterator[tuple[str, Filters]]:
    """The filters one by one, the ban left out."""
    for name in LETS_ALL_PASS:
        if name != "banned":
            alone = copy.copy(filters)
            for other, value in LETS_ALL_PASS.items():
                if other != name:
                    setattr(alone, other, value)
            yield name, alone


def _of(paper: Paper) -> str:
    if not paper.published:
        return "it has no date"
    if len(paper.published) == len("2024-05-17"):
        return f"it is of {paper.published}"
    whole = (paper.published + "-01-01")[: len("2024-05-17")]
    return f"it is of {paper.published}, which counts as {whole}"


def _revised(filters: Filters, paper: Paper) -> str:
    known = f"its last version is of {paper.revised}" if paper.revised else "no later version of it is known"
    return f"revised since {_day(filters, 'revised_since')} ({known})"


def _day(filters: Filters, name: str) -> str:
    return filters.dates.get(name) or datetime.date.fromordinal(getattr(filters, name)).isoformat()


def _categories(filters: Filters, paper: Paper) -> str:
    asked = filters.of_categories
    has = ", ".join(paper.categories[:1] if asked.primary else paper.categories) or "none"
    what = "primary category" if asked.primary else "category"
    return f"{what} {asked} (it has {has})"


def _authors(filters: Filters, paper: Paper) -> str:
    return f"author {' or '.join(filters.authors)} (it has {', '.join(paper.authors) or 'none'})"


def _venues(filters: Filters, paper: Paper) -> str:
    return f"venue {' or '.join(filters.venues)} (it has {paper.venue or 'none'})"


def _arrived(filters: Filters, stamp: int) -> str:
    return f"arrived after {_moment(filters.arrived_after)} (it did {_moment(stamp)})"


def _moment(stamp: int | None) -> str:
    return arrival_text(stamp or UNKNOWN_ARRIVAL) or "before the corpus noted it"


_WHY: dict[str, Callable[[Filters, Paper], str]] = {
    "since": lambda filters, paper: f"since {_day(filters, 'since')} ({_of(paper)})",
    "until": lambda filters, paper: f"until {_day(filters, 'until')} ({_of(paper)})",
    "revised_since": _revised,
    "of_categories": _categories,
    "authors": _authors,
    "venues": _venues,
    "conditions": lambda filters, paper: (
        f"{' '.join(map(str, filters.conditions))} in the text of the search"
    ),
    "retracted": lambda filters, paper: (
        "it was retracted, and retracted=True (--retracted) lists such papers"
    ),
    "notices": lambda filters, paper: (
        "it is a notice of another paper, and notices=True (--notices) lists those"
    ),
}
