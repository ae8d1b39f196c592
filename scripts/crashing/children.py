"""Functions run in forked children, with a limit of time and of memory.

The parent must only have imported: where it has computed with FAISS or BLAS, their threads do not live on in
a child. What is imported once is there in each child at once, so that a hundred of them take some seconds.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "Child",
    "Ended",
    "as_ended",
    "begun",
    "first_ended",
    "import_first",
    "peak_megabytes",
    "run",
    "start",
]

LIMIT_S = 300.0
"""A child that takes longer hangs: many times what the slowest takes on a busy machine."""

_IMPORTED_LATER = (
    "email.parser",
    "filelock",
    "mmap",
    "numpy.ma",
    "numpy.random",
    "pyarrow.parquet",
    "recommender.batch",
    "recommender.engine",
    "threadpoolctl",
)
"""What the product imports when it is needed."""

_BEGUN = "begun"
_peak_kb = 0
_to_parent: list[int] = []
"""In a child, the pipe's end."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: it `answered` with a value, `raised` an error, `died`, or `hung` and was killed."""

    how: str
    value: Any = None
    error: str = ""
    """The class of the error, with its module."""
    message: str = ""
    status: int = 0
    """What it exited with; below 0 the signal that ended it."""

    @property
    def is_ours(self) -> bool:
        """Whether it raised an error that this product raises on purpose, or was stopped by Ctrl-C."""
        return self.error.startswith("recommender.errors.") or self.error == "builtins.KeyboardInterrupt"


class Child:
    """A forked process at work."""

    def __init__(self, task: Callable[..., Any], arguments: tuple[Any, ...], memory_mb: int | None) -> None:
        self._read, write = os.pipe()
        self._data = b""
        self.process = os.fork()
        if self.process == 0:
            os.close(self._read)
            _work(task, arguments, memory_mb, write)
        os.close(write)

    def wait_until_begun(self, limit_s: float = LIMIT_S) -> bool:
        """Wait until the task has called `begun`; False where it ended before."""
        until = time.monotonic() + limit_s
        while not self._data:
            if not self._more(until):
                return False
        return self._data.startswith(json.dumps(_BEGUN).encode())

    def kill(self) -> None:
        """End it at once, as a power cut does; it may have ended by itself."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)

    def fileno(self) -> int:
        """What can be waited for: its end of the pipe."""
        return self._read

    def more(self) -> bool:
        """Read what it has written; False when it has ended. Waits while there is nothing."""
        part = os.read(self._read, 1 << 20)
        self._data += part
        return bool(part)

    def end(self, limit_s: float = LIMIT_S) -> Ended:
        """Wait for its end."""
        until = time.monotonic() + limit_s
        while self._more(until):
            pass
        hung = time.monotonic() >= until
        if hung:
            self.kill()
        status = _reaped(self.process)
        os.close(self._read)
        lines = self._data.splitlines()
        with contextlib.suppress(ValueError, IndexError, TypeError):
            found = json.loads(lines[-1])
            if not hung and isinstance(found, dict):
                return Ended(**found, status=status)
        return Ended("hung" if hung else "died", status=status)

    def _more(self, until: float) -> bool:
        """Read on; False at the end, and when time is up."""
        left = until - time.monotonic()
        if left <= 0:
            return False
        return not select.select([self._read], [], [], left)[0] or self.more()


def first_ended(children: list[Child]) -> Child:
    """Wait until one of them has ended."""
    while True:
        for child in select.select(children, [], [])[0]:
            if not child.more():
                return child


def import_first() -> None:
    """Import here what each child would have to import by itself."""
    for name in _IMPORTED_LATER:
        importlib.import_module(name)


def start(task: Callable[..., Any], *arguments: Any, memory_mb: int | None = None) -> Child:
    """Begin a task, whose value must be writable as JSON, in a child.

    `memory_mb`: how much address space it may take beyond what it begins with; on Linux.
    """
    return Child(task, arguments, memory_mb)


def run(
    task: Callable[..., Any], *arguments: Any, limit_s: float = LIMIT_S, memory_mb: int | None = None
) -> Ended:
    """Run a task in a child, to its end."""
    return start(task, *arguments, memory_mb=memory_mb).end(limit_s)


def as_ended(error: BaseException) -> Ended:
    """What a child ends with that raises this."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return Ended("raised", error=name, message=" ".join(str(error).split())[:500])


def begun() -> None:
    """In a child: say that what is to be interrupted begins now."""
    os.write(_to_parent[0], json.dumps(_BEGUN).encode() + b"\n")


def peak_megabytes() -> int:
    """The most memory that any child of this process had in use."""
    return _peak_kb // 1024


def _reaped(process: int) -> int:
    global _peak_kb
    _, status, used = os.wait4(process, 0)
    _peak_kb = max(_peak_kb, used.ru_maxrss)
    return os.waitstatus_to_exitcode(status)


def _work(task: Callable[..., Any], arguments: tuple[Any, ...], memory_mb: int | None, write: int) -> None:
    _to_parent[:] = [write]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if memory_mb is not None and sys.platform == "linux":
            limit = _address_space() + memory_mb * 2**20
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        told = {"how": "answered", "value": task(*arguments)}
    except BaseException as error:
        ended = as_ended(error)
        told = {"how": ended.how, "error": ended.error, "message": ended.message}
    with contextlib.suppress(BaseException):
        data = json.dumps(told).encode() + b"\n"
        while data:
            data = data[os.write(write, data) :]
    os._exit(0)


def _address_space() -> int:
    pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
