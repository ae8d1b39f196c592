"""The command line: parse, call the library, print.

Exit status: 0 the command did its work, whatever rows or ids it had to name and leave out; 1 something that
was asked for could not be done at all, or with ``--strict`` a row or an id was left out; 2 wrong usage;
130 stopped by Ctrl-C; 143 stopped by SIGTERM.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType

import click
from click.shell_completion import CompletionItem

from .._extras import __version__
from ..display import is_visible
from ..errors import ParameterError, RecommenderError
from ..option_values import BACKENDS, DATABASE, ENCODERS, INDEXES, PRECISIONS, STRATEGIES
from ..sample import PROFILES
from .messages import VERBOSITY, Messages, check_form, echo_error, explain, library_messages
from .settings import COMMAND_CONFIG, GROUP_CONFIG

__all__ = [
    "COMMANDS",
    "INTERRUPTED",
    "JOBS",
    "TERMINATED",
    "Commands",
    "Terminated",
    "cli",
    "complete_values",
    "main",
    "resumable",
    "status_of",
    "stoppable",
]

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM

_AGAIN = "the same command goes on from there"


class Terminated(KeyboardInterrupt):
    """SIGTERM came. Whatever cleans up after Ctrl-C does so after it."""


def status_of(stop: BaseException) -> int:
    """The exit status of a command that was stopped by this."""
    return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED


@contextmanager
def stoppable() -> Iterator[list[int]]:
    """While this lasts SIGTERM raises `Terminated`; yields the list of the SIGTERMs that came.

    Not the second: ``timeout`` sends two at once, and what cleans up after the first is to end.
    Only a main thread can listen.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def stop(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) != 2:
            raise Terminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield came
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


@contextmanager
def resumable(how_far: Callable[[], str] = lambda: "what is done is kept") -> Iterator[None]:
    """Where what runs here is stopped, say how far it came and that the same command goes on.

    Where `how_far` raises an error of ours nothing is there to go on from.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        with contextlib.suppress(RecommenderError):
            stop.add_note(f"{how_far()}; {_AGAIN}")
        raise


_Complete = Callable[[click.Context, str], Iterable[CompletionItem]]

# Of a file of readers so much is read while somebody waits.
_LARGEST = 2_000_000  # bytes


class _Completed(click.types.StringParamType):
    """A text that a shell can complete."""

    def __init__(self, complete: _Complete) -> None:
        self._complete = complete

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """What the text can become."""
        # A shell would print the others as they are, or take a part of one for a candidate of its own.
        return [item for item in self._complete(ctx, incomplete) if is_visible(item.value)]


def complete_values(command: click.Command) -> None:
    """Let a shell complete the values of the command's plain texts."""
    for parameter in command.params:
        complete = _BY_NAME.get(parameter.name or "") or _BY_METAVAR.get(parameter.metavar or "")
        if complete is not None and parameter.type is click.STRING:
            parameter.type = _Completed(complete)


def _files(context: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    yield CompletionItem(incomplete, type="file")  # the shell itself knows how


def _folders(context: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    yield CompletionItem(incomplete, type="dir")


def _corpora(context: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """The folders that are corpora; where none begins so, the shell goes on with folders."""
    yield from _folders(context, incomplete)
    typed, _, start = incomplete.rpartition("/")
    place = f"{typed}/" if incomplete.startswith("/") or typed else ""
    with contextlib.suppress(OSError, RuntimeError):
        for folder in sorted(Path(place or ".").expanduser().iterdir()):
            if folder.name.startswith(start) and (folder / DATABASE).is_file():
                yield CompletionItem(place + folder.name)


def _among(names: Iterable[str]) -> _Complete:
    words = tuple(names)

    def complete(context: click.Context, incomplete: str) -> Iterator[CompletionItem]:
        yield from (CompletionItem(word) for word in words if word.startswith(incomplete))

    return complete


def _encoders(context: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """The built-in ones by name; the folder of another."""
    yield from _folders(context, incomplete)
    yield from _among((*ENCODERS, *(f"minilm:{name}" for name in BACKENDS)))(context, incomplete)


def _profile(context: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """A file; without a corpus also a reader of the sample."""
    yield from _files(context, incomplete)
    if not context.params.get("folder") and not context.params.get("folders"):
        yield from _among(_names(PROFILES))(context, incomplete)


def _reader(context: click.Context, incomplete: str) -> Iterable[CompletionItem]:
    """Whose profiles the file holds."""
    # An option without its value yet keeps click from telling which argument is which.
    file = context.params.get("profile") or next(iter(context.args), None)
    return _among(_names(Path(file)) if file else ())(context, incomplete)


def _names(file: Path) -> list[str]:
    from ..profiles.reader import reader_names

    with contextlib.suppress(OSError, RecommenderError):
        if file.stat().st_size <= _LARGEST:
            return reader_names(file)
    return []


# A name tells more than a metavar: `--corpus DIR` is a corpus, `--out DIR` any folder.
_BY_NAME: dict[str, _Complete] = {
    "folder": _corpora,
    "folders": _corpora,
    "encoder": _encoders,
    "encoders": _encoders,
    "known": _corpora,
    "index": _among(("auto", *INDEXES)),
    "name": _reader,
    "precision": _among(PRECISIONS),
    "strategies": _among(STRATEGIES),
}

_BY_METAVAR: dict[str, _Complete] = {
    "DIR": _folders,
    "FILE": _files,
    "FILE...": _files,
    "PROFILE": _profile,
    "[PROFILE]": _profile,
    "PROFILES": _files,
    "SOURCE...": _files,
}


COMMANDS = {
    "add": "corpora:add",
    "backup": "upkeep:backup",
    "batch": "jobs:batch",
    "between": "between:between",
    "beyond": "answers:beyond",
    "build": "corpora:build",
    "compact": "corpora:compact",
    "curate": "curating:curate",
    "demo": "corpora:demo",
    "digest": "editions:digest",
    "duplicates": "identity:duplicates",
    "evaluate": "jobs:evaluate",
    "fetch": "network:fetch",
    "history": "marking:history",
    "info": "corpora:info",
    "like": "answers:like",
    "map": "pictures:map_command",
    "mark": "marking:mark",
    "noted": "mails:noted",
    "plot": "pictures:plot",
    "publish": "site:publish",
    "rank": "ranking:rank",
    "reader": "readers:reader",
    "recommend": "answers:recommend",
    "remove": "corpora:remove",
    "search": "searching:search",
    "send": "mails:send",
    "show": "answers:show",
    "signals": "community:signals",
    "split": "identity:split",
    "status": "upkeep:status",
    "submissions": "submitting:submissions",
    "submit": "submitting:submit",
    "trending": "trending:trending",
    "undo": "marking:undo",
    "verify": "corpora:verify",
    "vote": "community:vote",
    "why": "marking:why",
    "why-not": "why_not:why_not",
}
"""Where each is, as ``module:name`` of this package; a new command is one line here."""

JOBS = frozenset(
    {
        "add",
        "batch",
        "build",
        "compact",
        "digest",
        "evaluate",
        "fetch",
        "map",
        "plot",
        "publish",
        "remove",
        "send",
        "verify",
    }
)
"""Those that may run long and at night: away from a terminal their messages are lines of a log."""


class Commands(MutableMapping[str, click.Command]):
    """The commands as click wants them, each imported when it is looked up."""

    def __init__(self) -> None:
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module, _, attribute = COMMANDS[name].partition(":")
            self._loaded[name] = _equipped(getattr(import_module(f".{module}", __package__), attribute))
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**COMMANDS, **self._loaded})

    def __len__(self) -> int:
        return len({**COMMANDS, **self._loaded})


def _equipped(command: click.Command) -> click.Command:
    """With what every command has: its settings, how much it says, and the words that a shell completes."""
    if isinstance(command, click.Group):
        for part in command.commands.values():
            _equipped(part)
    else:
        common = (COMMAND_CONFIG, *VERBOSITY)
        command.params.extend(option for option in common if option not in command.params)
        complete_values(command)
    return command


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


cli.params.extend((GROUP_CONFIG, *VERBOSITY))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; every error is one line on stderr."""
    with library_messages() as messages:
        if sys.stdout is None:
            return echo_error("standard output is closed; give the answer somewhere to go", 1)
        with stoppable() as terminations:
            try:
                check_form()
                status = _run(sys.argv[1:] if arguments is None else list(arguments), messages)
                sys.stdout.flush()
                return status
            except BaseException as error:
                if terminations and not isinstance(error, KeyboardInterrupt):
                    # Whatever else went wrong, such as a worker that heard the same signal, went wrong by it.
                    return echo_error("stopped", TERMINATED)
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
            return echo_error(f"{error.format_message()} (see {place} --help)", 2)
        case RecommenderError():
            return echo_error(str(error), 2 if isinstance(error, ParameterError) else 1)
        case KeyboardInterrupt():
            return echo_error("; ".join(["stopped", *getattr(error, "__notes__", ())]), status_of(error))
        case BrokenPipeError():
            # The reader of our pipe has gone; Python would complain once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case OSError():
            return echo_error(f"{error.filename or 'the output'}: {error.strerror or error}", 1)
        case MemoryError():
            return echo_error("there is not enough memory for this", 1)
    raise error
