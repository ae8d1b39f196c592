"""Log the progress of a job: a bar on a terminal, a line now and then in a pipe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from ..progress import progress

__all__ = ["log_progress"]


def log_progress(total: int, done: int) -> AbstractContextManager[Callable[[int], None]]:
    """Yields a function to call with the number of profiles just served; `done` were served before."""
    return progress("recommending", total, unit="profiles", done=done)
