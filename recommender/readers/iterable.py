"""Papers that are there already, and dicts with what is to be said of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..paper import Paper
from .base import Item, Rejected
from .columns import check_columns, plan_columns
from .records import to_items

__all__ = ["read_iterable"]

_NAME = "papers"


def read_iterable(papers: Iterable[object], mapping: Mapping[str, str]) -> Iterator[Item]:
    """Each Paper as it is, and for each dict what a `Reader` gives; `mapping` goes from fields to keys.

    Raises SourceError when the first dict has no key for the title, or the mapping names what it has not.
    """
    checked = False
    for position, paper in enumerate(papers, start=1):
        place = f"{_NAME}, item {position}"
        if isinstance(paper, Paper):
            yield paper
        elif isinstance(paper, Mapping):
            record = {str(key): value for key, value in paper.items()}
            if not checked:
                check_columns(record, mapping, place, named='mapping={"title": KEY}')
                checked = True
            yield from to_items(record, plan_columns(tuple(record), mapping), place)
        else:
            yield Rejected(place, f"is a {type(paper).__name__}, neither a Paper nor a dict")
