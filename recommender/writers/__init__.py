"""Writers: one file per format, recommendations in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ..errors import ParameterError
from .base import Record, Writer
from .bibtex import BibtexWriter
from .delimited import CsvWriter
from .jsonl import JsonlWriter
from .ris import RisWriter
from .table import TableWriter

__all__ = ["WRITERS", "Record", "TableWriter", "Writer", "write"]

_KINDS: tuple[Writer, ...] = (TableWriter(), JsonlWriter(), CsvWriter(), BibtexWriter(), RisWriter())

WRITERS: Mapping[str, Writer] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""Every format by its name. A new one is one new file and one name in the line above."""


def write(records: Sequence[Record], format: str) -> str:
    """The records as text in the format of that name. Raises ParameterError for an unknown name."""
    if format not in WRITERS:
        raise ParameterError(f"{format!r} is no format: write one of {', '.join(WRITERS)}")
    return WRITERS[format].write(records)
