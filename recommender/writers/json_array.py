"""JSON: one array of objects, for programs that read a document."""

from __future__ import annotations

from collections.abc import Sequence

from .base import AnyRecord
from .jsonl import json_line

__all__ = ["JsonWriter"]


class JsonWriter:
    """An array with an object for each record, the same as in JSON Lines."""

    name = "json"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as a JSON document; an empty array when there are none."""
        lines = ",\n".join(map(json_line, records))
        return f"[\n{lines}\n]\n" if lines else "[]\n"
