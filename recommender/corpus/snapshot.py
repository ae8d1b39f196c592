"""One state of a corpus, as a reader sees it: it stays as it is whatever a writer does meanwhile."""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from indexes import (
    Allowed,
    Cosines,
    ExactIndex,
    Rows,
    Stored,
    VectorIndex,
    Vectors,
    open_index,
)

from ..errors import CorpusChanged, CorpusDamaged, CorpusError
from ..lexical import TermOccurrences, TermVectors, count_terms, tfidf_vectors
from ..limits import read_part
from ..paper import Paper, text_of
from .abstracts import Abstracts
from .database import connect_reader, named_damage, read_format
from .derived import check_whole, load_derived
from .key_order import KeyOrder
from .manifest import Manifest, load_manifest
from .memo import Memo
from .own_connection import GATE, OwnConnection
from .questions import Question, Questions
from .records import stored_paper
from .segments import load_segments, open_vectors
from .stored_terms import StoredTerms
from .stored_vectors import StoredVectors
from .titles import Titles
from .vectorless import load_vectorless
from .versions import Versions

__all__ = ["Snapshot"]

# A writer may drop a file between our reading its name and our opening it, where it does not see us reading;
# then we look again. What the next state names and what is not there either is missing.
_ATTEMPTS = 20

# A mask of a million papers is a megabyte.
_KEPT = 32

# Where a paper's terms stand takes some 43 kilobytes of memory.
_OCCURRENCES_KEPT = 1024

# The terms of a paper take about a kilobyte of memory.
_TERMS_KEPT = 300_000

_WITH_ABSTRACTS = 4  # the first format with numbers of abstracts

_NO_ROWS: Rows = np.empty(0, np.int64)


class Snapshot:
    """Papers, vectors and index of one state, addressed by row."""

    def __init__(
        self, folder: Path, connection: sqlite3.Connection, *, immutable: bool, missing: str | None = None
    ) -> None:
        """`missing` is the file that was not there when this was tried before."""
        self._folder = folder
        self.format = read_format(connection)
        self.manifest: Manifest = load_manifest(connection, folder)
        self.segments = load_segments(connection)
        dim, precision = self.manifest.dim, self.manifest.precision
        files = [open_vectors(folder, segment, dim, precision) for segment in self.segments]
        # Plain views: a memmap's own indexing is several times slower.
        self._blocks: list[Stored] = [file.view(np.ndarray) for file in files]
        self._first_row = self.segments[0].first_row if self.segments else self.manifest.next_row
        self.derived = load_derived(connection)
        self.index_problem = ""
        """Why search is exact although there is an index file; empty when all is well."""
        self._index = self._open_index(missing)
        reopen = partial(connect_reader, folder, immutable=immutable)
        self._connection = OwnConnection(folder, connection, reopen)
        removed = self.rows("SELECT row FROM tombstones")
        self._removed = len(removed)
        zeros = load_vectorless(connection)
        self._vectors = StoredVectors(folder, self.segments, self._blocks, zeros, self._first_row)
        self._without: Rows = np.setdiff1d(zeros, removed)
        self._order = KeyOrder(folder, self._connection)
        self._questions = Questions(
            self._index,
            self.place(np.union1d(removed, zeros)),
            self.place(self._without),
            order=self._positions_by_key(),
        )
        self._terms = StoredTerms(folder, self._connection)
        abstracts = Abstracts(folder, self._connection, counted=self.format >= _WITH_ABSTRACTS)
        self.versions = Versions(Titles(folder, self._connection), abstracts)
        self.memo: Memo[Any] = Memo(_KEPT)
        self._occurrences: Memo[TermOccurrences] = Memo(_OCCURRENCES_KEPT)
        # Not closed by hand: another thread may be reading. It ends with the last user of this state.
        weakref.finalize(self, self._connection.close)

    @classmethod
    def open(cls, folder: Path, *, immutable: bool = False) -> Snapshot:
        """The newest state; `immutable` where nobody will write to it.

        Raises NotACorpus, CorpusTooNew or CorpusDamaged, CorpusError for changes that wait in the log,
        CorpusChanged where it changes faster than it can be opened.
        """
        missing: str | None = None
        for _ in range(_ATTEMPTS):
            with GATE:
                connection = connect_reader(folder, immutable=immutable)
            try:
                with named_damage(folder), GATE:
                    return cls(folder, connection, immutable=immutable, missing=missing)
            except CorpusChanged:
                connection.close()
            except FileNotFoundError as error:
                connection.close()
                if str(error.filename) == missing:
                    raise CorpusDamaged(f"{missing}: the vector file is missing; restore it") from error
                missing = str(error.filename)
            except OSError as error:
                connection.close()
                raise CorpusError(f"{error.filename or folder}: {error.strerror}") from error
            except BaseException:
                connection.close()
                raise
        raise CorpusChanged(f"{folder}: it is changed faster than it can be opened; open it again later")

    def __len__(self) -> int:
        """Number of papers."""
        return len(self._index) - self._removed

    def __deepcopy__(self, memo: object) -> Snapshot:
        """Itself: it never changes."""
        return self

    def __reduce__(self) -> NoReturn:
        """Raises TypeError: files that are open here cannot be sent to another process."""
        raise TypeError(
            f"an open corpus cannot be pickled, nor what holds on to it: open {self._folder} where it is "
            "needed, and send ids, profiles, or what to_frame() gives"
        )

    @property
    def size(self) -> int:
        """Number of vectors, those of removed papers among them: the length of a mask."""
        return len(self._index)

    def search(
        self, queries: Vectors, k: int, allowed: Allowed | None = None, hidden: Rows = _NO_ROWS
    ) -> tuple[Rows, Cosines]:
        """The k nearest papers of each query, as `VectorIndex.search`, but in rows of the corpus.

        `allowed` is a mask over the vectors without removed papers, see `allowed_mask`. Removed papers,
        those without a vector and `hidden` rows, given without repetition, are never found. Where not all of
        equal cosines are among the k nearest, those are whose keys come first, see `by_key`.
        """
        return self.search_many([(queries, k, hidden)], allowed)[0]

    def search_many(
        self, asked: Sequence[tuple[Vectors, int, Rows]], allowed: Allowed | None = None
    ) -> list[tuple[Rows, Cosines]]:
        """What `search` finds for each (queries, k, hidden), all at once."""
        questions = [Question(queries, k, self.place(hidden)) for queries, k, hidden in asked]
        if self.index_kind == ExactIndex.kind and allowed is None:
            self._vectors.glance()
        try:
            with np.errstate(invalid="ignore", over="ignore"):  # what is damaged is told below
                found = self._questions.ask(questions, allowed)
        except ValueError:
            self._vectors.look_for_damage()  # a sound row never makes a search fail
            raise
        return [(positions + self._first_row, cosines) for positions, cosines in found]

    def by_key(self, rows: Rows) -> Rows:
        """These rows, given without repetition, in the order of their papers' keys: an order that does not
        tell when a paper came.
        """
        return self._order.ordered(rows)

    def _positions_by_key(self) -> Callable[[Rows], Rows] | None:
        """`by_key` of positions among the vectors; None where an approximate index answers."""
        if self.index_kind != ExactIndex.kind:
            return None
        order, first = self._order, self._first_row  # not self: it would keep itself alive
        return lambda positions: order.ordered(positions + first) - first

    def place(self, rows: Rows) -> Rows:
        """Where rows stand among the vectors. Raises CorpusDamaged for a row that has no vector."""
        return self._vectors.place(rows)

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of these rows as unit float32, shape (len(rows), dim); zeros for papers without one.

        Raises CorpusDamaged, naming the file, for other zeros and for what is not finite.
        """
        return self._vectors.take(rows, dim=self.manifest.dim, precision=self.manifest.precision)

    @property
    def has_terms(self) -> bool:
        """Whether `terms` can be asked for: not in formats 1 and 2, nor before a first build is through."""
        return self._terms.counted

    @property
    def idf(self) -> NDArray[np.float32]:
        """The inverse document frequency of each term in this state, shape (BUCKETS,), read-only."""
        return self._terms.idf

    def terms(self, rows: Rows) -> TermVectors:
        """The TF-IDF vectors of these papers, in this order.

        Raises CorpusDamaged for a row without terms, CorpusError where none are counted: see `has_terms`.
        """
        return self._terms.vectors(rows)

    @cached_property
    def vectorless_terms(self) -> TermVectors:
        """The terms of the papers without a vector, in the order of `vectorless`; raises as `terms`."""
        return self.terms(self.vectorless)

    def term_vectors(self, texts: Sequence[str]) -> TermVectors:
        """The TF-IDF vectors of other texts, weighed as those of the papers are."""
        return tfidf_vectors(count_terms(map(read_part, texts)), self.idf)

    def occurrences(self, row: int, segments: Callable[[], Sequence[str]]) -> TermOccurrences:
        """Where the terms of a row's text stand, once it is cut into segments."""
        return self._occurrences.get(row, lambda: TermOccurrences(segments(), self.idf))

    @property
    def term_bytes(self) -> int:
        """Bytes of all papers' terms in the database."""
        return self._terms.size

    def preload(self) -> None:
        """Read what answers to many readers ask for again and again: all titles, the abstracts that several
        papers have, the order of keys, and the terms if they are not too many to be kept.
        """
        self.versions.preload()
        self._order.preload()
        if self.has_terms and len(self) <= _TERMS_KEPT:
            self._terms.preload()

    def papers(self, rows: Sequence[int]) -> list[Paper]:
        """The papers of these rows, in this order. Raises CorpusDamaged when one is missing."""
        statement = "SELECT row, record FROM papers WHERE row IN (SELECT value FROM json_each(?))"
        found = dict(self.select(statement, (json.dumps([int(row) for row in rows]),)))
        missing = next((row for row in rows if int(row) not in found), None)
        if missing is not None:
            raise CorpusDamaged(f"{self._folder}: no paper in row {missing}; run `recommender verify`")
        return [stored_paper(self._folder, int(row), found[int(row)]) for row in rows]

    def texts(self, rows: Sequence[int], *, whole: bool = False) -> list[str]:
        """What an encoder reads of these papers, in this order, or the `whole` of it; see `Paper.text`."""
        statement = (
            "SELECT row, json_extract(record, '$.title'), json_extract(record, '$.abstract') FROM papers "
            "WHERE row IN (SELECT value FROM json_each(?))"
        )
        lines = self.select(statement, (json.dumps([int(row) for row in rows]),))
        found = {row: text_of(title, abstract or "") for row, title, abstract in lines}
        return [found[int(row)] if whole else read_part(found[int(row)]) for row in rows]

    def labels(self, rows: Iterable[int]) -> dict[int, tuple[str, str]]:
        """The id and the title of each of these rows that has a paper."""
        statement = (
            "SELECT row, id, json_extract(record, '$.title') FROM papers "
            "WHERE row IN (SELECT value FROM json_each(?))"
        )
        lines = self.select(statement, (json.dumps(list(rows)),))
        return {row: (paper_id, title) for row, paper_id, title in lines}

    def __iter__(self) -> Iterator[Paper]:
        """All papers in row order."""
        lines = self.select("SELECT row, record FROM papers ORDER BY row")
        return (stored_paper(self._folder, *line) for line in lines)

    @property
    def comparable(self) -> Rows:
        """The rows of all papers that have a vector, in the order of `by_key`."""

        def read() -> Rows:
            every = self._order.every
            return every[~np.isin(every, self._without)]

        return np.asarray(self.memo.get("comparable", read), np.int64)

    @cached_property
    def vectorless(self) -> Rows:
        """The rows of papers without a vector, in the order of `by_key`: `search` never finds them, `vectors`
        are zeros.
        """
        return self.by_key(self._without)

    def select(self, statement: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The lines that an SQL statement finds in this state."""
        with named_damage(self._folder):
            yield from self._connection.execute(statement, parameters)

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> Rows:
        """The only column of such lines, as an array."""
        with named_damage(self._folder):  # not by `select`, whose lines pass through Python one by one
            lines = self._connection.execute(statement, parameters)
            return np.fromiter(chain.from_iterable(lines), dtype=np.int64)

    def _open_index(self, missing: str | None) -> VectorIndex:
        """The index over this state's vectors; an index file that is of no use is only told."""
        derived, dim = self.derived, self.manifest.dim
        if derived is not None:
            try:
                if derived.first_row != self._first_row:
                    raise CorpusDamaged(f"{derived.file}: not of the first rows of this corpus")
                file = check_whole(self._folder, derived)  # what FAISS follows must be what was written
                kind, measured = derived.measured.kind, derived.measured
                return open_index(kind, self._blocks, dim=dim, file=file, measured=measured)
            except FileNotFoundError as error:
                if str(error.filename) != missing:
                    raise
                self.index_problem = f"{self._folder / derived.file}: the file is missing"
            except (OSError, ValueError, MemoryError, CorpusDamaged) as error:
                self.index_problem = str(error)
        return open_index(ExactIndex.kind, self._blocks, dim=dim)

    @property
    def index_kind(self) -> str:
        """The kind of index that answers."""
        return ExactIndex.kind if self.derived is None or self.index_problem else self.derived.measured.kind
