"""What a writer is: records in, text out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias, TypedDict

__all__ = ["AnyRecord", "PaperRecord", "Record", "Writer"]


class PaperRecord(TypedDict):
    """A paper's facts, in the order in which formats show them; what is unknown is empty."""

    id: str
    title: str
    authors: list[str]
    published: str
    categories: list[str]
    venue: str
    url: str
    abstract: str
    identifiers: dict[str, str]
    upvotes: int | None


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
    contributions: dict[str, float]
    authors: list[str]
    published: str
    categories: list[str]
    venue: str
    url: str
    abstract: str
    identifiers: dict[str, str]


AnyRecord: TypeAlias = Record | PaperRecord
"""What formats write: recommendations, or papers by themselves."""


class Writer(Protocol):
    """One format."""

    name: str

    def write(self, records: Sequence[AnyRecord]) -> str:
        """Write records as text.

        Parameters
        ----------
        records : sequence of Record or of PaperRecord
            All of one kind.

        Returns
        -------
        str
            The records in the order given; it ends with one newline unless it is empty.
        """
        ...
