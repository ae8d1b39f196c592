"""Arrivals: when each paper first came to the corpus.

A paper arrives once. It keeps its time when its record changes, when it moves to another row, and when the
corpus is compacted, upgraded or built anew in place of what it was; one made of several has the earliest of
theirs. One that was removed, or withdrawn by its source, and comes again arrives again. What is stored in one
commit arrives together, and each commit later than all before it, whatever the clock says: who has seen the
corpus up to one time misses nothing by asking for what arrived after that.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..errors import ParameterError
from .store import CorpusStore

UNKNOWN_ARRIVAL = 0
"""Of what came before format 9: before anything else."""

_FORMAT = 9  # the first with arrivals
_AMONG = "IN (SELECT value FROM json_each(?))"
_START = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


def check_moment(at: datetime.datetime | None) -> None:
    """Raise ParameterError unless papers can arrive at this moment; None: now."""
    if at is not None:
        stamp_of(at)


def stamp_of(moment: datetime.datetime) -> int:
    """A moment in microseconds since 1970 in UTC, 1 or more.

    Raises ParameterError for what is no moment, has no zone, or is before 1970.
    """
    if not isinstance(moment, datetime.datetime) or moment.tzinfo is None:
        raise ParameterError(f"at is {moment!r}; give a datetime with a zone, such as datetime.now(UTC)")
    stamp = (moment - _START) // _MICROSECOND
    if stamp <= UNKNOWN_ARRIVAL:
        raise ParameterError(f"at is {moment.isoformat()}; no paper arrived before 1970")
    return stamp


def moment_of(stamp: int) -> datetime.datetime | None:
    """The moment of a stamp, in UTC; None where it is not known."""
    return None if stamp == UNKNOWN_ARRIVAL else _START + int(stamp) * _MICROSECOND


def arrival_text(stamp: int) -> str:
    """The moment of a stamp to the minute, such as ``2026-11-30 06:05 UTC``; empty where it is not known."""
    moment = moment_of(stamp)
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def next_stamp(newest: int, at: datetime.datetime | None) -> int:
    """The stamp of what arrives now, or at another moment, later than the newest before it."""
    return max(stamp_of(datetime.datetime.now(datetime.UTC) if at is None else at), newest + 1)


def insert_arrivals(store: CorpusStore, lines: Iterable[tuple[int, str, int]]) -> None:
    """Put down, in the open transaction, when papers arrived: of each its row, its key and the stamp."""
    marked = ((row, stamp, _mark(key, stamp)) for row, key, stamp in lines)
    store.executemany("INSERT INTO arrivals VALUES (?, ?, ?)", marked)


def read_arrivals(store: CorpusStore, rows: Sequence[int]) -> dict[int, int]:
    """By row, when each of these papers arrived."""
    found = dict.fromkeys(map(int, rows), UNKNOWN_ARRIVAL)
    if store.format >= _FORMAT:
        lines = store.execute(f"SELECT row, at FROM arrivals WHERE row {_AMONG}", (json.dumps([*found]),))
        found |= dict(lines)
    return found


def arrivals_by_name(store: CorpusStore, names: Iterable[str]) -> dict[str, int]:
    """By name, when the first paper of that name arrived; nothing for names that no paper has."""
    rows: dict[str, list[int]] = {}
    lines = store.execute(f"SELECT name, row FROM names WHERE name {_AMONG}", (json.dumps([*names]),))
    for name, row in lines:
        rows.setdefault(name, []).append(row)
    known = read_arrivals(store, [row for some in rows.values() for row in some])
    return {name: min(known[row] for row in some) for name, some in rows.items()}


def arrivals_of_vectors(store: CorpusStore, size: int, place: Callable[[Rows], Rows]) -> NDArray[np.int64]:
    """When the paper of each of so many vectors arrived, by the place that its row has among them."""
    found = np.full(size, UNKNOWN_ARRIVAL, np.int64)
    if store.format >= _FORMAT:
        rows = store.column("SELECT row FROM arrivals ORDER BY row")
        found[place(rows)] = store.column("SELECT at FROM arrivals ORDER BY row")
    return found


def arrival_lines(store: CorpusStore, rows: Sequence[int]) -> list[tuple[str, ...]]:
    """Of each of these rows' papers, a line on when it arrived; nothing where that is not known."""
    known = read_arrivals(store, rows)
    return [(f"arrived: {text}",) if (text := arrival_text(known[int(row)])) else () for row in rows]


def note_unknown_arrivals(store: CorpusStore) -> None:
    """Put down, in the open transaction, that of no stored paper it is known when it arrived."""
    papers = store.execute("SELECT row, key FROM papers ORDER BY row").fetchall()
    insert_arrivals(store, ((row, key, UNKNOWN_ARRIVAL) for row, key in papers))


def arrival_problems(store: CorpusStore, newest: int) -> Iterator[str]:
    """What is wrong with the lines of arrivals, of which none may be after the `newest` of the manifest."""
    if store.format < _FORMAT:
        return
    joined = "FROM papers AS p LEFT JOIN arrivals AS a ON a.row = p.row"
    for row, key, stamp, mark in store.execute(f"SELECT p.row, p.key, a.at, a.mark {joined} ORDER BY p.row"):
        if mark is None:
            yield f"row {row} ({key}): when it arrived is missing from table arrivals"
        elif _mark(key, stamp) != mark:
            yield f"row {row} ({key}): when it arrived is not what was written"
        elif stamp > newest:
            yield f"row {row} ({key}): it arrived after the newest paper that the manifest knows"
    homeless = "SELECT row FROM arrivals WHERE row NOT IN (SELECT row FROM papers) ORDER BY row"
    for (row,) in store.execute(homeless):
        yield f"row {row}: has arrived but is no paper"


def _mark(key: str, stamp: int) -> int:
    """64 bits of a digest, by which a line is known to be what was written, in whatever row it is."""
    digest = hashlib.blake2b(f"{stamp} {key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
