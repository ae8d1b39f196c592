"""Lists of names and of categories, from lists and from the cells that tables write them into."""

from __future__ import annotations

import ast
import itertools
import json
import re
import warnings
from collections.abc import Callable

from ..arxiv_ids import ARXIV_ARCHIVES
from .values import text, to_python

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
        found = _written_list(written)
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


def _written_list(written: str) -> list[object] | None:
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
