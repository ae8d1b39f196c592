"""Withholding: records of removed papers are taken out of what is staged, before papers are made of it.

A record is a removed paper's where `identity.group` says so of all records here that share a key with it:
by the rules by which records are one paper. What belongs to a paper of the corpus is never left out.
"""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import ParameterError
from ..identifiers import title_id
from ..option_values import this_day
from ..paper import Paper, clean_text
from .categories import in_category
from .components import Component, Packed, find_components
from .joining import Apart, labels_of
from .lookup import name_spellings
from .source_records import SourceRecord, read_apart, read_sourced, records_from_json
from .store import CorpusStore

_AMONG = "IN (SELECT value FROM json_each(?))"
_AT_ONCE = 2000  # papers, of components that are looked at together
_REMOVED = 1 << 40  # a removed paper's number as a row: above all rows

ALL = "all"
"""Stands for all that was removed."""


@dataclass
class Withheld:
    """What `withhold` left out of what is staged, and what it let in again."""

    records: int = 0
    restored: list[int] = field(default_factory=list)
    """The numbers of removed papers that came again by name."""

    categories: list[str] = field(default_factory=list)
    """The categories that were named."""

    unused: list[str] = field(default_factory=list)
    """Names by which nothing came again."""


def again_names(again: str | Iterable[str]) -> tuple[str, ...]:
    """The names of what may come again. Raises ParameterError for what is no name."""
    names = (again,) if isinstance(again, str) else tuple(again)
    wrong = next((name for name in names if not isinstance(name, str)), None)
    if wrong is not None:
        raise ParameterError(f"again holds {wrong!r:.60}; give ids, titles or categories, or {ALL!r}")
    return names


def withhold(store: CorpusStore, again: Sequence[str] = ()) -> Withheld:
    """Take the records of removed papers out of what is staged, but for those named in `again`.

    A record is a removed paper's where `identity.group` says so of all records here that share a key with
    it. What belongs to a paper of the corpus is never left out.
    """
    withheld = Withheld()
    today = this_day().isoformat()
    live = f"until = '' OR until > '{today}'"
    if not any(
        store.execute(f"SELECT 1 FROM {table} WHERE {live} LIMIT 1").fetchone()
        for table in ("removed", "removed_categories")
    ):
        withheld.unused = [name for name in again if name != ALL]
        return withheld
    looking = _Looking(store, live, again, withheld)
    for some in _chunks(looking.components()):
        with store.transaction():
            looking.drop(some)
    withheld.unused = looking.unused()
    return withheld


class _Looking:
    """One look at what is staged, beside what was removed and what is in the corpus."""

    def __init__(self, store: CorpusStore, live: str, again: Sequence[str], withheld: Withheld) -> None:
        self._store = store
        self._live = live
        self._withheld = withheld
        self._all = ALL in again
        self._names = {name: frozenset(name_spellings(name)) for name in again if name != ALL}
        self._used: set[str] = set()
        self._apart: Apart = read_apart(store)
        ruled = [name for (name,) in store.execute(f"SELECT category FROM removed_categories WHERE {live}")]
        named = {clean_text(name).casefold(): name for name in self._names}
        withheld.categories = [name for name in ruled if self._all or name.casefold() in named]
        self._used.update(named[name.casefold()] for name in withheld.categories if not self._all)
        self._categories = [name for name in ruled if name not in withheld.categories]
        self._in_category = self._ordinals_in_category()

    def components(self) -> list[Component]:
        """What is staged and may be removed, with all here that may be one paper with it."""
        found = find_components(self._staged_keys, self._known_keys, self._keys_of)
        ours = [
            one
            for one in found
            if one.ordinals
            and (any(row >= _REMOVED for row in one.rows) or not self._in_category.isdisjoint(one.ordinals))
        ]
        met = {ordinal for one in ours for ordinal in one.ordinals}
        return ours + [Component([ordinal]) for ordinal in sorted(self._in_category - met)]

    def drop(self, components: Sequence[Component]) -> None:
        """Take out what is removed of these components, in the open transaction."""
        rows = [row for one in components for row in one.rows]
        removed = self._removed([row - _REMOVED for row in rows if row >= _REMOVED])
        stored = read_sourced(self._store, [row for row in rows if row < _REMOVED])
        staged = self._staged([ordinal for one in components for ordinal in one.ordinals])
        dropped: list[tuple[int]] = []
        for one in components:
            if self._is_as_it_was(one, removed, staged):
                dropped += ((ordinal,) for ordinal in one.ordinals)
                continue
            records: list[tuple[int | None, int | None, SourceRecord]] = []
            for row in one.rows:
                sourced = removed.get(row - _REMOVED, ()) if row >= _REMOVED else stored[row].records
                records += ((row, None, record) for record in sourced)
            records += ((None, ordinal, staged[ordinal]) for ordinal in one.ordinals)
            dropped += ((ordinal,) for ordinal in self._removed_of(records))
        for table in ("papers", "keys"):
            self._store.executemany(f"DELETE FROM staging.{table} WHERE ordinal = ?", dropped)
        self._withheld.records += len(dropped)

    def _is_as_it_was(
        self,
        component: Component,
        removed: Mapping[int, tuple[SourceRecord, ...]],
        staged: Mapping[int, SourceRecord],
    ) -> bool:
        """Whether what came is, word for word, what was removed: the rules need not be tried."""
        if self._all or self._names or any(row < _REMOVED for row in component.rows):
            return False
        said = {record.paper for row in component.rows for record in removed[row - _REMOVED]}
        return all(staged[ordinal].paper in said for ordinal in component.ordinals)

    def unused(self) -> list[str]:
        """The names in `again` that brought nothing back."""
        return [name for name in self._names if name not in self._used]

    def _removed_of(self, records: Sequence[tuple[int | None, int | None, SourceRecord]]) -> Iterator[int]:
        """The ordinals of those that are a removed paper's."""
        labels = labels_of([record for _, _, record in records], self._apart)
        papers: defaultdict[int, list[tuple[int | None, int | None, SourceRecord]]] = defaultdict(list)
        for label, record in zip(labels, records, strict=True):
            papers[label].append(record)
        for paper in papers.values():
            ordinals = [ordinal for _, ordinal, _ in paper if ordinal is not None]
            removed = {row - _REMOVED for row, _, _ in paper if row is not None and row >= _REMOVED}
            living = any(row is not None and row < _REMOVED for row, _, _ in paper)
            if not ordinals or not (removed or not self._in_category.isdisjoint(ordinals)):
                continue
            if self._is_named([record.paper for _, _, record in paper]):
                self._withheld.restored += sorted(removed)
            elif not living:
                yield from ordinals

    def _is_named(self, papers: Iterable[Paper]) -> bool:
        """Whether the paper that these are records of is to come again."""
        if self._all or not self._names:
            return self._all
        ours = {name for paper in papers for name in (*paper.names, paper.key, title_id(paper.title))}
        named = [name for name, spelled in self._names.items() if not spelled.isdisjoint(ours)]
        self._used.update(named)
        return bool(named)

    def _ordinals_in_category(self) -> set[int]:
        """What is staged and has a category that was removed."""
        if not self._categories:
            return set()
        each = "staging.papers, json_each(staging.papers.record, '$.categories') AS c"
        names = [name for (name,) in self._store.execute(f"SELECT DISTINCT c.value FROM {each}")]
        wanted = [name for name in names if any(in_category(name, one) for one in self._categories)]
        found = self._store.execute(
            f"SELECT DISTINCT ordinal FROM {each} WHERE c.value {_AMONG}", (json.dumps(wanted),)
        )
        return {ordinal for (ordinal,) in found}

    def _staged_keys(self) -> Iterator[Packed]:
        return iter(self._store.execute("SELECT ordinal, packed FROM staging.keys"))

    def _known_keys(self) -> Iterator[Packed]:
        lifted = (json.dumps(self._withheld.categories),)
        those = f"({self._live}) AND category NOT {_AMONG}"
        removed = self._store.execute(
            f"SELECT number + {_REMOVED}, packed FROM removed WHERE {those}", lifted
        )
        return itertools.chain(removed, self._store.execute("SELECT row, packed FROM main.keys"))

    def _keys_of(self, rows: list[int]) -> Iterator[Packed]:
        listed = (json.dumps(rows),)
        removed = f"SELECT number + {_REMOVED}, packed FROM removed WHERE number + {_REMOVED} {_AMONG}"
        stored = f"SELECT row, packed FROM main.keys WHERE row {_AMONG}"
        return itertools.chain(self._store.execute(removed, listed), self._store.execute(stored, listed))

    def _removed(self, numbers: Sequence[int]) -> dict[int, tuple[SourceRecord, ...]]:
        statement = f"SELECT number, records FROM removed WHERE number {_AMONG}"
        lines = self._store.execute(statement, (json.dumps(numbers),))
        return {number: records_from_json(records) for number, records in lines}

    def _staged(self, ordinals: Sequence[int]) -> dict[int, SourceRecord]:
        statement = f"SELECT ordinal, source, record FROM staging.papers WHERE ordinal {_AMONG}"
        lines = self._store.execute(statement, (json.dumps(ordinals),))
        return {ordinal: SourceRecord(source, Paper.from_json(record)) for ordinal, source, record in lines}


def _chunks(components: Iterable[Component]) -> Iterator[list[Component]]:
    chunk: list[Component] = []
    size = 0
    for component in components:
        chunk.append(component)
        size += len(component.ordinals) + len(component.rows)
        if size >= _AT_ONCE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
