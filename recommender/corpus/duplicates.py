"""What was taken for one paper, by which rule, what is doubtful, and where each part of a paper is from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..identity import group
from .arrivals import arrival_lines
from .components import Packed, shared_by
from .report import RULES
from .snapshot import Snapshot
from .source_records import (
    UNKNOWN,
    RecordName,
    SourcedPaper,
    SourceRecord,
    read_apart,
    read_sourced,
    rows_of_several,
    sourced_of,
)

MERGED, DOUBTFUL, SPLIT = "merged", "doubtful", "split"
_FORMAT = 6
_AT_ONCE = 1000


@dataclass(frozen=True)
class Duplicate:
    """Two records that are one paper, or look like it.

    Attributes
    ----------
    kind : str
        ``merged``: they are one paper; ``doubtful``: they are two, and look like one; ``split``: a user
        said that they are two.
    rule : str
        By what they were found, such as ``doi`` or ``title``; empty for those that were split.
    id, title : str
        The paper; of a split pair the first record.
    source : str
        Where its first record is from.
    other_id, other_title, other_source : str
        The other record: its own id and title, and where it is from.
    """

    kind: str
    rule: str
    id: str
    title: str
    source: str
    other_id: str
    other_title: str
    other_source: str


def find_duplicates(snapshot: Snapshot) -> Iterator[Duplicate]:
    """All of a state: what was merged, what is doubtful, what was split; each in the order of the keys."""
    yield from _merged(snapshot)
    yield from _doubtful(snapshot)
    if snapshot.format >= _FORMAT:
        for pair in sorted(sorted(pair) for pair in read_apart(snapshot.store)):
            yield _split(pair)


def _merged(snapshot: Snapshot) -> Iterator[Duplicate]:
    rows = sorted(rows_of_several(snapshot.store))
    found = read_sourced(snapshot.store, rows)
    for sourced in sorted(found.values(), key=lambda one: one.paper.key):
        first, *others = sourced.records
        for record in others:
            yield Duplicate(
                MERGED,
                record.rule,
                sourced.paper.id,
                sourced.paper.title,
                first.source,
                record.paper.id,
                record.paper.title,
                record.source,
            )


def _doubtful(snapshot: Snapshot) -> Iterator[Duplicate]:
    apart = read_apart(snapshot.store) if snapshot.format >= _FORMAT else set()
    components = shared_by(lambda: _packed(snapshot))
    found: list[Duplicate] = []
    for start in range(0, len(components), _AT_ONCE):
        some = components[start : start + _AT_ONCE]
        sourced = read_sourced(snapshot.store, [row for component in some for row in component.rows])
        for component in some:
            found += _doubtful_among([sourced[row] for row in component.rows], apart)
    yield from sorted(found, key=lambda one: (one.id, one.other_id, one.rule))


def _packed(snapshot: Snapshot) -> Iterator[Packed]:
    if snapshot.format >= _FORMAT:
        return iter(snapshot.store.execute("SELECT row, packed FROM keys"))
    rows = snapshot.rows().tolist()
    return ((row, sourced_of(paper).packed_keys) for row, paper in zip(rows, snapshot, strict=True))


def _doubtful_among(
    papers: Sequence[SourcedPaper], apart: Iterable[frozenset[RecordName]]
) -> Iterator[Duplicate]:
    """The pairs of papers that look like one: the strongest reason of each."""
    entries = [(number, record) for number, paper in enumerate(papers) for record in paper.records]
    grouping = group([record.paper for _, record in entries])
    split = set(apart)
    met: set[tuple[int, int]] = set()
    # What was stored before papers were merged is told as well.
    for link in (*grouping.merged, *grouping.doubtful):
        (one, first), (other, second) = entries[link.first], entries[link.second]
        pair = (min(one, other), max(one, other))
        names = frozenset((RecordName.of(first), RecordName.of(second)))
        if one == other or pair in met or names in split:
            continue
        met.add(pair)
        (ours, first), (theirs, second) = sorted(
            ((papers[one].paper, first), (papers[other].paper, second)), key=lambda of: of[0].key
        )
        yield Duplicate(
            DOUBTFUL,
            link.rule,
            ours.id,
            ours.title,
            first.source,
            theirs.id,
            theirs.title,
            second.source,
        )


def _split(pair: Sequence[RecordName]) -> Duplicate:
    first, second = pair
    return Duplicate(SPLIT, "", first.key, "", first.source, second.key, "", second.source)


_FACTS = (
    ("title", "title"),
    ("abstract", "abstract"),
    ("authors", "authors"),
    ("published", "date"),
    ("venue", "venue"),
    ("url", "url"),
)


def origins(snapshot: Snapshot, rows: Sequence[int], *, arrivals: bool = True) -> list[tuple[str, ...]]:
    """Of each of these rows' papers, when it arrived and where its parts are from; see `origin_lines`."""
    found = read_sourced(snapshot.store, rows)
    arrived = arrival_lines(snapshot.store, rows) if arrivals else [()] * len(rows)
    return [(*came, *origin_lines(found[row])) for came, row in zip(arrived, rows, strict=True)]


def origin_lines(sourced: SourcedPaper) -> tuple[str, ...]:
    """Where each part of a paper of several records is from, and these records; nothing for one of one."""
    if len(sourced.records) == 1:
        return ()
    given: dict[str, list[str]] = {}
    for name, source in _origins(sourced):
        given.setdefault(source, []).append(name)
    parts = "; ".join(f"{', '.join(names)} {source}" for source, names in given.items())
    return (f"from: {parts}", f"records: {'; '.join(map(_told, sourced.records))}")


def _origins(sourced: SourcedPaper) -> Iterator[tuple[str, str]]:
    paper, records = sourced.paper, sourced.records
    for field, name in _FACTS:
        value = getattr(paper, field)
        if value:
            yield name, _giver(records, [getattr(record.paper, field) == value for record in records])
    for scheme, value in paper.identifiers.items():
        has = [record.paper.identifiers.get(scheme) == value for record in records]
        yield RULES.get(scheme, scheme), _giver(records, has)


def _giver(records: Sequence[SourceRecord], gives: Sequence[bool]) -> str:
    return _source(next((record for record, does in zip(records, gives, strict=True) if does), records[0]))


def _source(record: SourceRecord) -> str:
    return "an earlier version" if record.source == UNKNOWN else record.source


def _told(record: SourceRecord) -> str:
    by = f" (by {RULES.get(record.rule, record.rule)})" if record.rule else ""
    return f"{_source(record)} {record.paper.id}{by}"


def pairs_to_split(sourced: SourcedPaper, key: str) -> list[tuple[RecordName, RecordName]]:
    """Which records must not be one paper any more.

    Those that have this key themselves leave the others; where all have it or none, each leaves each.
    """
    records = sourced.records
    leaving = [record for record in records if record.paper.key == key]
    staying = [record for record in records if record.paper.key != key]
    if key == sourced.paper.key or not leaving or not staying:
        return [
            (RecordName.of(one), RecordName.of(other))
            for place, one in enumerate(records)
            for other in records[place + 1 :]
        ]
    return [(RecordName.of(one), RecordName.of(other)) for one in leaving for other in staying]
