"""What a command prints: answers to standard output or a file, messages to stderr."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ..display import pluralize, visible
from ..errors import ParameterError
from ..files import at_home, checked_path, write_whole
from ..writers import AnyRecord, encode, format_of_file, write

if TYPE_CHECKING:
    from ..corpus import AddReport


def chosen_format(format_: str | None, out: str | None) -> str:
    """The format that is named, else the file's own, else a table.

    Raises ParameterError, before anything is computed, for a file whose name says no format or that cannot
    be there.
    """
    if out is not None:
        path = at_home(checked_path(out, "--out"))
        if path.is_dir():
            raise ParameterError(f"--out {out}: is a folder; name a file")
        if not path.parent.is_dir():
            raise ParameterError(f"--out {out}: there is no folder {path.parent}")
    if format_ is None and out is not None:
        try:
            format_ = format_of_file(out)
        except ParameterError as error:
            raise ParameterError(f"--out {error}; or say which with --format") from error
    if is_for_excel() and format_ not in (None, "csv"):
        raise click.UsageError(f"--excel is for CSV, and this is {format_}")
    return format_ or ("csv" if is_for_excel() else "table")


def rendered(records: Sequence[AnyRecord], format_: str) -> str | bytes:
    """The records in a format other than a table: text, or the bytes of a file that is none."""
    if is_for_excel() or format_ == "parquet":
        return encode(records, format_, excel=is_for_excel())
    return write(records, format_)


def deliver(content: str | bytes, out: str | None, papers: int, *, table: bool = False) -> None:
    """Print the content, or write it to the file and say so.

    A table is made for a terminal, with its colours; other formats are handed over.
    """
    if out is not None:
        write_whole(out, content)
        say(f"{out}: {pluralize(papers, 'paper')}")
    elif isinstance(content, bytes):
        _hand_over_bytes(content)
    elif table:
        click.echo(content, nl=False)
    else:
        hand_over(content)


def _hand_over_bytes(content: bytes) -> None:
    if sys.stdout.isatty():
        raise ParameterError("this format is for a file, not for a terminal; name the file with --out")
    click.echo(content, nl=False)


def hand_over(text: str) -> None:
    """Print what is for a program: every character into a pipe or a file, and to a terminal what it shows."""
    if sys.stdout.isatty():
        say(text, nl=False)
    else:
        # A half of a character cannot be written; its backslash escape is JSON's own.
        click.echo(text.encode("utf-8", "backslashreplace").decode(), nl=False)


def say(text: str = "", *, nl: bool = True, **style: Any) -> None:
    """Print the text; what a terminal would obey, in a name or a title, it is shown. `style` is click's."""
    text = visible(text)
    click.echo(click.style(text, **style) if style else text, nl=nl)


LOG_FORM = "RECOMMENDER_LOG"
"""The variable that says how messages look: ``plain`` or ``time``."""

_FORMS = ("plain", "time")
_SHOWN = 20
_STRICT = "recommender.strict"
_EXCEL = "recommender.excel"

# The library logs as `recommender`, this as its child, so that one level is both's.
_LIBRARY = logging.getLogger("recommender")
_LOG = logging.getLogger("recommender.cli")

# Of a record: it is no complaint and stands alone; see `progress` for the other one.
_BARE = {"bare": True}


def echo_error(message: str, status: int = 1) -> int:
    """Write one line and return the exit status it stands for."""
    _LOG.log(logging.ERROR if status else logging.WARNING, "%s", message)
    return status


def echo_warning(message: str) -> None:
    """Write one line on what is odd, but no failure."""
    echo_error(message, 0)


def echo_notice(message: str) -> None:
    """Write one line that is good to know."""
    _LOG.info("%s", message, extra=_BARE)


def explain(message: str) -> None:
    """Write one line for whoever wants to know more."""
    _LOG.debug("%s", message)


def echo_problems(problems: Sequence[str], more: int = 0, *, harmless: bool = False) -> int:
    """Name each thing that could not be used while others were; the exit status.

    `more` counts those that are not named. With ``--strict`` any is a failure, unless all are `harmless`.
    """
    context = click.get_current_context(silent=True)
    strict = context is not None and context.meta.get(_STRICT, False)
    status = int(bool(strict and not harmless and (problems or more)))
    for problem in problems:
        echo_error(problem, status)
    if more:
        echo_error(f"... and {more:,} more such lines", status)
    return status


def tell_report(report: AddReport) -> int:
    """What became of the papers that were read; the exit status."""
    shown = report.problems[:_SHOWN]
    more = report.rejected + report.warnings - len(shown)
    status = echo_problems(shown, more, harmless=not report.rejected)
    for note in (*report.notes, *report.remarks):
        echo_notice(note)
    echo_notice(str(report))
    if report.rejected and not report.read:
        return echo_error("no paper could be read")
    return status


def _set_strict(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    context.meta[_STRICT] = value


def is_for_excel() -> bool:
    """Whether CSV is asked for with the mark by which Excel knows UTF-8."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_EXCEL))


def _set_excel(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    context.meta[_EXCEL] = value


excel_option = click.option(
    "--excel",
    is_flag=True,
    expose_value=False,
    callback=_set_excel,
    help="CSV with the mark by which Excel knows UTF-8.",
)

strict_option = click.option(
    "--strict",
    is_flag=True,
    expose_value=False,
    callback=_set_strict,
    help="Exit with 1 where any row or id is rejected or unknown, though the others were used.",
)


def _set_level(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        _LIBRARY.setLevel(logging.ERROR if parameter.name == "quiet" else logging.DEBUG)
        other = context.meta.setdefault("recommender.verbosity", parameter.name)
        if other != parameter.name:
            raise click.UsageError("--quiet and --verbose are two wishes; choose one")


VERBOSITY = tuple(
    click.Option(
        [f"--{name}"], is_flag=True, expose_value=False, is_eager=True, callback=_set_level, help=help_
    )
    for name, help_ in (
        ("quiet", "Say nothing but errors and the answer."),
        ("verbose", "Say more: what is chosen, and how long each part takes."),
    )
)
"""How much a command says; every command has these."""


class Messages(logging.Handler):
    """Writes what is logged to stderr.

    At a terminal, and for a quick question anywhere, a line is ``recommender: message``. `job` is set for
    what may run at night: where stderr is no terminal its lines have the time and the level, and tell
    how far it is.
    """

    job = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        if sys.stderr is None:  # somebody closed it
            return
        form = _form()
        plain = form == "plain" if form in _FORMS else not self.job or sys.stderr.isatty()
        if plain and getattr(record, "progress", False):
            return
        # What a message quotes may hold anything: no escape sequence goes to a terminal.
        message = visible(" ".join(record.getMessage().split()))
        if plain:
            head = "" if getattr(record, "bare", False) else "recommender: "
        else:
            head = f"{_moment(record)} {record.levelname} "
        # Not click.echo: it would pass by what puts lines above a bar that runs meanwhile.
        print(f"{head}{message}\n", end="", file=sys.stderr, flush=True)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds")


def _form() -> str:
    return os.environ.get(LOG_FORM, "")


def check_form() -> None:
    """Raise ParameterError where the variable holds what is no form."""
    if _form() not in ("", *_FORMS):
        raise ParameterError(f"{LOG_FORM} is {_form()!r}; it must be {' or '.join(_FORMS)}")


@contextmanager
def library_messages() -> Iterator[Messages]:
    """While this lasts, what the library logs, such as how long encoding will take, is told as well."""
    handler, level = Messages(), _LIBRARY.level
    _LIBRARY.addHandler(handler)
    _LIBRARY.setLevel(logging.INFO)
    try:
        yield handler
    finally:
        _LIBRARY.removeHandler(handler)
        _LIBRARY.setLevel(level)
