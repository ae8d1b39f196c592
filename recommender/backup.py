"""Backup: a corpus and the file of its readers, copied while both are in use, whole or not at all.

The folder of a backup has ``corpus/``, a corpus as any other, ``readers.sqlite`` where there are readers, and
``backup.json``, which names the files. A new backup is made beside the folder and takes the place of the one
that is there, whose unchanged files it links. Only what a backup has put there, and nobody has changed since,
is ever deleted. The readers are copied first: so nobody in a backup has been shown a paper that its corpus
has not seen.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from .corpus import copy_corpus, corpus_bytes
from .errors import BackupError
from .files import checked_path, refuse_undecodable, sync_folder, write_whole
from .option_values import READERS_FILE
from .progress import progress
from .readership import Readership, all_readers, readers_file

_MARK, _CORPUS, _LOCK = "backup.json", "corpus", "backup.lock"
_NEW, _OLD = ".new", ".old"
_BESIDE = ("-wal", "-shm", "-journal")  # what SQLite leaves beside a database that was read
_FORMAT = 1


@dataclass(frozen=True)
class Backup:
    """A backup that was made.

    Attributes
    ----------
    folder : str
        Where it lies.
    made : str
        When, as ISO 8601 with a zone.
    papers : int
        How many papers the corpus in it has.
    readers : int or None
        How many readers the file of readers in it has; None where there was no such file.
    bytes : int
        The size of its files together.
    """

    folder: str
    made: str
    papers: int
    readers: int | None
    bytes: int


def make_backup(
    folder: str | os.PathLike[str],
    corpus: str | os.PathLike[str],
    *,
    readers: str | os.PathLike[str] | None = None,
    at: datetime.datetime,
) -> Backup:
    """Copy a corpus and its readers into a folder, in place of the backup that is there.

    Parameters
    ----------
    folder : str or path
        The backup's folder: none yet, an empty one, or an earlier backup.
    corpus : str or path
        The corpus's folder; others may write to it meanwhile.
    readers : str or path, optional
        The file of readers; by default the one beside the corpus's folder, if there is one.
    at : datetime.datetime
        The time now, with a zone.

    Returns
    -------
    Backup
        What is in it.

    Raises
    ------
    BackupError
        For a folder with something else in it, with a backup that was used since, or within the corpus.
    NotACorpus, CorpusDamaged, CorpusError
        Where the corpus cannot be copied.
    ReadershipError
        Where the file of readers is named and cannot be read.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.backup import make_backup
    >>> Corpus.build([{"title": "Deep learning"}], "one.corpus", encoder="static").close()
    >>> made = make_backup("saved", "one.corpus", at=datetime(2026, 11, 30, tzinfo=UTC))
    >>> made.papers, Corpus.open("saved/corpus").verify()
    (1, [])
    """
    place = Path(os.path.realpath(checked_path(folder, "the backup")))
    refuse_undecodable(place, "the backup")
    source = checked_path(corpus, "the corpus")
    _check_apart(place, Path(os.path.realpath(source)))
    new, old = _beside(place, _NEW), _beside(place, _OLD)
    with _system_errors(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() and (old / _MARK).exists():
            old.rename(place)  # stopped between the two renamings of `_exchange`
        _check_is_backup(place)
        with _made(new):
            count = _copy_readers(readers, source, new / READERS_FILE)
            (new / _CORPUS).mkdir()
            with progress("copying", corpus_bytes(source), unit="bytes") as tick:
                papers = copy_corpus(source, new / _CORPUS, former=place / _CORPUS, tick=tick)
            files = sorted(path.relative_to(new).as_posix() for path in _files(new) if path.name != _LOCK)
            size = sum((new / name).stat().st_size for name in files)
            made = Backup(str(folder), at.isoformat(timespec="seconds"), papers, count, size)
            facts = {name: value for name, value in asdict(made).items() if name != "folder"}
            write_whole(new / _MARK, json.dumps({"format": _FORMAT, **facts, "files": files}) + "\n")
            sync_folder(new)
            _exchange(place, new, old)
    return made


def _check_apart(place: Path, corpus: Path) -> None:
    if place.is_relative_to(corpus):
        raise BackupError(f"{place} is within the corpus {corpus}; name a folder elsewhere")
    if corpus.is_relative_to(place):
        raise BackupError(f"{corpus} is within {place}, which a backup would replace; name another folder")


def _copy_readers(named: str | os.PathLike[str] | None, corpus: Path, target: Path) -> int | None:
    source = readers_file(corpus) if named is None else Path(named)
    if named is None and not source.exists():
        return None
    with Readership.read(source) as stored:
        stored.file.copy_to(target)
    with Readership.read(target) as copy:  # whoever came meanwhile is not in it
        return len(all_readers(copy))


def _beside(place: Path, suffix: str) -> Path:
    return place.with_name(f"{place.name}{suffix}")


@contextmanager
def _system_errors(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = error.strerror or error
        raise BackupError(f"{error.filename or place}: {problem}; the backup before is as it was") from error


@contextmanager
def _made(new: Path) -> Iterator[None]:
    """The folder of a backup under way, which goes again where it fails. Another one may not be at it."""
    from filelock import FileLock, Timeout

    if new.exists():
        _check_left(new)
    new.mkdir(exist_ok=True)
    lock = FileLock(new / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BackupError(
            f"another backup into {str(new).removesuffix(_NEW)} is being made; wait for it"
        ) from None
    try:
        for path in new.iterdir():  # what one that was killed had copied
            if path.name != _LOCK:
                _delete(path)
        write_whole(new / _MARK, json.dumps({"format": _FORMAT, "files": None}) + "\n")
        yield
    finally:
        lock.release()
        with contextlib.suppress(OSError):
            shutil.rmtree(new)


def _exchange(place: Path, new: Path, old: Path) -> None:
    """Put the new backup in the place of the one before."""
    if place.exists():
        if old.exists():
            _check_left(old)
            shutil.rmtree(old)
        place.rename(old)
    new.rename(place)
    sync_folder(place.parent)
    (place / _LOCK).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        shutil.rmtree(old)


def _delete(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _check_left(folder: Path) -> None:
    """Raise BackupError for a folder beside the backup that no backup has left there."""
    left = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name}
    if left - {_MARK, _CORPUS, READERS_FILE, _LOCK} or (left - {_LOCK} and _MARK not in left):
        raise BackupError(f"{folder} is in the way, and no backup has left it; move it elsewhere first")


def _check_is_backup(place: Path) -> None:
    """Raise BackupError unless a backup may take this place: it is free, or holds one as it was made."""
    if not place.exists():
        return
    if not place.is_dir():
        raise BackupError(f"{place} is a file; a backup needs a folder of its own")
    if not any(place.iterdir()):
        place.rmdir()
        return
    found = [path.relative_to(place).as_posix() for path in _files(place)]
    known = _named_in(place)
    if known is None:
        first = min(path.name for path in place.iterdir())
        raise BackupError(f"{place} holds {first} and is no backup; name another folder, or an empty one")
    others = sorted(
        name
        for name in found
        if name not in {_MARK, *known} and not any(name.endswith(end) for end in _BESIDE)
    )
    if others:
        raise BackupError(
            f"{place} was used since it was made ({others[0]} is no part of it), and is not replaced; name "
            "another folder"
        )


def _named_in(place: Path) -> list[str] | None:
    """The files that a backup names as its own; None for what is no backup."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads((place / _MARK).read_text(encoding="utf-8"))
        if found["format"] == _FORMAT:
            return [str(name) for name in found["files"] or ()]
    return None


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
