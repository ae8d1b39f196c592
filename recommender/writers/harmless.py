"""What a file of ours may say to the program that opens it next: no formula, no address that runs."""

from __future__ import annotations

from typing import cast

from ..display import safe_url
from ..spreadsheet import harmless_cell
from .base import AnyRecord

__all__ = ["harmless_cell", "without_unsafe_url"]


def without_unsafe_url(record: AnyRecord) -> AnyRecord:
    """The record itself, or where its address is none that may be written, one that has none."""
    if safe_url(record["url"]) == record["url"]:
        return record
    return cast(AnyRecord, {**record, "url": ""})
