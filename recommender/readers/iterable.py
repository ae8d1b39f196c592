"""Papers that are there already, and dicts with what is to be said of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..paper import Paper
from .base import Item, Rejected
from .columns import check_columns, plan_columns
from .records import to_items

__all__ = ["read_iterable"]

_NAME = "papers"
_NAMED = 'mapping={"title": KEY}'


def read_iterable(papers: Iterable[object], mapping: Mapping[str, str]) -> Iterator[Item]:
    """Each Paper as it is, and for each dict what a `Reader` gives; `mapping` goes from fields to keys.

    Raises SourceError when the first dict has not the keys that the mapping names.
    """
    checked = not mapping
    for position, paper in enumerate(papers, start=1):
        place = f"{_NAME}, item {position}"
        if isinstance(paper, Paper):
            yield paper
        elif isinstance(paper, Mapping):
            record = {str(key): value for key, value in paper.items()}
            if not checked:
                check_columns(record, mapping, place, named=_NAMED)
                checked = True
            yield from _of_record(record, mapping, place)
        else:
            yield Rejected(place, f"is a {type(paper).__name__}, neither a Paper nor a dict")


def _of_record(record: Mapping[str, object], mapping: Mapping[str, str], place: str) -> Iterator[Item]:
    plan = plan_columns(tuple(record), mapping)
    if plan["title"]:
        yield from to_items(record, plan, place)
        return
    keys = ", ".join(repr(key[:40]) for key in list(record)[:20]) or "no keys"
    yield Rejected(place, f"has no title among {keys}; name the key that has it with {_NAMED}")
