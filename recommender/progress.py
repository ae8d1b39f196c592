"""Progress of long work: a bar with rate and time left on a terminal, silence in a pipe."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]

_PATIENCE = 0.5  # seconds


@contextmanager
def progress(what: str, total: int | None = None, *, unit: str = "papers") -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of units just done.

    Writes to stderr, and only when that is a terminal.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
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
            return Text(f"{speed:,.0f} {unit}/s" if speed else f"- {unit}/s")

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn()]
    columns += [TimeElapsedColumn(), TimeRemainingColumn()] if total else [TimeElapsedColumn()]
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task(what, total=total)
    # Work that is done at once needs no bar.
    begin = threading.Timer(_PATIENCE, bar.start)
    begin.daemon = True
    begin.start()
    try:
        yield lambda done: bar.advance(task, done)
    finally:
        begin.cancel()
        begin.join()
        bar.stop()
