"""A download as it lies on the disk: records that are complete, and beside them how far it is.

``FILE.part`` grows by whole pages. ``FILE.fetching`` says how many of its bytes count and what comes next; it
is replaced only after those bytes are on the disk. What was written after that is cut off by whoever goes
on, and is asked for again: nothing is lost, nothing is there twice.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ..errors import FetchError, ParameterError
from ..files import at_home, resolved, sync_folder, write_whole
from .service import Cursor, Step

_VERSION = 1
_COUNTS = ("papers", "deleted", "twice", "rejected")
_LISTS = ("problems", "notes", "unknown")


@dataclass
class State:
    """How far a download is; what it says of the bytes before `size` is on the disk.

    Attributes
    ----------
    request : dict
        What was asked for, in the words that were used: the same words go on with it.
    steps : list of Step
        All of them, with the name of the service in each.
    day : str
        The day on which it began: what comes later belongs to the next one.
    step : int
        The step in work.
    cursor : Cursor
        Where its next page begins.
    size, step_size : int
        Bytes of ``FILE.part`` that count, and those that counted before this step.
    announced : int or None
        Records that this step has, as the service said last.
    received, doubled : int
        Records of this step that came, and those among them that had come in this step before.
    papers, deleted, twice : int
        Lines that were written, and records that were there before.
    missing : list of str or None
        Identifiers of this step that no answer has held a paper for so far; None before its first page.
    unknown : list of str
        Identifiers of finished steps that no answer held a paper for.
    notes : list of str
        What is to be said at the end.
    rejected : int
        Records that became no paper; the first are named in `problems`.
    problems : list of str
        What was rejected, and what was odd.
    before : dict
        The numbers above as they were when this step began.
    done : bool
        Whether nothing is left to ask.
    """

    request: dict[str, Any]
    steps: list[Step]
    day: str = ""
    step: int = 0
    cursor: Cursor = None
    size: int = 0
    step_size: int = 0
    announced: int | None = None
    received: int = 0
    doubled: int = 0
    papers: int = 0
    deleted: int = 0
    twice: int = 0
    missing: list[str] | None = None
    unknown: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejected: int = 0
    problems: list[str] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)
    done: bool = False

    def enter_step(self, number: int) -> None:
        """Begin a step."""
        self.step, self.step_size = number, self.size
        self.before = {
            **{name: getattr(self, name) for name in _COUNTS},
            **{name: len(getattr(self, name)) for name in _LISTS},
        }
        self._forget()

    def begin_step_again(self) -> None:
        """As it was when the step in work began."""
        self.size = self.step_size
        for name in _COUNTS:
            setattr(self, name, self.before.get(name, 0))
        for name in _LISTS:
            del getattr(self, name)[self.before.get(name, 0) :]
        self._forget()

    def _forget(self) -> None:
        self.cursor = self.announced = self.missing = None
        self.received = self.doubled = 0


class ProgressFile:
    """The two files of one download, which nobody else writes to meanwhile. Made by `opened`."""

    def __init__(self, out: Path, part: IO[bytes], state: State | None) -> None:
        self._out = out
        self._part = part
        self.state = state
        """What an earlier one came to; None where there is none."""
        self._lines: dict[bytes, int] = {}

    @property
    def path(self) -> Path:
        """Where the records are while it is not finished."""
        return part_of(self._out)

    def begin(self, state: State) -> None:
        """Go on from this state, which is on the disk afterwards; lines after it are cut off."""
        self._cut(state.size)
        self._lines = {}
        self._part.seek(0)
        at = 0
        for line in self._part:
            self._lines[_digest(line)] = at
            at += len(line)
        self.save(state)

    def begin_step_again(self, state: State) -> None:
        """Take back what was written of the step in work."""
        state.begin_step_again()
        self._cut(state.size)
        self._lines = {line: at for line, at in self._lines.items() if at < state.size}
        self.save(state)

    def write(self, lines: Iterable[bytes], state: State) -> int:
        """Append those lines that are not there yet, and count into `state`; how many were new."""
        new = 0
        for line in lines:
            at = self._lines.get(_digest(line))
            if at is not None:
                state.twice += 1
                state.doubled += at >= state.step_size
                continue
            self._lines[_digest(line)] = state.size
            self._part.write(line)
            state.size += len(line)
            new += 1
        return new

    def save(self, state: State) -> None:
        """Put on the disk what was written, and then that it was."""
        self._part.flush()
        os.fsync(self._part.fileno())
        document = {"version": _VERSION, **dataclasses.asdict(state)}
        write_whole(state_of(self._out), json.dumps(document, ensure_ascii=False))
        sync_folder(self._out.parent)
        self.state = state

    def finish(self) -> None:
        """Put the records in the place of `out`, and forget how they came."""
        self._part.close()
        self.path.replace(self._out)
        sync_folder(self._out.parent)
        state_of(self._out).unlink(missing_ok=True)

    def drop(self) -> None:
        """Delete both files: whoever wanted the records has them."""
        self._part.close()
        self.path.unlink(missing_ok=True)
        state_of(self._out).unlink(missing_ok=True)

    def _cut(self, size: int) -> None:
        self._part.truncate(size)
        self._part.seek(0, os.SEEK_END)


def part_of(out: Path) -> Path:
    """The file of the records that have come."""
    return out.with_name(f"{out.name}.part")


def state_of(out: Path) -> Path:
    """The file that says how far the download is."""
    return out.with_name(f"{out.name}.fetching")


@contextmanager
def opened(out: Path) -> Iterator[ProgressFile]:
    """The files of a download to `out`, locked.

    Raises ParameterError where `out` cannot be a file or something else lies where its parts would be;
    FetchError where another process fetches into it.
    """
    out = resolved(at_home(out))  # a link stays one, to the new content
    if out.exists() and not out.is_file():
        raise ParameterError(f"{out}: is no file; name one")
    if not out.parent.is_dir():
        raise ParameterError(f"{out}: there is no folder {out.parent}")
    state, part = _read(out), part_of(out)
    if state is not None and state.done and not part.exists() and out.exists():
        state_of(out).unlink()  # stopped between the two last steps of `finish`
        state = None
    if state is None and part.exists() and part.stat().st_size:
        raise ParameterError(
            f"{part} is there, and nothing says of which fetch; delete it, or name another file"
        )
    with part.open("a+b") as stream:
        _lock(stream, out)
        progress = ProgressFile(out, stream, _whole(state, stream))
        try:
            yield progress
        finally:
            with contextlib.suppress(OSError):
                if not stream.closed and not state_of(out).exists() and not part.stat().st_size:
                    part.unlink()


def _whole(state: State | None, part: IO[bytes]) -> State | None:
    """The state, where all the bytes that it speaks of are there."""
    return state if state is not None and os.fstat(part.fileno()).st_size >= state.size else None


def _read(out: Path) -> State | None:
    path = state_of(out)
    try:
        document = json.loads(path.read_text("utf-8"))
        if document.pop("version") == _VERSION:
            return State(**document)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise ParameterError(f"{path} says nothing of a fetch that this version can go on with; delete it")


def _lock(stream: IO[bytes], out: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise FetchError(f"another process is fetching into {out}") from error
    except OSError:  # the file system has no locks
        return


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=16).digest()
