"""Where an answer goes: to standard output, or into a file whose name says the format."""

from __future__ import annotations

from pathlib import Path

import click

from ..display import counted
from ..errors import ParameterError
from ..files import write_whole
from ..writers import format_of_file

__all__ = ["chosen_format", "deliver"]


def chosen_format(format_: str | None, out: str | None) -> str:
    """The format that is named, else the file's own, else a table.

    Raises ParameterError, before anything is computed, for a file whose name says no format or that cannot
    be there.
    """
    if out is not None:
        path = Path(out).expanduser()
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


def deliver(text: str, out: str | None, papers: int) -> None:
    """Print the text, or write it to the file and say so."""
    if out is None:
        click.echo(text, nl=False)
        return
    write_whole(out, text)
    click.echo(f"{out}: {counted(papers, 'paper')}")
