"""Which papers meet the conditions of a query: words, phrases, names of authors and venues, titles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from indexes import Allowed, Rows

from ..lexical import plain_text
from ..queries import Clause, ClausePattern
from .authors_and_venues import author_mask, venue_mask
from .snapshot import Snapshot

_CHUNK = 1000
_TITLES = "SELECT row, json_extract(record, '$.title') FROM papers ORDER BY row"
_RECORDS = "SELECT row, record FROM papers ORDER BY row"


def conditions_mask(snapshot: Snapshot, conditions: Iterable[Clause]) -> Allowed | None:
    """The papers that meet all of the conditions; None without any.

    Raises ParameterError for an author or a venue that no paper has.
    """
    mask: Allowed | None = None
    for condition in conditions:
        one = condition_mask(snapshot, condition)
        mask = one if mask is None else mask & one
    return mask


def condition_mask(snapshot: Snapshot, condition: Clause) -> Allowed:
    """The papers that meet one condition. Raises ParameterError for a name that no paper has."""
    held = _held(snapshot, condition)
    return snapshot.living & ~held if condition.is_excluding else held


def _held(snapshot: Snapshot, condition: Clause) -> Allowed:
    """The papers in which it stands."""
    if condition.field == "author":
        return author_mask(snapshot, condition.text)
    if condition.field == "venue":
        return venue_mask(snapshot, condition.text)

    def read() -> Allowed:
        pattern = ClausePattern(condition.text)
        rows = _in_titles(snapshot, pattern) if condition.field else _in_texts(snapshot, pattern)
        found = np.zeros(snapshot.size, np.bool_)
        found[snapshot.place(rows)] = True
        return found

    return np.asarray(snapshot.cached(("holds", condition.field, condition.text), read))


def _in_titles(snapshot: Snapshot, pattern: ClausePattern) -> Rows:
    lines: Iterable[tuple[int, str]] = snapshot.store.execute(_TITLES)
    if (index := snapshot.words) is not None and pattern.ways:
        rows = _holding_any(pattern, index.in_titles)
        lines = [(row, title) for row, (_, title) in snapshot.labels(rows.tolist()).items()]
    return np.array(sorted(row for row, title in lines if pattern.is_in(title)), np.int64)


def _in_texts(snapshot: Snapshot, pattern: ClausePattern) -> Rows:
    """The rows of the papers whose title or abstract holds it."""
    if (index := snapshot.words) is not None and pattern.is_word:
        return index.holding(pattern.ways[0])
    found: list[int] = []
    rows = _may_hold(snapshot, pattern)
    while chunk := [row for row, _ in zip(rows, range(_CHUNK), strict=False)]:
        texts = zip(chunk, snapshot.texts(chunk, whole=True), strict=True)
        found += [row for row, text in texts if pattern.is_in(text)]
    return np.array(found, np.int64)


def _may_hold(snapshot: Snapshot, pattern: ClausePattern) -> Iterator[int]:
    """The rows that hold the words of it, or of whose record, which has names and addresses as well, it is
    known that it holds the beginning of one.
    """
    if (index := snapshot.words) is not None and pattern.ways:
        return iter(_holding_any(pattern, index.holding).tolist())
    lines = snapshot.store.execute(_RECORDS)
    return (row for row, record in lines if _has_any(plain_text(record), pattern.heads))


def _holding_any(pattern: ClausePattern, holding: Callable[[tuple[str, ...]], Rows]) -> Rows:
    """The rows that hold all words of one of the ways in which it is written."""
    return np.unique(np.concatenate([holding(words) for words in pattern.ways]))


def _has_any(record: str, heads: Sequence[str]) -> bool:
    return not heads or any(head in record or head in record.replace("-", "") for head in heads)
