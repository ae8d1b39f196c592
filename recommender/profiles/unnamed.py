"""Readers without a name: told apart by their place in one file, never taken for one of that name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

__all__ = ["NAMELESS", "is_unnamed", "label", "mark_of", "unnamed", "unnamed_among"]

NAMELESS = (
    "the reader has no name, so that nobody can tell what was shown before: --since-last needs one, "
    'such as {"user": "Ann", ...}'
)

_MARK = " (unnamed)"
_LABEL = re.compile(r"#\d+")


def unnamed(number: int) -> str:
    """What the reader at this place of a source is called inside: names are stripped, this is none."""
    return f" #{number}"


def is_unnamed(user: str) -> bool:
    """Whether it is what `unnamed` calls a reader."""
    return user.startswith(" ")


def mark_of(names: Iterable[str]) -> str:
    """What is put behind ``#3`` for a reader without a name: nothing, unless somebody may be called so."""
    names, mark = [*names], ""
    while any(name.endswith(mark) and _LABEL.fullmatch(name.removesuffix(mark)) for name in names):
        mark += _MARK
    return mark


def label(user: str, mark: str) -> str:
    """What an unnamed reader is called in the output."""
    return f"{user.strip()}{mark}"


def unnamed_among(mark: str | None) -> Callable[[str], bool]:
    """Tells the unnamed readers of an output from the others; None where it has none."""
    if mark is None:
        return lambda user: False
    labels = re.compile(_LABEL.pattern + re.escape(mark))
    return lambda user: labels.fullmatch(user) is not None
