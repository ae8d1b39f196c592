"""One paper made of several records: of one source, one after the other, and of several, in any order.

Of one source: what the later record says counts, unless it says less.

| field | stays as it was where the later record |
|---|---|
| title | has only the beginning of it, or signs that could not be read |
| abstract | has none, only a part of it, one cut off, or one not half as long as 200 letters and more |
| authors | has fewer, or the same ones with their given names cut to initials |
| published | has a less exact date: a year for a month, a month for a day; has a later one |
| revised | has none, or an earlier one |
| categories | names fewer, or those of another scheme; new ones join those that are there |
| venue | has none, only the beginning, or a preprint server instead |
| url, upvotes | has none |
| identifiers | lacks one; a DOI of arXiv's takes no other's place |

A field that says as much or more comes in, for it may be a correction. The id keeps its
first spelling. A retraction stays until the source takes it back. A paper of 2021 stays one of 2021: a later
date than the one that is there is that of a version, and so is the one that is there where the later record
names an earlier version with an earlier date. An earlier date is a correction otherwise.

Of several sources none is the later one: the text is that of the longest abstract (the title with it, unless
it is cut), authors are the most and fullest, the date the earliest and of one month the most exact, the venue
a journal rather than a preprint's server; categories and identifiers come together. Which came first does not
count. Where one of them is a preprint, the date of another that is later by more than a month is that of a
version, such as the article; what sources say of one event lies nearer together.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..arxiv_ids import arxiv_version
from ..iso_dates import contradict, earliest, first_day, latest
from ..paper import Paper

FIELDS = (
    "title",
    "abstract",
    "authors",
    "published",
    "categories",
    "venue",
    "url",
    "identifiers",
    "upvotes",
    "retracted",
    "revised",
)
"""The fields that are merged, in the order in which they are reported."""

_ELLIPSIS = re.compile(r"\s*(?:\.{2,}|\u2026|\[\s*(?:\.{3}|\u2026)\s*\])$")
_WORD = re.compile(r"\w+")
_PREPRINT = re.compile(r"\b(?:arxiv|corr|bio-?rxiv|med-?rxiv|chem-?rxiv|ssrn|preprints?)\b", re.IGNORECASE)
_CLASS = re.compile(r"[a-z][a-z-]*(?:\.[\w-]+)?")  # cs.CL, hep-th; other schemes write words
_ARXIV_DOI = "10.48550/"
_PREPRINT_DOI = re.compile(r"10\.(?:48550|1101|64898|2139|20944|21203|26434|31219|31234|31235|36227)/")
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
    published, revised = _first_and_last(earlier, later)
    paper = replace(later, id=earlier.id, **fields, published=published, revised=revised)
    retained = differing_fields(paper, later)
    if paper.revised != earlier.revised:  # what the later record says as its date
        retained = tuple(name for name in retained if name != "revised")
    return Merged(paper, retained)


def differing_fields(one: Paper, other: Paper) -> tuple[str, ...]:
    """The names of the fields in which two papers differ, but for the id."""
    return tuple(name for name in FIELDS if getattr(one, name) != getattr(other, name))


def _title(earlier: Paper, later: Paper) -> str:
    cut = _is_part(later.title, earlier.title, from_start=True)
    return earlier.title if cut or _is_worse_read(later.title, earlier.title) else later.title


def _abstract(earlier: Paper, later: Paper) -> str:
    old, new = earlier.content, later.content  # a publisher's line makes no abstract richer
    shorter = len(new) < len(old)
    much_shorter = not new or (len(old) >= _WHOLE and 2 * len(new) < len(old))
    poorer = much_shorter or _is_part(new, old) or (shorter and _ELLIPSIS.search(new))
    is_worse = old != new and (poorer or _is_worse_read(new, old))
    return earlier.abstract if is_worse else later.abstract


def _authors(earlier: Paper, later: Paper) -> tuple[str, ...]:
    old, new = earlier.authors, later.authors
    poorer = len(new) < len(old) or (
        len(new) == len(old) and new != old and all(map(_is_initialled, new, old))
    )
    return old if poorer else new


def _first_and_last(earlier: Paper, later: Paper) -> tuple[str, str]:
    """When the paper appeared, and when its last version did."""
    old, new = earlier.published, later.published
    versions = [earlier.revised, later.revised]
    if not old or not new or not contradict(old, new):
        return max(old, new, key=len), latest(versions)  # the longer the more exact
    if new > old:
        return old, latest([*versions, new])
    if later.revised and not contradict(old, later.revised):  # it was read as its version's until now
        return new, latest(versions)
    if _version(earlier) > _version(later) > 0:  # versions may come in any order
        return new, latest([*versions, old])
    return new if len(new) >= len(old) else old, latest(versions)


def _version(paper: Paper) -> int:
    return arxiv_version(paper.id) or arxiv_version(paper.url)


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


def combine(records: Sequence[Paper], *, whole_text: bool = False) -> Paper:
    """The paper of which records of several sources are each one; the same in any order of theirs.

    `whole_text`: title and abstract are taken together, from one of them. The id is one of theirs.
    """
    if len(records) == 1:
        return records[0]
    ordered = sorted(records, key=Paper.to_json)
    text = max(ordered, key=_text_worth)
    categories = sorted(ordered, key=lambda paper: -len(paper.categories))
    return replace(
        text,
        title=text.title if whole_text else _whole_title(text.title, ordered),
        authors=max((paper.authors for paper in ordered), key=_fullness),
        published=earliest(paper.published for paper in ordered),
        categories=tuple(dict.fromkeys(one for paper in categories for one in paper.categories)),
        venue=max((paper.venue for paper in ordered), key=_venue_worth),
        url=next((paper.url for paper in (text, *ordered) if paper.url), ""),
        identifiers=_all_identifiers(ordered),
        upvotes=max((paper.upvotes for paper in ordered if paper.upvotes is not None), default=None),
        retracted=any(paper.retracted for paper in ordered),
        revised=_last_version(ordered),
    )


def _text_worth(paper: Paper) -> tuple[object, ...]:
    content = paper.content
    return (
        bool(content),
        _UNREADABLE not in content,
        len(content),
        _UNREADABLE not in paper.title,
        len(paper.title),
        paper.abstract,
        paper.title,
    )


def _whole_title(title: str, records: Sequence[Paper]) -> str:
    """The title, or the longest of the others where it is only the beginning of one, or cannot be read."""
    better = [
        paper.title
        for paper in records
        if _is_part(title, paper.title, from_start=True) or _is_worse_read(title, paper.title)
    ]
    return max(better, key=lambda other: (_UNREADABLE not in other, len(other), other), default=title)


def _fullness(authors: tuple[str, ...]) -> tuple[object, ...]:
    return len(authors), sum(map(len, authors)), authors


_ONE_EVENT = datetime.timedelta(31)


def _last_version(records: Sequence[Paper]) -> str:
    """When the last version appeared; what is no later than the paper itself is none."""
    dates = [paper.revised for paper in records]
    dated = [paper for paper in records if paper.published]
    if dated and any(map(_is_preprint, records)):
        first = first_day(earliest(paper.published for paper in dated))
        dates += (
            paper.published
            for paper in dated
            if first_day(paper.published) - first > _ONE_EVENT or arxiv_version(paper.id) > 1
        )
    return latest(dates)


def _is_preprint(paper: Paper) -> bool:
    return bool(_PREPRINT.search(paper.venue)) or any(map(_is_of_preprints, paper.names))


def _is_of_preprints(name: str) -> bool:
    return name.startswith("arxiv:") or _PREPRINT_DOI.match(name.removeprefix("doi:")) is not None


def _venue_worth(venue: str) -> tuple[object, ...]:
    return bool(venue), not _PREPRINT.search(venue), len(venue), venue


def _all_identifiers(records: Sequence[Paper]) -> dict[str, str]:
    values: dict[str, Counter[str]] = {}
    for paper in records:
        for scheme, value in paper.identifiers.items():
            values.setdefault(scheme, Counter())[value] += 1
    return {
        scheme: min(found, key=lambda v: _identifier_rank(v, found[v])) for scheme, found in values.items()
    }


def _identifier_rank(value: str, count: int) -> tuple[object, ...]:
    return bool(_PREPRINT_DOI.search(value)), -count, len(value), value
