"""Progress as lines of a log: one when the work turns out to be long, one now and then, one at its end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .pace import Pace

__all__ = ["lines", "log_end"]

_LOG = logging.getLogger("recommender")

# Seconds before the first line, and from one line to the next; who wants to know more gets more.
_PATIENCE = 2.0
_EVERY, _EVERY_VERBOSE = 15.0, 1.0

# A log at a terminal, where a bar tells the same, leaves such lines out.
_PROGRESS = {"progress": True}


@contextmanager
def lines(pace: Pace) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of units just done.

    There is no line by a clock of its own, only with something done: what hangs is told by silence.
    """
    every = _EVERY_VERBOSE if _LOG.isEnabledFor(logging.DEBUG) else _EVERY
    following = _PATIENCE

    def tick(count: int) -> None:
        nonlocal following
        pace.add(count)
        elapsed = pace.elapsed
        if elapsed >= following and not pace.single:
            following = elapsed + every
            _LOG.info("%s", pace.line(), extra=_PROGRESS)

    yield tick
    if pace.elapsed >= _PATIENCE:
        _LOG.info("%s", pace.last(), extra=_PROGRESS)
    else:
        log_end(pace)


def log_end(pace: Pace) -> None:
    """What the work took, for whoever wants to know more."""
    _LOG.debug("%s", pace.last())
