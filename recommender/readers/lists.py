"""Lists of names and of categories, from lists and from the cells that tables write them into."""

from __future__ import annotations

import ast
import itertools
import json
import re
import warnings
from collections.abc import Iterable, Iterator

from ..arxiv_ids import ARXIV_ARCHIVES
from .markup import plain_markup
from .names import authors_among, in_one_order, name_of, one_name, split_names
from .values import says_nothing, text, to_python

MOST_NAMES = 10_000
"""So many names are taken of a list: the longest list of authors that there is has half as many."""

_LISTS = ("author", "authors", "creators", "name")  # {"author": [...]}, as XML becomes JSON
# {Barnes and Noble, Inc.}; stands for one letter, of those that Unicode leaves to private use.
_HELD = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_PRIVATE, _MOST_HELD = 0xE000, 6400
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_SIGNS = re.compile("[&{;<]")
_RAISED = re.compile(r"<sup>[^<>]{0,20}</sup>", re.IGNORECASE)
_LONGEST = 2**20  # characters of a text that holds a list
_WRITTEN_LIST = 20_000  # characters; a longer text is no list that str() wrote

# An arXiv archive with or without its class (cs.CL, hep-th), an ACM class (I.2.6), an MSC class (68T05).
_ARXIV_CATEGORY = re.compile(
    rf"(?:{'|'.join(ARXIV_ARCHIVES)})(?:\.[A-Za-z]{{2}}(?:-?[a-z]+)*)?|[A-K]\.\d(?:\.(?:\d+|m))?|\d\d[A-Z-]\d\d"
)


def names(value: object) -> tuple[str, ...]:
    """Authors from a list of names, a list of objects with a name, or one text; one more than `MOST_NAMES`
    where there are more. Each is written as it is said, ``Piet van Dijk``; who is nobody (et al.) is none.
    """
    value = _whole(value)
    if isinstance(value, str):
        found: Iterable[str] = _split_names(_without_markup(value))
    else:
        people = authors_among(value if isinstance(value, (list, tuple)) else [value])
        found = in_one_order(_first_names(people))
    return tuple(itertools.islice(filter(None, found), MOST_NAMES + 1))


def categories(value: object) -> tuple[str, ...]:
    """Categories from a list, or one text divided by ``;``, ``,`` or, for arXiv's, white space."""
    value = _whole(value)
    if isinstance(value, str):
        value = _split_categories(value)
    if not isinstance(value, (list, tuple)):
        value = [value]
    found = (
        plain_markup(text(one).strip()) for one in map(_label, value) if not isinstance(one, (list, tuple))
    )
    return tuple(itertools.islice((one for one in found if one and not says_nothing(one)), MOST_NAMES + 1))


def _without_markup(written: str) -> str:
    """A text without entities and tags; what is set above the line behind a name is a footnote's mark."""
    if "<" in written:
        written = _RAISED.sub("", written)
    return plain_markup(written) if "&" in written or "<" in written else written


def _label(value: object) -> object:
    """``{"category": "Biology"}`` as Semantic Scholar writes it, or any object's name."""
    return value.get("category", value) if isinstance(value, dict) else value


def _whole(value: object) -> object:
    """A list as such, also one that was written into a cell; any other value as it is, a text cut where it is
    megabytes long.
    """
    value = to_python(value)
    if isinstance(value, (str, bytes)):
        written = text(value)[:_LONGEST]
        found = written_list(written)
        written = plain_markup(written) if "&" in written else written  # the ";" of an entity parts no names
        return written if found is None else found
    return sorted(value, key=str) if isinstance(value, (set, frozenset)) else value


def _first_names(people: Iterable[object]) -> Iterator[str]:
    """No more than are taken, of a list that may have millions."""
    return itertools.islice((name for one in people for name in _people(one) if name), MOST_NAMES + 1)


def _people(value: object) -> list[str]:
    """The names in one element of a list: a text may hold several after all."""
    if type(value) is str and not _SIGNS.search(value):  # most are
        return [one_name(value)]
    value = to_python(value)
    if isinstance(value, dict):
        inside = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), [value])
        return [name_of(one) for one in inside if isinstance(one, dict)]
    if isinstance(value, (list, tuple)):
        return []
    written = _without_markup(text(value))
    if "{" in written:  # BibTeX's or LaTeX's
        return [written.strip()]
    return _split_names(written) if ";" in written else [one_name(written)]


def written_list(written: str) -> list[object] | None:
    """The list in ``['A', 'B']``, as str() and JSON write lists into the cells of a table."""
    written = written.strip()
    found = _parsed(written) if written.startswith("[") and written.endswith("]") else None
    return found if isinstance(found, list) else None


def written_dict(written: str) -> dict[object, object] | str:
    """The dict in ``{'doi': '10.1/x'}``, as str() and JSON write dicts; the text where it is none."""
    written = written.strip()
    found = _parsed(written) if written.endswith("}") else None
    return found if isinstance(found, dict) else written


def _parsed(written: str) -> object:
    """What a text holds as JSON, or as str() writes it where it is not long; None where it holds neither."""
    for parse in (json.loads, _literal) if len(written) <= _WRITTEN_LIST else (json.loads,):
        try:
            return parse(written)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
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
        return split_names(written)
    shown = {_PRIVATE + number: part for number, part in enumerate(held)}
    return [name.translate(shown) for name in split_names(bare)]


def _split_categories(written: str) -> list[str]:
    for mark in (";", ","):
        if mark in written:
            return written.split(mark)
    words = written.split()
    return words if all(map(_ARXIV_CATEGORY.fullmatch, words)) else [written]
