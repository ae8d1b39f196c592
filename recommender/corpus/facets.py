"""The days and categories of all papers as arrays and masks, cached for filters."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed

from .snapshot import Snapshot

__all__ = ["category_mask", "days"]


def days(snapshot: Snapshot) -> NDArray[np.int32]:
    """The day of each vector's paper as a proleptic Gregorian ordinal; 0 where there is none."""

    def read() -> NDArray[np.int32]:
        lines = snapshot.store.execute("SELECT row, day FROM papers WHERE day IS NOT NULL")
        rows, dated = _columns(lines, 2)
        found = np.zeros(snapshot.size, np.int32)
        found[snapshot.place(rows)] = dated
        return found

    return np.asarray(snapshot.cached("days", read))


def category_mask(snapshot: Snapshot, name: str) -> Allowed:
    """Whether each vector's paper has this category or one below it (``cs`` and ``cs.*`` stand for
    ``cs.CL``), in whatever case either is written.
    """
    wanted = name.removesuffix(".*").casefold()

    def read() -> Allowed:
        folded = ((one, one.casefold()) for one in _categories(snapshot).tolist())
        names = [one for one, fold in folded if fold == wanted or fold.startswith(f"{wanted}.")]
        statement = "SELECT row FROM categories WHERE category IN (SELECT value FROM json_each(?))"
        rows = snapshot.store.column(statement, (json.dumps(names),))
        found = np.zeros(snapshot.size, np.bool_)
        found[snapshot.place(rows)] = True
        return found

    return np.asarray(snapshot.cached(("category", wanted), read))


def _categories(snapshot: Snapshot) -> NDArray[np.object_]:
    """Every category that a paper has, as it is written."""

    def read() -> NDArray[np.object_]:
        names = snapshot.store.execute("SELECT DISTINCT category FROM categories")
        return np.array([name for (name,) in names], np.object_)

    return np.asarray(snapshot.cached("categories", read))


def _columns(lines: Iterable[tuple[Any, ...]], count: int) -> NDArray[np.int64]:
    """The columns of lines of integers, shape (count, number of lines)."""
    return np.fromiter(itertools.chain.from_iterable(lines), np.int64).reshape(-1, count).T
