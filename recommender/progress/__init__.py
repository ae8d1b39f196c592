"""Progress of long work: a bar on a terminal and in a notebook, lines of a log anywhere else.

Nothing is to be set up. ``logging.getLogger("recommender").setLevel(logging.ERROR)`` or
``RECOMMENDER_PROGRESS=off`` in the environment silence it; lines of a log show where INFO does.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from ..display import visible
from .lines import lines
from .notebook import in_notebook, show_text, widget
from .pace import Pace
from .terminal import bar

__all__ = ["heard", "progress", "step", "tell"]

_LOG = logging.getLogger("recommender")

_SWITCH = "RECOMMENDER_PROGRESS"
_MANY = 1000


@contextmanager
def progress(
    what: str,
    total: int | None = None,
    *,
    unit: str = "papers",
    done: int = 0,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of units just done; work that is done at once shows nothing.

    `done` of the `total` were done before. With a total of 1 nothing is heard of the work until it ends.
    """
    pace = Pace(what, total, unit=unit, before=done, clock=clock)
    if not _LOG.isEnabledFor(logging.WARNING) or os.environ.get(_SWITCH, "").lower() in ("off", "0"):
        yield pace.add
        return
    surface = widget if in_notebook() else bar if _at_a_terminal() else lines
    with surface(pace) as tick:
        yield tick


def step(what: str, size: int) -> AbstractContextManager[object]:
    """Progress of one step over `size` papers, of which nothing is heard until it is done.

    Over few it is done at once, and not worth a word.
    """
    return progress(what, 1, unit="steps") if size >= _MANY else nullcontext()


def heard() -> bool:
    """Whether anybody hears what `tell` says: not all that could be said is worth finding out for nobody."""
    return _LOG.isEnabledFor(logging.INFO) or (
        _LOG.isEnabledFor(logging.WARNING) and (in_notebook() or _at_a_terminal())
    )


def _at_a_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def tell(message: str) -> None:
    """Say one line before long work: to the log, or where that shows nothing to whoever sees the bar."""
    if _LOG.isEnabledFor(logging.INFO):
        _LOG.info("%s", message)
    elif heard() and in_notebook():
        show_text(message)
    elif heard():
        print(visible(message), file=sys.stderr)
