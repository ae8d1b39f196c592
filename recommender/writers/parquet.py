"""Parquet, for data frames: a row a record, lists as lists, identifiers as scheme and value."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from .._extras import extra
from .base import AnyRecord, PaperRecord, Record, without_unsafe_url
from .jsonl import json_fields


class ParquetWriter:
    """The columns of `Record` or `PaperRecord`; what readers of Parquet make is the same papers."""

    name = "parquet"

    def write(self, records: Sequence[AnyRecord]) -> bytes:
        """The bytes of a Parquet file; one without rows when there are no records."""
        with extra("frames"):
            import pyarrow as pa
            import pyarrow.parquet as pq

        kind = Record if not records or "rank" in records[0] else PaperRecord
        columns = {name: type_ for name, type_ in _types(pa).items() if name in kind.__annotations__}
        schema = pa.schema([pa.field(name, columns[name]) for name in kind.__annotations__])
        rows = [_row(record) for record in map(without_unsafe_url, records)]
        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), buffer)
        return buffer.getvalue()


def _types(pa: Any) -> dict[str, Any]:
    text, number = pa.string(), pa.float64()
    names = pa.list_(text)
    of_text = pa.map_(text, text)
    return {
        **dict.fromkeys(("id", "title", "published", "revised", "venue", "url", "abstract"), text),
        **dict.fromkeys(("interest", "closest", "closest_title", "sentence"), text),
        **dict.fromkeys(("authors", "categories", "terms"), names),
        **dict.fromkeys(("score", "confidence", "closest_cosine"), number),
        "rank": pa.int64(),
        "upvotes": pa.int64(),
        "retracted": pa.bool_(),
        "identifiers": of_text,
        "contributions": pa.map_(text, number),
    }


def _row(record: AnyRecord) -> dict[str, Any]:
    return {name: _whole(value) for name, value in json_fields(record).items()}


def _whole(value: Any) -> Any:
    """Text that Arrow can hold: half a character becomes the sign for what cannot be read."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case list():
            return [_whole(one) for one in value]
        case dict():
            return [(_whole(key), _whole(one)) for key, one in value.items()]
        case _:
            return value
