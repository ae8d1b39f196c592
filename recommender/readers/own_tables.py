"""Tables that `to_frame` made, whatever they went through: CSV, SQL, Parquet, JSON, another library's frame.

A column with ``_written`` behind its name tells them, for nobody else has one. What is in them was cleaned
once, and is taken as it is: so the same papers come of them.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..errors import InvalidPaper, ParameterError
from ..frames.tables import DATES, WRITTEN
from ..paper import Paper
from .values import to_int, to_python

AS_WRITTEN = "as written"
"""The part of a plan that says so."""

_TEXTS = ("id", "title", "abstract", "venue", "url")
_LISTS = ("authors", "categories")
_PUBLISHED = f"published{WRITTEN}"
_WANTED = {*_TEXTS, *_LISTS, "identifiers", _PUBLISHED}
_LONGEST = 2**22  # characters of a cell that holds several


def own_columns(columns: Collection[str]) -> tuple[str, ...]:
    """The columns of a paper in a table of ours; nothing for another table."""
    if not {*columns} >= _WANTED:
        return ()
    others = ("upvotes", "retracted", *(f"{name}{WRITTEN}" for name in DATES))
    return tuple(name for name in (*sorted(_WANTED), *others) if name in columns)


def own_paper(record: Mapping[str, object]) -> Paper | None:
    """The paper of a row; None where somebody has written something else into it."""
    try:
        fields: dict[str, Any] = {name: _text(record[name]) for name in _TEXTS}
        fields |= {name: tuple(map(_text, _several(record[name]))) for name in _LISTS}
        fields |= {name: _text(record.get(f"{name}{WRITTEN}")) for name in DATES}
        return Paper(
            **fields,
            identifiers={_text(key): _text(value) for key, value in _named(record["identifiers"])},
            upvotes=to_int(record.get("upvotes")),
            retracted=_is_true(record.get("retracted")),
        )
    except (InvalidPaper, ParameterError, ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _text(value: object) -> str:
    """A cell's text; a number where it looked like one, nothing where it is missing."""
    value = to_python(value)
    if isinstance(value, str):
        return value
    if value is None or value != value:  # NaN
        return ""
    whole = to_int(value)
    if whole is None:
        raise ValueError(f"{value!r:.60} is no text")
    return str(whole)


def _several(value: object) -> list[object]:
    found = _parsed(value)
    if not isinstance(found, list | tuple):
        raise ValueError(f"{value!r:.60} is no list")
    return [*found]


def _named(value: object) -> Iterable[tuple[object, object]]:
    """Names and values: of a dict, of pairs as a map has them, of objects with key and value."""
    found = _parsed(value)
    if isinstance(found, Mapping):
        return [pair for pair in found.items() if pair[1] is not None]
    if not isinstance(found, list | tuple):
        raise ValueError(f"{value!r:.60} is no dict")
    pairs = [(one["key"], one["value"]) if isinstance(one, Mapping) else tuple(one) for one in found]
    return [(key, name) for key, name in pairs]


def _parsed(value: object) -> object:
    """What a cell holds, also where it is JSON, or what Python prints."""
    value = to_python(value)
    if value is None or value == "" or (isinstance(value, float) and value != value):
        return ()
    if not isinstance(value, str):
        return value
    if len(value) > _LONGEST:
        raise ValueError("too long")
    try:
        return json.loads(value)
    except ValueError:
        return ast.literal_eval(value)


def _is_true(value: object) -> bool:
    value = to_python(value)
    if value in (None, False, 0, "", "False", "false", "0", "0.0"):
        return False
    if value in (True, 1, "True", "true", "1", "1.0"):
        return True
    raise ValueError(f"{value!r:.60} is neither true nor false")
