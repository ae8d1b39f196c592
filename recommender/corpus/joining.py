"""Records that may be one paper made into papers: a pure function of what each source says.

Records of one source under one key are one after the other (`merging.merge`); those of several sources are
joined by `identity.group` and count alike (`merging.combine`). So the same records give the same papers,
whatever came first and however many additions they came in. Only the id stays what it was first: that of the
record that came first and has one of its own.

An id or identifier that records of different papers share is no paper's id. It is found, as belonging to
several papers, and a paper that would have it gets an id made of its title.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..identifiers import parse_identifier, title_id
from ..identity import Link, group
from ..paper import Paper
from .merging import combine, differing_fields, merge
from .source_records import UNKNOWN, RecordName, SourcedPaper, SourceRecord

Apart = Collection[frozenset[RecordName]]
"""Pairs of records that a user has split."""


@dataclass(frozen=True)
class StagedRecord:
    """A record that is read, by its turn in the source."""

    ordinal: int
    source: str
    paper: Paper


@dataclass(frozen=True)
class Material:
    """Records that may be one paper or several: those of stored papers, by row, and staged ones."""

    stored: dict[int, SourcedPaper]
    staged: Sequence[StagedRecord] = ()
    withdrawn: Collection[tuple[int, int]] = ()
    """Rows and numbers of records that their sources have withdrawn."""


@dataclass
class Made:
    """A paper made of records."""

    sourced: SourcedPaper
    row: int | None
    """Whose place it takes; None for a new one."""

    ordinals: list[int]
    """The staged records that are in it."""

    text_ordinal: int | None
    """The last of these that has its text; None where no staged one has."""

    moved: bool
    """Whether it has records of other rows than its own."""

    arrived: int | None
    """When the first of the stored papers arrived whose records it has; None for one that arrives now."""


@dataclass
class Joined:
    """What became of one material."""

    papers: list[Made] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    """Rows whose records are now in other papers, or nowhere."""

    retained: Counter[str] = field(default_factory=Counter)
    """For how many records each field stayed as another one has it, which says more."""

    merged: Counter[str] = field(default_factory=Counter)
    """How many records came to those of a paper, by rule."""

    doubtful: int = 0
    """Pairs that look like one paper and are kept as two."""

    shared: dict[str, int] = field(default_factory=dict)
    """Names that are no paper's, since several have them, with the number of staged records that do."""


@dataclass
class _Part:
    """The records of one source under one key, one after the other, as one."""

    record: SourceRecord
    rows: list[int]
    """Of the stored papers that it is in."""

    staged: list[StagedRecord] = field(default_factory=list)


def join(material: Material, apart: Apart = (), *, whole_text: bool = False) -> Joined:
    """The papers of some records that are together; `whole_text`: see `merge`."""
    joined = Joined()
    parts = _parts(material, joined, whole_text)
    if not parts:
        joined.gone = [*material.stored]
        return joined
    labels, links = _labels(parts, apart, joined)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        members[label].append(place)
    names = Counter(name for places in members.values() for name in _label_names(parts, places))
    papers = [
        combine([parts[place].record.paper for place in places], whole_text=whole_text)
        for places in members.values()
    ]
    titles = Counter(title_id(paper.title) for paper in papers)
    claims = _Claims(material.stored)
    taken: set[str] = set()
    for places, paper in zip(members.values(), papers, strict=True):
        ruled = _ruled([parts[place] for place in places], places, links)
        rows = sorted({row for part in ruled for row in part.rows})
        row = claims.claim(rows, paper)
        ids = _ids(ruled, paper, material.stored, names, titles)
        paper_id = next(one for one in ids if _key(one) not in taken)
        taken.add(_key(paper_id))
        made = _made(replace(paper, id=paper_id), ruled, row, rows, material.stored, names)
        _count(made, ruled, joined)
        joined.papers.append(made)
    joined.gone = claims.unclaimed
    return joined


def _parts(material: Material, joined: Joined, whole_text: bool) -> list[_Part]:
    """Each source's records of one key as one, where they are one paper's, in the order of their coming."""
    known = {
        record.paper.key: record.source
        for sourced in material.stored.values()
        for record in sourced.records
        if record.source
    }
    known = {staged.paper.key: staged.source for staged in reversed(material.staged)} | known
    buckets: defaultdict[tuple[str, str], list[_Part]] = defaultdict(list)
    for row, sourced in sorted(material.stored.items()):
        for number, record in enumerate(sourced.records):
            if (row, number) in material.withdrawn:
                continue
            key = record.paper.key
            # Stored before sources were: of whatever source says it again.
            source = known.get(key, UNKNOWN) if record.source == UNKNOWN else record.source
            buckets[source, key].append(_Part(replace(record, source=source), [row]))
    for staged in material.staged:
        part = _Part(SourceRecord(staged.source, staged.paper), [], [staged])
        buckets[staged.source, staged.paper.key].append(part)
    found: list[_Part] = []
    for bucket in buckets.values():
        found += _in_turn(bucket, joined, whole_text) if len(bucket) > 1 else bucket
    # Stored records come before staged ones, in each their own order.
    return _different(sorted(found, key=_age))


def _different(parts: Sequence[_Part]) -> list[_Part]:
    """The parts without those that another source has said in the same words before."""
    found: dict[str, _Part] = {}
    for part in parts:
        said = part.record.paper.to_json()
        first = found.get(said)
        if first is None:
            found[said] = part
            continue
        rows = sorted({*first.rows, *part.rows})
        former = tuple(dict.fromkeys((*first.record.former, *part.record.former)))
        record = replace(first.record, former=former)
        found[said] = _Part(record, rows, first.staged + part.staged)
    return [*found.values()]


def _age(part: _Part) -> tuple[bool, int]:
    return (False, min(part.rows)) if part.rows else (True, part.staged[0].ordinal)


_TELLING = 20  # letters of a title that, with an id, leave no doubt


def _in_turn(bucket: Sequence[_Part], joined: Joined, whole_text: bool) -> list[_Part]:
    """Records of one source with one key, later ones merged into earlier ones of the same paper."""
    prints = {part.record.paper.fingerprint for part in bucket}
    key = bucket[0].record.paper.key
    if len(prints) == 1 and len(prints.pop()) >= _TELLING and not key.startswith("title:"):
        labels = [0] * len(bucket)
    else:
        labels = group([part.record.paper for part in bucket]).labels.tolist()
    found: dict[int, _Part] = {}
    for label, part in zip(labels, bucket, strict=True):
        earlier = found.get(label)
        found[label] = part if earlier is None else _followed(earlier, part, joined, whole_text)
    return [*found.values()]


def _followed(earlier: _Part, later: _Part, joined: Joined, whole_text: bool) -> _Part:
    old, new = earlier.record, later.record
    merged = merge(old.paper, new.paper, whole_text=whole_text)
    joined.retained.update(merged.retained)
    names = {*merged.paper.names}
    lost = [name for paper in (old.paper, new.paper) for name in paper.names if not name.startswith("url:")]
    former = dict.fromkeys(name for name in (*old.former, *new.former, *lost) if name not in names)
    record = SourceRecord(old.source, merged.paper, old.rule, tuple(former))
    return _Part(record, sorted({*earlier.rows, *later.rows}), earlier.staged + later.staged)


def labels_of(records: Sequence[SourceRecord], apart: Apart = ()) -> list[int]:
    """A number for the paper that each record is of, as `join` would find it."""
    papers, pairs = _told_apart(records, apart)
    labels: list[int] = group(papers, apart=pairs).labels.tolist()
    return labels


def _labels(parts: Sequence[_Part], apart: Apart, joined: Joined) -> tuple[list[int], tuple[Link, ...]]:
    """Which paper each part is of, and by which rules."""
    if len(parts) == 1:
        return [0], ()
    papers, pairs = _told_apart([part.record for part in parts], apart)
    grouping = group(papers, apart=pairs)
    doubtful = {
        frozenset((int(grouping.labels[link.first]), int(grouping.labels[link.second])))
        for link in grouping.doubtful
        if any(parts[one].staged for one in (link.first, link.second))
    }
    joined.doubtful += len(doubtful)  # of papers, as `duplicates` lists them, however many records they have
    for name, places in grouping.shared.items():
        if any(parts[place].staged for place in places):
            joined.shared[name] = len(places)
    return grouping.labels.tolist(), grouping.merged


def _told_apart(records: Sequence[SourceRecord], apart: Apart) -> tuple[list[Paper], list[frozenset[str]]]:
    """The records' papers and the pairs of keys that are split; two of one key get keys of their own."""
    papers = [record.paper for record in records]
    if not apart:
        return papers, []
    alike = {name for pair in apart if len({one.key for one in pair}) == 1 for name in pair}
    marks: dict[RecordName, str] = {}
    for place, record in enumerate(records):
        name = RecordName.of(record)
        if name in alike:
            marks[name] = f"split:{hashlib.sha256(repr(name).encode()).hexdigest()[:16]}"
            named = {**papers[place].identifiers}
            if parse_identifier(name.key):
                named["its own"] = name.key
            papers[place] = replace(papers[place], id=marks[name], identifiers=named)
    pairs = [frozenset(marks.get(name, name.key) for name in pair) for pair in apart]
    return papers, [pair for pair in pairs if len(pair) == 2]


def _label_names(parts: Sequence[_Part], places: Iterable[int]) -> set[str]:
    found: set[str] = set()
    for place in places:
        found.update(parts[place].record.paper.names)
    return found


def _ruled(parts: Sequence[_Part], places: Sequence[int], links: Sequence[Link]) -> list[_Part]:
    """The parts, each but the first with the rule by which it came to those before it."""
    if len(parts) == 1:
        return [replace(parts[0], record=replace(parts[0].record, rule=""))]
    near: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for link in links:
        near[link.first].append((link.second, link.rule))
        near[link.second].append((link.first, link.rule))
    rules, waiting = {places[0]: ""}, deque([places[0]])
    while waiting:
        for place, rule in near[waiting.popleft()]:
            if place not in rules:
                rules[place] = rule
                waiting.append(place)
    return [
        replace(part, record=replace(part.record, rule=rules.get(place, "id")))
        for part, place in zip(parts, places, strict=True)
    ]


class _Claims:
    """Which paper takes the place of which stored one."""

    def __init__(self, stored: dict[int, SourcedPaper]) -> None:
        self._stored = stored
        self.unclaimed = sorted(stored)

    def claim(self, rows: Iterable[int], paper: Paper) -> int | None:
        """One of these rows that is free: one with the paper's text, and so its vector, else the first."""
        free = [row for row in rows if row in self.unclaimed]
        if not free:
            return None
        same = (row for row in free if self._stored[row].paper.words == paper.words)
        row = next(same, free[0])
        self.unclaimed.remove(row)
        return row


def _ids(
    parts: Sequence[_Part],
    paper: Paper,
    stored: dict[int, SourcedPaper],
    names: Counter[str],
    titles: Counter[str],
) -> Iterable[str]:
    """The ids that a paper may have, the best first: what it has, its records', one of its title."""
    rows = sorted({row for part in parts for row in part.rows})
    # Of a stored paper that falls apart the first record keeps the id.
    owned = [row for row in rows if any(row in part.rows and _leads(part, stored[row]) for part in parts)]
    wanted = [stored[row].paper.id for row in owned]
    wanted += [part.record.paper.id for part in parts]
    ours = {name for part in parts for name in part.record.paper.names}
    free = (one for one in wanted if names[_key(one)] == int(_key(one) in ours))
    yield from (one for one in free if not _is_made(one, titles))
    made = title_id(paper.title)
    if titles[made] <= 1:
        yield made
    first = parts[0].record.paper
    said = (first.key, first.title, first.authors, first.published, first.venue, first.abstract)
    for number in range(1000):
        yield f"title:{hashlib.sha256(repr((said, number)).encode()).hexdigest()[:12]}"


def _is_made(paper_id: str, titles: Counter[str]) -> bool:
    """Whether an id was made of a title that several papers have."""
    return titles[paper_id] > 1


def _leads(part: _Part, sourced: SourcedPaper) -> bool:
    first = sourced.records[0]
    return part.record.paper.key == first.paper.key and first.source in (part.record.source, UNKNOWN)


def _key(paper_id: str) -> str:
    return parse_identifier(paper_id) or paper_id.strip()


def _made(
    paper: Paper,
    parts: Sequence[_Part],
    row: int | None,
    rows: Sequence[int],
    stored: dict[int, SourcedPaper],
    names: Counter[str],
) -> Made:
    records = [part.record for part in parts]
    known = {paper.key, *(name for record in records for name in (*record.paper.names, *record.former))}
    before = (stored[one].paper.key for one in rows)
    if lost := dict.fromkeys(key for key in before if key not in known and not names[key]):
        records[0] = replace(records[0], former=(*records[0].former, *lost))
    ordinals = [staged.ordinal for part in parts for staged in part.staged]
    of_text = [
        staged.ordinal for part in parts for staged in part.staged if staged.paper.words == paper.words
    ]
    return Made(
        SourcedPaper(paper, tuple(records)),
        row,
        sorted(ordinals),
        max(of_text, default=None),
        any(one != row for one in rows),
        min((stored[one].arrived for one in rows), default=None),
    )


def _count(made: Made, parts: Sequence[_Part], joined: Joined) -> None:
    """Count the records that came to those of the paper, and the fields that others of it say better."""
    for part in parts[1:]:
        if made.row is None or made.row not in part.rows:
            joined.merged[part.record.rule] += 1
    if len(parts) > 1:
        for part in parts:
            if part.staged and not part.rows:
                joined.retained.update(differing_fields(made.sourced.paper, part.record.paper))
