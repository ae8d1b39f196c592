"""Merge two records of one paper, field by field: a poorer field never takes the place of a richer one.

What the later record says counts, unless it says less:

| field | stays as it was where the later record |
|---|---|
| title | has only the beginning of it, or signs that could not be read |
| abstract | has none, only a part of it, one cut off, or one not half as long as 200 letters and more |
| authors | has fewer, or the same ones with their given names cut to initials |
| published | has a less exact date: a year for a month, a month for a day |
| categories | names fewer, or those of another scheme; new ones join those that are there |
| venue | has none, only the beginning, or a preprint server instead |
| url, upvotes | has none |
| identifiers | lacks one; a DOI of arXiv's takes no other's place |

A field that says as much or more comes in, for it may be a correction. The id keeps its first spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ..paper import Paper

__all__ = ["FIELDS", "Merged", "differing_fields", "merge"]

FIELDS = ("title", "abstract", "authors", "published", "categories", "venue", "url", "identifiers", "upvotes")
"""The fields that are merged, in the order in which they are reported."""

_ELLIPSIS = re.compile(r"\s*(?:\.{2,}|\u2026|\[\s*(?:\.{3}|\u2026)\s*\])$")
_WORD = re.compile(r"\w+")
_PREPRINT = re.compile(r"\b(?:arxiv|corr|bio-?rxiv|med-?rxiv|chem-?rxiv|ssrn|preprints?)\b", re.IGNORECASE)
_CLASS = re.compile(r"[a-z][a-z-]*(?:\.[\w-]+)?")  # cs.CL, hep-th; other schemes write words
_ARXIV_DOI = "10.48550/"
_WHOLE = 200  # letters of an abstract; of shorter ones the length says little
_UNREADABLE = "\ufffd"


@dataclass(frozen=True)
class Merged:
    """A paper made of two records, with the fields of the earlier one that stayed since they say more."""

    paper: Paper
    retained: tuple[str, ...]


def merge(earlier: Paper, later: Paper, *, whole_text: bool = False) -> Merged:
    """The paper of which both are records; of two equal ones it is the same again.

    `whole_text`: title and abstract are taken together, from one of the two.
    """
    fields: dict[str, Any] = {name: rule(earlier, later) for name, rule in _RULES.items()}
    if whole_text and (fields["title"], fields["abstract"]) != (later.title, later.abstract):
        fields["title"], fields["abstract"] = earlier.title, earlier.abstract
    paper = replace(later, id=earlier.id, **fields)
    return Merged(paper, differing_fields(paper, later))


def differing_fields(one: Paper, other: Paper) -> tuple[str, ...]:
    """The names of the fields in which two papers differ, but for the id."""
    return tuple(name for name in FIELDS if getattr(one, name) != getattr(other, name))


def _title(earlier: Paper, later: Paper) -> str:
    cut = _is_part(later.title, earlier.title, from_start=True)
    return earlier.title if cut or _is_worse_read(later.title, earlier.title) else later.title


def _abstract(earlier: Paper, later: Paper) -> str:
    old, new = earlier.abstract, later.abstract
    shorter = len(new) < len(old)
    much_shorter = not new or (len(old) >= _WHOLE and 2 * len(new) < len(old))
    poorer = much_shorter or _is_part(new, old) or (shorter and _ELLIPSIS.search(new))
    return old if poorer or _is_worse_read(new, old) else new


def _authors(earlier: Paper, later: Paper) -> tuple[str, ...]:
    old, new = earlier.authors, later.authors
    poorer = len(new) < len(old) or (
        len(new) == len(old) and new != old and all(map(_is_initialled, new, old))
    )
    return old if poorer else new


def _published(earlier: Paper, later: Paper) -> str:
    # YYYY, YYYY-MM, YYYY-MM-DD: the longer the more exact.
    return earlier.published if len(later.published) < len(earlier.published) else later.published


def _categories(earlier: Paper, later: Paper) -> tuple[str, ...]:
    old, new = earlier.categories, later.categories
    instead = len(new) >= len(old) and all(map(_CLASS.fullmatch, new)) == all(map(_CLASS.fullmatch, old))
    return new if instead or set(old) <= set(new) else tuple(dict.fromkeys([*old, *new]))


def _venue(earlier: Paper, later: Paper) -> str:
    old, new = earlier.venue, later.venue
    only_server = bool(_PREPRINT.search(new)) and not _PREPRINT.search(old)
    return old if old and (not new or only_server or _is_part(new, old, from_start=True)) else new


def _url(earlier: Paper, later: Paper) -> str:
    return later.url or earlier.url


def _identifiers(earlier: Paper, later: Paper) -> dict[str, str]:
    found = {**earlier.identifiers, **later.identifiers}
    if found.get("doi", "").lower().startswith(_ARXIV_DOI) and earlier.identifiers.get("doi"):
        found["doi"] = earlier.identifiers["doi"]
    return found


def _upvotes(earlier: Paper, later: Paper) -> int | None:
    return earlier.upvotes if later.upvotes is None else later.upvotes


_RULES = {
    "title": _title,
    "abstract": _abstract,
    "authors": _authors,
    "published": _published,
    "categories": _categories,
    "venue": _venue,
    "url": _url,
    "identifiers": _identifiers,
    "upvotes": _upvotes,
}


def _is_part(new: str, old: str, *, from_start: bool = False) -> bool:
    """Whether the words of one are only some of those of the other, in its order and side by side."""
    if len(new) >= len(old):
        return False
    part, whole = (" ".join(_WORD.findall(_ELLIPSIS.sub("", text).casefold())) for text in (new, old))
    if part == whole:
        return False
    # A text that is cut ends within a word as well.
    return whole.startswith(part) if from_start else part in whole


def _is_worse_read(new: str, old: str) -> bool:
    return new.count(_UNREADABLE) > old.count(_UNREADABLE)


def _is_initialled(new: str, old: str) -> bool:
    """Whether a name is the other one, or the same with its given names shortened or left out."""
    if new == old:
        return True
    short, full = (_WORD.findall(name.casefold()) for name in (new, old))
    if not short or not full or short[-1] != full[-1] or len(short) > len(full):
        return False
    pairs = zip(short[:-1], full[:-1], strict=False)
    return short != full and all(long.startswith(brief) for brief, long in pairs)
