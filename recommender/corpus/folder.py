"""The folder of a corpus: its options, one that has not begun, one put in the place of another.

Where a build stopped before its first commit a new one may begin; the database there is maybe half written.

With `--overwrite` the old corpus answers until the new one is whole. Only a folder that was marked for it is
deleted, and only if it holds the files of a corpus and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from indexes import KINDS

from ..errors import CorpusError, CorpusExists, ParameterError, RecommenderError
from ..files import checked_path, sync_folder
from .database import DATABASE, roll_back, translated
from .immutable import INDEX_NAME, VECTORS_NAME, is_plain, remove_plain, uncommitted_names
from .manifest import AUTO
from .schema import APPLICATION_ID
from .store import CorpusStore, writer_lock
from .verification import find_unexplained


def check_index(index: str | None, recall: float | None) -> None:
    """Raise ParameterError for an unknown kind of index, or a recall that is none."""
    check_known(index, (AUTO, *KINDS), "kind of index")
    if recall is not None and not 0 < recall <= 1:
        raise ParameterError(f"recall is {recall}; it must be above 0 and at most 1")


def check_known(name: str | None, known: Collection[str], what: str) -> None:
    """Raise ParameterError for a name that is given and not known."""
    if name is not None and name not in known:
        raise ParameterError(f"{name!r} is no {what}; known: {', '.join(known)}")


def corpus_folder(path: str | os.PathLike[str]) -> Path:
    """The corpus's folder by its path. Raises ParameterError for what is no path."""
    return checked_path(path, "the corpus")


def refuse_other_files(folder: Path) -> None:
    """Raise CorpusExists for a file, and for a folder of somebody else's files."""
    if folder.exists() and not folder.is_dir():
        raise CorpusExists(f"{folder} is a file; a corpus needs a folder of its own")
    if not folder.exists() or (folder / DATABASE).exists():
        return
    names = {path.name for path in folder.iterdir()}
    others = sorted(
        name
        for name in names - uncommitted_names(names)
        if not name.startswith(("staging.sqlite", "writer."))
    )
    if others:
        raise CorpusExists(
            f"{folder} holds other files ({others[0]} ...); a corpus needs a folder of its own"
        )


def is_blank(folder: Path) -> bool:
    """Whether a new corpus may begin here: no database, or one whose build stopped before its first paper.

    What a build that was killed had half written is undone before. Raises CorpusDamaged for a file that is no
    database, CorpusError for one that cannot be read now.
    """
    if not (folder / DATABASE).is_file():
        return True
    roll_back(folder)
    with translated(folder):
        uri = f"{(folder / DATABASE).absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=30)) as connection:
            return _holds_nothing(connection)


def discard(folder: Path) -> None:
    """Delete the database of a corpus that never began, in an order that may be cut short anywhere."""
    path = folder / DATABASE
    if is_plain(path):  # what a link leads to is not ours
        with path.open("r+b") as file:
            file.truncate()  # to nothing, which no log and no journal makes anything of
    for suffix in ("-journal", "-wal", "-shm", ""):
        path.with_name(f"{DATABASE}{suffix}").unlink(missing_ok=True)


def _holds_nothing(connection: sqlite3.Connection) -> bool:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if not tables:
        return application in (0, APPLICATION_ID)
    if application != APPLICATION_ID or not {"manifest", "papers"} <= tables:
        return False
    # A corpus that was emptied is none that never began: its rows are not given again.
    begun = "SELECT 1 FROM manifest WHERE json_extract(document, '$.next_row') > 0"
    found = connection.execute(f"{begun} UNION ALL SELECT 1 FROM papers LIMIT 1").fetchone()
    return found is None


_NEW, _OLD = ".new", ".old"
_MARK = "overwriting.mark"  # an empty file in a folder that such a build has made, or has put aside
_OURS = re.compile(
    rf"{re.escape(DATABASE)}(?:-wal|-shm|-journal)?|(?:{VECTORS_NAME.pattern}|{INDEX_NAME.pattern})(?:\.writing)?|"
    rf"(?:vectors|index)-\.writing|staging\.sqlite(?:-\w+)?|writer\.(?:lock|json)|{re.escape(_MARK)}|"
    r"\.?fetching-[\w.-]+"
)
_MAGIC, _ID_AT = b"SQLite format 3\0", slice(68, 72)


@contextmanager
def replaced(folder: Path, sources: tuple[str, ...], precision: str | None = None) -> Iterator[Path]:
    """The folder in which to build the corpus from these sources that takes the place of the one in `folder`.

    It is `folder` itself where no corpus is there. Otherwise it lies beside it, goes on with what a build
    of the same sources has left there (in this `precision`, if one is asked for), and takes its place at the
    end; an error leaves the old one.
    While this lasts nobody else writes to the old corpus, whose changes would be lost.
    Raises CorpusExists where the folder is not recognisably a corpus and nothing else, CorpusLocked when
    another process is writing to it.
    """
    folder = Path(os.path.realpath(folder))
    new, old = _beside(folder, _NEW), _beside(folder, _OLD)
    if not folder.exists() and (old / DATABASE).exists() and (new / _MARK).exists():
        old.rename(folder)  # stopped between the two renamings below
    if not (folder / DATABASE).exists():
        yield folder
        return
    _check_ours(folder)
    _check_explained(folder)
    if Path.cwd().is_relative_to(folder):
        raise CorpusExists(f"{folder} is the folder you are in; go to another one to have it replaced")
    with writer_lock(folder):
        _discard(old)
        if new.exists() and not _goes_on(new, sources, precision):
            _discard(new)
        with _made(new):
            yield new
        _exchange(folder, new, old)
    _discard(old)


def folder_in_work(folder: Path) -> Path:
    """Where a build that is to replace the corpus in `folder` has come to, or `folder` itself."""
    new = _beside(Path(os.path.realpath(folder)), _NEW)
    return new if (new / DATABASE).exists() else folder


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}{suffix}")


@contextmanager
def _made(new: Path) -> Iterator[None]:
    """The folder of the new corpus, marked; it goes again where nothing was stored in it."""
    with _named_trouble(new):
        new.mkdir(exist_ok=True)
        _mark(new)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            if {path.name for path in new.iterdir()} <= {_MARK, "writer.lock"}:
                _discard(new)
        raise


def _exchange(folder: Path, new: Path, old: Path) -> None:
    with _named_trouble(folder, f"; the new corpus is in {new}"):
        folder.rename(old)
        try:
            _mark(old)
            new.rename(folder)
        except OSError:
            remove_plain(old / _MARK)
            old.rename(folder)
            raise
        sync_folder(folder.parent)
        remove_plain(folder / _MARK)


def _mark(folder: Path) -> None:
    (folder / _MARK).touch()


@contextmanager
def _named_trouble(folder: Path, besides: str = "") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CorpusError(f"{folder} cannot be replaced ({error.strerror or error}){besides}") from error


def _goes_on(folder: Path, sources: tuple[str, ...], precision: str | None) -> bool:
    """Whether a build of these sources was stopped here, in this precision if one is asked for."""
    _check_ours(folder)
    with contextlib.suppress(RecommenderError), CorpusStore.read(folder) as store:
        manifest = store.manifest()
        same = manifest.sources == sources and precision in (None, manifest.precision)
        return same and manifest.unfinished is not None
    return False


def _discard(folder: Path) -> None:
    """Delete a folder, if there is one, that such a build has marked; the mark last, so that it may go on."""
    if not folder.exists():
        return
    _check_ours(folder)
    others = sorted(path.name for path in folder.iterdir() if path.name != _MARK)
    if others and not (folder / _MARK).exists():
        raise CorpusExists(
            f"{folder} is in the way and holds a corpus that no build with --overwrite has put there; "
            "move it elsewhere first"
        )
    with _named_trouble(folder):
        for name in (*others, _MARK):
            if _OURS.fullmatch(name):
                remove_plain(folder / name)
        folder.rmdir()  # which is refused where a file of somebody else's has just come


def _check_ours(folder: Path) -> None:
    """Raise CorpusExists unless the folder holds the files of a corpus, and no others."""
    if not folder.is_dir():
        raise CorpusExists(f"{folder} is a file, no corpus; it is not replaced")
    others = sorted(
        path.name for path in folder.iterdir() if not _OURS.fullmatch(path.name) or not is_plain(path)
    )
    if others:
        raise CorpusExists(
            f"{folder} holds other files ({others[0]}) and is not replaced; move them elsewhere first"
        )
    if (folder / DATABASE).exists() and not _is_ours(folder):
        raise CorpusExists(
            f"{folder}: {DATABASE} is no corpus's and is not replaced; move it elsewhere first"
        )


def _check_explained(folder: Path) -> None:
    """Raise CorpusExists for a file with a name like those of ours that the database has never given.

    Where the database cannot be read it is not known which these are: their names must do.
    """
    found = None
    with contextlib.suppress(RecommenderError):
        found = find_unexplained(folder)
    if found is not None and (strange := [*found.lost, *found.others]):
        raise CorpusExists(
            f"{folder} holds {strange[0]}, which its database does not name, and is not replaced; move it "
            "elsewhere first"
        )


def _is_ours(folder: Path) -> bool:
    """Whether the database is a corpus's: its first bytes say so even where it is damaged.

    Of one that was not closed well they may still wait in the log.
    """
    with (folder / DATABASE).open("rb") as file:
        head = file.read(100)
    if head.startswith(_MAGIC) and int.from_bytes(head[_ID_AT], "big") == APPLICATION_ID:
        return True
    try:
        if not is_blank(folder):
            CorpusStore.read(folder).close()
    except RecommenderError:
        return False
    return True
