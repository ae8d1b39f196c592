"""What a reader yields: papers, and what became of the records that are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..paper import Paper


@dataclass(frozen=True)
class Rejected:
    """A record that became no paper.

    Attributes
    ----------
    place : str
        Where it stands, such as ``papers.csv, row 3``.
    reason : str
        Why.
    """

    place: str
    reason: str


@dataclass(frozen=True)
class ReadWarning:
    """A record that was kept without something, or with something unusual; yielded before its paper.

    Attributes
    ----------
    place : str
        Where it stands, such as ``papers.csv, row 3``.
    reason : str
        What is odd about it.
    """

    place: str
    reason: str


@dataclass(frozen=True)
class ReadNote:
    """Something to be said once of a source, and no fault of any record: ``columns not used: ...``.

    Attributes
    ----------
    place : str
        The source, such as ``papers.csv``.
    text : str
        What is to be said.
    """

    place: str
    text: str


@dataclass(frozen=True)
class Deleted:
    """A record that its source has withdrawn: `add` removes the paper that it names.

    Attributes
    ----------
    place : str
        Where it stands.
    id : str
        The paper's id, in any spelling.
    """

    place: str
    id: str


@dataclass(frozen=True)
class LibraryFacts:
    """What somebody's library says of a paper beside the paper; yielded before it, where there is anything.

    Attributes
    ----------
    collections : tuple of str
        The collections that hold it, outermost names first, such as ``Thesis/Chapter 2``.
    added : str
        When it came into the library: ``YYYY-MM-DD`` or a part of it, empty where unknown.
    rating : float or None
        What the reader decided: 1 and 0 are yes and no.
    undecided : bool
        Whether that is still open: nobody has looked at the paper, or screeners do not agree.
    stars : str
        What stands in a column of ratings, as it is written.
    scale : str
        The scale that the name of that column tells: ``1:5``, or nothing.
    """

    collections: tuple[str, ...] = ()
    added: str = ""
    rating: float | None = None
    undecided: bool = False
    stars: str = ""
    scale: str = ""


Item = Paper | Rejected | ReadWarning | ReadNote | Deleted | LibraryFacts


class FormatItems(Iterator[Item]):
    """The items of a file, with the name of the format that it is in.

    Parameters
    ----------
    format : str
        The name of the reader.
    items : iterator of Item
        What it reads.
    """

    def __init__(self, format: str, items: Iterator[Item]) -> None:
        self.format = format
        self._items = items

    def __next__(self) -> Item:
        return next(self._items)
