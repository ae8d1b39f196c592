"""Ctrl-C and SIGTERM: both end a command the same way, cleanly, and each has its exit status."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ..errors import RecommenderError

__all__ = ["INTERRUPTED", "TERMINATED", "Terminated", "resumable", "status_of", "stoppable"]

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM

_AGAIN = "the same command goes on from there"


class Terminated(KeyboardInterrupt):
    """SIGTERM came. Whatever cleans up after Ctrl-C does so after it."""


def status_of(stop: BaseException) -> int:
    """The exit status of a command that was stopped by this."""
    return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED


@contextmanager
def stoppable() -> Iterator[list[int]]:
    """While this lasts SIGTERM raises `Terminated`; yields the list of the SIGTERMs that came.

    Not the second: ``timeout`` sends two at once, and what cleans up after the first is to end.
    Only a main thread can listen.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def stop(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) != 2:
            raise Terminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield came
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


@contextmanager
def resumable(how_far: Callable[[], str] = lambda: "what is done is kept") -> Iterator[None]:
    """Where what runs here is stopped, say how far it came and that the same command goes on.

    Where `how_far` raises an error of ours nothing is there to go on from.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        with contextlib.suppress(RecommenderError):
            stop.add_note(f"{how_far()}; {_AGAIN}")
        raise
