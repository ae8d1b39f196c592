"""The rows of many names at once, as readers with a long history bring them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from .lookup import find_rows_of
from .snapshot import Snapshot

# Once so many names were looked up, reading all ids takes less time than looking up as many again.
_MANY = 20_000

# Names that are no id as it is stored, with what was found for them.
_REMEMBERED = 100_000


class NamedRows:
    """What `find_rows_of` finds in one state of a corpus, where the rows alone are wanted.

    What was found once is not looked for again. Of the ids of all papers it holds Python's 64-bit hashes: of
    names of which nobody made one for this, two have the same once in a billion readers' histories.
    """

    def __init__(self) -> None:
        self._looked_up = 0
        self._hashes: tuple[NDArray[np.int64], Rows] | None = None
        self._others: dict[str, tuple[int, ...]] = {}

    def of(self, snapshot: Snapshot, names: Sequence[str]) -> Rows:
        """The rows of all papers that the names stand for, ascending.

        `snapshot` is that state: it is not held on to, as it holds this.
        """
        self._looked_up += len(names)
        if self._hashes is None and self._looked_up >= _MANY:
            self._hashes = _read_hashes(snapshot)
        found = self._by_hash(names)
        held = found >= 0
        rows = found[held]
        if len(rows) < len(names):
            others = self._remembered(snapshot, [names[place] for place in np.flatnonzero(~held).tolist()])
            rows = np.concatenate([rows, others])
        return np.unique(rows)

    def _by_hash(self, names: Sequence[str]) -> Rows:
        """For each name the row of the paper with this id, -1 where it is none, or before they are read."""
        found = np.full(len(names), -1, np.int64)
        if self._hashes is not None and len(self._hashes[0]):
            hashes, rows = self._hashes
            wanted = np.fromiter(map(hash, names), np.int64, len(names))
            places = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
            there = hashes[places] == wanted
            found[there] = rows[places[there]]
        return found

    def _remembered(self, snapshot: Snapshot, names: Sequence[str]) -> Rows:
        """The rows of names that are no ids as they are stored; a bare arXiv id is one but for its scheme."""
        rows = self._by_hash([f"arxiv:{name}" for name in names]).tolist()
        others, unknown = [row for row in rows if row >= 0], []
        for name, row in zip(names, rows, strict=True):
            if row < 0:
                if name in self._others:
                    others += self._others[name]
                else:
                    unknown.append(name)
        for name, several in find_rows_of(snapshot, unknown).items() if unknown else ():
            others += several
            if len(self._others) < _REMEMBERED:
                self._others[name] = tuple(several)
        return np.array(others, np.int64)


def _read_hashes(snapshot: Snapshot) -> tuple[NDArray[np.int64], Rows]:
    """The hash of each paper's id in its canonical spelling, then as it is stored, and its row; ascending by
    hash, so that the canonical one of two ids that are spelled alike comes first.
    """
    lines = snapshot.store.execute(
        "SELECT key, row FROM papers UNION ALL SELECT id, row FROM papers WHERE id <> key"
    )
    pairs = np.fromiter(((hash(name), row) for name, row in lines), np.dtype((np.int64, 2)))
    order = np.argsort(pairs[:, 0], kind="stable")
    return pairs[order, 0], pairs[order, 1]


def rows_of_names(snapshot: Snapshot, names: Sequence[str]) -> Rows:
    """The rows of all papers that any of the names stands for, see `find_rows_of`, ascending."""
    if not names:
        return np.empty(0, np.int64)
    found: NamedRows = snapshot.cached("named rows", NamedRows)
    return found.of(snapshot, names)
