"""One record of named values -> one paper, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..errors import InvalidPaper
from ..paper import Paper
from .base import Item, ReadWarning, Rejected, Source
from .columns import SCHEMES, Plan, normal_name
from .dates import published
from .latex_cells import plain_name, plain_text, plain_title
from .lists import MOST_NAMES, categories, names
from .objects import NotAnObject, json_objects
from .values import text, whole

__all__ = ["LONG_ABSTRACT", "object_items", "to_items"]

LONG_ABSTRACT = 100_000  # characters
_MOST_IDENTIFIERS = 50

_SCHEME_OF = {alias: scheme for scheme, aliases in SCHEMES.items() for alias in aliases}


def to_items(record: Mapping[str, object], plan: Plan, place: str) -> Iterator[Item]:
    """The paper in a record, after the warnings about it; or a Rejected. Raises nothing, whatever the values.

    `place` is where the record stands, as messages name it.
    """
    paper_id = _first(record, plan["id"])
    date, wrong_date = _date(record, plan["published"])
    authors = _first_names(record, plan["authors"])
    try:
        paper = Paper(
            id=paper_id,
            title=plain_title(_first(record, plan["title"])),
            abstract=plain_text(_first(record, plan["abstract"])),
            authors=tuple(map(plain_name, authors[:MOST_NAMES])),
            published=date,
            categories=_first_categories(record, plan["categories"]),
            venue=plain_title(_first(record, plan["venue"])),
            url=_first(record, plan["url"]),
            identifiers=_identifiers(record, plan),
            upvotes=next((n for c in plan["upvotes"] if (n := whole(record.get(c))) is not None), None),
        )
    except InvalidPaper as error:
        yield Rejected(place, f"{error} (id {paper_id[:60]!r})" if paper_id else str(error))
        return
    if wrong_date:
        yield ReadWarning(
            place, f"{wrong_date} is no date: kept without one; write YYYY, YYYY-MM or YYYY-MM-DD"
        )
    if "\ufffd" in paper.title or "\ufffd" in paper.abstract:
        yield ReadWarning(
            place, "holds characters that could not be read, shown as \ufffd; is the file UTF-8?"
        )
    if len(authors) > MOST_NAMES:
        yield ReadWarning(place, f"has more than {MOST_NAMES:,} authors: kept with the first of them")
    if len(paper.abstract) > LONG_ABSTRACT:
        length = f"{len(paper.abstract):,} characters"
        yield ReadWarning(place, f"an abstract of {length}: kept whole, encoded from its beginning")
    yield paper


def object_items(
    source: Source, to_record: Callable[[dict[str, object]], Mapping[str, object]], plan: Plan
) -> Iterator[Item]:
    """The items of a JSON source whose objects `to_record` turns into records with the columns of `plan`."""
    for row, entry in json_objects(source):
        place = source.place(row)
        if isinstance(entry, NotAnObject):
            yield Rejected(place, entry)
        else:
            yield from to_items(to_record(entry), plan, place)


def _first(record: Mapping[str, object], columns: tuple[str, ...]) -> str:
    for column in columns:
        found = text(record.get(column)).strip()
        if found:
            return found
    return ""


def _first_names(record: Mapping[str, object], columns: tuple[str, ...]) -> tuple[str, ...]:
    return next(filter(None, (names(record.get(column)) for column in columns)), ())


def _first_categories(record: Mapping[str, object], columns: tuple[str, ...]) -> tuple[str, ...]:
    return next(filter(None, (categories(record.get(column)) for column in columns)), ())[:MOST_NAMES]


def _date(record: Mapping[str, object], columns: tuple[str, ...]) -> tuple[str, str]:
    """The date (or nothing), and the spelling of a value that is none (or nothing)."""
    wrong = ""
    for column in columns:
        value = record.get(column)
        found = published(value)
        if found:
            return found, ""
        if found is None:
            wrong = wrong or repr(text(value)[:40] or f"a {type(value).__name__}")
    return "", wrong


def _identifiers(record: Mapping[str, object], plan: Plan) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in plan["identifiers"]:
        nested = record.get(column)
        if isinstance(nested, dict):
            for key, value in list(nested.items())[:_MOST_IDENTIFIERS]:
                name = text(key).strip()
                found[_SCHEME_OF.get(normal_name(name), name.lower())] = text(value).strip()
    for scheme in SCHEMES:
        found[scheme] = _first(record, plan[scheme]) or found.get(scheme, "")
    return {scheme: value for scheme, value in found.items() if scheme and value}
