"""Writers: one file per format, recommendations in, text out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from ..errors import ParameterError
from .base import AnyRecord, PaperRecord, Record, Writer, paper_record
from .bibtex import BibtexWriter
from .csl import CslWriter
from .delimited import CsvWriter
from .jsonl import JsonlWriter, JsonWriter
from .markdown import MarkdownWriter
from .parquet import ParquetWriter
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
    "encode",
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
    CslWriter(),
    MarkdownWriter(),
    ParquetWriter(),
)

WRITERS: Mapping[str, Writer] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""Every format by its name. A new one is one new file and one name in the line above."""


ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        ".bib": "bibtex",
        ".csl": "csl",
        ".csv": "csv",
        ".json": "json",
        ".jsonl": "jsonl",
        ".md": "markdown",
        ".parquet": "parquet",
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
        The file; the case of its ending does not count. ``.csl.json`` is CSL-JSON, as ``.csl`` is.

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
    name = Path(path)
    ending = ".csl" if name.name.lower().endswith(".csl.json") else name.suffix.lower()
    if ending not in ENDINGS:
        raise ParameterError(f"{os.fspath(path)}: no format has this ending; known: {', '.join(ENDINGS)}")
    return ENDINGS[ending]


def write(records: Sequence[AnyRecord], format: str) -> str:
    """Write recommendations, or papers, as text in a format.

    Parameters
    ----------
    records : sequence of Record or of PaperRecord
        What `Recommendations.to_dicts` or `paper_record` gives.
    format : {"table", "jsonl", "csv", "bibtex", "ris", "json", "csl", "markdown"}
        The format.

    Returns
    -------
    str
        The text, in the order of the records.

    Raises
    ------
    ParameterError
        For an unknown format, and for one that is no text; see `encode`.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.writers import paper_record, write
    >>> paper = Paper(id="2106.09685", title="LoRA", authors=("Edward Hu",), published="2021")
    >>> print(write([paper_record(paper)], "ris").splitlines()[0])
    TY  - UNPB
    """
    text = _writer(format).write(records)
    if isinstance(text, bytes):
        raise ParameterError(f"{format!r} is no text; write it into a file, or take the bytes of `encode`")
    return text


def encode(records: Sequence[AnyRecord], format: str, *, excel: bool = False) -> bytes:
    r"""Write recommendations, or papers, as the bytes of a file in any format.

    Parameters
    ----------
    records : sequence of Record or of PaperRecord
        What `Recommendations.to_dicts` or `paper_record` gives.
    format : str
        The format, one of `WRITERS`.
    excel : bool, default False
        Of CSV, with the mark by which Excel knows UTF-8 (other programs may take it for a part of the first
        column's name).

    Returns
    -------
    bytes
        Text in UTF-8, half characters as question marks, or the bytes of Parquet.

    Raises
    ------
    ParameterError
        For an unknown format, and for another format than CSV with `excel`.

    Examples
    --------
    >>> from recommender.writers import encode
    >>> encode([], "csv", excel=True)[:7]
    b'ï»¿rank'
    """
    if excel and format != "csv":
        raise ParameterError(f"excel is for csv; {format!r} needs no mark")
    content = _writer(format).write(records)
    if isinstance(content, str):
        content = content.encode("utf-8-sig" if excel else "utf-8", "replace")
    return content


def _writer(format: str) -> Writer:
    if format not in WRITERS:
        raise ParameterError(f"{format!r} is no format: write one of {', '.join(WRITERS)}")
    return WRITERS[format]
