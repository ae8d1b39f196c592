"""The command line: parse, call the library, print.

Exit status: 0 the command did its work, whatever rows or ids it had to name and leave out; 1 something that
was asked for could not be done at all, or with ``--strict`` a row or an id was left out; 2 wrong usage;
130 stopped by Ctrl-C; 143 stopped by SIGTERM.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

import click

from .._version import __version__
from ..errors import ParameterError, RecommenderError
from .messages import VERBOSITY, Messages, check_form, complain, explain, told
from .registry import JOBS, Commands
from .stopping import TERMINATED, status_of, stoppable

__all__ = ["cli", "main"]

_NAME = "recommender"
_COMPLETE = "_RECOMMENDER_COMPLETE"
"""The variable by which a shell asks for completions, as click's own scripts have it."""


class _Recommender(click.Group):
    """The commands; each module is imported when its command is used."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, and tell the messages whether what runs is a job."""
        found = super().resolve_command(ctx, args)
        messages = ctx.find_object(Messages)
        if messages is not None:
            messages.job = found[0] in JOBS
        return found


@click.group(
    cls=_Recommender,
    commands=Commands(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, package_name="paper-recommender")
def cli() -> None:
    """Give it the papers you care about; it finds the ones to read next.

    \b
    recommender demo                                    see it work on the embedded sample
    recommender build papers.jsonl --corpus my.corpus   make a corpus of your own
    recommender like 2106.09685 --corpus my.corpus      papers like this one
    """


cli.params.extend(VERBOSITY)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; every error is one line on stderr."""
    with told() as messages:
        if sys.stdout is None:
            return complain("standard output is closed; give the answer somewhere to go", 1)
        with stoppable() as terminations:
            try:
                check_form()
                status = _run(sys.argv[1:] if arguments is None else list(arguments), messages)
                sys.stdout.flush()
                return status
            except BaseException as error:
                if terminations and not isinstance(error, KeyboardInterrupt):
                    # Whatever else went wrong, such as a worker that heard the same signal, went wrong by it.
                    return complain("stopped", TERMINATED)
                return _status(error)


def _run(arguments: list[str], messages: Messages) -> int:
    """What `click.Group.main` does, which would end the process for a shell's completion or a broken pipe."""
    instruction = os.environ.get(_COMPLETE)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(cli, {}, _NAME, _COMPLETE, instruction)
    started = time.perf_counter()
    with cli.make_context(_NAME, arguments, obj=messages) as context:
        status = int(cli.invoke(context) or 0)
    explain(f"done in {time.perf_counter() - started:.2f} s")
    return status


def _status(error: BaseException) -> int:
    """What is told of an error, and the exit status that it stands for; others are raised again."""
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message(), err=True)
            return 2
        case click.ClickException():
            place = (
                error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "recommender"
            )
            return complain(f"{error.format_message()} (see {place} --help)", 2)
        case RecommenderError():
            return complain(str(error), 2 if isinstance(error, ParameterError) else 1)
        case KeyboardInterrupt():
            return complain("; ".join(["stopped", *getattr(error, "__notes__", ())]), status_of(error))
        case BrokenPipeError():
            # The reader of our pipe has gone; Python would complain once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case OSError():
            return complain(f"{error.filename or 'the output'}: {error.strerror or error}", 1)
        case MemoryError():
            return complain("there is not enough memory for this", 1)
    raise error
