"""Staging: the papers of a source, compared with those of the corpus before anything is encoded.

What may be one paper with another record, or with a stored paper, is made into papers by `settling`; then it
is known how many there are to encode before the first is, and memory stays small however large the source is.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import itertools
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np

from ..encoders import Vectors
from ..errors import CorpusError
from ..files import refuse_undecodable
from ..option_values import READ_CHARACTERS, read_part
from ..paper import Paper
from ..recipe import TextRecipe
from .arrivals import arrivals_by_name
from .immutable import is_plain
from .source_records import RecordName, SourcedPaper, SourceRecord, pack_keys, record_keys, records_from_json
from .store import CorpusStore
from .withholding import Withheld

_FILE = "staging.sqlite"
_CHUNK = 2000
_CHUNK_CHARACTERS = 2**21  # of all papers at a time: hostile ones are long

_SCHEMA = (
    "PRAGMA staging.journal_mode = OFF",
    "PRAGMA staging.synchronous = OFF",
    """
-- In the order of reading; what is made of stored papers alone comes last. `row`: of the stored paper whose
-- place it takes. `turn`: what has one is committed together. `records`: of a paper that is not its only one.
-- `arrived`: when it did, where it has been here before.
CREATE TABLE staging.papers (
    ordinal INTEGER PRIMARY KEY, turn INTEGER NOT NULL, row INTEGER, state INTEGER NOT NULL,
    waits INTEGER NOT NULL, came INTEGER NOT NULL, text_hash BLOB NOT NULL, record_hash BLOB NOT NULL,
    record TEXT NOT NULL, paper_place INTEGER NOT NULL, record_place INTEGER NOT NULL,
    own_text INTEGER NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL, records TEXT, arrived INTEGER
)""",
    "CREATE INDEX staging.turns ON papers (turn, ordinal)",
    "CREATE TABLE staging.keys (ordinal INTEGER PRIMARY KEY, packed BLOB NOT NULL)",
    "CREATE TABLE staging.gone (row INTEGER PRIMARY KEY, turn INTEGER NOT NULL, waits INTEGER NOT NULL)",
)

# With what the first page of a scratch file begins, and what the schema that follows there says.
_MAGIC, _TELLING = b"SQLite format 3\0", b"record_place INTEGER"

UNCHANGED, PARTS, FACTS, TEXT = range(4)
"""What is new of a staged paper: nothing, only which records it is made of, facts, its text."""

_NEW = "(row IS NULL OR state = 3)"  # those that need a vector


@dataclass(frozen=True)
class Difference:
    """How the staged papers compare with the corpus, in numbers of papers."""

    new: int
    changed_text: int
    changed_facts: int
    unchanged: int
    came: int
    """Those that a staged record is of, whichever of these they are."""


@dataclass(frozen=True)
class Staged:
    """A paper, the row that it has in the corpus (None for a new one), and its place in the source.

    `paper_place` counts the papers read before it, `record_place` those and what was no paper; both are -1
    where the paper is of records that are stored already.
    """

    row: int | None
    paper_place: int
    record_place: int
    paper: Paper
    own_text: bool = True
    """Whether the record at these places has this text; else it is another record's, or made of two."""

    ordinal: int = 0
    turn: int = 0
    records: tuple[SourceRecord, ...] = ()
    packed: bytes = b""
    arrived: int | None = None
    """When it first came, see `arrivals`; None where it comes now."""

    def sourced(self, now: int) -> SourcedPaper:
        """The paper with its records; it arrives `now` where it was not here before."""
        return SourcedPaper(
            self.paper, self.records, self.packed, now if self.arrived is None else self.arrived
        )


_Item = TypeVar("_Item")

Batches: TypeAlias = Callable[[], Iterator[list[Staged]]]
"""Gives the batches of papers that need a vector, from the beginning each time it is called."""

Encoded: TypeAlias = Generator[tuple[list[Staged], Vectors], None, None]
"""Each batch with a unit row for each of its papers, in order."""


def _may_go(path: Path) -> bool:
    """Whether nothing is there but maybe what a writer left that died: nobody else's file is deleted."""
    if not path.exists() and not path.is_symlink():
        return True
    if not is_plain(path):
        return False
    with path.open("rb") as file:
        page = file.read(4096).rstrip(b"\0")
    return not page or (page.startswith(_MAGIC) and (_TELLING in page or b"CREATE" not in page))


class Staging:
    """Papers on their way in, in a scratch file attached to the writer's connection as ``staging``."""

    def __init__(self, store: CorpusStore) -> None:
        refuse_undecodable(store.path, "the corpus")
        self._store = store
        self.apart: list[tuple[RecordName, RecordName]] = []
        """Pairs of records that are split by what is stored."""
        self.withheld = Withheld()
        """What stayed out as it was removed, and what came again by name."""
        self.unknown = 0
        """How many papers of the corpus share nothing with what is staged."""
        self._recipe = store.recipe()
        self._path = store.path / _FILE
        if not _may_go(self._path):
            raise CorpusError(
                f"{self._path} is not of this corpus, and in the way of what is added; move it elsewhere"
            )
        self._path.unlink(missing_ok=True)
        try:
            store.execute("ATTACH DATABASE ? AS staging", (str(self._path),))
            for statement in _SCHEMA:
                store.execute(statement)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Drop the scratch file."""
        with contextlib.suppress(CorpusError):  # whatever ended the work is the error to tell
            self._store.execute("DETACH DATABASE staging")
        self._path.unlink(missing_ok=True)

    def __len__(self) -> int:
        return self._number("SELECT count(*) FROM staging.papers")

    def add(self, papers: Iterable[tuple[Paper, str, int, int]]) -> None:
        """Stage papers as they are read, each with its source and its two places (see `Staged`)."""
        line = f"INSERT INTO staging.papers VALUES ({', '.join('?' * 16)})"
        stream = iter(papers)
        ordinal = self._number("SELECT ifnull(max(ordinal), 0) FROM staging.papers")
        while chunk := list(_first(stream, _CHUNK, lambda item: _characters(item[0]))):
            numbered = list(enumerate(chunk, ordinal + 1))
            ordinal += len(chunk)
            with self._store.transaction():
                self._store.executemany(
                    line, (_raw_line(self._recipe, number, *item) for number, item in numbered)
                )
                known = self._known_keys(numbered[0][0])
                packed = (
                    (number, known.get(number) or pack_keys(record_keys(item[0])))
                    for number, item in numbered
                )
                self._store.executemany("INSERT INTO staging.keys VALUES (?, ?)", packed)

    def _known_keys(self, first: int) -> dict[int, bytes]:
        """The keys of papers from this ordinal on that are stored as they are."""
        statement = """
            SELECT s.ordinal, k.packed FROM staging.papers AS s
            JOIN main.papers AS p ON p.key = s.key AND p.record_hash = s.record_hash
            JOIN main.keys AS k ON k.row = p.row WHERE s.ordinal >= ?
        """
        return dict(self._store.execute(statement, (first,)))

    def compare(self) -> Difference:
        """Tell new, changed and unchanged papers apart."""
        statement = """
            SELECT sum(row IS NULL), sum(row IS NOT NULL AND state = 3), sum(row IS NOT NULL AND state = 2),
                sum(came AND row IS NOT NULL AND state < 2), sum(came > 0)
            FROM staging.papers
        """
        return Difference(*(int(number or 0) for number in self._store.execute(statement).fetchone()))

    def leave_strangers(self) -> None:
        """What is made of stored papers alone is not stored: these go."""
        self._store.execute("DELETE FROM staging.papers WHERE came = 0")

    def forget_stored(self) -> None:
        """What is stored is dropped: all that is staged is new."""
        self._store.execute("UPDATE staging.papers SET row = NULL, state = 3, waits = 0")
        self._store.execute("DELETE FROM staging.gone")

    def note_arrivals(self, former: CorpusStore) -> None:
        """What is new here was in another state, or in another corpus: there it arrived."""
        statement = "SELECT ordinal, key FROM staging.papers WHERE row IS NULL AND arrived IS NULL"
        new = self._store.execute(statement).fetchall()
        for start in range(0, len(new), _CHUNK):
            chunk = new[start : start + _CHUNK]
            known = arrivals_by_name(former, {key for _, key in chunk})
            lines = [(known[key], ordinal) for ordinal, key in chunk if key in known]
            self._store.executemany("UPDATE staging.papers SET arrived = ? WHERE ordinal = ?", lines)

    @property
    def strangers(self) -> list[int]:
        """The rows of papers of the corpus that no staged record is of."""
        statement = """
            SELECT row FROM main.papers
            WHERE row NOT IN (SELECT row FROM staging.papers WHERE row IS NOT NULL AND came > 0)
            AND row NOT IN (SELECT row FROM staging.gone)
        """
        return [row for (row,) in self._store.execute(statement)]

    def to_update(self, size: int) -> Iterator[tuple[list[Staged], list[int]]]:
        """Papers whose facts or records changed but not their text, each with the row that it keeps, and rows
        that go with them; what has one turn together. Those of a turn with a new text come with that.
        """
        without = f"{_LINE} WHERE s.waits = 0 AND s.row IS NOT NULL AND s.state IN (1, 2) AND s.turn > ?"
        while lines := self._next_turns(without, size):
            gone = self._gone("waits = 0 AND turn BETWEEN ? AND ?", (lines[0].turn, lines[-1].turn))
            yield lines, gone
            self.done(lines, gone)
        if gone := self._gone("waits = 0", ()):
            yield [], gone
            self.done((), gone)

    def to_encode(self, size: int) -> Iterator[list[Staged]]:
        """Batches of papers that need a vector, in source order; what has one turn together.

        What was stored since the last batch is not given again.
        """
        statement = f"{_LINE} WHERE (s.row IS NULL OR s.state = 3) AND s.state > 0 AND s.turn > ?"
        last = 0
        while lines := self._next_turns(statement, size, last):
            yield lines
            last = lines[-1].turn

    def companions(self, batch: Sequence[Staged]) -> tuple[list[Staged], list[int]]:
        """What else is to be stored together with papers of `to_encode`, and the rows that go."""
        turns = json.dumps(sorted({staged.turn for staged in batch}))
        among = "IN (SELECT value FROM json_each(?))"
        find = f"{_LINE} WHERE s.waits = 1 AND s.row IS NOT NULL AND s.state IN (1, 2) AND s.turn {among}"
        lines = [_staged(line) for line in self._store.execute(find, (turns,))]
        return lines, self._gone(f"waits = 1 AND turn {among}", (turns,))

    def done(self, batch: Sequence[Staged], gone: Sequence[int] = ()) -> None:
        """These are in the corpus, and those gone: they are not given again."""
        numbers = ((staged.ordinal,) for staged in batch)
        self._store.executemany("UPDATE staging.papers SET state = 0 WHERE ordinal = ?", numbers)
        self._store.executemany("DELETE FROM staging.gone WHERE row = ?", ((row,) for row in gone))

    def _next_turns(self, statement: str, size: int, last: int = 0) -> list[Staged]:
        """The first papers after a turn, whole turns of them."""
        lines = self._store.execute(f"{statement} ORDER BY s.turn, s.ordinal", (last,))
        found: list[Staged] = []
        total = 0
        for line in lines:
            staged = _staged(line)
            full = len(found) >= size or total >= _CHUNK_CHARACTERS
            if found and full and staged.turn != found[-1].turn:
                break
            found.append(staged)
            total += _characters(staged.paper)
        return found

    def _gone(self, condition: str, values: Sequence[object]) -> list[int]:
        found = self._store.execute(f"SELECT row FROM staging.gone WHERE {condition} ORDER BY row", values)
        return [row for (row,) in found.fetchall()]

    def at(self, turns: Iterable[int]) -> list[Staged]:
        """The papers whose turn it is, counted from 0 in source order, as if all were new; of long texts what
        an encoder reads.
        """
        # From the index, which is small: the papers' lines are not passed over.
        ordinals = np.sort(self._store.column("SELECT ordinal FROM staging.papers ORDER BY turn, ordinal"))
        statement = f"{_LINE} WHERE s.ordinal = ?"
        wanted = (int(ordinals[turn]) for turn in turns)
        found = (self._store.execute(statement, (ordinal,)).fetchone() for ordinal in wanted)
        return [replace(_sample(_staged(line)), row=None) for line in found]

    def stored(self, size: int) -> list[Staged]:
        """Up to `size` papers whose own text is in the corpus already, spread over the source; as `at`."""
        same = "s.row IS NOT NULL AND s.state < 3 AND s.own_text AND s.came > 0"
        known = self._number(f"SELECT count(*) FROM staging.papers AS s WHERE {same}")
        statement = f"{_LINE} WHERE {same} ORDER BY s.ordinal LIMIT 1 OFFSET ?"
        turns = (turn * known // size for turn in range(size)) if known > size else range(known)
        found = (self._store.execute(statement, (turn,)).fetchone() for turn in turns)
        return [_sample(_staged(line)) for line in found]

    def _number(self, statement: str) -> int:
        return int(self._store.execute(statement).fetchone()[0])


def _first(items: Iterator[_Item], count: int, characters: Callable[[_Item], int]) -> Iterator[_Item]:
    """The first `count` items, or as many as have the characters of a chunk, but at least one."""
    total = 0
    for item in itertools.islice(items, count):
        yield item
        total += characters(item)
        if total >= _CHUNK_CHARACTERS:
            return


def _characters(paper: Paper) -> int:
    return len(paper.title) + len(paper.abstract) + sum(map(len, paper.authors))


def _sample(staged: Staged) -> Staged:
    """The same without what no encoder reads of its abstract, since many are held at once."""
    abstract, content = staged.paper.abstract, staged.paper.content
    if len(abstract) <= READ_CHARACTERS:
        return staged
    paper = copy.copy(staged.paper)
    object.__setattr__(paper, "abstract", read_part(abstract))
    object.__setattr__(paper, "content", read_part(content))  # not what the shorter abstract would have
    return replace(staged, paper=paper)


# What `_staged` reads, in its order.
_LINE = """
    SELECT s.ordinal, s.turn, s.row, s.paper_place, s.record_place, s.own_text, s.source, s.record, s.records,
        k.packed, s.arrived
    FROM staging.papers AS s JOIN staging.keys AS k ON k.ordinal = s.ordinal
"""


def _staged(line: Sequence[Any]) -> Staged:
    ordinal, turn, row, paper_place, record_place, own_text, source, record, records, packed, arrived = line
    paper = Paper.from_json(record)
    made = (SourceRecord(source, paper),) if records is None else records_from_json(records)
    own = bool(own_text)
    return Staged(row, paper_place, record_place, paper, own, ordinal, turn, made, packed, arrived)


def _raw_line(
    recipe: TextRecipe, ordinal: int, paper: Paper, source: str, paper_place: int, record_place: int
) -> tuple[object, ...]:
    record = paper.to_json()
    digest = hashlib.sha256(record.encode()).digest()
    places = (paper_place, record_place)
    return (
        ordinal,
        ordinal,
        None,
        TEXT,
        0,
        1,
        recipe.text_hash(paper),
        digest,
        record,
        *places,
        True,
        source,
        paper.key,
        None,
        None,
    )
