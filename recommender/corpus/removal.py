"""Removal: what was removed stays away, whoever adds it again and from whichever source.

A removed paper's records stay in table ``removed``, for only by them, and by the rules that join records, is
it known again. A removed category keeps out each new paper that has it, or one below it. Both last until a
day that may be set, or until the paper is added by name.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import CorpusError, NotACorpus, ParameterError
from ..identifiers import title_id
from ..iso_dates import first_day
from ..option_values import this_day
from .snapshot import Snapshot
from .source_records import read_sourced, records_to_json
from .store import CorpusStore

_FORMAT, _APART_FORMAT = 7, 6  # the first with removed papers, and with pairs that were split
_LOG = logging.getLogger("recommender")

_AMONG = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True)
class Removed:
    """A paper that was removed, or a category."""

    name: str
    """The paper's id, or the category."""

    day: str
    """When."""

    until: str
    """From this day on it may come again; empty: it stays away."""


@dataclass(frozen=True)
class Absence:
    """For how long something stays away: from `day` on, `until` a later one, or for good ("")."""

    day: str
    until: str = ""

    @classmethod
    def of(cls, until: str | datetime.date | None) -> Absence:
        """From today on until a date as filters take it. Raises ParameterError for one that is past."""
        today = this_day()
        if until is None:
            return cls(today.isoformat())
        try:
            last = today if until == "today" else first_day(str(until))
        except ParameterError as error:
            raise ParameterError(f"until: {error}, or today") from error
        if last < today:
            raise ParameterError(f"until {until} is past: what is removed may come again from that day on")
        return cls(today.isoformat(), last.isoformat())


# What is removed, put down in the open transaction


def note_removed(store: CorpusStore, rows: Sequence[int], absence: Absence, category: str = "") -> None:
    """Put down that these rows' papers are removed, before they are."""
    for sourced in read_sourced(store, rows).values():
        names = dict.fromkeys((*sourced.names, title_id(sourced.paper.title)))
        line = (
            sourced.paper.id,
            absence.day,
            absence.until,
            category,
            json.dumps([*names], ensure_ascii=False),
            records_to_json(sourced.records),
            sourced.packed_keys,
        )
        store.execute("DELETE FROM removed WHERE id = ?", line[:1])
        _insert(store, line)


def note_category(store: CorpusStore, category: str, absence: Absence) -> None:
    """Put down that papers of a category stay away."""
    line = (category, absence.day, absence.until)
    store.execute("INSERT OR REPLACE INTO removed_categories VALUES (?, ?, ?, ?)", (*line, _digest(*line)))


def prolong(store: CorpusStore, names: Iterable[str], absence: Absence) -> None:
    """Let papers that were removed before, and have one of these names, stay away until another day."""
    for number in _numbers_named(store, names):
        statement = f"SELECT {', '.join(_COLUMNS)} FROM removed WHERE number = ?"
        removed_id, day, _, *others = store.execute(statement, (number,)).fetchone()
        store.execute("DELETE FROM removed WHERE number = ?", (number,))
        _insert(store, (removed_id, day, absence.until, *others))


_COLUMNS = ("id", "day", "until", "category", "names", "records", "packed")


def _insert(store: CorpusStore, line: Sequence[str | bytes]) -> None:
    marks = ", ".join("?" * (len(_COLUMNS) + 1))
    statement = f"INSERT INTO removed ({', '.join(_COLUMNS)}, sha256) VALUES ({marks})"
    store.execute(statement, (*line, _digest(*line)))


def forget_removed(store: CorpusStore, numbers: Iterable[int], categories: Iterable[str]) -> None:
    """Forget, in the open transaction, papers by their numbers, and categories with what went with them."""
    store.executemany("DELETE FROM removed WHERE number = ?", ((number,) for number in numbers))
    for category in categories:
        store.execute("DELETE FROM removed_categories WHERE category = ?", (category,))
        store.execute("DELETE FROM removed WHERE category = ?", (category,))


def _digest(*line: str | bytes) -> bytes:
    texts = [part.hex() if isinstance(part, bytes) else part for part in line]
    return hashlib.sha256(json.dumps(texts).encode()).digest()


@dataclass(frozen=True)
class Decisions:
    """What a user decided of a corpus: the lines of each table that holds such a thing, by its name."""

    lines: Mapping[str, Sequence[Sequence[str | bytes]]]


def read_decisions(folder: Path) -> Decisions:
    """What was removed or split in a corpus that is to be replaced; of one that cannot be read nothing."""
    since = {"apart": _APART_FORMAT, "removed": _FORMAT, "removed_categories": _FORMAT}
    try:
        with CorpusStore.read(folder) as store:
            tables = [table for table, first in since.items() if store.format >= first]
            return Decisions({table: store.execute(f"SELECT * FROM {table}").fetchall() for table in tables})
    except NotACorpus:
        return Decisions({})
    except CorpusError as error:
        _LOG.warning("%s; so what was removed or split there is not known here", error)
        return Decisions({})


def take_over(store: CorpusStore, decisions: Decisions) -> None:
    """Put down what was decided of another corpus, in the open transaction."""
    for table, lines in decisions.lines.items():
        store.execute(f"DELETE FROM {table}")
        for line in lines:
            store.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(line))})", line)


# What is removed, looked up


def removed_now(snapshot: Snapshot, day: datetime.date | None = None) -> tuple[list[Removed], list[Removed]]:
    """The papers that stay away on this day, by default today, and the categories."""
    if snapshot.format < _FORMAT:
        return [], []
    today = (day or this_day()).isoformat()
    live = f"WHERE until = '' OR until > '{today}'"
    papers = snapshot.store.execute(f"SELECT id, day, until FROM removed {live} ORDER BY id")
    categories = f"SELECT category, day, until FROM removed_categories {live} ORDER BY category"
    return (
        [Removed(*line) for line in papers],
        [Removed(*line) for line in snapshot.store.execute(categories)],
    )


def _removed_names(snapshot: Snapshot) -> dict[str, Removed]:
    """By each name of a paper that was removed and has not come again by name, what is known of that."""
    if snapshot.format < _FORMAT:
        return {}

    def read() -> dict[str, Removed]:
        lines = snapshot.store.execute("SELECT id, day, until, names FROM removed ORDER BY number")
        return {name: Removed(*line) for *line, names in lines for name in json.loads(names)}

    found: dict[str, Removed] = snapshot.cached("removed names", read)
    return found


def removed_by_name(snapshot: Snapshot, spelled: Mapping[str, Iterable[str]]) -> dict[str, Removed]:
    """Of names that are no paper's here, in all their spellings, those of papers that were removed."""
    known = _removed_names(snapshot)
    found = {name: [known[one] for one in spellings if one in known] for name, spellings in spelled.items()}
    return {name: removed[0] for name, removed in found.items() if removed}


def removed_line(name: str, removed: Removed) -> str:
    """One line on a paper that was removed."""
    until = f" until {removed.until}" if removed.until else ""
    return f"{name!r} was removed on {removed.day} and stays out{until}; `add --again ID` brings it back"


def _numbers_named(store: CorpusStore, spelled: Iterable[str]) -> list[int]:
    statement = (
        f"SELECT DISTINCT number FROM removed, json_each(removed.names) WHERE value {_AMONG} ORDER BY number"
    )
    return [number for (number,) in store.execute(statement, (json.dumps(sorted(spelled)),))]


def removal_problems(store: CorpusStore) -> Iterator[str]:
    """What is wrong with the lines of what was removed."""
    if store.format < _FORMAT:
        return
    columns = f"number, {', '.join(_COLUMNS)}, sha256"
    for number, *line, digest in store.execute(f"SELECT {columns} FROM removed ORDER BY number"):
        if _digest(*line) != digest:
            yield f"table removed: line {number} is not what was written"
    for *line, digest in store.execute("SELECT category, day, until, sha256 FROM removed_categories"):
        if _digest(*line) != digest:
            yield "table removed_categories: a line is not what was written"
