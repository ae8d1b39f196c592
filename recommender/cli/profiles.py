"""PROFILE and the options that say how it is read: the same for every command about one reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .options import parse_mapping

if TYPE_CHECKING:
    from ..profiles import Profile

__all__ = ["ReaderOptions", "optional_profile_options", "profile_options", "reading_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_READING = (
    click.option(
        "--map",
        "columns",
        multiple=True,
        metavar="FIELD=COLUMN",
        help="A column or key of PROFILE, e.g. user=Leser; repeatable.",
    ),
    click.option(
        "--liked-from",
        type=float,
        metavar="R",
        help="Ratings from this on are likes. Default: above 0 where all are in -1 ... 1, or 4.",
    ),
    click.option(
        "--disliked-to",
        type=float,
        metavar="R",
        help="Ratings up to this are dislikes. Default: below 0, or 2.",
    ),
)


@dataclass(frozen=True)
class ReaderOptions:
    """Whose profile in which file, and how that is read."""

    profile: str | None
    name: str | None
    columns: tuple[str, ...]
    liked_from: float | None
    disliked_to: float | None

    def chosen(self, *, sample: bool) -> tuple[Profile, list[str]]:
        """The profile, and a line for each row of the file that was skipped.

        Of the `sample` a reader may be named where there is no such file.
        """
        from ..profiles import choose_profile

        assert self.profile is not None, "a command without a PROFILE asks for none"
        return choose_profile(
            self.profile,
            self.name,
            sample=sample,
            mapping=parse_mapping(self.columns),
            liked_from=self.liked_from,
            disliked_to=self.disliked_to,
        )


def reading_options(command: _Command) -> _Command:
    """How a file of profiles is read."""
    for option in reversed(_READING):
        command = option(command)
    return command


def profile_options(command: _Command) -> Callable[..., Any]:
    """PROFILE, and how it is read, as the command's `reader`."""
    return click.argument("profile", metavar="PROFILE")(_reader(command))


def optional_profile_options(command: _Command) -> Callable[..., Any]:
    """The same for a command that also goes without a PROFILE."""
    return click.argument("profile", required=False, metavar="[PROFILE]")(_reader(command))


def _reader(command: _Command) -> Callable[..., Any]:
    @click.option("--name", help="Whose, where PROFILE holds several profiles.")
    @reading_options
    @wraps(command)
    def with_reader(
        *,
        profile: str | None,
        name: str | None,
        columns: tuple[str, ...],
        liked_from: float | None,
        disliked_to: float | None,
        **options: Any,
    ) -> Any:
        return command(reader=ReaderOptions(profile, name, columns, liked_from, disliked_to), **options)

    return with_reader
