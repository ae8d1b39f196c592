"""Older text: which papers a format before 7 read in another way than this version does.

Those formats took letters as they came, counted the lines that are no words of a paper, and had one
fingerprint for "C++" and "C": what is derived from such a paper can only be compared once it is derived anew.
"""

from __future__ import annotations

from ..paper import Paper
from ..spelling import signs
from .source_records import SourcedPaper

READ_ALIKE = 7
"""The first format that reads papers as this version does."""


def may_differ(sourced: SourcedPaper) -> bool:
    """Whether an older format may have derived something else of the paper or of one of its records."""
    return any(map(reads_otherwise, (sourced.paper, *(record.paper for record in sourced.records))))


def reads_otherwise(paper: Paper) -> bool:
    """Whether an older format may have read the text of this paper in another way."""
    return not paper.to_json().isascii() or paper.content != paper.abstract or _has_sign(paper)


def _has_sign(paper: Paper) -> bool:
    return bool(signs(paper.title)) or any(map(paper.words.__contains__, "+#*"))
