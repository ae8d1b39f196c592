"""The identifiers that reference managers have fields for: arXiv ids and DOIs."""

from __future__ import annotations

import re

from .base import Record

__all__ = ["arxiv_class", "arxiv_id", "doi"]

_ARXIV = re.compile(
    r"(?:arxiv:\s*|(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/"
    r"|(?:https?://doi\.org/)?10\.48550/arxiv\.)?"
    r"(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d+)?|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}(?:v\d+)?)",
    re.IGNORECASE | re.ASCII,
)
_DOI = re.compile(r"(?:doi:\s*|(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV_CLASS = re.compile(
    r"(?:astro-ph|cond-mat|cs|econ|eess|gr-qc|hep-(?:ex|lat|ph|th)|math|math-ph|nlin|nucl-(?:ex|th)"
    r"|physics|q-bio|q-fin|quant-ph|stat)(?:\.[A-Za-z-]+)?"
)


def arxiv_id(record: Record) -> str:
    """The arXiv id without a prefix, with its version when it is given, or an empty text."""
    return _first_match(_ARXIV, _named(record, "arxiv"), record["id"])


def arxiv_class(record: Record) -> str:
    """The first category that arXiv knows (``cs.CL``), or an empty text."""
    return next((name for name in record["categories"] if _ARXIV_CLASS.fullmatch(name)), "")


def doi(record: Record) -> str:
    """The DOI without a prefix or resolver, or an empty text."""
    return _first_match(_DOI, _named(record, "doi"), record["id"])


def _named(record: Record, scheme: str) -> str:
    return next((value for key, value in record["identifiers"].items() if key.lower() == scheme), "")


def _first_match(pattern: re.Pattern[str], *texts: str) -> str:
    found = (pattern.fullmatch(text.strip()) for text in texts)
    return next((match[1] for match in found if match), "")
