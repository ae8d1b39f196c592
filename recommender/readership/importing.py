"""Lists by day out of a file, as the days of a curator, with the upvotes of their papers as signals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..corpus import Snapshot
from ..errors import ParameterError, ReadershipError
from ..readers import DailyLists, ListedPaper
from .curation import CuratedPaper, checked_curator, checked_sentence, curate
from .moments import checked_day
from .readership import Readership
from .signals import Signal, SignalsAdded, add_signals

UPVOTES = "upvotes"
"""What the signals of a list are called."""

HUGGING_FACE = "Hugging Face"
"""Who counted them."""


@dataclass(frozen=True)
class DaysImported:
    """What became of lists.

    Attributes
    ----------
    days, changed : int
        The days that have a list of the curator now, and how many of them were not there as they are.
    papers : int
        The papers on the lists of these days, each counted once.
    upvotes : SignalsAdded
        What became of the upvotes of papers.
    unknown : tuple of str
        Ids of papers that the corpus lacks; they are remembered all the same.
    problems : tuple of str
        A line for each paper or day that was left out.
    """

    days: int
    changed: int
    papers: int
    upvotes: SignalsAdded
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def import_days(
    readership: Readership,
    lists: DailyLists,
    *,
    curator: str,
    measured: str,
    at: datetime,
    sentence: str = "",
    snapshot: Snapshot | None = None,
    replaces: bool = False,
) -> DaysImported:
    """Note the lists of a file as what a curator chose for these days, all at once.

    Parameters
    ----------
    readership : Readership
        The file of readers, open to be changed.
    lists : DailyLists
        The lists, see `recommender.readers.read_daily_lists`.
    curator : str
        Under whose name they are shown.
    measured : str
        The day on which their upvotes were counted, YYYY-MM-DD.
    at : datetime
        Now, with a zone.
    sentence : str, default ""
        What is said of each day.
    snapshot : Snapshot, optional
        A state of the corpus that knows the papers.
    replaces : bool, default False
        Whether another list of this curator for one of the days gives way; else that day is left out.

    Returns
    -------
    DaysImported
        How many, and what was left out.

    Raises
    ------
    ParameterError
        For a value that cannot be used, and for upvotes that were counted before their list was made.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readers import DailyLists, ListedPaper
    >>> from recommender.readership import Readership, import_days
    >>> lists = DailyLists("hf-daily", {"2026-11-27": (ListedPaper("2106.09685", "LoRA", 12),)})
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     done = import_days(file, lists, curator="HF", measured="2026-11-30", at=now)
    >>> done.days, done.upvotes.new
    (1, 1)
    """
    curator, sentence, measured = checked_curator(curator), checked_sentence(sentence), checked_day(measured)
    _refuse_foresight(lists, measured)
    days = changed = 0
    papers: set[str] = set()
    unknown: dict[str, None] = {}
    problems: list[str] = []
    with readership.file.transaction():
        for day, listed in lists.days.items():
            chosen = list(_chosen(listed, problems))
            try:
                done = curate(
                    readership,
                    day,
                    chosen,
                    curator=curator,
                    sentence=sentence,
                    at=at,
                    snapshot=snapshot,
                    replaces=replaces,
                )
            except (ParameterError, ReadershipError) as error:
                problems.append(str(error))
                continue
            days, changed = days + 1, changed + done.is_new
            papers |= {one.paper for one in done.day.papers}
            unknown |= dict.fromkeys(done.unknown)
            problems += done.problems
        upvotes = add_signals(readership, _signals(lists, measured, problems), snapshot=snapshot)
    problems += upvotes.problems
    found = dict.fromkeys((*unknown, *upvotes.unknown))
    said = dict.fromkeys(problems)
    return DaysImported(days, changed, len(papers), upvotes, (*found,), (*said,))


def _refuse_foresight(lists: DailyLists, measured: str) -> None:
    """Raise ParameterError where upvotes are said to be counted before the day of their list."""
    counted = (day for day, papers in lists.days.items() if any(one.upvotes is not None for one in papers))
    last = max(counted, default="")
    if last > measured:
        raise ParameterError(
            f"upvotes measured on {measured} cannot be those of a list of {last}; name the day on which the "
            "file was made"
        )


def _chosen(listed: tuple[ListedPaper, ...], problems: list[str]) -> Iterator[CuratedPaper]:
    for one in listed:
        try:
            yield CuratedPaper(one.id or one.title, one.title)
        except ParameterError as error:
            problems.append(str(error))


def _signals(lists: DailyLists, measured: str, problems: list[str]) -> Iterator[Signal]:
    for listed in lists.days.values():
        for one in listed:
            if one.upvotes is None:
                continue
            try:
                yield Signal(one.id or one.title, UPVOTES, one.upvotes, measured, HUGGING_FACE)
            except ParameterError as error:
                problems.append(str(error))
