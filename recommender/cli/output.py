"""Where an answer goes: to standard output, or into a file whose name says the format."""

from __future__ import annotations

import sys
from typing import Any

import click

from ..display import counted, visible
from ..errors import ParameterError
from ..files import write_whole
from ..paths import at_home, checked_path
from ..writers import format_of_file

__all__ = ["chosen_format", "deliver", "hand_over", "say"]


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
    if format_ is not None:
        return format_
    try:
        return "table" if out is None else format_of_file(out)
    except ParameterError as error:
        raise ParameterError(f"--out {error}; or say which with --format") from error


def deliver(text: str, out: str | None, papers: int, *, table: bool = False) -> None:
    """Print the text, or write it to the file and say so.

    A table is made for a terminal, with its colours; other formats are handed over.
    """
    if out is not None:
        write_whole(out, text)
        say(f"{out}: {counted(papers, 'paper')}")
    elif table:
        click.echo(text, nl=False)
    else:
        hand_over(text)


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
