"""Groups that grow by links, as long as no two of their members must stay apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .record import Record

_COMPARED = 20  # records of a group that a new member is held against


class Forest:
    """Disjoint groups of records.

    Parameters
    ----------
    records : sequence of Record
        The records, in an order that depends on what is in them alone.
    apart : collection of frozenset of str
        Pairs of keys of papers that no group may hold both of.
    clash : callable
        Whether two records cannot be one paper.
    """

    def __init__(
        self,
        records: Sequence[Record],
        apart: frozenset[frozenset[str]],
        clash: Callable[[Record, Record], bool],
    ) -> None:
        self._records = records
        self._split = {key for pair in apart for key in pair}
        self._apart = apart
        self._clash = clash
        self._root = list(range(len(records)))
        self._members: dict[int, list[int]] = {}

    def root(self, record: int) -> int:
        """The group of a record."""
        root = record
        while self._root[root] != root:
            root = self._root[root]
        while self._root[record] != root:
            self._root[record], record = root, self._root[record]
        return root

    def join(self, first: int, second: int) -> bool:
        """Make one group of two records' groups; False where members of the two must stay apart."""
        ours, theirs = self.root(first), self.root(second)
        if ours == theirs:
            return True
        left, right = (self._members.get(root, [root]) for root in (ours, theirs))
        if self._must_stay_apart(left, right):
            return False
        self._root[theirs] = ours
        self._members[ours] = sorted(left + right)
        self._members.pop(theirs, None)
        return True

    def _must_stay_apart(self, left: list[int], right: list[int]) -> bool:
        if self._split and any(self._told_apart(one, other) for one in left for other in right):
            return True
        pairs = ((one, other) for one in left[:_COMPARED] for other in right[:_COMPARED])
        return any(self._clash(self._records[one], self._records[other]) for one, other in pairs)

    def _told_apart(self, one: int, other: int) -> bool:
        keys = frozenset((self._records[one].paper.key, self._records[other].paper.key))
        return keys <= self._split and keys in self._apart
