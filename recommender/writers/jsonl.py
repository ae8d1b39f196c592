"""JSON Lines: one object per record and line, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from .base import Record

__all__ = ["JsonlWriter"]


class JsonlWriter:
    """One JSON object per line, its keys in the order of `Record`."""

    name = "jsonl"

    def write(self, records: Sequence[Record]) -> str:
        """The records as JSON Lines; empty when there are none."""
        return "".join(_line(record) for record in records)


def _line(record: Record) -> str:
    values: dict[str, object] = {key: record[key] for key in Record.__annotations__}  # type: ignore[literal-required]
    values["score"] = round(float(record["score"]), 6)
    values["closest_cosine"] = round(float(record["closest_cosine"]), 6)
    values["shares"] = {name: round(float(share), 9) for name, share in record["shares"].items()}
    line = json.dumps(values, ensure_ascii=False)
    # A lone surrogate cannot be written to a file; its backslash escape is JSON's own.
    return line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"
