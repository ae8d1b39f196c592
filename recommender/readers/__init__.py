"""Readers: one file per format, papers out."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EmptySource, ParameterError, SourceError
from ..paper import Paper
from .acl import Acl
from .arxiv import Arxiv
from .arxiv_atom import ArxivAtom
from .base import Reader, Source, is_binary
from .bibtex import Bibtex
from .biorxiv import BioRxiv
from .columns import check_columns, mapped_columns, plan_columns
from .crossref import Crossref
from .csl import Csl
from .daily_lists import DailyLists, ListedPaper, read_daily_lists
from .delimited import Delimited
from .endnote import EndNote
from .enw import Enw
from .hf_daily import HfDaily
from .hf_page import HfPage
from .items import Deleted, FormatItems, Item, LibraryFacts, ReadNote, ReadWarning, Rejected
from .json_objects import leading_objects
from .jsonl import Jsonl
from .medline import Medline
from .oai_pmh import OaiPmh
from .openalex import OpenAlex
from .others import ANY_TEXT, described, json_kind
from .parquet import Parquet
from .pubmed import PubMed
from .records import read_frame, read_iterable
from .ris import Ris
from .s2 import SemanticScholar
from .signal_rows import SignalRow, read_signals
from .streams import is_table, read_table
from .table_header import are_names, find_header
from .wos import Wos
from .xlsx import Xlsx
from .xml_records import xml_root
from .zotero import Zotero

if TYPE_CHECKING:
    import pandas

__all__ = [
    "READERS",
    "DailyLists",
    "Deleted",
    "Item",
    "LibraryFacts",
    "ListedPaper",
    "ReadNote",
    "ReadWarning",
    "Reader",
    "Rejected",
    "SignalRow",
    "Source",
    "detect",
    "read_daily_lists",
    "read_papers",
    "read_signals",
]

# All kinds, in the order in which they are asked: the first that recognises a file reads it.
READERS: tuple[Reader, ...] = (
    *(Parquet(), Xlsx()),
    *(Bibtex(), Ris(), Medline(), Wos(), Enw()),  # told by their first lines, which is soon done
    *(Arxiv(), HfDaily(), OpenAlex(), SemanticScholar(), BioRxiv()),
    *(Crossref(), Zotero(), Csl()),
    *(PubMed(), ArxivAtom(), OaiPmh(), EndNote(), Acl()),
    Jsonl(),
    *(Delimited(), HfPage()),
)

_WANTED = "give JSON Lines, CSV, BibTeX, RIS, an Excel workbook, Parquet or another that `--format` lists"


def read_papers(
    source: str | os.PathLike[str] | pandas.DataFrame | Iterable[Paper | Mapping[str, object]],
    *,
    format: str | None = None,
    mapping: Mapping[str, str] | None = None,
    max_record: int | None = None,
    encoding: str | None = None,
    max_size: int | None = None,
) -> Iterator[Item]:
    """Read the papers of a file, a table or an iterable, one at a time, with what was rejected.

    Parameters
    ----------
    source : str, path-like, DataFrame, another library's table, or iterable of Paper or of mapping
        A file is named by its path, standard input by ``-``; the keys of dicts are recognised as columns
        are. A table is what has Arrow's stream or the dataframe interchange protocol, such as a polars frame
        or an Arrow table, or is a dataset of Ray; a stream is read once, some rows at a time.
    format : str, optional
        The name of a reader; by default a file's content tells.
    mapping : mapping of str to str, optional
        Columns that are not recognised, by the paper's field: ``{"title": "Title of the work"}``.
    max_record : int, optional
        Bytes, unpacked, of the largest record of a file that is not rejected; by default four megabytes.
    encoding : str, optional
        What the text of a file is in, such as ``cp1252``; by default its bytes tell, and a guess is said.
    max_size : int, optional
        Bytes that are unpacked of a gzip or zip file before it is given up; by default 64 GB.

    Returns
    -------
    iterator of Paper or Rejected or ReadWarning or ReadNote or Deleted or LibraryFacts
        In the order of the source; a warning, and what a library says of a paper, come before it.

    Raises
    ------
    SourceError
        When the source cannot be read at all, at once or on the first item, and when it cannot be read any
        further, after what came before.
    ParameterError
        For an unknown `format` or `encoding`, a `source` of another type, and a `max_record` or `max_size`
        that is no number of bytes.

    Examples
    --------
    >>> from recommender.readers import read_papers
    >>> [paper] = read_papers([{"title": "LoRA", "date": "2021"}])
    >>> paper.published
    '2021'
    """
    for name, size in (("max_record", max_record), ("max_size", max_size)):
        if size is not None and (type(size) is not int or size < 1):
            raise ParameterError(f"{name} is {size!r:.40}; it must be a number of bytes, at least 1")
    mapping = _columns(mapping)
    if isinstance(source, (str, os.PathLike)):
        file = Source(Path(source), max_record=max_record, encoding=encoding, max_size=max_size)
        reader = _reader(file, format, mapping)
        return FormatItems(reader.name, _with_notes(file, reader.read(file, mapping)))
    pandas = sys.modules.get("pandas")  # whoever has a DataFrame has imported it
    if pandas is not None and isinstance(source, pandas.DataFrame):
        return read_frame(source, mapping)
    if is_table(source):
        return read_table(source, mapping)
    if isinstance(source, (bytes, Mapping)) or not isinstance(source, Iterable):
        kind = type(source).__name__
        wanted = "a path, a DataFrame or another table, or a list of Paper or of dicts"
        raise ParameterError(f"a {kind} is no source of papers; give {wanted}")
    return read_iterable(source, mapping)


def _with_notes(source: Source, items: Iterator[Item]) -> Iterator[Item]:
    """The items, with what is to be said of the source as soon as it is known."""
    said = False
    for item in items:
        if not said and (notes := source.notes()):
            yield from notes
            said = True
        yield item
    if not said:
        yield from source.notes()


def _columns(mapping: Mapping[str, object] | None) -> dict[str, str]:
    """Columns by field; a DataFrame's columns may be called by numbers."""
    if mapping is not None and not isinstance(mapping, Mapping):
        raise ParameterError(f'mapping is {mapping!r:.60}; give a dict such as {{"title": "Name"}}')
    return mapped_columns(mapping or {})


def detect(source: Source, mapping: Mapping[str, str] | None = None) -> Reader:
    r"""Choose the reader for a file by its content, never by its name.

    Parameters
    ----------
    source : Source
        The file.
    mapping : mapping of str to str, optional
        Field -> column, as for `read_papers`.

    Returns
    -------
    Reader
        One of `READERS`.

    Raises
    ------
    SourceError
        When no reader knows it; the message says what it seems to be.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender.readers import Source, detect
    >>> Path("papers").write_text("title,abstract\nLoRA,Low-rank adaptation\n")
    40
    >>> detect(Source("papers")).name
    'csv'
    """
    head = source.head()
    _refuse_empty(source, head)
    binary = _binary(head)
    for reader in READERS:
        if reader.recognises(head) and (reader.name in ("parquet", "xlsx") or not binary):
            return reader
    if source.damage:
        raise source.damage
    wanted = (mapping or {}).values()
    columns = () if binary or b"\0" in head else find_header(head, wanted).columns
    untitled = are_names(columns) and not plan_columns(columns, {})["title"]
    if untitled or any(name in columns for name in wanted):
        check_columns(columns, mapping or {}, str(source.path))
        return _by_name("csv")
    raise SourceError(f"{source.path}: {_what(head, binary)}")


def _what(head: bytes, binary: str) -> str:
    """What a file is that nobody reads, and what to give instead."""
    found = next(leading_objects(head), None)
    if found is not None:
        kind = json_kind(found) or "JSON of another shape"
        return f"{kind} with the keys {', '.join(repr(key[:30]) for key in list(found)[:5])}; {_WANTED}"
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*[\[{]\s*(?:[\"\[{}\]\d-]|true|false|null)", head):
        where = "in its array" if b"[" in head[:4] else "one a line or in one array"
        return f"JSON without objects {where}; {_WANTED}"
    told = described(head, _WANTED)
    if not told.startswith(ANY_TEXT):
        return told
    if root := xml_root(head):
        read = "PubMed's, arXiv's, OAI-PMH, EndNote's and the ACL Anthology's are read"
        return f"XML with <{root[:40]}> around it; {read}"
    return f"{binary}; {_WANTED}" if binary else told


def _reader(source: Source, format: str | None, mapping: Mapping[str, str]) -> Reader:
    if format is None:
        return detect(source, mapping)
    reader = _by_name(format)
    _refuse_empty(source, source.head())
    return reader


def _by_name(name: str) -> Reader:
    for reader in READERS:
        if reader.name == name:
            return reader
    names = ", ".join(reader.name for reader in READERS)
    raise ParameterError(f"{name!r} is no format of papers; choose one of {names}")


def _refuse_empty(source: Source, head: bytes) -> None:
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise source.damage or EmptySource(f"{source.path}: empty file: no papers")


def _binary(head: bytes) -> str:
    """What the bytes are when they are no UTF-8 text, which may still hold a stray NUL; else nothing."""
    return "a binary file, not papers" if is_binary(head) else ""
