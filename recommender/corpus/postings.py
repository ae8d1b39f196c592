"""Postings: by the number of a word the rows that hold it, in segments of up to 32,768 papers.

What a paper is found by is written with it, in one transaction, as a line of table `pending`; once there are
many, and at the end of an addition, all lines become a segment of table `postings`. A reader looks at both. A
segment covers the rows from its first to `until`, none of them in another one. Removed papers stay in it
until `compact`: whoever reads leaves them out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..errors import CorpusDamaged
from ..lexical.search_words import SearchCounts
from .dictionary import Dictionary, drop_unused_words
from .store import CorpusStore

MOST_PENDING = 8192
"""Papers that may wait for a segment."""

# A segment of more is not merged any more: what a merge takes in memory is some 100 MB.
_MOST_PAPERS = 32_768

# An entry is the row, counted from the segment's first, above a byte that holds a count and the title's bit.
_ROW_BITS, _BYTE = 24, 8
_TITLE, _COUNT = 0x80, 0x7F
_ENTRY = np.dtype("<u4")
_LENGTH = np.dtype("<u2")
_PENDING = np.dtype([("number", "<u4"), ("byte", "u1")])
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)

Keys = NDArray[np.uint64]
"""Postings as numbers above entries, ascending."""


@dataclass(frozen=True)
class WordSegment:
    """Which rows a segment covers, and how many words each paper has, shape (until - first_row,)."""

    segment: int
    first_row: int
    until: int
    lengths: NDArray[np.uint16]
    digest: bytes = b""
    """SHA-256 of its postings, once they are stored."""


@dataclass(frozen=True)
class Pending:
    """The postings of papers that wait for a segment: as if they were one from `first_row` on."""

    first_row: int
    until: int
    lengths: NDArray[np.uint16]
    keys: Keys

    def entries(self, number: int) -> NDArray[np.uint32]:
        """Those of a word."""
        first, last = np.searchsorted(self.keys, np.array([number, number + 1], np.uint64) << _HALF)
        return (self.keys[first:last] & _LOW).astype(np.uint32)


def insert_pending(
    store: CorpusStore, dictionary: Dictionary, rows: Iterable[int], papers: Sequence[SearchCounts]
) -> None:
    """Put what papers in these rows are found by in the open transaction, and new words in the dictionary."""
    numbers = dictionary.numbers(set().union(*(paper.counts for paper in papers)))
    sizes = [len(paper.counts) for paper in papers]
    packed = np.empty(sum(sizes), _PENDING)
    words = chain.from_iterable(paper.counts for paper in papers)
    packed["number"] = np.fromiter(map(numbers.__getitem__, words), np.uint32, len(packed))
    counts = chain.from_iterable(paper.counts.values() for paper in papers)
    titled = chain.from_iterable(map(paper.titled.__contains__, paper.counts) for paper in papers)
    packed["byte"] = np.minimum(np.fromiter(counts, np.int64, len(packed)), _COUNT)
    packed["byte"] |= _TITLE * np.fromiter(titled, np.uint8, len(packed))
    ends = np.cumsum(sizes).tolist()
    lines = [
        (row, paper.length, packed[end - size : end].tobytes())
        for row, paper, size, end in zip(rows, papers, sizes, ends, strict=True)
    ]
    store.executemany("INSERT INTO pending VALUES (?, ?, ?)", lines)


def delete_pending(store: CorpusStore, rows: Iterable[int]) -> None:
    """Take papers out that wait, in the open transaction."""
    store.executemany("DELETE FROM pending WHERE row = ?", ((row,) for row in rows))


def read_pending(store: CorpusStore) -> Pending:
    """All that waits. Raises CorpusDamaged for what are no postings."""
    lines = store.execute("SELECT row, length, packed FROM pending ORDER BY row").fetchall()
    if not lines:
        return Pending(0, 0, np.empty(0, np.uint16), np.empty(0, np.uint64))
    rows = np.array([row for row, *_ in lines], np.int64)
    first, until = int(rows[0]), int(rows[-1]) + 1
    lengths = np.zeros(until - first, np.uint16)
    lengths[rows - first] = np.minimum([length for _, length, _ in lines], np.iinfo(np.uint16).max)
    stored = _unpacked([packed for *_, packed in lines], _PENDING, "pending")
    sizes = [len(packed) // _PENDING.itemsize for *_, packed in lines]
    entries = np.repeat((rows - first).astype(np.uint64) << np.uint64(_BYTE), sizes) | stored["byte"]
    keys = np.sort((stored["number"].astype(np.uint64) << _HALF) | entries)
    return Pending(first, until, lengths, keys)


def gather_often(store: CorpusStore) -> None:
    """`gather` where many papers wait."""
    first, last = store.execute("SELECT min(row), max(row) FROM pending").fetchone()
    if first is not None and last - first >= MOST_PENDING:
        gather(store)


def gather(store: CorpusStore) -> None:
    """Make a segment of what waits, and merge small ones at the end, each in a transaction of its own."""
    if store.execute("SELECT 1 FROM pending").fetchone() is not None:
        with store.transaction():
            gather_pending(store)
    while (pair := _to_merge(load_segments(store))) is not None:
        with store.transaction():
            _merge(store, *pair)


def gather_pending(store: CorpusStore) -> None:
    """Make a segment of what waits, in the open transaction."""
    waiting = read_pending(store)
    if waiting.until:
        segments = load_segments(store)
        number = segments[-1].segment + 1 if segments else 1
        _insert(store, WordSegment(number, waiting.first_row, waiting.until, waiting.lengths), waiting.keys)
        store.execute("DELETE FROM pending")


def load_segments(store: CorpusStore) -> list[WordSegment]:
    """All segments, in the order of their rows. Raises CorpusDamaged for one that is none."""
    found = []
    columns = "segment, first_row, until, lengths, sha256"
    lines = store.execute(f"SELECT {columns} FROM word_segments ORDER BY segment")
    for segment, first, until, lengths, digest in lines:
        if not isinstance(lengths, bytes) or len(lengths) != (until - first) * _LENGTH.itemsize:
            raise CorpusDamaged(
                f"{store.path}: table word_segments: segment {segment} is not what was written; "
                "run `recommender compact`"
            )
        words = np.frombuffer(lengths, _LENGTH).astype(np.uint16)
        found.append(WordSegment(segment, first, until, words, digest))
    return found


def read_entries(store: CorpusStore, number: int) -> list[tuple[int, NDArray[np.uint32]]]:
    """By segment, what its papers' postings of a word are. Raises CorpusDamaged for what are none."""
    statement = (
        "SELECT segment, packed FROM postings WHERE number = ? AND "
        "segment IN (SELECT segment FROM word_segments) ORDER BY segment"
    )
    return [
        (segment, _unpacked([packed], _ENTRY, "postings"))
        for segment, packed in store.execute(statement, (number,))
    ]


def decoded(entries: NDArray[np.uint32], first_row: int) -> tuple[Rows, NDArray[np.int32], NDArray[np.bool_]]:
    """The rows of postings, how often each paper holds the word, and whether its title does."""
    rows = (entries >> np.uint32(_BYTE)).astype(np.int64) + first_row
    return rows, (entries & np.uint32(_COUNT)).astype(np.int32), (entries & np.uint32(_TITLE)) > 0


def check_postings(store: CorpusStore) -> None:
    """Raise CorpusDamaged where postings are not what was written, or a word of theirs has no name."""
    for segment in load_segments(store):
        _load(store, segment)
    unnamed = "SELECT 1 FROM postings WHERE number NOT IN (SELECT number FROM words)"
    stray = "SELECT 1 FROM postings WHERE segment NOT IN (SELECT segment FROM word_segments)"
    for statement in (unnamed, stray):
        if store.execute(statement).fetchone() is not None:
            raise CorpusDamaged(
                f"{store.path}: tables words and postings do not fit; run `recommender compact`"
            )


def move_postings(store: CorpusStore, old: Rows, new: Rows) -> None:
    """Give papers in the ascending rows `old` the ascending ones `new`, and drop all others' postings, in the
    open transaction. Words that nobody has any more are dropped as well.
    """
    segments = load_segments(store)
    held = [(segment, _load(store, segment)) for segment in segments]
    store.execute("DELETE FROM postings")
    store.execute("DELETE FROM word_segments")
    for segment, keys in held:
        rows = ((keys & _LOW) >> np.uint64(_BYTE)).astype(np.int64) + segment.first_row
        places = np.searchsorted(old, rows)
        living = old.take(places, mode="clip") == rows if len(old) else np.zeros(len(rows), np.bool_)
        between = np.flatnonzero((old >= segment.first_row) & (old < segment.until))
        if len(between):
            first, until = int(new[between[0]]), int(new[between[-1]]) + 1
            lengths = np.zeros(until - first, np.uint16)
            lengths[new[between] - first] = segment.lengths[old[between] - segment.first_row]
            moved = (new[places[living]] - first).astype(np.uint64) << np.uint64(_BYTE)
            kept = keys[living]
            again = (kept & (_LOW << _HALF)) | moved | (kept & np.uint64(_TITLE | _COUNT))
            _insert(store, WordSegment(segment.segment, first, until, lengths), again)
    while (pair := _to_merge(load_segments(store))) is not None:
        _merge(store, *pair)
    drop_unused_words(store)


def row_marks(store: CorpusStore, first_row: int, count: int) -> NDArray[np.uint64]:
    """A number for each of these rows that its postings and its length decide, in any order, shape (count,).

    0 where nothing is there, and for rows outside. Raises CorpusDamaged for what are no postings.
    """
    marks = np.zeros(count, np.uint64)
    waiting = read_pending(store)
    spans: list[WordSegment | Pending] = [*load_segments(store), *([waiting] * bool(waiting.until))]
    for span in spans:
        keys = span.keys if isinstance(span, Pending) else _load(store, span)
        rows = ((keys & _LOW) >> np.uint64(_BYTE)).astype(np.int64) + span.first_row - first_row
        within = (rows >= 0) & (rows < count)
        of_words = mixed(keys >> _HALF, keys & np.uint64(_TITLE | _COUNT))[within]
        np.add.at(marks, rows[within], of_words)
        rows = np.arange(span.first_row, span.until) - first_row
        within = (rows >= 0) & (rows < count)
        marks[rows[within]] += span.lengths[within].astype(np.uint64)
    return marks


def marks_of(papers: Sequence[SearchCounts], numbers: Any) -> list[int]:
    """`row_marks` as they should be, -1 for a paper with a word that has no number."""
    found = []
    for paper in papers:
        known = [numbers.get(word, -1) for word in paper.counts]
        if min(known, default=0) < 0:
            found.append(-1)
            continue
        titled = (0x80 if word in paper.titled else 0 for word in paper.counts)
        low = [min(count, _COUNT) | bit for count, bit in zip(paper.counts.values(), titled, strict=True)]
        total = mixed(np.array(known, np.uint64), np.array(low, np.uint64)).sum(dtype=np.uint64)
        found.append((int(total) + min(paper.length, 65535)) % (1 << 64))
    return found


def mixed(numbers: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash of each posting."""
    value = ((numbers << np.uint64(_BYTE)) | low) * np.uint64(0x9E3779B97F4A7C15)
    return (value ^ (value >> _HALF)) * np.uint64(0xD6E8FEB86659FD93)


def _to_merge(segments: Sequence[WordSegment]) -> tuple[WordSegment, WordSegment] | None:
    """The last two segments where the last is not much the smaller one and both are small."""
    if len(segments) < 2:
        return None
    before, last = segments[-2:]
    papers = [int(np.count_nonzero(one.lengths)) for one in (before, last)]
    fits = sum(papers) <= _MOST_PAPERS and last.until - before.first_row < 1 << _ROW_BITS
    return (before, last) if fits and papers[0] < 2 * papers[1] + 1 else None


def _merge(store: CorpusStore, first: WordSegment, second: WordSegment) -> None:
    keys, others = _load(store, first), _load(store, second)
    shift = np.uint64(second.first_row - first.first_row) << np.uint64(_BYTE)
    lengths = np.zeros(second.until - first.first_row, np.uint16)
    lengths[: len(first.lengths)] = first.lengths
    lengths[second.first_row - first.first_row :] = second.lengths
    for one in (first, second):
        store.execute("DELETE FROM postings WHERE segment = ?", (one.segment,))
        store.execute("DELETE FROM word_segments WHERE segment = ?", (one.segment,))
    both = np.concatenate([keys, others + shift])
    both.sort()
    _insert(store, WordSegment(first.segment, first.first_row, second.until, lengths), both)


def _load(store: CorpusStore, segment: WordSegment) -> Keys:
    statement = "SELECT number, packed FROM postings WHERE segment = ? ORDER BY number"
    lines = store.execute(statement, (segment.segment,)).fetchall()
    entries = _unpacked([packed for _, packed in lines], _ENTRY, "postings")
    sizes = [len(packed) // _ENTRY.itemsize for _, packed in lines]
    numbers = np.fromiter((number for number, _ in lines), np.uint64, len(lines))
    keys: Keys = (np.repeat(numbers, sizes) << _HALF) | entries
    if _digest(segment.lengths, keys) != segment.digest:
        raise CorpusDamaged(
            f"{store.path}: table postings: segment {segment.segment} is not what was written; "
            "run `recommender compact`"
        )
    return keys


def _digest(lengths: NDArray[np.uint16], keys: Keys) -> bytes:
    return hashlib.sha256(lengths.astype(_LENGTH).tobytes() + keys.astype("<u8").tobytes()).digest()


def _insert(store: CorpusStore, segment: WordSegment, keys: Keys) -> None:
    numbers = keys >> _HALF
    starts = np.flatnonzero(np.diff(numbers, prepend=np.uint64(1 << 32)))
    raw = (keys & _LOW).astype(_ENTRY).tobytes()
    size = _ENTRY.itemsize
    ends = np.append(starts, len(keys))[1:] * size  # none where no paper has a word
    lines = zip(numbers[starts].tolist(), (starts * size).tolist(), ends.tolist(), strict=True)
    name = segment.segment
    store.executemany(
        "INSERT INTO postings VALUES (?, ?, ?)", ((name, number, raw[a:b]) for number, a, b in lines)
    )
    lengths, digest = segment.lengths.astype(_LENGTH).tobytes(), _digest(segment.lengths, keys)
    line = (name, segment.first_row, segment.until, lengths, digest)
    store.execute("INSERT INTO word_segments VALUES (?, ?, ?, ?, ?)", line)


def _unpacked(packed: Sequence[Any], stored: np.dtype[Any], table: str) -> NDArray[Any]:
    if not all(isinstance(one, bytes) and len(one) % stored.itemsize == 0 for one in packed):
        raise CorpusDamaged(f"table {table}: a line holds no postings; run `recommender verify`")
    return np.frombuffer(b"".join(packed), stored)
