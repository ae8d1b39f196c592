"""What a writer is: records in, text out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypedDict

__all__ = ["Record", "Writer"]


class Record(TypedDict):
    """One recommendation with the paper's facts, in the order in which formats show them.

    `closest` is the id of the liked paper this one is closest to, or the reader's own words;
    then `closest_title` is empty. `published` is empty, ``2024``, ``2024-05`` or ``2024-05-17``.
    Any fact that is unknown is empty.

    The reasons: `confidence` (None where unknown) in [0, 1], the `interest` it serves (empty where all are
    one), the `terms` in common, the `sentence` that carries the match, and each paper's part in the score.
    """

    rank: int
    id: str
    title: str
    score: float
    confidence: float | None
    interest: str
    closest: str
    closest_title: str
    closest_cosine: float
    terms: list[str]
    sentence: str
    shares: dict[str, float]
    authors: list[str]
    published: str
    categories: list[str]
    venue: str
    url: str
    abstract: str
    identifiers: dict[str, str]


class Writer(Protocol):
    """One format."""

    name: str

    def write(self, records: Sequence[Record]) -> str:
        """The records as text, in the order given. The text ends with one newline unless it is empty."""
        ...
