"""Submissions that are taken, and their papers, which come into the corpus with that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..corpus import AddReport, Corpus
from ..errors import ParameterError
from .naming import papers_named
from .readership import Readership
from .submissions import Submission, decide, submissions


@dataclass(frozen=True)
class Taken:
    """What became of submissions that were to be taken.

    Attributes
    ----------
    taken : tuple of Submission
        Those that are taken, as they are now.
    refused : dict of int to str
        By the numbers of those that wait on, a line that says why.
    added : AddReport or None
        What became of the records that the corpus lacked; None where it lacked none.
    """

    taken: tuple[Submission, ...]
    refused: Mapping[int, str]
    added: AddReport | None


def take_submissions(
    readership: Readership, corpus: Corpus, numbers: Iterable[int], *, said: str = "", at: datetime
) -> Taken:
    """Take submissions, and add to the corpus those of their papers that it lacks.

    The papers come first: what is called taken is in the corpus, also where it ended in between.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    corpus : Corpus
        The corpus.
    numbers : iterable of int
        Which.
    said : str, default ""
        Why, for whoever proposed them.
    at : datetime
        Now, with a zone.

    Returns
    -------
    Taken
        What is taken, and what waits on: what the corpus lacks and nobody gave a record of, and what was
        removed from it before.

    Raises
    ------
    ParameterError
        For a number that no submission has; then nothing is taken.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import Readership, submit, take_submissions
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     _ = submit(file, "2106.09685", at=now)
    ...     [one.state for one in take_submissions(file, corpus, [1], at=now).taken]
    ['taken']
    """
    wanted = _numbered(readership, numbers)
    lacked = _lacking(corpus, wanted)
    records = [one.record for one in lacked if one.record is not None]
    added = corpus.add(records) if records else None
    refused = {one.number: _why(one) for one in _lacking(corpus, lacked)}
    with readership.file.transaction():
        taken = [
            decide(readership, one.number, "taken", said=said, at=at)
            for one in wanted
            if one.number not in refused
        ]
    return Taken(tuple(taken), refused, added)


def _numbered(readership: Readership, numbers: Iterable[int]) -> list[Submission]:
    there = {one.number: one for one in submissions(readership)}
    wanted = list(dict.fromkeys(numbers))
    for number in wanted:
        if number not in there:
            raise ParameterError(
                f"no submission has the number {number}; `recommender submissions` lists them"
            )
    return [there[number] for number in wanted]


def _lacking(corpus: Corpus, some: Iterable[Submission]) -> list[Submission]:
    return [one for one in some if not _is_there(corpus, one)]


def _is_there(corpus: Corpus, one: Submission) -> bool:
    """Whether the corpus has the paper: by all that its record says, where there is one, and not by its id in
    the file of readers, which the corpus need not know.
    """
    named, _ = papers_named(one.record or one.paper, corpus.snapshot)
    return any(paper.known for paper in named)


def _why(one: Submission) -> str:
    if one.record is None:
        return (
            f"{one.number} waits on: {one.paper} is no paper of this corpus, and was only named; `add` a "
            "record of it first"
        )
    return (
        f"{one.number} waits on: {one.paper} was removed from this corpus before; "
        f"`add` it by name with --again {one.paper}"
    )
