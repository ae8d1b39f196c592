"""The records that a paper is made of: one of each source, each as it came, and what they are found by.

A paper of one record is that record, and only its source is kept beside it. One of several, or one that may
not have its record's id (see `grouping`), has a line for each of them in table ``records``.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import CorpusDamaged, InputError, ParameterError
from ..identifiers import title_id
from ..identity import keys
from ..paper import Paper
from .arrivals import UNKNOWN_ARRIVAL, read_arrivals
from .store import CorpusStore

_AMONG = "IN (SELECT value FROM json_each(?))"
_FORMAT = 6  # the first with records

UNKNOWN = ""
"""The source of what was stored before sources were."""


@dataclass(frozen=True)
class SourceRecord:
    """A record of one source."""

    source: str
    """The format, where all files of it are of one provider, else the file's name; see `sources`."""

    paper: Paper
    """What it says, with its own id."""

    rule: str = ""
    """By which rule it was joined with the others; empty for the first."""

    former: tuple[str, ...] = ()
    """Names by which the paper was found before, and that no record has now."""


@dataclass(frozen=True)
class SourcedPaper:
    """A paper and the records that it is made of."""

    paper: Paper
    records: tuple[SourceRecord, ...]
    packed: bytes = field(default=b"", compare=False)
    """Its keys, see `pack_keys`, where they are known already."""

    arrived: int = field(default=UNKNOWN_ARRIVAL, compare=False)
    """When it first came, see `arrivals`."""

    @property
    def is_plain(self) -> bool:
        """Whether the paper is its only record as it came."""
        (first, *others) = self.records
        if others or first.former:
            return False
        return first.paper is self.paper or first.paper.to_json() == self.paper.to_json()

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is found by: its own names, those of its records, former ones, their titles' ids."""
        if self.is_plain:
            return self.paper.names
        found = [*self.paper.names]
        for record in self.records:
            found += [*record.paper.names, *record.former]
        if len(self.records) > 1:
            found += [title_id(record.paper.title) for record in self.records]
        return tuple(dict.fromkeys(found))

    @property
    def packed_keys(self) -> bytes:
        """By what it may be found to be one with another; see `identity.keys`."""
        if self.packed:
            return self.packed
        if self.is_plain:
            return pack_keys(record_keys(self.paper))
        # The paper's own id is a key as well, wherever it is from: no other paper may have it.
        found = {key for record in self.records for key in record_keys(record.paper)}
        return pack_keys(found | {own_key(self.paper)})


def own_key(paper: Paper) -> str:
    """The key under which papers of one id meet, whatever their id is worth."""
    return f"key:{paper.key}"


def record_keys(paper: Paper) -> tuple[str, ...]:
    """By what a record may be found to be one paper with another, its id in any case."""
    return (*keys(paper), own_key(paper))


KEY_BYTES = 8


def pack_keys(found: Iterable[str]) -> bytes:
    """Keys as the database has them: 64 bits of a digest of each. Two that are one by chance cost a look."""
    return b"".join(
        [hashlib.blake2b(key.encode(), digest_size=KEY_BYTES).digest() for key in sorted(set(found))]
    )


def unpacked_keys(packed: bytes) -> NDArray[np.uint64]:
    """The numbers of packed keys."""
    return np.frombuffer(packed, np.dtype("<u8")).astype(np.uint64, copy=False)


def insert_records(store: CorpusStore, row: int, sourced: SourcedPaper) -> None:
    """Put the records of a paper of several, in the open transaction."""
    for number, record in enumerate(sourced.records):
        line = (
            _source_number(store, record.source),
            record.rule,
            json.dumps(record.former, ensure_ascii=False),
            record.paper.to_json(),
        )
        store.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)", (row, number, *line, _digest(*line))
        )


def source_number(store: CorpusStore, name: str, known: dict[str, int]) -> int:
    """The number of a source, which is given one in the open transaction; `known` are those looked up."""
    if name not in known:
        known[name] = _source_number(store, name)
    return known[name]


def _source_number(store: CorpusStore, name: str) -> int:
    if name == UNKNOWN:
        return 0
    store.execute("INSERT OR IGNORE INTO sources (name) VALUES (?)", (name,))
    return int(store.execute("SELECT number FROM sources WHERE name = ?", (name,)).fetchone()[0])


def _digest(source: object, rule: str, former: str, record: str) -> bytes:
    return hashlib.sha256(json.dumps([source, rule, former, record]).encode()).digest()


def read_sourced(store: CorpusStore, rows: Sequence[int]) -> dict[int, SourcedPaper]:
    """By row, each of these rows' papers with its records. Raises CorpusDamaged for what cannot be read."""
    wanted = json.dumps([int(row) for row in rows])
    if store.format < _FORMAT:
        lines = store.execute(f"SELECT row, record, 0 FROM papers WHERE row {_AMONG} ORDER BY row", (wanted,))
        sources: dict[int, str] = {}
        several: dict[int, list[SourceRecord]] = {}
    else:
        sources = dict(store.execute("SELECT number, name FROM sources"))
        several = _several(store, wanted, sources)
        lines = store.execute(
            f"SELECT row, record, source FROM papers WHERE row {_AMONG} ORDER BY row", (wanted,)
        )
    arrived = read_arrivals(store, rows)
    found = {}
    for row, record, source in lines:
        paper = stored_paper(store.path, row, record)
        own = (SourceRecord(sources.get(source, UNKNOWN), paper),)
        found[row] = SourcedPaper(paper, tuple(several.get(row, own)), arrived=arrived[row])
    missing = next((row for row in rows if int(row) not in found), None)
    if missing is not None:
        raise CorpusDamaged(f"{store.path}: no paper in row {missing}; run `recommender verify`")
    return found


def rows_of_several(store: CorpusStore) -> set[int]:
    """The rows of the papers that are not simply their only record."""
    if store.format < _FORMAT:
        return set()
    return {row for (row,) in store.execute("SELECT DISTINCT row FROM records")}


def sourced_of(paper: Paper, source: str = UNKNOWN) -> SourcedPaper:
    """A paper that is its only record."""
    return SourcedPaper(paper, (SourceRecord(source, paper),))


def _several(store: CorpusStore, wanted: str, sources: dict[int, str]) -> dict[int, list[SourceRecord]]:
    statement = (
        f"SELECT row, source, rule, former, record FROM records WHERE row {_AMONG} ORDER BY row, number"
    )
    found: defaultdict[int, list[SourceRecord]] = defaultdict(list)
    for row, source, rule, former, record in store.execute(statement, (wanted,)):
        paper = stored_paper(store.path, row, record)
        names = tuple(_stored_texts(store.path, f"a record of the paper in row {row}", former))
        found[row].append(SourceRecord(sources.get(source, UNKNOWN), paper, rule, names))
    return found


def _stored_texts(folder: Path, what: str, stored: str) -> list[str]:
    """A list of texts as the database has it. Raises CorpusDamaged where it is none."""
    try:
        found = json.loads(stored)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise CorpusDamaged(f"{folder}: {what} cannot be read; run `recommender verify`")
    return found


def records_to_json(records: Iterable[SourceRecord]) -> str:
    """Records as one line, for `records_from_json`."""
    listed = [(record.source, record.paper.to_json(), record.rule, record.former) for record in records]
    return json.dumps(listed, ensure_ascii=False)


def records_from_json(text: str) -> tuple[SourceRecord, ...]:
    """What `records_to_json` wrote."""
    return tuple(
        SourceRecord(source, Paper.from_json(record), rule, tuple(former))
        for source, record, rule, former in json.loads(text)
    )


def stored_paper(folder: Path, row: int, record: str) -> Paper:
    """The paper of a row's record. Raises CorpusDamaged, naming the row, when it cannot be read."""
    try:
        return Paper.from_json(record)
    except (ValueError, TypeError, KeyError, AttributeError, InputError, ParameterError) as error:
        message = f"{folder}: the paper in row {row} cannot be read; run `recommender verify`"
        raise CorpusDamaged(message) from error


def record_problems(store: CorpusStore) -> Iterator[str]:
    """What is wrong with the lines of records, and with the pairs that a user has split."""
    if store.format < _FORMAT:
        return
    statement = (
        "SELECT r.row, r.number, r.source, r.rule, r.former, r.record, r.sha256, p.row IS NULL, "
        "s.number IS NULL FROM records AS r LEFT JOIN papers AS p ON p.row = r.row "
        "LEFT JOIN sources AS s ON s.number = r.source ORDER BY r.row, r.number"
    )
    expected: defaultdict[int, int] = defaultdict(int)
    for row, number, *line, digest, homeless, nameless in store.execute(statement):
        if homeless or number != expected[row] or (nameless and line[0] != 0):
            yield f"row {row}: its record {number} belongs to no paper, or to no source"
        elif _digest(*line) != digest:
            yield f"row {row}: its record {number} is not what was written"
        expected[row] += 1
    unknown = "SELECT row FROM papers WHERE source != 0 AND source NOT IN (SELECT number FROM sources)"
    for (row,) in store.execute(f"{unknown} ORDER BY row"):
        yield f"row {row}: its source is not in table sources"
    for first, second, digest in store.execute("SELECT first, second, sha256 FROM apart"):
        if _pair_digest(first, second) != digest:
            yield "table apart: a pair is not what was written"


@dataclass(frozen=True, order=True)
class RecordName:
    """What tells a record for good: its source and its own key there."""

    source: str
    key: str

    @classmethod
    def of(cls, record: SourceRecord) -> RecordName:
        """The name of a record."""
        return cls(record.source, record.paper.key)


def read_apart(store: CorpusStore) -> set[frozenset[RecordName]]:
    """The pairs of records that a user has split."""
    lines = store.execute("SELECT first, second FROM apart").fetchall()
    return {frozenset(_record_name(store.path, name) for name in line) for line in lines}


def _record_name(folder: Path, stored: str) -> RecordName:
    what = "a pair in table apart"
    parts = _stored_texts(folder, what, stored)
    if len(parts) != 2:
        raise CorpusDamaged(f"{folder}: {what} cannot be read; run `recommender verify`")
    return RecordName(*parts)


def insert_apart(store: CorpusStore, pairs: Iterable[tuple[RecordName, RecordName]]) -> None:
    """Remember in the open transaction that these are not one paper."""
    for pair in pairs:
        names = sorted(json.dumps([name.source, name.key], ensure_ascii=False) for name in pair)
        store.execute("INSERT OR IGNORE INTO apart VALUES (?, ?, ?)", (*names, _pair_digest(*names)))


def _pair_digest(first: str, second: str) -> bytes:
    return hashlib.sha256(json.dumps([first, second]).encode()).digest()
