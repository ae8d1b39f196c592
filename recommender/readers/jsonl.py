"""JSON Lines, or a JSON array, of objects with a title and whatever else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

from ..errors import InvalidPaper, ParameterError
from ..paper import Paper
from .base import Source
from .columns import check_columns, plan_columns
from .items import Deleted, Item, Rejected
from .json_objects import NotAnObject, Record, json_objects, leading_objects
from .library_columns import with_facts
from .others import json_kind
from .records import to_items

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*[\"}]")


class Jsonl:
    """Objects of any shape: their columns are recognised by name."""

    name = "jsonl"

    def recognises(self, head: bytes) -> bool:
        """Whether the file begins like an object, or like a bad line among objects, and is no other kind."""
        if any(map(json_kind, itertools.islice(leading_objects(head), 1))):
            return False
        lines = [line for line in head.splitlines() if line and not line.isspace()]
        return bool(_BEGINS.match(head)) or 2 * sum(map(bool, map(_BEGINS.match, lines))) >= max(
            1, len(lines)
        )

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`. Rows are lines of the file, or places in the array."""
        columns = _columns(source.head())
        if columns:
            check_columns(columns, mapping, str(source.path))
        for row, record in json_objects(source):
            place = source.place(row)
            if isinstance(record, NotAnObject):
                yield Rejected(place, record)
            elif (own := _of_ours(record, place)) is not None and not mapping:
                yield own
            else:
                names = tuple(record)
                yield from with_facts(to_items(record, plan_columns(names, mapping), place), names, record)


_OWN_KEYS = frozenset(Paper.__dataclass_fields__)


def _of_ours(record: Record, place: str) -> Item | None:
    """What `fetch` and `Paper.to_json` wrote, as it was: what was cleaned once is not cleaned again."""
    if _is_deletion(record):
        return Deleted(place, str(record["id"]))
    if record.keys() | {"retracted", "revised"} != _OWN_KEYS or not isinstance(record["title"], str):
        return None
    try:
        return Paper(**record)  # type: ignore[arg-type]
    except (InvalidPaper, ParameterError):
        return None


def _is_deletion(record: Record) -> bool:
    return record.get("deleted") is True and bool(record.get("id")) and "title" not in record


def _columns(head: bytes) -> tuple[str, ...]:
    """The names in the first objects; none when the first object is longer than the head."""
    records = (record for record in leading_objects(head) if not _is_deletion(record))
    return tuple(dict.fromkeys(itertools.chain.from_iterable(records)))
