"""What filters ask of the papers: their days and categories, read when first asked for and then kept."""

from __future__ import annotations

import itertools
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
        lines = snapshot.select("SELECT row, day FROM papers WHERE day IS NOT NULL")
        rows, dated = _columns(lines, 2)
        found = np.zeros(snapshot.size, np.int32)
        found[snapshot.place(rows)] = dated
        return found

    return np.asarray(snapshot.memo.get("days", read))


def category_mask(snapshot: Snapshot, name: str) -> Allowed:
    """Whether each vector's paper has this category or one below it (``cs`` stands for ``cs.CL``)."""

    def read() -> Allowed:
        # '/' follows '.' in the alphabet: the range holds name.ANYTHING and nothing else.
        statement = "SELECT row FROM categories WHERE category = ? OR (category >= ? AND category < ?)"
        rows = snapshot.rows(statement, (name, f"{name}.", f"{name}/"))
        found = np.zeros(snapshot.size, np.bool_)
        found[snapshot.place(rows)] = True
        return found

    return np.asarray(snapshot.memo.get(("category", name), read))


def _columns(lines: Iterable[tuple[Any, ...]], count: int) -> NDArray[np.int64]:
    """The columns of lines of integers, shape (count, number of lines)."""
    return np.fromiter(itertools.chain.from_iterable(lines), np.int64).reshape(-1, count).T
