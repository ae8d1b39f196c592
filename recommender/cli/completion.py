"""The words that a shell completes, told by an option's metavar or name; nothing heavy is loaded for them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ..display import is_visible
from ..errors import RecommenderError
from ..names import BACKENDS, DATABASE, ENCODERS, INDEXES, PRECISIONS, STRATEGIES
from ..sample import PROFILES

__all__ = ["complete_values"]

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
    "index": _among(("auto", *INDEXES)),
    "name": _reader,
    "precision": _among(PRECISIONS),
    "strategies": _among(STRATEGIES),
}

_BY_METAVAR: dict[str, _Complete] = {
    "DIR": _folders,
    "FILE": _files,
    "PROFILE": _profile,
    "[PROFILE]": _profile,
    "PROFILES": _files,
    "SOURCE...": _files,
}
