"""Names that a reader follows: an interest that is ``author:NAME`` or ``venue:NAME`` and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ParameterError
from .query import Clause, parse_query

AUTHOR, VENUE = "author", "venue"
_WRITTEN = {AUTHOR: ("by", "whom"), VENUE: ("in", "which")}


@dataclass(frozen=True)
class Followed:
    """An author or a venue that a reader follows.

    Attributes
    ----------
    field : str
        ``author`` or ``venue``.
    name : str
        The name, as the reader wrote it.
    """

    field: str
    name: str

    @property
    def reason(self) -> str:
        """Why a paper with that author, or of that venue, is there."""
        where, whom = _WRITTEN[self.field]
        return f"{where} {self.name}, {whom} you follow"

    @property
    def papers(self) -> str:
        """What its papers are called together."""
        return f"papers {self.reason}"

    def __str__(self) -> str:
        return f"{self.field}:{self.name}"


def followed_in(text: str) -> Followed | None:
    """Read an interest that may be an author or a venue to follow.

    Parameters
    ----------
    text : str
        A reader's interest.

    Returns
    -------
    Followed or None
        None where it is words. The name may stand in quotation marks; without them all that follows the colon
        is the name.

    Examples
    --------
    >>> from recommender.queries import followed_in
    >>> print(followed_in('author:"Geoffrey Hinton"'), followed_in("venue:Nature"), sep="; ")
    author:Geoffrey Hinton; venue:Nature
    >>> print(followed_in("graph networks author:Hinton"))
    None
    """
    try:
        clauses = parse_query(text).clauses
    except ParameterError:  # it says only what is not wanted
        return None
    first, *others = clauses or (Clause(""),)
    if first.field not in _WRITTEN or first.sign or len(others) > (not first.phrase):
        return None
    if not all(clause.is_plain for clause in others):
        return None
    return Followed(first.field, " ".join(clause.text for clause in clauses))
