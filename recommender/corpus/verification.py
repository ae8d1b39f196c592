"""Verify a corpus: every byte is what was written, and everything fits together."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np

from indexes import PRECISIONS, Rows
from indexes.precision import decode, length_error

from ..errors import CorpusChanged, CorpusDamaged, CorpusError, InputError, ParameterError
from ..paper import Paper
from ..paths import checked_path
from ..progress import progress, step
from .abstracts import abstract_code
from .index_file import check_whole, load_index_file
from .lost_log import find_unexplained
from .manifest import Manifest
from .records import PaperRow
from .segments import Segment, load_segments, read_checked
from .snapshot import Snapshot
from .store import CorpusStore
from .term_verification import term_problems
from .vectorless import load_vectorless
from .watch import ChangeWatch

__all__ = ["verify"]

_LOG = logging.getLogger("recommender")

_NAMED = 20

# Each takes as long as reading the corpus does.
_ATTEMPTS = 5


def verify(folder: Path) -> list[str]:
    """Every problem found, in one line each; none when the corpus is well.

    Reads every byte that counts: SQLite's own integrity check, the manifest's and the vector files'
    SHA-256, each paper's record against all that is derived from it, its terms too, and that each row
    has exactly one vector, of length 1 or, in rows that the database says are without, zeros. Vector files
    that no state names tell of commits that were lost.
    Somebody may write meanwhile: a problem counts when nothing was changed while it was found, or when the
    next state has it as well. Raises NotACorpus and CorpusTooNew, CorpusError where nothing can be said.
    """
    folder = checked_path(folder, "the corpus")
    before: list[str] = []
    for _ in range(_ATTEMPTS):
        watch = ChangeWatch(folder)  # before the state: no change is missed
        try:
            problems = _problems(folder)
            if not problems or not watch.changed():
                return problems
        except CorpusChanged:
            problems = []
        finally:
            watch.close()
        if confirmed := [problem for problem in problems if problem in before]:
            return confirmed
        before = problems
    raise CorpusChanged(
        f"{folder}: the corpus was changed each of the {_ATTEMPTS} times that it was verified; "
        "verify it again when nobody writes to it"
    )


def _problems(folder: Path) -> list[str]:
    """What one state's problems are. Raises CorpusChanged where none could be held."""
    try:
        store = CorpusStore.read(folder)
    except CorpusDamaged as error:
        return [str(error)]
    try:
        problems = [f"corpus.sqlite: {line}" for line in _sqlite_problems(store)]
        manifest = store.manifest()
        segments = load_segments(store)
        problems += _row_problems(store, segments, manifest)
        problems += _record_problems(store)
        problems += term_problems(store, manifest)
        zeros = load_vectorless(store)
        problems += _stray_marks(zeros, segments)
        with step("verifying the vectors", manifest.next_row):
            for segment in segments:
                problems += _segment_problems(folder, segment, manifest, zeros)
        problems += _unexplained(folder)
        if not problems:  # over vectors that are not what they were no index can be
            problems += _index_problems(store)
        return problems
    except CorpusChanged:
        raise
    except CorpusError as error:
        return [str(error)]
    finally:
        store.close()


def _unexplained(folder: Path) -> Iterator[str]:
    """What files that nothing names tell; what they do not tell for sure is logged, and is no problem."""
    found = find_unexplained(folder)
    for warning in found.warnings():
        _LOG.info(warning)
    yield from found.lines()


def _sqlite_problems(store: CorpusStore) -> list[str]:
    lines = [line for (line,) in store.execute("PRAGMA integrity_check(20)")]
    return [] if lines == ["ok"] else [" ".join(line.split()) for line in lines]


def _row_problems(store: CorpusStore, segments: list[Segment], manifest: Manifest) -> Iterator[str]:
    """Papers and tombstones together are the rows of the segments, each once, without a gap."""
    expected = segments[0].first_row if segments else manifest.next_row
    for segment in segments:
        if segment.first_row != expected:
            yield f"{segment.file}: begins at row {segment.first_row}, not at {expected}"
        expected = segment.first_row + segment.count
    if expected != manifest.next_row:
        yield f"manifest: next row {manifest.next_row}, but the vectors end before row {expected}"
    found = store.execute("SELECT row FROM papers UNION ALL SELECT row FROM tombstones")
    rows = np.sort(np.fromiter((row for (row,) in found), dtype=np.int64))
    ranges = [np.arange(s.first_row, s.first_row + s.count) for s in segments]
    vectors = np.concatenate([np.empty(0, np.int64), *ranges])
    for row in np.setdiff1d(vectors, rows)[:_NAMED]:
        yield f"row {row}: has a vector but no paper"
    for row in np.setdiff1d(rows, vectors)[:_NAMED]:
        yield f"row {row}: has a paper but no vector"
    for row in np.unique(rows[1:][rows[1:] == rows[:-1]])[:_NAMED]:
        yield f"row {row}: is both a paper and removed"


def _record_problems(store: CorpusStore) -> Iterator[str]:
    expected = Counter[str]()
    tables = ("names", "categories", *(("abstracts",) if store.format >= 4 else ()))
    (total,) = store.execute("SELECT count(*) FROM papers").fetchone()
    columns = "row, key, id, fingerprint, day, text_hash, record_hash, record"
    with progress("verifying", total) as tick:
        for row, *stored in store.execute(f"SELECT {columns} FROM papers ORDER BY row"):
            tick(1)
            try:
                paper = Paper.from_json(stored[-1])
                if astuple(PaperRow.of(paper)) != tuple(stored):
                    yield f"row {row} ({stored[1]}): the record is not what was written"
                    continue
            except (ValueError, TypeError, KeyError, AttributeError, InputError, ParameterError):
                yield f"row {row} ({stored[1]}): the record cannot be read any more"
                continue
            for table in tables:
                values = _side_values(paper, table)
                expected[table] += len(values)
                yield from _side_table_problems(store, row, paper, table, values)
    for table in tables:
        (count,) = store.execute(f"SELECT count(*) FROM {table}").fetchone()
        if count != expected[table]:
            yield f"table {table}: {count} lines, but the papers have {expected[table]}"


def _side_values(paper: Paper, table: str) -> Sequence[str | int]:
    """What a table beside the papers holds for one of them."""
    if table == "abstracts":
        code = abstract_code(paper.abstract)
        return () if code is None else (code,)
    return paper.names if table == "names" else paper.categories


def _side_table_problems(
    store: CorpusStore, row: int, paper: Paper, table: str, values: Sequence[str | int]
) -> Iterator[str]:
    column = {"names": "name", "categories": "category", "abstracts": "code"}[table]
    for value in values:
        found = store.execute(f"SELECT 1 FROM {table} WHERE {column} = ? AND row = ?", (value, row))
        if found.fetchone() is None:
            yield f"row {row} ({paper.id}): {value!r} is missing from table {table}"


def _index_problems(store: CorpusStore) -> list[str]:
    try:
        index_file = load_index_file(store)
        if index_file is None:
            return []
        check_whole(store.path, index_file)
        problem = Snapshot.open(store.path).index_problem
    except FileNotFoundError as error:
        problem = f"{error.filename}: the index file is missing"
    except (OSError, CorpusDamaged) as error:
        problem = str(error)
    return [f"{problem}; search is exact until `recommender compact` builds it again"] if problem else []


def _stray_marks(zeros: Rows, segments: list[Segment]) -> Iterator[str]:
    """Rows that are said to be without a vector lie in a vector file."""
    first = segments[0].first_row if segments else 0
    last = first + sum(segment.count for segment in segments)
    for row in zeros[(zeros < first) | (zeros >= last)][:_NAMED].tolist():
        yield f"row {row}: is said to be without a vector, but lies in no vector file"


def _segment_problems(folder: Path, segment: Segment, manifest: Manifest, zeros: Rows) -> list[str]:
    tolerance = max(1e-3, length_error(PRECISIONS[manifest.precision]))
    row = segment.first_row
    try:
        for block in read_checked(folder, segment, manifest.dim, manifest.precision):
            lengths = np.linalg.norm(decode(block), axis=1)
            marked = np.isin(np.arange(row, row + len(block)), zeros)
            row += len(block)
            if not np.allclose(lengths[~marked], 1, atol=tolerance):
                return [f"{segment.file}: holds a vector whose length is not 1"]
            if lengths[marked].any():
                return [f"{segment.file}: holds a vector of a paper that is said to be without one"]
    except FileNotFoundError:
        return [f"{segment.file}: the file is missing"]
    except OSError as error:
        return [f"{segment.file}: cannot be read ({error.strerror or error})"]
    except CorpusDamaged as error:
        return [str(error)]
    return []
