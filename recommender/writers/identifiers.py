"""The identifiers that reference managers have fields for: arXiv ids and DOIs."""

from __future__ import annotations

import re

from ..identifiers import ARXIV_ARCHIVES, parse_identifier
from .base import AnyRecord

__all__ = ["arxiv_class", "arxiv_id", "doi"]

_ARXIV_CLASS = re.compile(rf"(?:{'|'.join(ARXIV_ARCHIVES)})(?:\.[A-Za-z-]+)?")


def arxiv_id(record: AnyRecord) -> str:
    """The arXiv id without prefix and version, or an empty text."""
    return _value(record, "arxiv")


def arxiv_class(record: AnyRecord) -> str:
    """The first category that arXiv knows (``cs.CL``), or an empty text."""
    return next((name for name in record["categories"] if _ARXIV_CLASS.fullmatch(name)), "")


def doi(record: AnyRecord) -> str:
    """The DOI without a prefix or resolver, as it was written, or an empty text."""
    return _value(record, "doi")


def _value(record: AnyRecord, scheme: str) -> str:
    """The value of the record's identifier of that scheme, whichever field holds it."""
    named = (value for key, value in record["identifiers"].items() if key.lower() == scheme)
    for text in (*named, record["id"]):
        found = parse_identifier(text)
        if found is not None and found.startswith(f"{scheme}:"):
            value = found.removeprefix(f"{scheme}:")
            start = text.lower().find(value)  # the canonical spelling has lost the case
            return text[start : start + len(value)] if start >= 0 else value
    return ""
