"""Which papers share a key: an identifier, a title, or what a near-equal abstract has in common with it.

The keys are those by which records are found to be one paper, see `identity.keys`: they depend on the texts
alone, on no encoder. Papers that share one are worth a look, no more.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..paper import Paper
from .source_records import pack_keys, record_keys, unpacked_keys
from .store import CorpusStore

_FORMAT = 6  # the first with keys

# Of so many papers reading which keys several have beats asking for each; and so many of them are compared.
_MANY = 256

# A paper is compared with so many others that share a key with it, those that share most of them: more have a
# text that stands above many papers.
_MOST = 16

Keys = NDArray[np.int64]


class CommonKeys:
    """The keys of the papers in the state that a store holds; formats before 6 have none.

    `by_key` puts rows into an order that does not tell when a paper came.
    """

    def __init__(self, store: CorpusStore, by_key: Callable[[Rows], Rows]) -> None:
        self._store = store
        self._by_key = by_key
        self._shared: tuple[Rows, Keys] | None = None

    def of(self, rows: Rows, *, alone: bool = False) -> tuple[NDArray[np.int64], Keys]:
        """Places among these rows, and a key of the paper there for each; a paper has several.

        Keys that one paper has alone are all there only where `alone` is true.
        """
        if self._shared is not None and not alone:
            owners, keys = self._shared
            order = np.argsort(rows, kind="stable")
            ascending = rows[order]
            starts = np.searchsorted(owners, ascending)
            counts = np.searchsorted(owners, ascending, side="right") - starts
            within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            return np.repeat(order, counts), keys[np.repeat(starts, counts) + within]
        place_of = {row: place for place, row in enumerate(rows.tolist())}
        among = "WHERE row IN (SELECT value FROM json_each(?))"
        owners, keys = self._read(among, (json.dumps(list(place_of)),))
        return np.array([place_of[row] for row in owners.tolist()], np.int64), keys

    def codes(self, rows: Rows) -> NDArray[np.int64]:
        """The keys of these rows, shape (n, most keys of one); what is left of a line is -1 - its row."""
        places, keys = self.of(rows)
        order = np.argsort(places, kind="stable")
        places, keys = places[order], keys[order]
        counts = np.bincount(places, minlength=len(rows))
        found = np.repeat((-1 - rows)[:, np.newaxis], counts.max(initial=0), axis=1)
        found[places, np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)] = keys
        return found

    def pairs(self, rows: Rows, others: Rows) -> Iterable[tuple[int, int]]:
        """Places among `rows`, and for each a row of `others` that shares a key with the paper there."""
        if len(others) >= _MANY:
            self.preload()
        places, keys = self.of(rows)
        theirs, held = self.of(others)
        common = np.isin(held, keys)
        having: defaultdict[int, list[int]] = defaultdict(list)
        for key, place in zip(held[common].tolist(), theirs[common].tolist(), strict=True):
            having[key].append(int(others[place]))
        return self._most_alike(places, keys, having)

    def pairs_with(self, rows: Rows, keys: Iterable[Keys]) -> Iterable[tuple[int, int]]:
        """As `pairs`, with the numbers of other papers, whose keys are given and which need not be here."""
        having: defaultdict[int, list[int]] = defaultdict(list)
        for number, of_paper in enumerate(keys):
            for key in of_paper.tolist():
                having[key].append(number)
        return self._most_alike(*self.of(rows, alone=True), having, ordered=np.sort)

    def preload(self) -> None:
        """Read the keys that several papers have, so that the database is asked no more by `pairs`."""
        if self._shared is None:
            owners, keys = self._read()
            _, number, counts = np.unique(keys, return_inverse=True, return_counts=True)
            several = counts[number] > 1
            self._shared = owners[several], keys[several]

    def _read(self, among: str = "", parameters: tuple[object, ...] = ()) -> tuple[Rows, Keys]:
        """The owners of keys, ascending, and the keys."""
        if self._store.format < _FORMAT:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        lines = self._store.execute(
            f"SELECT row, packed FROM keys {among} ORDER BY row", parameters
        ).fetchall()
        keys = [_numbers(packed) for _, packed in lines]
        owners = np.repeat(np.array([row for row, _ in lines], np.int64), [len(of) for of in keys])
        return owners, np.concatenate(keys) if keys else np.empty(0, np.int64)

    def _most_alike(
        self,
        places: NDArray[np.int64],
        keys: Keys,
        having: dict[int, list[int]],
        *,
        ordered: Callable[[NDArray[np.int64]], NDArray[np.int64]] | None = None,
    ) -> Iterable[tuple[int, int]]:
        """For each place the few that share most keys with it, of equally many the first in their order."""
        shared: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        hits = np.isin(keys, np.fromiter(having, np.int64, len(having)))
        for place, key in zip(places[hits].tolist(), keys[hits].tolist(), strict=True):
            for other in having[key]:
                shared[place][other] += 1
        for place, counts in sorted(shared.items()):
            found = list(counts)
            if len(found) > _MOST:
                found = (ordered or self._by_key)(np.array(found, np.int64)).tolist()
                found = sorted(found, key=lambda other: -counts[other])[:_MOST]
            yield from ((place, other) for other in found)


def keys_of(paper: Paper) -> Keys:
    """The keys of a paper that need not be in a corpus."""
    return _numbers(pack_keys(record_keys(paper)))


def _numbers(packed: bytes) -> Keys:
    """Packed keys as numbers that are no -1 - row."""
    return (unpacked_keys(packed) >> np.uint64(1)).astype(np.int64)
