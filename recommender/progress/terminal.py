"""Progress on a terminal: a bar with rate and time left, below whatever else is written there."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .lines import log_end
from .pace import Pace

__all__ = ["bar"]

_PATIENCE = 0.5  # seconds: work that is done at once needs no bar


@contextmanager
def bar(pace: Pace, *, patience: float = _PATIENCE) -> Iterator[Callable[[int], None]]:
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
