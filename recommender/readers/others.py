"""What a file is that holds no papers we read, and which format nearest to it we do."""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCES = "export the references as BibTeX, RIS or CSV"
_TABLE = "save it as .xlsx or CSV"
_UNPACK = "unpack it; gzip, and a zip with one file, are read as they are"
_LIST = "give the papers' ids or DOIs, one a line, as a profile"

# How files begin, as bytes; what they are; what to do.
_BINARY: tuple[tuple[bytes, str, str], ...] = (
    (rb"%PDF", "a PDF", _REFERENCES),
    (rb"PK\x03\x04.{26}(?:.{0,400}?)word/", "a Word document", _REFERENCES),
    (rb"PK\x03\x04.{26}(?:.{0,400}?)ppt/", "a presentation", _REFERENCES),
    (rb"PK\x03\x04.{0,400}?opendocument\.spreadsheet", "an OpenDocument spreadsheet", _TABLE),
    (rb"PK\x03\x04.{0,400}?opendocument\.", "an OpenDocument text", _REFERENCES),
    (rb"PK\x03\x04.{0,400}?epub\+zip", "an e-book", _REFERENCES),
    (rb"PK\x03\x04.*?xl/workbook\.bin", "a binary Excel workbook (.xlsb)", _TABLE),
    (rb"PK\x03\x04", "a zip that holds a document", _REFERENCES),
    (rb"\xd0\xcf\x11\xe0", "an old Office file (.xls, .doc), or one that is locked", _TABLE),
    (rb"SQLite format 3\0", "an SQLite database", "export what it holds as CSV, RIS or BibTeX"),
    (rb"\{\\rtf", "rich text (RTF)", _REFERENCES),
    (rb".{257}ustar", "a tar archive", _UNPACK),
    (rb"BZh\d", "a file packed by bzip2", _UNPACK),
    (rb"\xfd7zXZ", "a file packed by xz", _UNPACK),
    (rb"\x28\xb5\x2f\xfd", "a file packed by zstd", _UNPACK),
    (rb"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (rb"Rar!", "a RAR archive", _UNPACK),
    (rb"(?:ARROW1|FEA1)", "an Arrow or Feather file", "write it as Parquet"),
    (rb"\x89HDF", "an HDF5 file", "write it as Parquet or CSV"),
    (rb"\x93NUMPY", "a numpy array", "give it by --vectors, and the papers as SOURCE"),
    (rb"\x80[\x02-\x05]", "a Python pickle, which can run code and is never read", "write Parquet or JSON"),
    (rb"(?:RDX\d|RDA\d|X\n\0|A\n)", "an R data file", "write it as CSV or Parquet"),
    (rb"(?:<stata_dta>|\$FL[23]@)", "a file of Stata or SPSS", "write it as CSV"),
    (rb"(?:\x89PNG|\xff\xd8\xff|GIF8)", "a picture", _LIST),
)
_TEXT: tuple[tuple[str, str, str], ...] = (
    (r"<\d+>\s*\n(?:VN|DB|Unique Identifier|Accession)", "Ovid's text", "export it as RIS"),
    (
        r"(?:<!doctype html|<html|(?:<[^>]*>\s*)*<(?:head|body|div|table|p|h\d)\b)",
        "an HTML page",
        _REFERENCES,
    ),
    (r"@\w+\s*[{(]", "BibTeX without entries", "each needs a title"),
    (r"TY  ?-", "RIS without records", "each needs a title"),
    (
        r"\\bibitem|.*?\\begin\{thebibliography\}",
        "a bibliography in LaTeX",
        "give the .bib that it was made of",
    ),
    (r"(?:%[^\n]*\n|\s)*\\(?:document|begin|section|input|use)", "LaTeX", "give the .bib that it cites"),
    (r"(?:From .*\n)?(?:[A-Z][\w-]*: .*\n(?:[ \t].*\n)*){2,}\r?\n", "mail", _LIST),
    (r"WEBVTT|\d+\r?\n\d\d:\d\d:\d\d[,.]\d{3} -->", "subtitles", _LIST),
    (r"#!|import \w|from \w+ import|#include|package \w+;|def \w+\(|function ", "a program", _LIST),
    (r"---\s*\n\w[\w-]*:|\w[\w-]*:\s*\n {2,}[\w-]+", "YAML", "write it as JSON Lines or CSV"),
    (r"\[[\w .-]+\]\s*\n\w[\w.-]* *= ?", "settings (INI or TOML)", "write it as JSON Lines or CSV"),
    (r"#{1,6} |.*\n(?:={4,}|-{4,})\s*\n", "Markdown", _REFERENCES),
)
_JSON: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"cells", "nbformat"}), "a Jupyter notebook"),
    (frozenset({"$schema", "properties"}), "a JSON schema"),
    (frozenset({"openapi", "info"}), "an OpenAPI description"),
    (frozenset({"swagger", "info"}), "an OpenAPI description"),
    (frozenset({"version", "title", "items"}), "a feed (JSON)"),
    (frozenset({"type", "features"}), "GeoJSON"),
    (frozenset({"type", "geometry", "properties"}), "GeoJSON"),
    (frozenset({"name", "version", "dependencies"}), "a package's description"),
    (frozenset({"name", "version", "scripts"}), "a package's description"),
    (frozenset({"level", "msg"}), "a log"),
    (frozenset({"level", "message"}), "a log"),
    (frozenset({"severity", "message"}), "a log"),
    (frozenset({"title", "body", "state", "number"}), "issues of a program"),
    (frozenset({"mapping", "create_time"}), "a chat"),
    (frozenset({"log", "version", "creator"}), "a browser's record (HAR)"),
    (frozenset({"@context", "@graph"}), "JSON-LD"),
)
ANY_TEXT = "text of another format"


def json_kind(columns: Mapping[str, object]) -> str:
    """What a JSON object is, by its keys, that is surely no paper; empty for any other."""
    return next((what for keys, what in _JSON if keys <= columns.keys()), "")


def described(head: bytes, wanted: str) -> str:
    """What a file seems to be, and what to give instead: ``a PDF; export the references as ...``."""
    for pattern, what, instead in _BINARY:
        if re.match(pattern, head, re.DOTALL):
            return f"{what}; {instead}, or {wanted}"
    text = head[:4096].decode("utf-8-sig", "replace").lstrip("\ufeff \t\r\n")
    for written, what, instead in _TEXT:
        if re.match(written, text, re.IGNORECASE):
            return f"{what}; {instead}, or {wanted}"
    return f"{ANY_TEXT}; {wanted}"
