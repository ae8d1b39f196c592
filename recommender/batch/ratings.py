"""One row of a table of ratings -> who says what of which paper, or the reason why not."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..readers.values import is_missing
from .moments import moment
from .rejection import Rejection
from .verdicts import verdict

__all__ = ["LONGEST_USER", "RatedPaper", "lost_letters", "rated_paper"]

LONGEST_USER = 1000  # characters
_LONGEST_PAPER = 10_000

# What is put in the place of bytes that are not UTF-8, and halves of characters.
_LOST = re.compile("[\ufffd\ud800-\udfff]")


class RatedPaper(NamedTuple):
    """One paper of one reader: `rating` is liked, disliked or seen, or a number that is decided later.

    `date` is spelled as `moment` does it, or empty.
    """

    user: str
    paper: str
    rating: str | float
    date: str
    place: str


def rated_paper(place: str, user: str, paper: str, rating: object, date: object) -> RatedPaper | Rejection:
    """The paper that a row rates; None stands for a cell that is empty or not there."""
    user, paper = user.strip(), paper.strip()
    if reason := _unnamed(user, paper):
        return Rejection(user, place, paper, reason)
    try:
        said = verdict(rating)
    except ValueError as error:
        return Rejection(user, place, paper, str(error))
    day = moment(date)
    if day is None:
        shown = f"{date!r:.40}" if isinstance(date, str) else f"a {type(date).__name__}"
        return Rejection(user, place, paper, f"the date is {shown}; write YYYY-MM-DD, or leave it empty")
    return RatedPaper(user, paper, said, day, place)


def _unnamed(user: str, paper: str) -> str:
    """Why a row names no reader or no paper; nothing when it names both."""
    # What careless exports write for nothing, as "nan", has four letters at most.
    if len(user) < 5 and is_missing(user):
        return f"the row names no user{f', but {user}' if user else ''}"
    if len(paper) < 5 and is_missing(paper):
        return f"the row names no paper{f', but {paper}' if paper else ''}"
    if len(user) > LONGEST_USER:
        return f"the user's name has {len(user):,} characters; at most {LONGEST_USER:,} are taken"
    if reason := lost_letters(user):
        return f"the user's name {reason}"
    if len(paper) > _LONGEST_PAPER:
        return f"the paper's name has {len(paper):,} characters; at most {_LONGEST_PAPER:,} are taken"
    return ""


def lost_letters(user: str) -> str:
    """Why the text is not, or not only, one reader's name: two that differ in what is lost look the same."""
    if user.isascii() or not _LOST.search(user):
        return ""
    shown = _LOST.sub("\ufffd", user)
    return f"is {shown!r:.40}, where letters were lost that are not UTF-8; write it in UTF-8"
