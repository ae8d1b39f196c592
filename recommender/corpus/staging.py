"""Staging: the papers of a source, compared with those of the corpus before anything is encoded.

Staging makes one paper of several records with one id, as `merge` does, and of a record and the paper that
the corpus has; it tells how many papers there are to encode before the first is, and keeps memory small
however large the source is.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from ..encoders import Vectors
from ..errors import CorpusError
from ..files import refuse_undecodable
from ..option_values import READ_CHARACTERS, read_part
from ..paper import Paper
from .immutable import is_plain
from .records import PaperRow, differing_fields, merge, stored_paper
from .store import CorpusStore

_FILE = "staging.sqlite"
_CHUNK = 2000
_CHUNK_CHARACTERS = 2**21  # of all papers at a time: hostile ones are long
_MERGED = 256

_SCHEMA = (
    "PRAGMA staging.journal_mode = OFF",
    "PRAGMA staging.synchronous = OFF",
    """
CREATE TABLE staging.papers (
    ordinal INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, id TEXT NOT NULL,
    text_hash BLOB NOT NULL, record_hash BLOB NOT NULL, record TEXT NOT NULL,
    paper_place INTEGER NOT NULL, record_place INTEGER NOT NULL, own_text INTEGER NOT NULL
)""",
)

# With what the first page of a scratch file begins, and what the schema that follows there says.
_MAGIC, _TELLING = b"SQLite format 3\0", b"record_place INTEGER"

_JOIN = "staging.papers AS s JOIN main.papers AS p ON p.key = s.key"


@dataclass(frozen=True)
class Difference:
    """How the staged papers compare with the corpus, in numbers of papers."""

    new: int
    changed_text: int
    changed_facts: int
    unchanged: int


@dataclass(frozen=True)
class Staged:
    """A paper, the row that it has in the corpus (None for a new one), and its place in the source.

    `paper_place` counts the papers read before it, `record_place` those and what was no paper.
    """

    row: int | None
    paper_place: int
    record_place: int
    paper: Paper
    own_text: bool = True
    """Whether the record at these places has this text; else it is another record's, or made of two."""


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

    def add(self, papers: Iterable[tuple[Paper, int, int]], *, whole_text: bool = False) -> Counter[str]:
        """Stage papers, each with its two places (see `Staged`).

        One whose key is there already is merged with it (`whole_text`: see `merge`), takes the earlier
        one's turn, and has the places of the record that its text is from.
        Returns for how many papers each field stayed as the earlier record has it.
        """
        statement = """
            INSERT INTO staging.papers
                (key, id, text_hash, record_hash, record, paper_place, record_place, own_text)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET id = excluded.id, text_hash = excluded.text_hash,
                record_hash = excluded.record_hash, record = excluded.record,
                paper_place = excluded.paper_place, record_place = excluded.record_place,
                own_text = excluded.own_text
        """
        retained: Counter[str] = Counter()
        stream = (Staged(None, places[0], places[1], paper) for paper, *places in papers)
        while chunk := list(_first(stream, _CHUNK, _characters)):
            keys = [staged.paper.key for staged in chunk]
            found = self._under(keys)
            for key, staged in zip(keys, chunk, strict=True):
                if key in found:
                    staged, fields = _merged(found[key], staged, whole_text)
                    retained.update(fields)
                found[key] = staged
            with self._store.transaction():
                self._store.executemany(statement, map(_line, found.values()))
        return retained

    def merge_with_stored(self, *, whole_text: bool = False) -> tuple[Counter[str], Counter[str]]:
        """Merge each paper with the one that the corpus has under its key; see `add` for the rest.

        Returns for how many papers each field stayed as the corpus has it, and for how many it changed.
        """
        find = f"""
            SELECT s.ordinal, p.row, p.record, s.own_text, s.record FROM {_JOIN}
            WHERE s.ordinal > ? AND p.record_hash <> s.record_hash ORDER BY s.ordinal LIMIT ?
        """
        change = """
            UPDATE staging.papers SET id = ?, text_hash = ?, record_hash = ?, record = ?, own_text = ?
            WHERE ordinal = ?
        """
        retained: Counter[str] = Counter()
        changed: Counter[str] = Counter()
        for batch in self._batches(find, _MERGED):
            changes = []
            for ordinal, row, record, own_text, paper in batch:
                stored = stored_paper(self._path.parent, row, record)
                merged = merge(stored, paper, whole_text=whole_text)
                retained.update(merged.retained)
                changed.update(differing_fields(stored, merged.paper))
                own = own_text and merged.paper.text == paper.text
                line = PaperRow.of(merged.paper)
                changes.append((line.id, line.text_hash, line.record_hash, line.record, own, ordinal))
            with self._store.transaction():
                self._store.executemany(change, changes)
        return retained, changed

    def compare(self) -> Difference:
        """Tell new, changed and unchanged papers apart by content hash."""
        total = len(self)
        known = self._number(f"SELECT count(*) FROM {_JOIN}")
        same_text = self._number(f"SELECT count(*) FROM {_JOIN} WHERE p.text_hash = s.text_hash")
        unchanged = self._number(f"SELECT count(*) FROM {_JOIN} WHERE p.record_hash = s.record_hash")
        return Difference(
            new=total - known,
            changed_text=known - same_text,
            changed_facts=same_text - unchanged,
            unchanged=unchanged,
        )

    def strangers(self) -> int:
        """How many papers of the corpus are not staged."""
        return self._number(
            "SELECT count(*) FROM main.papers WHERE key NOT IN (SELECT key FROM staging.papers)"
        )

    def to_update(self, size: int) -> Iterator[list[tuple[int, Paper]]]:
        """Batches of papers whose facts changed but not their text, with the row each has and keeps."""
        statement = f"""
            SELECT s.ordinal, p.row, s.record FROM {_JOIN}
            WHERE s.ordinal > ? AND p.text_hash = s.text_hash AND p.record_hash <> s.record_hash
            ORDER BY s.ordinal LIMIT ?
        """
        for batch in self._batches(statement, size):
            yield [(row, paper) for _, row, paper in batch]

    def to_encode(self, size: int) -> Iterator[list[Staged]]:
        """Batches of papers that need a vector, in source order.

        What was stored since the last batch is not given again.
        """
        statement = """
            SELECT s.ordinal, p.row, s.paper_place, s.record_place, s.own_text, s.record
            FROM staging.papers AS s
            LEFT JOIN main.papers AS p ON p.key = s.key
            WHERE s.ordinal > ? AND (p.row IS NULL OR p.text_hash <> s.text_hash)
            ORDER BY s.ordinal LIMIT ?
        """
        for batch in self._batches(statement, size):
            yield [_staged(line[1:]) for line in batch]

    def at(self, turns: Iterable[int]) -> list[Staged]:
        """The papers whose turn it is, counted from 0 in source order, as if all were new; of long texts what
        an encoder reads.
        """
        statement = """
            SELECT NULL, paper_place, record_place, own_text, record FROM staging.papers
            ORDER BY ordinal LIMIT 1 OFFSET ?
        """
        found = (self._store.execute(statement, (int(turn),)).fetchone() for turn in turns)
        return [_sample(_staged(line)) for line in found]

    def stored(self, size: int) -> list[Staged]:
        """Up to `size` papers whose own text is in the corpus already, spread over the source; as `at`."""
        same = "p.text_hash = s.text_hash AND s.own_text"
        known = self._number(f"SELECT count(*) FROM {_JOIN} WHERE {same}")
        statement = f"""
            SELECT p.row, s.paper_place, s.record_place, s.own_text, s.record FROM {_JOIN}
            WHERE {same} ORDER BY s.ordinal LIMIT 1 OFFSET ?
        """
        turns = (turn * known // size for turn in range(size)) if known > size else range(known)
        found = (self._store.execute(statement, (turn,)).fetchone() for turn in turns)
        return [_sample(_staged(line)) for line in found]

    def _batches(self, statement: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """(ordinal, other columns, paper) in order of the ordinal, read anew for each batch."""
        last = 0
        while lines := list(
            _first(iter(self._store.execute(statement, (last, size))), size, lambda line: len(line[-1]))
        ):
            yield [(*line[:-1], Paper.from_json(line[-1])) for line in lines]
            last = lines[-1][0]

    def _under(self, keys: list[str]) -> dict[str, Staged]:
        """The papers that are staged under some of these keys."""
        find = """
            SELECT key, NULL, paper_place, record_place, own_text, record FROM staging.papers
            WHERE key IN (SELECT value FROM json_each(?))
        """
        lines = self._store.execute(find, (json.dumps(keys),)).fetchall()
        return {line[0]: _staged(line[1:]) for line in lines}

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


def _characters(staged: Staged) -> int:
    paper = staged.paper
    return len(paper.title) + len(paper.abstract) + sum(map(len, paper.authors))


def _sample(staged: Staged) -> Staged:
    """The same without what no encoder reads of its abstract, since many are held at once."""
    abstract = staged.paper.abstract
    if len(abstract) <= READ_CHARACTERS:
        return staged
    paper = copy.copy(staged.paper)
    object.__setattr__(paper, "abstract", read_part(abstract))
    return replace(staged, paper=paper)


def _staged(line: Sequence[Any]) -> Staged:
    """From row, both places, whether the text is its own, and the paper or its record."""
    row, paper_place, record_place, own_text, paper = line
    paper = paper if isinstance(paper, Paper) else Paper.from_json(paper)
    return Staged(row, paper_place, record_place, paper, bool(own_text))


def _merged(earlier: Staged, later: Staged, whole_text: bool) -> tuple[Staged, tuple[str, ...]]:
    """Two records of one source as one, at the places of the one that its text is from."""
    merged = merge(earlier.paper, later.paper, whole_text=whole_text)
    text = merged.paper.text
    if text == later.paper.text:
        place, own_text = later, True
    else:
        place, own_text = earlier, earlier.own_text and text == earlier.paper.text
    return Staged(None, place.paper_place, place.record_place, merged.paper, own_text), merged.retained


def _line(staged: Staged) -> tuple[object, ...]:
    row = PaperRow.of(staged.paper)
    places = (staged.paper_place, staged.record_place, staged.own_text)
    return row.key, row.id, row.text_hash, row.record_hash, row.record, *places
