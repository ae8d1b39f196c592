"""How far a job is: a bar on a terminal, a line now and then in a pipe."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..progress import progress

__all__ = ["told_progress"]

_LOG = logging.getLogger("recommender")

# Seconds from one line to the next; short jobs need none.
_EVERY = 15.0


@contextmanager
def told_progress(total: int, done: int, *, every: float = _EVERY) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of profiles just served; `done` were served before.

    In a pipe a line tells every so many seconds how many are done, the rate, and the time left.
    """
    if sys.stderr.isatty():
        with progress("recommending", total, unit="profiles") as advance:
            advance(done)
            yield advance
        return
    started = told = time.monotonic()
    now = 0

    def tick(profiles: int) -> None:
        nonlocal now, told
        now += profiles
        moment = time.monotonic()
        if moment - told >= every and now:
            told = moment
            rate = now / (moment - started)
            left = (total - done - now) / rate
            _LOG.info(
                "%s of %s profiles, %s a second, about %s left",
                f"{done + now:,}",
                f"{total:,}",
                f"{rate:,.0f}",
                _duration(left),
            )

    yield tick


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
