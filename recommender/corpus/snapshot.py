"""Snapshot: one consistent state of a corpus, unchanged whatever a writer does meanwhile."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Cosines, ExactIndex, Rows, Stored, Vectors

from ..cosine_scale import CosineScale
from ..errors import CorpusChanged, CorpusDamaged, CorpusError
from ..lexical import TermOccurrences, TermVectors, TermWeights, count_terms, tfidf_vectors
from ..option_values import read_part
from ..paper import Paper
from ..recipe import TextRecipe
from .arrivals import arrivals_of_vectors
from .cache import Cache
from .date_density import DateDensity, read_date_density
from .manifest import Manifest, MeasuredCosines
from .random_papers import measure_cosines
from .records import KeyOrder, read_dates, read_labels, read_marks, read_papers, read_texts
from .retractions import marked, notice_rows, retracted_titles, retractions
from .search import FilteredSearch, SearchRequest, load_index_file, open_with_index_file
from .sketches import Pairs, Sketches, pairs_above
from .source_records import stored_paper
from .store import GATE, CorpusStore
from .stored_topics import StoredTopics, load_topics
from .stored_vectors import StoredVectors, load_segments, load_vectorless, open_vectors
from .terms import NAMED_FORMAT, TermStore
from .twins import Twins
from .words import WordIndex

# A writer may drop a file between our reading its name and our opening it, where it does not see us reading;
# then we look again. What the next state names and what is not there either is missing.
_ATTEMPTS = 20

# A mask of a million papers is a megabyte.
_CACHED = 32

# Where a paper's terms stand takes some 43 kilobytes of memory.
_OCCURRENCES_CACHED = 1024

# The terms of a paper take about a kilobyte of memory.
_TERMS_CACHED = 300_000

# To the vectors of so few rows others are compared at once.
_COMPARED = 128

_NO_ROWS: Rows = np.empty(0, np.int64)


class Snapshot:
    """Papers, vectors and index of one state, addressed by row."""

    def __init__(self, store: CorpusStore, *, missing: str | None = None) -> None:
        """`missing` is the file that was not there when this was tried before."""
        self.store = store
        self.path = store.path
        self.format = store.format
        self.manifest: Manifest = store.manifest()
        self.recipe = TextRecipe(self.manifest.recipe)
        """How a paper becomes the text that is encoded."""
        self.newest_arrival = self.manifest.newest_arrival
        """When the last paper arrived, also where it was removed since; 0 where that is not known."""
        self.segments = load_segments(store)
        dim, precision = self.manifest.dim, self.manifest.precision
        files = [open_vectors(self.path, segment, dim, precision) for segment in self.segments]
        # Plain views: a memmap's own indexing is several times slower.
        self._blocks: list[Stored] = [file.view(np.ndarray) for file in files]
        self._first_row = self.segments[0].first_row if self.segments else self.manifest.next_row
        self.index_file = load_index_file(store)
        self._index, self.index_problem = open_with_index_file(
            self.path, self.index_file, self._blocks, self._first_row, dim=dim, missing=missing
        )
        """Why search is exact although there is an index file; empty when all is well."""
        removed = store.column("SELECT row FROM tombstones")
        self._removed = len(removed)
        zeros = load_vectorless(store)
        self._vectors = StoredVectors(self.path, self.segments, self._blocks, zeros, self._first_row)
        self._without: Rows = np.setdiff1d(zeros, removed)
        self._order = KeyOrder(store)
        self._search = FilteredSearch(
            self._index,
            self.place(np.union1d(removed, zeros)),
            self.place(self._without),
            order=self._positions_by_key(),
        )
        self._terms = TermStore(store)
        self.twins = Twins(store, self._order.ordered)
        self.versions = self.twins.versions
        self._cache: Cache[Any] = Cache(_CACHED)
        self._occurrences: Cache[TermOccurrences] = Cache(_OCCURRENCES_CACHED)
        # Not closed by hand: another thread may be reading. It ends with the last user of this state.
        weakref.finalize(self, store.close)

    @classmethod
    def open(cls, folder: Path, *, immutable: bool = False) -> Snapshot:
        """The newest state; `immutable` where nobody will write to it.

        Raises NotACorpus, CorpusTooNew or CorpusDamaged, CorpusError for changes that wait in the log,
        CorpusChanged where it changes faster than it can be opened.
        """
        missing: str | None = None
        for _ in range(_ATTEMPTS):
            with suppress(CorpusChanged):
                store = CorpusStore.read(folder, immutable=immutable, shared=True)
                try:
                    with GATE:
                        return cls(store, missing=missing)
                except FileNotFoundError as error:
                    store.close()
                    if str(error.filename) == missing:
                        raise CorpusDamaged(f"{missing}: the vector file is missing; restore it") from error
                    missing = str(error.filename)
                except OSError as error:
                    store.close()
                    raise CorpusError(f"{error.filename or folder}: {error.strerror}") from error
                except BaseException:
                    store.close()
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
            f"an open corpus cannot be pickled, nor what holds on to it: open {self.path} where it is "
            "needed, and send ids, profiles, or what to_frame() gives"
        )

    @property
    def encoder_name(self) -> str:
        """The name of the encoder that made the vectors."""
        return self.manifest.encoder

    @property
    def encoder_fingerprint(self) -> str:
        """What tells this encoder from another one of its name."""
        return self.manifest.fingerprint

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return self.manifest.dim

    @property
    def precision(self) -> str:
        """In what numbers the vectors are kept: float32, float16 or int8."""
        return self.manifest.precision

    @property
    def unfinished(self) -> int | None:
        """How many papers the build under way will hold in the end; None when none is."""
        return self.manifest.unfinished

    @property
    def size(self) -> int:
        """Number of vectors, those of removed papers among them: the length of a mask."""
        return len(self._index)

    @property
    def living(self) -> Allowed:
        """The mask of all papers but the removed ones, that others are made of. Not to be written to."""

        def read() -> Allowed:
            mask = np.ones(self.size, np.bool_)
            mask[self.place(self.store.column("SELECT row FROM tombstones"))] = False
            return mask

        return np.asarray(self.cached("living", read))

    def search(
        self, queries: Vectors, k: int, allowed: Allowed | None = None, hidden: Rows = _NO_ROWS
    ) -> tuple[Rows, Cosines]:
        """The k nearest papers of each query, as `VectorIndex.search`, but in rows of the corpus.

        `allowed` is a mask over the vectors without removed papers, see `lookup.allowed_mask`. Removed
        papers, those without a vector and `hidden` rows, given without repetition, are never found. Where not
        all of equal cosines are among the k nearest, those are whose keys come first, see `by_key`.
        """
        return self.search_many([(queries, k, hidden)], allowed)[0]

    def search_many(
        self, searches: Sequence[tuple[Vectors, int, Rows]], allowed: Allowed | None = None
    ) -> list[tuple[Rows, Cosines]]:
        """What `search` finds for each (queries, k, hidden), all at once."""
        requests = [SearchRequest(queries, k, self.place(hidden)) for queries, k, hidden in searches]
        if self.index_kind == ExactIndex.kind and allowed is None:
            self._vectors.glance()
        try:
            with np.errstate(invalid="ignore", over="ignore"):  # what is damaged is told below
                found = self._search.search(requests, allowed)
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

    def near_pairs(self, vectors: Vectors, rows: Rows, limit: float) -> Pairs:
        """Places of some unit vectors, shape (n, dim), and the rows to whose vectors their cosine is above
        `limit`. The vectors of many rows are not read again, see `Sketches`.
        """
        if len(rows) <= _COMPARED:
            places, others = pairs_above(vectors, self.vectors(rows), limit)
            return places, rows[others]
        make = partial(Sketches, self.vectors, self._first_row, self.size)
        sketches: Sketches = self.cached("sketches", make)
        return sketches.pairs(self.vectors, vectors, rows, limit)

    @property
    def has_terms(self) -> bool:
        """Whether `terms` can be asked for: not in formats 1 and 2, nor before a first build is through."""
        return self._terms.counted

    @property
    def weights(self) -> TermWeights:
        """How much each term weighs in this state, and how terms have their numbers; raises as `terms`."""
        return self._terms.weights

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
        weights = self.weights
        counted = count_terms(map(read_part, texts), weights.numbering, weights.moved)
        return tfidf_vectors(counted, weights)

    def occurrences(self, row: int, segments: Callable[[], Sequence[str]]) -> TermOccurrences:
        """Where the terms of a row's text stand, once it is cut into segments."""
        return self._occurrences.get(row, lambda: TermOccurrences(segments(), self.weights))

    @cached_property
    def words(self) -> WordIndex | None:
        """Which papers hold which words, in texts and in names; None in a format before 8."""
        return WordIndex(self.store) if self.format >= NAMED_FORMAT else None

    @property
    def term_bytes(self) -> int:
        """Bytes of all papers' terms in the database."""
        return self._terms.size

    def cached(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was made for this key in this state, made now unless it is still there; see `Cache.get`."""
        return self._cache.get(key, make)

    def preload(self) -> None:
        """Read what answers to many readers ask for again and again: all titles, the abstracts and the keys
        that several papers have, the order of keys, and the terms if they are not too many to be kept.
        """
        self.twins.preload()
        self._order.preload()
        if self.has_terms and len(self) <= _TERMS_CACHED:
            self._terms.preload()

    def papers(self, rows: Sequence[int]) -> list[Paper]:
        """The papers of these rows, in this order. Raises CorpusDamaged when one is missing."""
        known = self._retracted_rows
        papers = read_papers(self.store, rows)
        return (
            [marked(paper, row, known) for row, paper in zip(rows, papers, strict=True)] if known else papers
        )

    @property
    def retractions(self) -> NDArray[np.int64]:
        """The row of each retracted paper, ascending, and that of what says so; see `retractions`."""
        return np.asarray(self.cached("retractions", lambda: retractions(self.store)), np.int64)

    @property
    def retracted(self) -> Rows:
        """The rows of the retracted papers, ascending."""
        return self.retractions[:, 0]

    @cached_property
    def retracted_titles(self) -> dict[str, int]:
        """By the fingerprint of a retracted paper's title, the row of the notice that says so."""
        return retracted_titles(self.store)

    @cached_property
    def _retracted_rows(self) -> frozenset[int]:
        return frozenset(self.retracted.tolist())

    @property
    def notices(self) -> Rows:
        """The rows of the notices of other papers, ascending."""
        return np.asarray(self.cached("notices", lambda: notice_rows(self.store)), np.int64)

    def texts(self, rows: Sequence[int], *, whole: bool = False) -> list[str]:
        """What an encoder reads of these papers, in this order, or the `whole` of it; see `Paper.text`."""
        texts = read_texts(self.store, rows)
        return texts if whole else [read_part(text) for text in texts]

    def labels(self, rows: Iterable[int]) -> dict[int, tuple[str, str]]:
        """The id and the title of each of these rows that has a paper."""
        return read_labels(self.store, rows)

    def dates(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """The day of each paper as a proleptic Gregorian ordinal, NaN where it has no date, shape (n,)."""
        return read_dates(self.store, rows)

    @cached_property
    def date_density(self) -> DateDensity | None:
        """How the dates of this state's papers lie; None where none has a date."""
        return read_date_density(self.store)

    def published(self) -> dict[int, str]:
        """By row, ascending, the date of each paper that has one, as exact as it is known."""
        statement = "SELECT row, json_extract(record, '$.published') FROM papers WHERE day != '' ORDER BY row"
        return dict(self.store.execute(statement))

    def first_ids(self, count: int) -> list[str]:
        """The ids of the first papers, in row order, so many at most."""
        return [one for (one,) in self.store.execute("SELECT id FROM papers ORDER BY row LIMIT ?", (count,))]

    def keys(self) -> set[str]:
        """The keys of all papers, by which two corpora hold the same ones."""
        return {key for (key,) in self.store.execute("SELECT key FROM papers")}

    def __iter__(self) -> Iterator[Paper]:
        """All papers in row order."""
        known = self._retracted_rows
        for row, record in self.store.execute("SELECT row, record FROM papers ORDER BY row"):
            yield marked(stored_paper(self.path, row, record), row, known)

    @property
    def arrived(self) -> NDArray[np.int64]:
        """When each vector's paper first came, in microseconds since 1970 in UTC, shape (size,); 0 where that
        is not known, and of removed ones. Not to be written to.
        """
        read = partial(arrivals_of_vectors, self.store, self.size, self.place)
        return np.asarray(self.cached("arrived", read), np.int64)

    def rows(self) -> Rows:
        """The rows of all papers, ascending."""
        return self.store.column("SELECT row FROM papers ORDER BY row")

    @cached_property
    def topics(self) -> StoredTopics | None:
        """The topics that go on; None where none are stored yet."""
        return load_topics(self.store, self.dim)

    def marks(self, rows: Rows) -> NDArray[np.uint64]:
        """A number for each of these papers, as good as random, that only its key decides, shape (n,)."""
        known, marks = self.cached("marks", lambda: read_marks(self.store))
        return np.asarray(marks[np.searchsorted(known, rows)])

    def random_rows(self, count: int, *, excluding: Rows = _NO_ROWS, seed: int = 0) -> Rows:
        """Up to `count` rows that are not excluded, in the order of `by_key`; the same whenever the papers
        are the same.

        Of papers with a vector, unless there is none: one without is unlike all others by that alone.
        """
        rows = self.comparable if len(self.comparable) else self.vectorless

        def shuffled() -> Rows:
            return rows[np.random.default_rng(seed).permutation(len(rows))]

        some = self.cached(("shuffled rows", seed), shuffled)[: count + len(excluding)]
        return self.by_key(some[~np.isin(some, excluding)][:count])

    @cached_property
    def cosine_scale(self) -> CosineScale:
        """How an encoder's cosines are put on the usual scale; where the papers are too few, they stay."""
        found = self.measured_cosines
        if found is None:
            return CosineScale()
        return CosineScale(found.typical, found.spread, found.usual_typical, found.usual_spread)

    @cached_property
    def measured_cosines(self) -> MeasuredCosines | None:
        """The cosines of random papers, the same whenever the papers are: those of the manifest, unless they
        are of another state; then they are measured now. None where the papers are too few.
        """
        known, state = self.manifest.cosines, (len(self), self.manifest.next_row)
        if known is not None and (known.papers, known.next_row) == state:
            return known
        return measure_cosines(self.store, state, self._without, self.vectors, self.texts)

    @property
    def comparable(self) -> Rows:
        """The rows of all papers that have a vector, in the order of `by_key`."""

        def read() -> Rows:
            every = self._order.every
            return every[~np.isin(every, self._without)]

        return np.asarray(self.cached("comparable", read), np.int64)

    @cached_property
    def vectorless(self) -> Rows:
        """The rows of papers without a vector, in the order of `by_key`: `search` never finds them, `vectors`
        are zeros.
        """
        return self.by_key(self._without)

    @property
    def index_kind(self) -> str:
        """The kind of index that answers."""
        return (
            ExactIndex.kind
            if self.index_file is None or self.index_problem
            else self.index_file.measured.kind
        )
