"""Progress of long work: a bar on a terminal and in a notebook, lines of a log anywhere else.

Nothing is to be set up. ``logging.getLogger("recommender").setLevel(logging.ERROR)`` or
``RECOMMENDER_PROGRESS=off`` in the environment silence it; lines of a log show where INFO does.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from markupsafe import Markup

from ._extras import extra
from .display import visible


class Pace:
    """Units done of some work, by a clock that gives seconds; those of before it began count for no rate."""

    def __init__(
        self, what: str, total: int | None, *, unit: str, before: int, clock: Callable[[], float]
    ) -> None:
        self.what = visible(what)  # it may hold the name of a folder
        self.total = total
        self.unit = unit
        self.before = before
        self.count = 0
        self.clock = clock
        self._started = clock()

    def add(self, count: int) -> None:
        """So many more are done."""
        self.count += count

    @property
    def done(self) -> int:
        """How many are done, with those from before."""
        return self.before + self.count

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return self.clock() - self._started

    def line(self) -> str:
        """Where it is: ``encoding: 5,000 of 146,289 papers, 4,800 papers/s, about 29 s left``."""
        elapsed = self.elapsed
        rate = self.count / elapsed if elapsed > 0 else 0.0
        of = "" if self.total is None else f" of {self.total:,}"
        parts = [f"{self.what}: {self.done:,}{of} {self.unit}"]
        if rate:
            parts.append(self._speed(rate))
            if self.total is not None:
                parts.append(f"about {duration(max(self.total - self.done, 0) / rate)} left")
        return ", ".join(parts)

    def last(self) -> str:
        """What it took: ``encoding: 146,289 papers in 30 s, 4,876 papers/s``."""
        elapsed = self.elapsed
        if self.single or not self.count:
            return f"{self.what}: done in {duration(elapsed)}"
        speed = f", {self._speed(self.count / elapsed)}" if elapsed > 0 else ""
        return f"{self.what}: {self.count:,} {self.unit} in {duration(elapsed)}{speed}"

    @property
    def single(self) -> bool:
        """Whether it is one step, of which nothing is heard until it is done."""
        return self.total == 1 and not self.before

    def _speed(self, rate: float) -> str:
        return f"{rate:,.0f} {self.unit}/s" if rate >= 10 else f"{rate:,.1f} {self.unit}/s"


def duration(seconds: float) -> str:
    """A time as it is said."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


# Seconds before the first line, and from one line to the next; who wants to know more gets more.
_LINE_AFTER = 2.0
_LINE_EVERY, _EVERY_VERBOSE = 15.0, 1.0

# A log at a terminal, where a bar tells the same, leaves such lines out.
_PROGRESS = {"progress": True}


@contextmanager
def lines(pace: Pace) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of units just done.

    There is no line by a clock of its own, only with something done: what hangs is told by silence.
    """
    every = _EVERY_VERBOSE if _LOG.isEnabledFor(logging.DEBUG) else _LINE_EVERY
    following = _LINE_AFTER

    def tick(count: int) -> None:
        nonlocal following
        pace.add(count)
        elapsed = pace.elapsed
        if elapsed >= following and not pace.single:
            following = elapsed + every
            _LOG.info("%s", pace.line(), extra=_PROGRESS)

    yield tick
    if pace.elapsed >= _LINE_AFTER:
        _LOG.info("%s", pace.last(), extra=_PROGRESS)
    else:
        log_end(pace)


def log_end(pace: Pace) -> None:
    """What the work took, for whoever wants to know more."""
    _LOG.debug("%s", pace.last())


# Seconds: work that is done at once needs no bar; a page need not be drawn more often.
_CELL_AFTER, _CELL_EVERY = 0.5, 0.25


class _Shown:
    """A line of text, in a notebook with a bar before it."""

    def __init__(self, text: str, part: float | None = None) -> None:
        self._text = text
        self._part = part

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        bar = (
            ""
            if self._part is None
            else Markup('<progress max="1" value="{:.4f}"></progress> ').format(self._part)
        )
        return Markup("<div>{}{}</div>").format(bar, self._text)


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this process."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return any(kind.__name__ == "ZMQInteractiveShell" for kind in type(shell).__mro__)


def show_text(text: str) -> None:
    """One line below the cell."""
    _display(_Shown(text))


@contextmanager
def widget(pace: Pace) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of units just done; a bar tells the rate and the time left.

    One step, of which nothing is heard until it is done, is shown from its beginning.
    """
    handle: Any = None
    following = _CELL_AFTER

    def show(shown: _Shown) -> None:
        nonlocal handle
        if handle is None:
            handle = _display(shown)
        else:
            handle.update(shown)

    def tick(count: int) -> None:
        nonlocal following
        pace.add(count)
        elapsed = pace.elapsed
        if elapsed >= following and not pace.single:
            following = elapsed + _CELL_EVERY
            show(_Shown(pace.line(), pace.done / pace.total if pace.total else None))

    if pace.single:
        show(_Shown(f"{pace.what} ..."))
    yield tick
    if handle is not None:
        show(_Shown(pace.last()))
    log_end(pace)


def _display(shown: _Shown) -> Any:
    with extra("notebooks"):
        from IPython.display import display

    return display(shown, display_id=True)  # type: ignore[no-untyped-call]


_BAR_AFTER = 0.5  # seconds: work that is done at once needs no bar


@contextmanager
def bar(pace: Pace, *, patience: float = _BAR_AFTER) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of units just done.

    While the bar is there, what goes to ``sys.stderr`` is written above it, and what goes to
    ``sys.stdout`` too where that is a terminal; where it is a file or a pipe the bar leaves it alone.
    """
    from rich.console import Console
    from rich.file_proxy import FileProxy
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f} {pace.unit}/s" if speed else f"- {pace.unit}/s")

    counts = [] if pace.single else [MofNCompleteColumn(), RateColumn()]
    left = [TimeRemainingColumn()] if pace.total and not pace.single else []
    shown = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *counts,
        TimeElapsedColumn(),
        *left,
        console=Console(stderr=True),
        get_time=pace.clock,
        redirect_stdout=sys.stdout is not None and sys.stdout.isatty(),
    )
    total = None if pace.single else pace.total
    task = shown.add_task(pace.what, total=total, completed=pace.before)

    def start() -> None:
        if not isinstance(sys.stderr, FileProxy):  # the bar of what this work is a part of
            shown.start()

    def tick(count: int) -> None:
        pace.add(count)
        shown.advance(task, count)

    begin = threading.Timer(patience, start)
    begin.daemon = True
    if patience:
        begin.start()
    else:
        start()
    try:
        yield tick
    finally:
        if patience:
            begin.cancel()
            begin.join()
        shown.stop()
    log_end(pace)


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
