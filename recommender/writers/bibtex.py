"""BibTeX, for LaTeX and reference managers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .._extras import extra
from ..paper import clean_text
from .base import AnyRecord
from .citation_key import citation_key
from .harmless import without_unsafe_url
from .identifiers import arxiv_class, arxiv_id, doi
from .latex import latex
from .published import date_parts
from .venue import VenueKind, venue_kind

if TYPE_CHECKING:
    from bibtexparser.model import Entry

__all__ = ["BibtexWriter"]

_MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The type of an entry and the field that holds its venue.
_ENTRIES: dict[VenueKind, tuple[str, str]] = {
    "journal": ("article", "journal"),
    "conference": ("inproceedings", "booktitle"),
    "preprint": ("misc", "howpublished"),
    "unknown": ("misc", "howpublished"),
}


class BibtexWriter:
    """One entry per record: ``@article``, ``@inproceedings``, or ``@misc`` for what is not in print."""

    name = "bibtex"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as a BibTeX file in UTF-8; empty when there are none."""
        with extra("bibliography"):
            from bibtexparser.entrypoint import write_string
            from bibtexparser.library import Library
            from bibtexparser.middlewares.parsestack import default_unparse_stack
            from bibtexparser.writer import BibtexFormat

        layout = BibtexFormat()  # type: ignore[no-untyped-call]
        layout.indent, layout.block_separator, layout.trailing_comma = "  ", "\n", True
        library = Library()
        taken: set[str] = set()
        for record in map(without_unsafe_url, records):
            key = citation_key(record, taken)
            taken.add(key)
            library.add(_entry(record, key))
        # In place: the library is ours, and copying a large one is slow.
        in_place = default_unparse_stack(allow_inplace_modification=True)
        return write_string(library, unparse_stack=in_place, bibtex_format=layout)


def _entry(record: AnyRecord, key: str) -> Entry:
    with extra("bibliography"):
        from bibtexparser.model import Entry, Field

    fields = [Field(name, value) for name, value in _fields(record) if value]
    for field in fields:
        if field.key == "month":
            field.enclosing = "no-enclosing"  # a macro: the style writes it in its own language and length
    return Entry(_ENTRIES[venue_kind(record)][0], key, fields)


def _fields(record: AnyRecord) -> Iterator[tuple[str, str]]:
    year, month, _ = date_parts(record["published"])
    # A second pair of braces keeps every capital: nothing tells "Bayesian" and "BERT" from words that a
    # style may write small, and a capital too many is a matter of taste where one too few is an error.
    yield "title", f"{{{latex(record['title'])}}}"
    yield "author", " and ".join(filter(None, map(_author, record["authors"])))
    yield from _venue_fields(record)
    yield "year", year
    yield "month", _MONTHS[int(month or 0)]
    yield "doi", _verbatim(doi(record))
    yield "url", _verbatim(record["url"])


def _venue_fields(record: AnyRecord) -> Iterator[tuple[str, str]]:
    kind, eprint = venue_kind(record), arxiv_id(record)
    if not (kind == "preprint" and eprint):  # else the lines below say it
        yield _ENTRIES[kind][1], latex(record["venue"])
    if eprint:
        yield "eprint", eprint
        yield "archiveprefix", "arXiv"
        yield "primaryclass", arxiv_class(record)


def _author(name: str) -> str:
    name = clean_text(name)
    return f"{{{latex(name)}}}" if name and _is_misread(name) else latex(name)


def _is_misread(name: str) -> bool:
    """Whether BibTeX would take one name for several ("Research and Development") or for none."""
    words = name.lower().split()
    parts = [part.strip() for part in name.split(",")]
    # bibtexparser, for one, overlooks an "and" before a name that begins with a backslash.
    escaped = latex(name).startswith("\\")
    return "and" in words or words == ["others"] or len(parts) > 3 or not all(parts) or escaped


def _verbatim(link: str) -> str:
    # LaTeX reads links as they stand, so nothing may be escaped but what would end the field.
    return re.sub(r"[\s{}\\]", lambda found: f"%{ord(found[0]):02X}", clean_text(link))
