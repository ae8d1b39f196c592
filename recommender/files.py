"""Files and folders: paths checked by name, files written whole, folders that go with their process.

A process that ends by itself deletes its folders. One that is killed cannot: each folder holds a file that
its owner keeps locked, and the system frees the lock of the dead, so that whoever makes the next folder
clears away those that nobody owns any more. Nothing else is touched: the folder's name, its user, what the
file says and all that lies in it must be what is made here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from .errors import ParameterError

SAFE = "what is done is kept, the same command goes on"
"""What is told with each trouble that passes."""


def checked_path(path: str | os.PathLike[str], what: str) -> Path:
    """The path of what is called so. Raises ParameterError for no text, an empty one, and one with a NUL."""
    text: object = path
    if isinstance(path, os.PathLike):
        text = os.fspath(path)
    if not isinstance(text, str):
        raise ParameterError(f"{what}: a {type(path).__name__} is no path; give a text or a Path")
    if not text:
        raise ParameterError(f"{what}: the path is empty; name one")
    if "\0" in text:
        raise ParameterError(f"{what}: {text[:80]!r} holds a NUL, which no path does; name another")
    return Path(text)


def refuse_undecodable(path: Path, what: str) -> None:
    """Raise ParameterError for a path that is no UTF-8: SQLite and Arrow write to none such."""
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError as error:
        name = os.fspath(path).encode("utf-8", "backslashreplace").decode()
        raise ParameterError(f"{what}: {name} is not written in UTF-8; rename the folder") from error


def resolved(path: Path) -> Path:
    """The path without links and dots. Raises OSError where links lead in a circle, in every Python."""
    try:
        return path.resolve()
    except RuntimeError as error:  # before Python 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fspath(path)) from error


def at_home(path: Path) -> Path:
    """The path with ``~`` written out; as it is where nobody's home is called so."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write bytes, or text as UTF-8, to a file that appears at once, in the place of what was there.

    What is no file, such as a pipe or /dev/stdout, is written to. Raises OSError, which names the path
    that was given, and leaves what was there; ParameterError for what is no path.
    """
    target = checked_path(path, "the file to write")
    content = content.encode("utf-8", "replace") if isinstance(content, str) else content
    try:
        target = at_home(target)
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                stream.write(content)
            return
        _replace(resolved(target), content)  # a link stays one, to the new content
    except OSError as error:
        # The name of the temporary file would say nothing to anybody.
        raise type(error)(error.errno, error.strerror, os.fspath(path)) from error


def sync_folder(folder: Path) -> None:
    """Put the names of the folder's files on the disk."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def array_trouble(error: BaseException) -> str:
    """Why numpy could read no array, in a line.

    What it says of bytes that it does not know is how to unpickle them, which would run what is in a file:
    that advice is not repeated.
    """
    reason = error.strerror if isinstance(error, OSError) else None
    said = " ".join((reason or str(error)).split()) or type(error).__name__
    return "it is no array of numbers" if "pickle" in said.lower() else said


def _replace(target: Path, content: bytes) -> None:
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            part.chmod(target.stat().st_mode & 0o7777)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


try:
    import fcntl
except ImportError:  # Windows: what a killed process left there stays
    fcntl = None  # type: ignore[assignment]


_Made = TypeVar("_Made")

_OWNER, _CONTENT = "owner", "content"
_MARK = b"A folder of paper-recommender; it goes when nobody holds a lock on this file.\n"
_NAME = re.compile(r"recommender-[a-z]+-[a-z0-9_]{8}")

_FINALIZERS: weakref.WeakKeyDictionary[object, Callable[[], object]] = weakref.WeakKeyDictionary()


@contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """An empty folder among the system's temporary files, deleted afterwards; `kind` is in its name."""
    folder = _Folder(kind)
    try:
        yield folder.content
    finally:
        folder.clear()


def in_temporary_folder(make: Callable[[Path], _Made]) -> _Made:
    """What `make` makes of a new folder, which is deleted when that is no longer used, or is not made."""
    folder = _Folder("corpus")
    try:
        made = make(folder.content)
    except BaseException:
        folder.clear()
        raise
    _FINALIZERS[made] = weakref.finalize(made, folder.clear)
    return made


def discard(made: object) -> None:
    """Delete the folder that this was made in by `in_temporary_folder`, if it was, without waiting longer."""
    _FINALIZERS.pop(made, lambda: None)()


class _Folder:
    """A new folder; `content` is its part to work in."""

    def __init__(self, kind: str) -> None:
        _clear_abandoned(Path(tempfile.gettempdir()))
        self._process = os.getpid()
        self._path = Path(tempfile.mkdtemp(prefix=f"recommender-{kind}-"))
        self._lock: int | None = None
        try:
            self.content = self._path / _CONTENT
            self.content.mkdir()
            self._lock = _mark(self._path)
        except BaseException:
            self.clear()
            raise

    def clear(self) -> None:
        """Delete it, but not in a child of the process that made it: a fork is nobody's owner."""
        if os.getpid() == self._process:
            _delete(self._path)
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None


def _mark(folder: Path) -> int | None:
    """Say whose the folder is; the descriptor that holds the lock, None where the system locks nothing."""
    if fcntl is None:
        return None
    aside = folder / f".{_OWNER}"
    descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        # It has its name from when it is locked on: before, the folder would look abandoned.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(descriptor, _MARK)
        aside.rename(folder / _OWNER)
    except OSError:  # the file system has no locks, or no room: the folder is as any other
        aside.unlink(missing_ok=True)
        os.close(descriptor)
        return None
    return descriptor


def _clear_abandoned(among: Path) -> None:
    """Delete the folders whose owner is dead."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError), os.scandir(among) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    _clear_if_abandoned(Path(entry.path))


def _clear_if_abandoned(folder: Path) -> None:
    """Raises OSError where it is somebody else's, or anything fails."""
    if folder.lstat().st_uid != os.geteuid() or not {path.name for path in folder.iterdir()} <= {
        _OWNER,
        _CONTENT,
    }:
        return
    descriptor = os.open(folder / _OWNER, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode) or os.read(descriptor, len(_MARK) + 1) != _MARK:
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the owner's own lock says that it lives
        _delete(folder)
    finally:
        os.close(descriptor)


def _delete(folder: Path) -> None:
    """The mark goes last but the folder, so that what is left of a deletion is still recognised."""
    shutil.rmtree(folder / _CONTENT, ignore_errors=True)
    with contextlib.suppress(OSError):
        (folder / _OWNER).unlink(missing_ok=True)
        folder.rmdir()
