"""JSON for programs: one object per record and line, or one array of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .base import AnyRecord, PaperRecord, Record, without_unsafe_url


class JsonlWriter:
    """One JSON object per line, its keys in the order of `Record` or `PaperRecord`."""

    name = "jsonl"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as JSON Lines; empty when there are none."""
        return "".join(f"{json_line(record)}\n" for record in records)


def json_line(record: AnyRecord) -> str:
    """One record as an object in one line."""
    line = json.dumps(json_fields(record), ensure_ascii=False)
    # A lone surrogate cannot be written to a file; its backslash escape is JSON's own.
    return line.encode("utf-8", "backslashreplace").decode("utf-8")


def json_fields(record: AnyRecord) -> dict[str, Any]:
    """The fields in their order, with figures as exact as they are told."""
    names = Record.__annotations__ if "rank" in record else PaperRecord.__annotations__
    record = without_unsafe_url(record)
    values: dict[str, Any] = {name: record[name] for name in names}  # type: ignore[literal-required]
    if "rank" in record:
        values["score"] = None if values["score"] is None else round(float(values["score"]), 6)
        values["closest_cosine"] = round(float(values["closest_cosine"]), 6)
        values["contributions"] = {
            name: round(float(value), 9) for name, value in values["contributions"].items()
        }
    return values


class JsonWriter:
    """An array with an object for each record, the same as in JSON Lines."""

    name = "json"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as a JSON document; an empty array when there are none."""
        lines = ",\n".join(map(json_line, records))
        return f"[\n{lines}\n]\n" if lines else "[]\n"
