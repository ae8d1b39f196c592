"""Verification: every file has its checksum, and database, vectors, terms and index agree.

A file of ours is named by the database, retired by it, or has a marker beside it, whatever happened to whom:
see `corpus.immutable`. A file that is none of these was named by a commit that is gone.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexes import PRECISIONS, Rows
from indexes.storage import decode, length_error

from ..display import pluralize
from ..errors import CorpusChanged, CorpusDamaged, CorpusError, InputError, ParameterError
from ..files import checked_path
from ..paper import Paper
from ..progress import progress, step
from .arrivals import arrival_problems
from .database import DATABASE
from .immutable import INDEX_NAME, VECTORS_NAME, is_plain, marker_of, named_files, retired_files
from .manifest import Manifest
from .name_words import lines_of as name_lines
from .older_text import READ_ALIKE, may_differ
from .readable import ChangeWatch
from .records import PaperRow
from .removal import removal_problems
from .search import check_whole, load_index_file
from .snapshot import Snapshot
from .source_records import SourcedPaper, read_sourced, record_problems, rows_of_several, sourced_of
from .store import CorpusStore
from .stored_topics import topic_problems
from .stored_vectors import Segment, load_segments, load_vectorless, read_checked
from .term_problems import term_problems
from .versions import abstract_code

_LOG = logging.getLogger("recommender")

_FORMAT = 5  # the first in which all files are explained


@dataclass(frozen=True)
class Unexplained:
    """The `lost` files hold rows from `next_row` on, the `others` are index files and hold earlier rows."""

    folder: Path
    next_row: int
    lost: tuple[str, ...]
    others: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """What to say of the lost files, in one line if there are any."""
        if self.lost:
            found = [name for name in map(VECTORS_NAME.fullmatch, self.lost) if name]
            last = max(int(name["first"]) + int(name["count"]) for name in found) - 1
            names = f"names rows up to {self.next_row - 1}" if self.next_row else "names no papers"
            yield (
                f"{self.folder}: the database {names}, but {_listed(self.lost)} "
                f"there up to {last}: its log ({DATABASE}-wal) was lost or damaged while it held changes, or "
                f"an older {DATABASE} was put in its place. Later papers are gone, removals may be undone; "
                "nothing was deleted. Add the papers again, then such a file may be deleted by hand"
            )

    def warnings(self) -> Iterator[str]:
        """What to say of the others, which do no harm, in one line if there are any."""
        if self.others:
            yield (
                f"{self.folder}: {_listed(self.others)} there that the database no longer names, as after a "
                "log that was lost; that does no harm, and such a file may be deleted by hand"
            )


def find_unexplained(
    folder: Path, state: Callable[[Path], AbstractContextManager[CorpusStore]] = CorpusStore.read
) -> Unexplained:
    """The files that neither the state nor a marker explains; nobody who writes meanwhile makes one.

    `state` opens the state then, which must not be one of before: what is in the folder without a marker was
    named or retired when the marker went.
    """
    ours = [
        path.name
        for path in folder.iterdir()
        if INDEX_NAME.fullmatch(path.name) or _with_digest(path.name) is not None
    ]
    unmarked = [name for name in sorted(ours) if not _is_marked(folder, name)]
    with state(folder) as store:
        if store.format < _FORMAT:
            return Unexplained(folder, 0, (), ())
        known = named_files(store) | retired_files(store)
        begun = store.execute("SELECT 1 FROM manifest").fetchone()
        next_row = store.manifest().next_row if begun else 0
    # What was deleted meanwhile had its name in a state before this one, or a marker.
    left = [
        name
        for name in unmarked
        if name not in known and is_plain(folder / name) and not _is_marked(folder, name)
    ]
    lost = tuple(name for name in left if (first := _with_digest(name)) is not None and first >= next_row)
    return Unexplained(folder, next_row, lost, tuple(name for name in left if name not in lost))


def warn_of_lost(found: Unexplained) -> None:
    """Log what a writer should know before it goes on beside files of changes that were lost."""
    for line in found.lines():
        _LOG.warning(line)


def _with_digest(name: str) -> int | None:
    """The first row of a vector file that was written in this format; older ones are explained by nothing."""
    found = VECTORS_NAME.fullmatch(name)
    return int(found["first"]) if found and found["digest"] else None


def _is_marked(folder: Path, name: str) -> bool:
    return is_plain(folder / marker_of(name))


def _listed(names: tuple[str, ...]) -> str:
    return f"{names[0]} is" if len(names) == 1 else f"{names[0]} and {len(names) - 1} more files are"


_NAMED = 20

_READ_OTHERWISE = (
    "%s: format %d read the text of %s otherwise than this version does: their records were compared with "
    "their SHA-256 alone; whoever writes to the corpus next derives the rest anew"
)

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
            # A damaged schema, or a word, may hold the end of a line, and SQLite quotes it.
            problems = [" ".join(problem.split()) for problem in _problems(folder)]
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
        problems += record_problems(store)
        problems += removal_problems(store)
        problems += arrival_problems(store, manifest.newest_arrival)
        problems += term_problems(store, manifest)
        problems += topic_problems(store)
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
    tables += ("keys", "retracted") if store.format >= 6 else ()
    tables += ("revised", "notices") if store.format >= 7 else ()
    tables += ("name_words", "main categories") if store.format >= 8 else ()
    (total,) = store.execute("SELECT count(*) FROM papers").fetchone()
    columns = "row, key, id, fingerprint, day, text_hash, record_hash, record"
    several = rows_of_several(store)
    recipe, otherwise = store.recipe(), 0
    with progress("verifying", total) as tick:
        for row, *stored in store.execute(f"SELECT {columns} FROM papers ORDER BY row"):
            tick(1)
            try:
                paper = Paper.from_json(stored[-1])
                right = PaperRow.of(paper, recipe)
                if (right.record_hash, right.record) != tuple(stored[-2:]):
                    yield f"row {row} ({stored[1]}): the record is not what was written"
                    continue
                sourced = read_sourced(store, [row])[row] if row in several else sourced_of(paper)
                if store.format < READ_ALIKE and may_differ(sourced):
                    otherwise += 1
                    continue
                if right.columns != tuple(stored):
                    yield f"row {row} ({stored[1]}): the record is not what was written"
                    continue
            except CorpusDamaged as error:
                yield str(error)
                continue
            except (ValueError, TypeError, KeyError, AttributeError, InputError, ParameterError):
                yield f"row {row} ({stored[1]}): the record cannot be read any more"
                continue
            for table in tables:
                values = _side_values(sourced, table)
                expected[table] += len(values)
                yield from _side_table_problems(store, row, paper, table, values)
    if otherwise:
        _LOG.info(_READ_OTHERWISE, store.path, store.format, pluralize(otherwise, "paper"))
    for table in tables:
        (count,) = store.execute(f"SELECT count(*) FROM {_TABLES.get(table, table)}").fetchone()
        if count != expected[table] and not otherwise:
            yield f"table {table}: {count} lines, but the papers have {expected[table]}"


def _side_values(sourced: SourcedPaper, table: str) -> Sequence[str | int | bytes]:
    """What a table beside the papers holds for one of them."""
    paper = sourced.paper
    if table == "abstracts":
        code = abstract_code(paper.content)
        return () if code is None else (code,)
    if table == "retracted":
        return (1,) if paper.says_retracted else ()
    if table == "notices":
        return (paper.notice,) if paper.notice else ()
    if table == "revised":
        return () if paper.revised_day is None else (paper.revised_day,)
    if table == "keys":
        return (sourced.packed_keys,)
    if table == "name_words":
        return [f"{field}\n{word}" for field, word in sorted(name_lines(paper))]
    if table == "main categories":
        return paper.categories[:1]
    return sourced.names if table == "names" else paper.categories


# What is not simply a table's name or column.
_TABLES = {"main categories": "categories WHERE main"}
_CONDITIONS = {
    "name_words": "field = ? AND word = ?",
    "main categories": "category = ? AND main",
    "names": "name = ?",
    "categories": "category = ?",
    "abstracts": "code = ?",
    "keys": "packed = ?",
    "retracted": "1 = ?",
    "revised": "day = ?",
    "notices": "kind = ?",
}


def _side_table_problems(
    store: CorpusStore, row: int, paper: Paper, table: str, values: Sequence[str | int | bytes]
) -> Iterator[str]:
    for value in values:
        parts = value.split("\n") if isinstance(value, str) and table == "name_words" else [value]
        of_table = _TABLES.get(table, table).partition(" ")[0]
        statement = f"SELECT 1 FROM {of_table} WHERE {_CONDITIONS[table]} AND row = ?"
        found = store.execute(statement, (*parts, row))
        if found.fetchone() is None:
            what = "what it may be one with" if isinstance(value, bytes) else repr(parts[-1])
            yield f"row {row} ({paper.id}): {what} is missing from table {table}"


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
