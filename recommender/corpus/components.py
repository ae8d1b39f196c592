"""Which staged and stored papers share a key, directly or through others: only these may be one paper.

Keys are compared as numbers, some millions at a time, so that memory stays small however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .source_records import KEY_BYTES, unpacked_keys

Packed: TypeAlias = tuple[int, bytes]
"""An ordinal or a row, and its packed keys."""

_AT_ONCE = 1 << 22  # keys
_LINES = 20_000

_Owners: TypeAlias = NDArray[np.int64]
_Keys: TypeAlias = NDArray[np.uint64]


@dataclass
class Component:
    """Staged papers by their ordinals and stored ones by their rows, ascending."""

    ordinals: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def find_components(
    staged: Callable[[], Iterable[Packed]],
    stored: Callable[[], Iterable[Packed]],
    keys_of: Callable[[list[int]], Iterable[Packed]],
    *,
    touched: Iterable[int] = (),
) -> list[Component]:
    """All components with a staged paper that shares a key with another one, and those of `touched` rows.

    `staged` and `stored` give all keys, anew each time; `keys_of` those of some rows.
    """
    forest = _Forest()
    reached = set(touched)
    for row in reached:
        forest.root(_node(row))
    fresh = reached | _search(staged, stored, forest)
    reached |= fresh
    while fresh:
        rows = sorted(fresh)
        found = _search(lambda rows=rows: _as_nodes(keys_of(rows)), stored, forest)  # type: ignore[misc]
        fresh = found - reached
        reached |= fresh
    return forest.components()


def _node(row: int) -> int:
    """Of rows and ordinals together: ordinals begin at 1."""
    return -1 - row


def _as_nodes(lines: Iterable[Packed]) -> Iterator[Packed]:
    return ((_node(row), packed) for row, packed in lines)


def _search(
    searched: Callable[[], Iterable[Packed]],
    stored: Callable[[], Iterable[Packed]],
    forest: _Forest,
) -> set[int]:
    """Join all that share one of the searched keys; the stored rows among them."""
    total = sum(len(packed) for _, packed in searched()) // KEY_BYTES
    parts = max(1, -(-total // _AT_ONCE))
    reached: set[int] = set()
    for part in range(parts):
        keys, owners = _collected(searched(), parts, part, None)
        wanted = np.unique(keys)
        others = _collected(_as_nodes(stored()), parts, part, wanted)
        keys, owners = np.concatenate([keys, others[0]]), np.concatenate([owners, others[1]])
        for first, second in _edges(keys, owners):
            forest.join(first, second)
            reached.update(-1 - node for node in (first, second) if node < 0)
    return reached


def _collected(lines: Iterable[Packed], parts: int, part: int, wanted: _Keys | None) -> tuple[_Keys, _Owners]:
    """The keys of one part with their owners; only those that are `wanted`, sorted, where they are given."""
    all_keys, all_owners = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    remaining = iter(lines)
    while some := list(islice(remaining, _LINES)):
        keys = unpacked_keys(b"".join([packed for _, packed in some]))
        counts = [len(packed) // KEY_BYTES for _, packed in some]
        owners = np.repeat(np.array([owner for owner, _ in some], np.int64), counts)
        if parts > 1:
            here = keys % np.uint64(parts) == np.uint64(part)
            keys, owners = keys[here], owners[here]
        if wanted is not None:
            places = np.searchsorted(wanted, keys)
            there = places < len(wanted)
            there[there] = wanted[places[there]] == keys[there]
            keys, owners = keys[there], owners[there]
        all_keys.append(keys)
        all_owners.append(owners)
    return np.concatenate(all_keys), np.concatenate(all_owners)


def _edges(keys: _Keys, owners: _Owners) -> list[tuple[int, int]]:
    """Pairs of owners that join all who share a key."""
    order = np.lexsort((owners, keys))
    keys, owners = keys[order], owners[order]
    same = (keys[1:] == keys[:-1]) & (owners[1:] != owners[:-1])
    pairs = np.unique(np.stack([owners[:-1][same], owners[1:][same]], axis=1), axis=0)
    return [(first, second) for first, second in pairs.tolist()]


class _Forest:
    """Disjoint sets of nodes."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def root(self, node: int) -> int:
        parent = self._parent
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, first: int, second: int) -> None:
        self._parent[self.root(first)] = self.root(second)

    def components(self) -> list[Component]:
        """In the order of their first ordinals; those without come last."""
        found: defaultdict[int, Component] = defaultdict(Component)
        for node in sorted(self._parent):
            component = found[self.root(node)]
            if node < 0:
                component.rows.append(-1 - node)
            else:
                component.ordinals.append(node)
        for component in found.values():
            component.rows.sort()
        return sorted(found.values(), key=lambda one: (not one.ordinals, one.ordinals[:1], one.rows[:1]))


def shared_by(stored: Callable[[], Iterable[Packed]]) -> list[Component]:
    """The stored papers that share a key with another one."""
    return find_components(lambda: _as_nodes(stored()), lambda: (), lambda rows: ())
