"""The values of a record as text, number, date or list. Nothing here raises."""

from __future__ import annotations

import ast
import datetime
import decimal
import email.utils
import itertools
import json
import math
import re
import uuid
import warnings
from collections.abc import Callable, Iterator

from ..errors import ParameterError
from ..identifiers import ARXIV_ARCHIVES
from ..paper import first_day

# What str() makes of a missing value; such columns come out of careless exports.
_MISSING_TEXTS = frozenset({"", "nan", "NaN", "<NA>", "NaT", "None"})
_MISSING_TYPES = frozenset({"NAType", "NaTType"})
_LARGEST = 2**53  # beyond it floats are no longer exact
_LONGEST_ID = 10**30  # Python refuses to spell out integers of thousands of digits


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
        name = value.get("name")
        return name if isinstance(name, str) else ""
    if isinstance(value, (list, tuple)):  # ["A title"], as Crossref writes it
        return " ".join(part for part in value if isinstance(part, str))
    return ""


def to_int(value: object) -> int | None:
    """The value as a whole number, None when it is none."""
    value = to_python(value)
    if isinstance(value, str):
        written = value.strip()
        return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if abs(value) < _LARGEST and value == int(value) else None


_WORDS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%B %Y", "%b %Y")
_WORDS_AFTER_YEAR = ("%Y %b %d", "%Y %B %d", "%Y %b", "%Y %B")
_MAIL = re.compile(r"(?:[A-Za-z]{3}, +)?\d{1,2} [A-Za-z]{3} \d{4} .*")


def published(value: object) -> str | None:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty for a missing value, None for what is no date.

    Takes dates, times, years, spelled months, e-mail dates, and Unix time in seconds or milliseconds.
    """
    value = to_python(value)
    if is_missing(value):
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    written = " ".join(text(value).split())[:100]
    for spelling in _spellings(written):
        try:
            first_day(spelling)
        except ParameterError:
            continue
        return re.split("[T ]", spelling)[0]
    return None


def _spellings(written: str) -> Iterator[str]:
    yield written
    if re.match(r"\d{4}-", written):
        yield re.sub(r"(?:-0?0)+$", "", written)  # 2023-00-00 means that only the year is known
    if re.fullmatch(r"\d{4}/\d{1,2}(?:/\d{1,2})?(?: .*)?", written):
        yield written.replace("/", "-")
    if written.isascii() and written.isdigit():
        yield _from_digits(written)
    elif written[-4:].isdigit() or written[:4].isdigit() or _MAIL.fullmatch(written):
        yield _from_words(written)


def _from_digits(written: str) -> str:
    if len(written) == 8:
        return f"{written[:4]}-{written[4:6]}-{written[6:]}"
    if len(written) in (10, 13):  # Unix time, which pandas writes into JSON
        seconds = int(written[:10])
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()
    return ""


def _from_words(written: str) -> str:
    if _MAIL.fullmatch(written):
        parts = email.utils.parsedate_tz(written)
        return f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}" if parts else ""
    for form in (*_WORDS, *_WORDS_AFTER_YEAR):
        try:
            found = datetime.datetime.strptime(written, form)
        except ValueError:
            continue
        return found.date().isoformat()[: 10 if "%d" in form else 7]
    return ""


MOST_NAMES = 10_000
"""So many names are taken of a list: the longest list of authors that there is has half as many."""

_NAME_KEYS = ("name", "display_name", "fullName", "category")
# {Barnes and Noble, Inc.}; stands for one letter, of those that Unicode leaves to private use.
_HELD = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_PRIVATE, _MOST_HELD = 0xE000, 6400
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_LONGEST = 2**20  # characters of a text that holds a list
_WRITTEN_LIST = 20_000  # characters; a longer text is no list that str() wrote

# An arXiv archive with or without its class (cs.CL, hep-th), an ACM class (I.2.6), an MSC class (68T05).
_ARXIV_CATEGORY = re.compile(
    rf"(?:{'|'.join(ARXIV_ARCHIVES)})(?:\.[A-Za-z]{{2}}(?:-?[a-z]+)*)?|[A-K]\.\d(?:\.(?:\d+|m))?|\d\d[A-Z-]\d\d"
)


def names(value: object) -> tuple[str, ...]:
    """Authors from a list of names, a list of objects with a name, or one text; one more than `MOST_NAMES`
    where there are more.
    """
    return _listed(value, _split_names)


def categories(value: object) -> tuple[str, ...]:
    """Categories from a list, or one text divided by ``;``, ``,`` or, for arXiv's, white space."""
    return _listed(value, _split_categories)


def _listed(value: object, split: Callable[[str], list[str]]) -> tuple[str, ...]:
    value = to_python(value)
    if isinstance(value, (str, bytes)):
        written = text(value)[:_LONGEST]
        found = written_list(written)
        value = split(written) if found is None else found
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=str)
    if not isinstance(value, (list, tuple)):
        value = [value]
    return tuple(itertools.islice(filter(None, map(_one_name, value)), MOST_NAMES + 1))


def _one_name(value: object) -> str:
    if not isinstance(value, dict):
        return "" if isinstance(value, (list, tuple)) else text(value).strip()
    for key in _NAME_KEYS:
        if isinstance(value.get(key), str):
            return str(value[key])
    parts = (value.get("given"), value.get("family"))
    return " ".join(part for part in parts if isinstance(part, str))


def written_list(written: str) -> list[object] | None:
    """The list in ``['A', 'B']``, as str() and JSON write lists into the cells of a table."""
    written = written.strip()
    if not (written.startswith("[") and written.endswith("]")) or len(written) > _WRITTEN_LIST:
        return None
    for parse in (json.loads, _literal):
        try:
            found = parse(written)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return found if isinstance(found, list) else None
    return None


def _literal(written: str) -> object:
    # numpy prints its arrays without commas, and Python would join the strings.
    written = re.sub(r"(['\"])\s+(['\"])", r"\1, \2", written)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd backslashes: the text is data, not code
        return ast.literal_eval(written)


def _split_names(written: str) -> list[str]:
    """The names in a text; what BibTeX's braces hold together is one, or a part of one."""
    held: list[str] = []

    def hide(found: re.Match[str]) -> str:
        held.append(found[0])
        return chr(_PRIVATE + len(held) - 1)

    bare = _HELD.sub(hide, written) if "{" in written and not _PRIVATE_USE.search(written) else written
    if not held or len(held) > _MOST_HELD:
        return _split_bare_names(written)
    shown = {_PRIVATE + number: part for number, part in enumerate(held)}
    return [name.translate(shown) for name in _split_bare_names(bare)]


def _split_bare_names(written: str) -> list[str]:
    if ";" in written:
        return [_first_name_first(name) for name in written.split(";")]
    people = re.split(r"\s+and\s+", written)
    if len(people) == 1:
        # "Family, Given" is one author; of "A Bee, C Dee" both sides have a space.
        one = _first_name_first(written)
        return [one] if one != written and " " not in written.split(",")[0].strip() else written.split(",")
    *before, last = people
    # "A Bee, C Dee, and E Eff" is a list; "Bee, A and Dee, C" is BibTeX, its commas inside the names.
    parts = [part.strip() for person in before for part in person.split(",")]
    if "," not in last and all(" " in part for part in parts if part):
        return [*parts, last]
    return [_first_name_first(name) for name in people]


def _first_name_first(name: str) -> str:
    """``Family, Given`` as ``Given Family``; any other spelling as it is."""
    parts = [part.strip() for part in name.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else name


def _split_categories(written: str) -> list[str]:
    for mark in (";", ","):
        if mark in written:
            return written.split(mark)
    words = written.split()
    return words if all(map(_ARXIV_CATEGORY.fullmatch, words)) else [written]
