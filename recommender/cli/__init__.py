"""The command line: parse, call the library, print.

Exit status: 0 done; 1 the job ran and something named in the message could not be done; 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from ..errors import ParameterError, RecommenderError
from . import answers, corpora, explore, pictures
from .batch import batch
from .demo import demo
from .evaluate import evaluate
from .messages import complain, told
from .show import show

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="paper-recommender")
def cli() -> None:
    """Give it the papers you care about; it finds the ones to read next.

    \b
    recommender demo                                    see it work on the embedded sample
    recommender build papers.jsonl --corpus my.corpus   make a corpus of your own
    recommender like 2106.09685 --corpus my.corpus      papers like this one
    """


for command in (
    demo,
    *corpora.COMMANDS,
    *answers.COMMANDS,
    *explore.COMMANDS,
    *pictures.COMMANDS,
    batch,
    evaluate,
    show,
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; every error is one line on stderr."""
    if sys.stdout is None:
        return complain("standard output is closed; give the answer somewhere to go", 1)
    try:
        with told():
            given = sys.argv[1:] if arguments is None else list(arguments)
            with cli.make_context(
                "recommender", given
            ) as context:  # `cli.main` would take Ctrl-C's notes away
                status = cli.invoke(context)
        sys.stdout.flush()
        return int(status or 0)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as help_text:
        click.echo(help_text.format_message(), err=True)
        return 2
    except click.ClickException as error:
        place = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "recommender"
        return complain(f"{error.format_message()} (see {place} --help)", 2)
    except RecommenderError as error:
        return complain(str(error), 2 if isinstance(error, ParameterError) else 1)
    except (KeyboardInterrupt, click.Abort) as stop:
        return complain("; ".join(["stopped", *getattr(stop, "__notes__", ())]), 130)
    except (BrokenPipeError, SystemExit):
        # The reader of our pipe has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return complain(f"{error.filename or 'the output'}: {error.strerror or error}", 1)
