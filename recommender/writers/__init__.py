"""Writers: one file per format, recommendations in, text out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from ..errors import ParameterError
from .base import AnyRecord, PaperRecord, Record, Writer
from .bibtex import BibtexWriter
from .delimited import CsvWriter
from .json_array import JsonWriter
from .jsonl import JsonlWriter
from .papers import paper_record
from .ris import RisWriter
from .table import TableWriter

__all__ = [
    "ENDINGS",
    "WRITERS",
    "AnyRecord",
    "PaperRecord",
    "Record",
    "TableWriter",
    "Writer",
    "format_of_file",
    "paper_record",
    "write",
]

_KINDS: tuple[Writer, ...] = (
    TableWriter(),
    JsonlWriter(),
    CsvWriter(),
    BibtexWriter(),
    RisWriter(),
    JsonWriter(),
)

WRITERS: Mapping[str, Writer] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""Every format by its name. A new one is one new file and one name in the line above."""


ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        ".bib": "bibtex",
        ".csv": "csv",
        ".json": "json",
        ".jsonl": "jsonl",
        ".ris": "ris",
        ".txt": "table",
    }
)
"""The format of a file by the ending of its name."""


def format_of_file(path: str | os.PathLike[str]) -> str:
    """The format that a file's name says, in any case. Raises ParameterError naming the endings that do."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise ParameterError(f"{os.fspath(path)}: no format has this ending; known: {', '.join(ENDINGS)}")
    return ENDINGS[ending]


def write(records: Sequence[AnyRecord], format: str) -> str:
    """The records as text in the format of that name. Raises ParameterError for an unknown name."""
    if format not in WRITERS:
        raise ParameterError(f"{format!r} is no format: write one of {', '.join(WRITERS)}")
    return WRITERS[format].write(records)
