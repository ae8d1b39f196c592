"""Any value a record may hold, as text or as a whole number. Nothing here raises."""

from __future__ import annotations

import datetime
import decimal
import math
import uuid

__all__ = ["is_missing", "native", "text", "whole"]

# What str() makes of a missing value; such columns come out of careless exports.
_MISSING_TEXTS = frozenset({"", "nan", "NaN", "<NA>", "NaT", "None"})
_MISSING_TYPES = frozenset({"NAType", "NaTType"})
_LARGEST = 2**53  # beyond it floats are no longer exact
_LONGEST_ID = 10**30  # Python refuses to spell out integers of thousands of digits


def native(value: object) -> object:
    """A plain Python value for one of numpy's or pandas', without importing either."""
    kind = type(value)
    if kind.__module__ == "numpy":
        # tolist would turn nanosecond times into bare integers.
        return str(value) if kind.__name__ == "datetime64" else value.tolist()  # type: ignore[attr-defined]
    return None if kind.__name__ in _MISSING_TYPES else value


def is_missing(value: object) -> bool:
    """Whether a `native` value says that there is none: None, NaN, empty."""
    if isinstance(value, str):
        return value.strip() in _MISSING_TEXTS
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or (isinstance(value, (list, tuple, dict)) and not value)


def text(value: object) -> str:
    """The value as text; empty for a missing one and for what has no natural spelling."""
    value = native(value)
    if isinstance(value, str):
        return "" if value.strip() in _MISSING_TEXTS else str(value)
    if isinstance(value, int):
        return "" if isinstance(value, bool) or abs(value) > _LONGEST_ID else str(value)
    if isinstance(value, float):
        # pandas makes floats of a column of whole numbers with gaps: 7.0 was written 7.
        exact = whole(value)
        return str(exact) if exact is not None else repr(value) if math.isfinite(value) else ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (decimal.Decimal, uuid.UUID, datetime.date)):
        return str(value)
    if isinstance(value, dict):  # {"name": "Journal of ..."}
        name = value.get("name")
        return name if isinstance(name, str) else ""
    if isinstance(value, (list, tuple)):  # ["A title"], as Crossref writes it
        return " ".join(part for part in value if isinstance(part, str))
    return ""


def whole(value: object) -> int | None:
    """The value as a whole number, None when it is none."""
    value = native(value)
    if isinstance(value, str):
        written = value.strip()
        return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if abs(value) < _LARGEST and value == int(value) else None
