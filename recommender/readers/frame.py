"""Rows of a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from .base import Item
from .columns import FIELDS, check_columns, normal_name, plan_columns
from .records import to_items

if TYPE_CHECKING:
    import pandas

__all__ = ["read_frame"]

_NAME = "DataFrame"


def read_frame(frame: pandas.DataFrame, mapping: Mapping[str, str]) -> Iterator[Item]:
    """A paper for each row, as a `Reader` gives them; `mapping` goes from fields to columns.

    The index counts only where it is named like an id and no column is. Raises SourceError when no
    column holds the title.
    """
    columns = tuple(map(str, frame.columns))
    with_index = _is_id(frame.index.name) and not any(map(_is_id, columns))
    if with_index:
        columns = (str(frame.index.name), *columns)
    check_columns(columns, mapping, _NAME, named='mapping={"title": COLUMN}')
    plan = plan_columns(columns, mapping)
    for number, values in enumerate(frame.itertuples(index=with_index, name=None), start=1):
        yield from to_items(dict(zip(columns, values, strict=True)), plan, f"{_NAME}, row {number}")


def _is_id(name: object) -> bool:
    return isinstance(name, str) and normal_name(name) in FIELDS["id"]
