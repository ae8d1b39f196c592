"""Settling: what is staged and may be one paper, with each other or with stored ones, is made into papers.

What shares no key with anything is new, and is not looked at again; of what the corpus has as it is, only
digests are compared.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..paper import Paper
from ..recipe import TextRecipe
from .components import Component, Packed, find_components
from .joining import Apart, Joined, Made, Material, StagedRecord, join
from .merging import differing_fields
from .source_records import SourcedPaper, read_apart, read_sourced, records_to_json
from .staging import FACTS, PARTS, TEXT, UNCHANGED
from .store import CorpusStore

_AMONG = "IN (SELECT value FROM json_each(?))"
_AT_ONCE = 2000  # papers, of components that are looked at together


@dataclass(frozen=True)
class Withdrawal:
    """A record that its source has withdrawn, of those staged before `ordinal` as well."""

    source: str
    key: str
    ordinal: int


@dataclass
class Settled:
    """What settling did, in numbers; see `Joined`."""

    retained: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    merged: Counter[str] = field(default_factory=Counter)
    shared: dict[str, int] = field(default_factory=dict)
    doubtful: int = 0
    withdrawn: int = 0
    strangers: int = 0
    """Where what is stored will be dropped: stored papers of which nothing is staged."""

    fresh: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """Ordinals for what is made of stored papers alone."""


def settle(
    store: CorpusStore,
    withdrawals: Sequence[Withdrawal] = (),
    *,
    rows: Iterable[int] = (),
    apart: Apart = (),
    whole_text: bool = False,
    beside_stored: bool = True,
) -> Settled:
    """Make papers of what is staged and of the stored papers that it touches, and of those in `rows`.

    `apart`: pairs of records that are split now, beside those that were.

    `whole_text`: see `merge`. Not `beside_stored`: what is stored will be dropped, and only counts as
    strangers.
    """
    (last,) = store.execute("SELECT ifnull(max(ordinal), 0) FROM staging.papers").fetchone()
    settled = Settled(fresh=itertools.count(last + 1))
    if not beside_stored:
        settled.strangers = _strangers(store)
    withdrawn = _Withdrawn(store, settled, withdrawals)
    found = _components(store, [*withdrawn.rows, *rows])
    if not beside_stored:
        found = [Component(one.ordinals) for one in found if len(one.ordinals) > 1]
    apart = read_apart(store) | set(apart)
    forced = {*withdrawn.rows, *rows}
    for some in _chunks(found):
        with store.transaction():
            _settle_some(store, some, forced, withdrawn, apart, settled, whole_text)
    return settled


def _strangers(store: CorpusStore) -> int:
    staged = "SELECT n.row FROM staging.papers AS s JOIN main.names AS n ON n.name = s.key"
    (count,) = store.execute(f"SELECT count(*) FROM main.papers WHERE row NOT IN ({staged})").fetchone()
    return int(count)


def _components(store: CorpusStore, touched: Sequence[int]) -> list[Component]:
    def staged() -> Iterator[Packed]:
        return iter(store.execute("SELECT ordinal, packed FROM staging.keys"))

    def stored() -> Iterator[Packed]:
        return iter(store.execute("SELECT row, packed FROM main.keys"))

    def keys_of(rows: list[int]) -> Iterator[Packed]:
        statement = f"SELECT row, packed FROM main.keys WHERE row {_AMONG}"
        return iter(store.execute(statement, (json.dumps(rows),)))

    return find_components(staged, stored, keys_of, touched=touched)


def _chunks(found: Sequence[Component]) -> Iterator[list[Component]]:
    chunk: list[Component] = []
    size = 0
    for component in found:
        chunk.append(component)
        size += len(component.ordinals) + len(component.rows)
        if size >= _AT_ONCE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


class _Withdrawn:
    """Which stored records are withdrawn; staged ones that came before are taken out at once."""

    def __init__(self, store: CorpusStore, settled: Settled, withdrawals: Sequence[Withdrawal]) -> None:
        self._settled = settled
        self._named: defaultdict[int, list[Withdrawal]] = defaultdict(list)
        find = "SELECT DISTINCT row FROM main.names WHERE name = ?"
        for one in withdrawals:
            for (row,) in store.execute(find, (one.key,)).fetchall():
                self._named[row].append(one)
            settled.withdrawn += self._drop_staged(store, one)
        self.rows = sorted(self._named)

    @staticmethod
    def _drop_staged(store: CorpusStore, one: Withdrawal) -> int:
        found = "source = ? AND key = ? AND ordinal < ?"
        values = (one.source, one.key, one.ordinal)
        (count,) = store.execute(f"SELECT count(*) FROM staging.papers WHERE {found}", values).fetchone()
        if count:
            ordinals = f"SELECT ordinal FROM staging.papers WHERE {found}"
            store.execute(f"DELETE FROM staging.keys WHERE ordinal IN ({ordinals})", values)
            store.execute(f"DELETE FROM staging.papers WHERE {found}", values)
        return int(count)

    def of(self, row: int, sourced: SourcedPaper) -> list[tuple[int, int]]:
        """The numbers of the paper's records that are withdrawn, each with the row."""
        found = [
            (row, number)
            for number, record in enumerate(sourced.records)
            if any(
                one.key == record.paper.key or (one.source == record.source and one.key in record.paper.names)
                for one in self._named.get(row, ())
            )
        ]
        self._settled.withdrawn += len(found)
        return found


def _settle_some(
    store: CorpusStore,
    components: Sequence[Component],
    forced: set[int],
    withdrawn: _Withdrawn,
    apart: Apart,
    settled: Settled,
    whole_text: bool,
) -> None:
    """Settle some components, in the open transaction."""
    ordinals = [ordinal for component in components for ordinal in component.ordinals]
    rows = [row for component in components for row in component.rows]
    digests = _digests(store, rows)
    came = dict(
        store.execute(
            f"SELECT ordinal, record_hash FROM staging.papers WHERE ordinal {_AMONG}",
            (json.dumps(ordinals),),
        )
    )
    others = []
    for component in components:
        homes = {digest: row for row in component.rows for digest in digests[row]}
        if forced.isdisjoint(component.rows) and all(came[one] in homes for one in component.ordinals):
            _mark_unchanged(store, [(one, homes[came[one]]) for one in component.ordinals])
        else:
            others.append(component)
    recipe = store.recipe()
    stored = read_sourced(store, [row for component in others for row in component.rows])
    staged = _read_staged(store, [one for component in others for one in component.ordinals])
    for component in others:
        material = Material(
            {row: stored[row] for row in component.rows},
            [staged[ordinal][0] for ordinal in component.ordinals],
            [found for row in component.rows for found in withdrawn.of(row, stored[row])],
        )
        joined = join(material, apart, whole_text=whole_text)
        _count(settled, joined)
        places = {ordinal: staged[ordinal][1] for ordinal in component.ordinals}
        _Writing(store, material, joined, places, settled, whole_text, recipe).write()


def _digests(store: CorpusStore, rows: Sequence[int]) -> dict[int, list[bytes]]:
    """By row, the digests of the records that its paper is made of."""
    listed = (json.dumps(list(rows)),)
    found: defaultdict[int, list[bytes]] = defaultdict(list)
    for row, record in store.execute(f"SELECT row, record FROM main.records WHERE row {_AMONG}", listed):
        found[row].append(hashlib.sha256(record.encode()).digest())
    for row, digest in store.execute(
        f"SELECT row, record_hash FROM main.papers WHERE row {_AMONG}", listed
    ).fetchall():
        if row not in found:
            found[row] = [digest]
    return found


def _mark_unchanged(store: CorpusStore, homes: Sequence[tuple[int, int]]) -> None:
    """The staged records are there as they are: one line stays of each stored paper."""
    firsts: dict[int, int] = {}
    for ordinal, row in homes:
        first = firsts.setdefault(row, ordinal)
        if first == ordinal:
            statement = """
                UPDATE staging.papers SET row = ?, state = ?, own_text =
                    text_hash = (SELECT p.text_hash FROM main.papers AS p WHERE p.row = ?)
                WHERE ordinal = ?
            """
            store.execute(statement, (row, UNCHANGED, row, ordinal))
        else:
            store.execute("DELETE FROM staging.papers WHERE ordinal = ?", (ordinal,))


def _read_staged(
    store: CorpusStore, ordinals: Sequence[int]
) -> dict[int, tuple[StagedRecord, tuple[int, int]]]:
    statement = (
        "SELECT ordinal, source, record, paper_place, record_place FROM staging.papers "
        f"WHERE ordinal {_AMONG}"
    )
    return {
        ordinal: (StagedRecord(ordinal, source, Paper.from_json(record)), (paper_place, record_place))
        for ordinal, source, record, paper_place, record_place in store.execute(
            statement, (json.dumps(list(ordinals)),)
        )
    }


def _count(settled: Settled, joined: Joined) -> None:
    settled.retained.update(joined.retained)
    settled.merged.update(joined.merged)
    settled.doubtful += joined.doubtful
    for name, count in joined.shared.items():
        settled.shared[name] = settled.shared.get(name, 0) + count


class _Writing:
    """Puts the papers of one component in the place of its staged records."""

    def __init__(
        self,
        store: CorpusStore,
        material: Material,
        joined: Joined,
        places: dict[int, tuple[int, int]],
        settled: Settled,
        whole_text: bool,
        recipe: TextRecipe,
    ) -> None:
        self._store = store
        self._material = material
        self._joined = joined
        self._places = places
        self._settled = settled
        self._whole_text = whole_text
        self._recipe = recipe

    def write(self) -> None:
        """Replace the lines, in the open transaction, and count which fields changed."""
        for ordinal in self._places:
            self._store.execute("DELETE FROM staging.papers WHERE ordinal = ?", (ordinal,))
            self._store.execute("DELETE FROM staging.keys WHERE ordinal = ?", (ordinal,))
        states = [self._state(made) for made in self._joined.papers]
        # Where records leave a row for another, all of it is one commit.
        together = bool(self._joined.gone) or any(made.moved for made in self._joined.papers)
        waits = together and TEXT in states
        turn = min(self._places) if self._places else next(self._settled.fresh)
        for made, state in zip(self._joined.papers, states, strict=True):
            self._insert(made, state, turn if together else 0, waits)
            if made.row is not None and state in (FACTS, TEXT):
                old = self._material.stored[made.row].paper
                self._settled.changed.update(differing_fields(old, made.sourced.paper))
        self._store.executemany(
            "INSERT INTO staging.gone VALUES (?, ?, ?)", ((row, turn, waits) for row in self._joined.gone)
        )

    def _state(self, made: Made) -> int:
        if made.row is None:
            return TEXT
        old, new = self._material.stored[made.row], made.sourced
        if self._recipe.text_hash(old.paper) != self._recipe.text_hash(new.paper):
            return TEXT
        if old.paper.to_json() != new.paper.to_json():
            return FACTS
        same = records_to_json(old.records) == records_to_json(new.records)
        return UNCHANGED if same else PARTS

    def _insert(self, made: Made, state: int, turn: int, waits: bool) -> None:
        if not made.ordinals and state == UNCHANGED:
            return
        ordinal = made.ordinals[0] if made.ordinals else next(self._settled.fresh)
        paper, own = made.sourced.paper, made.text_ordinal is not None
        if made.text_ordinal is not None:
            places = self._places[made.text_ordinal]
        elif self._whole_text or not made.ordinals:
            places = (-1, -1)
        else:
            places = self._places[made.ordinals[0]]
        record = paper.to_json()
        digest = hashlib.sha256(record.encode()).digest()
        records = made.sourced.records
        told = None if made.sourced.is_plain else records_to_json(records)
        line: tuple[Any, ...] = (
            *(ordinal, turn or ordinal, made.row, state, waits, len(made.ordinals)),
            *(self._recipe.text_hash(paper), digest, record, *places, own),
            *(records[0].source, paper.key, told, made.arrived),
        )
        self._store.execute(f"INSERT INTO staging.papers VALUES ({', '.join('?' * len(line))})", line)
        self._store.execute("INSERT INTO staging.keys VALUES (?, ?)", (ordinal, made.sourced.packed_keys))
