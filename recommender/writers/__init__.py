"""Writers: one file per format, recommendations in, text out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from ..errors import ParameterError
from .base import AnyRecord, PaperRecord, Record, Writer, paper_record
from .bibtex import BibtexWriter
from .delimited import CsvWriter
from .jsonl import JsonlWriter, JsonWriter
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
    """Give the format that a file's name says.

    Parameters
    ----------
    path : str or path-like
        The file; the case of its ending does not count.

    Returns
    -------
    str
        The name of a format, one of `WRITERS`.

    Raises
    ------
    ParameterError
        For an ending that is none of `ENDINGS`.

    Examples
    --------
    >>> from recommender.writers import format_of_file
    >>> format_of_file("reading-list.bib")
    'bibtex'
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise ParameterError(f"{os.fspath(path)}: no format has this ending; known: {', '.join(ENDINGS)}")
    return ENDINGS[ending]


def write(records: Sequence[AnyRecord], format: str) -> str:
    """Write recommendations, or papers, in a format.

    Parameters
    ----------
    records : sequence of Record or of PaperRecord
        What `Recommendations.to_dicts` or `paper_record` gives.
    format : {"table", "jsonl", "csv", "bibtex", "ris", "json"}
        The format.

    Returns
    -------
    str
        The text, in the order of the records.

    Raises
    ------
    ParameterError
        For an unknown format.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.writers import paper_record, write
    >>> paper = Paper(id="2106.09685", title="LoRA", authors=("Edward Hu",), published="2021")
    >>> print(write([paper_record(paper)], "ris").splitlines()[0])
    TY  - UNPB
    """
    if format not in WRITERS:
        raise ParameterError(f"{format!r} is no format: write one of {', '.join(WRITERS)}")
    return WRITERS[format].write(records)
