"""The papers of formats whose fields have fixed names: their readers spell records in the same few keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ..identifiers import parse_identifier
from .base import Source
from .columns import plan_columns
from .items import Item, Rejected
from .json_objects import Record
from .json_wrapped import Answers, numbered_records
from .records import to_items
from .values import text

# Of several dates the first that is one counts: `published`, then `date`, then `year`.
_PLAN = plan_columns(
    (
        *("id", "title", "abstract", "authors", "published", "date", "year", "categories", "venue", "url"),
        *("upvotes", "identifiers", "retracted", "revised"),
    ),
    {},
)


def fixed_items(record: Mapping[str, object], place: str) -> Iterator[Item]:
    """The items of one record: a paper, or why there is none.

    Its keys are the fields of a paper, and `date` and `year` for what is read where `published` is no date.
    """
    return to_items(record, _PLAN, place)


def service_items(
    source: Source, to_record: Callable[[Record], Mapping[str, object]], answers: Answers | None = None
) -> Iterator[Item]:
    """The items of a service's JSON, of whose records `to_record` makes those of `fixed_items`."""
    for found in numbered_records(source, answers or Answers()):
        if isinstance(found, Rejected):
            yield found
        else:
            place, record = found
            yield from fixed_items(to_record(record), place)


def first_text(record: Mapping[str, object], *names: str) -> str:
    """The text of the first of these fields that has any."""
    for name in names:
        value = record.get(name)
        if value is not None and (found := text(value).strip()):
            return found
    return ""


def listed(value: object) -> list[object]:
    """The value where it is a list, no values otherwise."""
    return value if isinstance(value, list) else []


def fields(value: object) -> dict[str, object]:
    """The value where it is an object, an empty one otherwise."""
    return value if isinstance(value, dict) else {}


_DOI_LINK = re.compile(r"^https?://(?:dx\.)?doi\.org/", re.IGNORECASE)


def group(name: str) -> dict[str, str]:
    """An author that is no person, whose name is one whatever commas it holds."""
    return {"name": name, "literal": name}


def person(name: str) -> dict[str, str] | str:
    """An author who is written ``Family, Given``, or in any other way."""
    family, comma, given = name.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma and "," not in given else name


def bare_id(scheme: str, value: object) -> str:
    """An identifier without what stands around it in a url: ``10.1/x`` of ``https://doi.org/10.1/X``."""
    written = _DOI_LINK.sub("", text(value).strip()) if scheme == "doi" else text(value).strip()
    found = parse_identifier(written)
    return found.partition(":")[2] if found and found.startswith(f"{scheme}:") else written
