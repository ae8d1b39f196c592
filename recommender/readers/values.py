"""The values of a record as text or number, and what of them says that there is none. Nothing here raises."""

from __future__ import annotations

import datetime
import decimal
import math
import re
import uuid

# What programs write for a missing value: Python and pandas, R, SQL, JavaScript, spreadsheets.
_MISSING_TEXTS = frozenset(
    {
        *("", "nan", "NaN", "-nan", "<NA>", "NaT", "None", "NA", "N/A", "n/a", "null", "NULL", "(null)"),
        *("#N/A", "#N/A N/A", "#NA", "#REF!", "#VALUE!", "#NAME?", "#NULL!", "#DIV/0!", "#NUM!"),
        *("\\N", "undefined", "[object Object]"),
    }
)
# What people write for one, in any case.
_NOTHING = frozenset(
    {
        *("none", "null", "nan", "n/a", "n.a.", "n.a", "n. a.", "-", "--", "---", "–", "—", "?", "??", "???"),
        *(
            ".",
            "..",
            "...",
            "…",
            "*",
            "/",
            "nil",
            "unknown",
            "[unknown]",
            "(unknown)",
            "tbd",
            "tba",
            "unspecified",
        ),
        *("missing", "[missing]", "(missing)", "empty", "(empty)", "(none)", "[none]", "no data", "no value"),
        *(
            "not available",
            "[not available]",
            "unavailable",
            "not applicable",
            "not provided",
            "not specified",
        ),
        *(
            "not found",
            "not given",
            "not reported",
            "not known",
            "k.a.",
            "k. a.",
            "keine angabe",
            "unbekannt",
        ),
        *("nicht verfügbar", "non disponible", "inconnu", "no disponible", "desconocido", "não disponível"),
        *(
            "non disponibile",
            "sconosciuto",
            "onbekend",
            "niet beschikbaar",
            "нет",
            "неизвестно",
            "无",
            "なし",
        ),
    }
)
_NO_IDENTIFIER = frozenset({"0", "0.0", "00", "na", "no doi", "no id", "no doi available", "doi", "none."})
_MISSING_TYPES = frozenset({"NAType", "NaTType"})
_LARGEST = 2**53  # beyond it floats are no longer exact
_LONGEST_ID = 10**30  # Python refuses to spell out integers of thousands of digits
_LONGEST_NOTHING = 40  # characters
_WHOLE = re.compile(r"(\d{1,15})\.0+", re.ASCII)
_TEXT_KEYS = ("name", "display_name", "title", "value")


def to_python(value: object) -> object:
    """A plain Python value for one of numpy's or pandas', without importing either."""
    kind = type(value)
    if kind.__module__ == "numpy":
        # tolist would turn nanosecond times into bare integers.
        return str(value) if kind.__name__ == "datetime64" else value.tolist()  # type: ignore[attr-defined]
    return None if kind.__name__ in _MISSING_TYPES else value


def is_missing(value: object) -> bool:
    """Whether a value of `to_python` says that there is none: None, NaN, empty."""
    if isinstance(value, str):
        return value.strip() in _MISSING_TEXTS
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or (isinstance(value, (list, tuple, dict)) and not value)


def text(value: object) -> str:
    """The value as text; empty for a missing one and for what has no natural spelling."""
    if type(value) is str:  # as nearly all are
        return "" if value.strip() in _MISSING_TEXTS else value
    value = to_python(value)
    if isinstance(value, str):
        return "" if value.strip() in _MISSING_TEXTS else str(value)
    if isinstance(value, int):
        return "" if isinstance(value, bool) or abs(value) > _LONGEST_ID else str(value)
    if isinstance(value, float):
        # pandas makes floats of a column of whole numbers with gaps: 7.0 was written 7.
        exact = to_int(value)
        return str(exact) if exact is not None else repr(value) if math.isfinite(value) else ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (decimal.Decimal, uuid.UUID, datetime.date)):
        return str(value)
    if isinstance(value, dict):  # {"name": "Journal of ..."}
        return next((name for key in _TEXT_KEYS if isinstance(name := value.get(key), str)), "")
    if isinstance(value, (list, tuple)):  # ["A title"], as Crossref writes it
        return " ".join(part for part in value if isinstance(part, str))
    return ""


def to_int(value: object) -> int | None:
    """The value as a whole number, None when it is none."""
    value = to_python(value)
    if isinstance(value, str):
        written = value.strip()
        if (whole := _WHOLE.fullmatch(written)) is not None:  # 7.0: the column had gaps
            written = whole[1]
        return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if abs(value) < _LARGEST and value == int(value) else None


def says_nothing(written: str) -> bool:
    """Whether a text says that there is nothing to say, as people and programs do: NA, -, unknown."""
    if len(written) > _LONGEST_NOTHING:
        return False
    bare = written.strip()
    return bare in _MISSING_TEXTS or bare.casefold() in _NOTHING


def names_nothing(written: str) -> bool:
    """Whether what should be an identifier is none: what `says_nothing`, and 0."""
    if len(written) > _LONGEST_NOTHING:
        return False
    bare = written.strip()
    lower = bare.casefold()
    return lower in _NO_IDENTIFIER or bare in _MISSING_TEXTS or lower in _NOTHING
