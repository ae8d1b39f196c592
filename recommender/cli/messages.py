"""What goes to stderr: one line each."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..corpus import AddReport
from ..paper import clean_text

__all__ = ["complain", "tell_report", "told"]

_SHOWN = 20


def complain(message: str, status: int = 1) -> int:
    """Write one line and return the exit status it stands for."""
    # What a message quotes may hold anything: no escape sequence goes to a terminal.
    click.echo(f"recommender: {clean_text(message)}", err=True)
    return status


def tell_report(report: AddReport) -> int:
    """What became of the papers that were read; status 1 when some were skipped."""
    for problem in report.problems[:_SHOWN]:
        complain(problem)
    more = report.rejected + report.remarks - min(len(report.problems), _SHOWN)
    if more:
        complain(f"... and {more:,} more such lines")
    click.echo(str(report), err=True)
    return 1 if report.rejected else 0


@contextmanager
def told() -> Iterator[None]:
    """While this lasts, what the library logs, such as how long encoding will take, is told as well."""
    log, handler = logging.getLogger("recommender"), _Told()
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


class _Told(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        complain(record.getMessage())
