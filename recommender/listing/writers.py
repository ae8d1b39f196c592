"""The one list of what a listing can be written as."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .atom import AtomWriter
from .base import ListingWriter
from .json_feed import JsonFeedWriter
from .markdown import MarkdownListingWriter
from .page import PageWriter
from .references import ReferenceWriter
from .terminal import TerminalWriter
from .text import TextWriter

_KINDS: tuple[ListingWriter, ...] = (
    PageWriter(),
    AtomWriter(),
    JsonFeedWriter(),
    MarkdownListingWriter(),
    TextWriter(),
    TerminalWriter(),
    ReferenceWriter("bibtex", ".bib"),
    ReferenceWriter("ris", ".ris"),
    ReferenceWriter("csl", ".csl.json"),
    ReferenceWriter("csv", ".csv"),
    ReferenceWriter("jsonl", ".jsonl"),
)

LISTING_WRITERS: Mapping[str, ListingWriter] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""Every writer by its name. A new one is one new file and one name in the line above."""
