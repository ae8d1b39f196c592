"""The library that lets the n-th system call under a folder fail: compiled, loaded, armed. See `shim.c`."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ENDED", "MODES", "Mode", "arm", "calls_of", "can_compile", "compiled", "disarm", "is_loaded"]

ENDED = 77
"""The exit status of a process that the library has ended."""

_LIST = 7


@dataclass(frozen=True)
class Mode:
    """What the n-th call leads to; `number` and `error` as `shim.c` has them."""

    name: str
    number: int
    error: int = 0
    ends: bool = False
    """Whether the process ends there."""


MODES = {
    mode.name: mode
    for mode in (
        Mode("disk full once", 1, errno.ENOSPC),
        Mode("disk full from then on", 2, errno.ENOSPC),
        Mode("I/O error", 1, errno.EIO),
        Mode("Ctrl-C", 6),
        Mode("ended before", 3, ends=True),
        Mode("torn", 4, ends=True),
        Mode("ended after", 5, ends=True),
    )
}
"""By name. Before the next call lies what lies after this one, so that "ended after" adds little."""


def can_compile() -> bool:
    """Whether there is a compiler, on a system whose calls can be caught."""
    return sys.platform == "linux" and shutil.which("cc") is not None


def compiled(folder: Path) -> Path:
    """The library, made in this folder. Raises CalledProcessError where the compiler refuses."""
    library = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    command = ["cc", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o"]
    subprocess.run([*command, str(library), str(source), "-ldl"], check=True)
    return library


def is_loaded() -> bool:
    """Whether this process was started with the library."""
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "crashing_arm")


def arm(mode: Mode, nth: int, folder: Path) -> None:
    """From now on calls under the folder are counted, and the `nth` of them is hit, in this process."""
    library = _library()
    library.crashing_arm(nth, mode.number, mode.error, os.fsencode(folder.resolve()))


def calls_of(command: Callable[[], None], folder: Path) -> list[str]:
    """What the command calls under the folder, undisturbed: a line for each, of the call and its file."""
    library = _library()
    library.crashing_arm(0, _LIST, 0, os.fsencode(folder.resolve()))
    command()
    number, _ = disarm()
    lines: list[str] = library.crashing_listed().decode(errors="replace").splitlines()
    if len(lines) != number:
        raise RuntimeError(f"only {len(lines)} of {number} calls could be listed")
    return lines


def disarm() -> tuple[int, str]:
    """Leave calls alone; returns how many there were, and which one was hit."""
    library = _library()
    library.crashing_off()
    return int(library.crashing_count()), library.crashing_place().decode(errors="replace")


@functools.cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    library.crashing_arm.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_int, ctypes.c_char_p]
    library.crashing_arm.restype = None
    library.crashing_count.restype = ctypes.c_long
    library.crashing_place.restype = ctypes.c_char_p
    library.crashing_listed.restype = ctypes.c_char_p
    return library
