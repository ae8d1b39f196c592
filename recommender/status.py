"""Status: when papers, editions and mails last came, and whether the nightly job still runs."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .corpus import Corpus, all_fetched
from .display import pluralize
from .files import checked_path
from .option_values import SPANS
from .readership import (
    Delivery,
    Readership,
    State,
    all_deliveries,
    all_readers,
    days_with_editions,
    last_deliveries,
    last_editions,
    readers_file,
)

_DAYS = {"day": 1, "week": 7, "month": 31}  # from one edition to the next
_WAITING = datetime.timedelta(days=1)  # a mail that is due for longer waits for a job that does not come
_BEHIND = 3  # days that a source may be behind: a weekend
_OPEN: tuple[State, ...] = ("due", "sending", "refused")


@dataclass(frozen=True)
class ReaderStatus:
    """What a reader got last; texts are empty where there is nothing.

    Attributes
    ----------
    name : str
        The reader's.
    span, day, made : str
        Of the last edition: day, week or month; its last day; when it was made, as ISO 8601 with a zone.
    mail, mail_at, said : str
        How far the last mail is (due, sending, sent, refused, given up), since when, and what the server said
        of it.
    stopped : str
        When the reader wanted no more mail.
    """

    name: str
    span: str = ""
    day: str = ""
    made: str = ""
    mail: str = ""
    mail_at: str = ""
    said: str = ""
    stopped: str = ""


@dataclass(frozen=True)
class Status:
    """How a corpus and its readers are.

    Attributes
    ----------
    papers : int
        How many papers the corpus has.
    last_arrived : str
        When papers last came to it, in UTC as ISO 8601; empty where that is not known.
    fetched : mapping of str to str
        By source on the network, the day up to which the corpus has it.
    readers : tuple of ReaderStatus
        Each reader, by name.
    warnings : tuple of str
        What does not run as it did, a line each.
    """

    papers: int
    last_arrived: str
    fetched: Mapping[str, str]
    readers: tuple[ReaderStatus, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """All of it, of what JSON can hold.

        Returns
        -------
        dict
            By the names of the attributes.
        """
        return asdict(self) | {"fetched": dict(self.fetched)}


def status_of(
    corpus: str | os.PathLike[str],
    *,
    readers: str | os.PathLike[str] | None = None,
    at: datetime.datetime,
) -> Status:
    """When papers, editions and mails last came, and what has stopped.

    The nightly job has stopped where a day is over that should have an edition of somebody and has none: days
    of the week that had none in four weeks need none.

    Parameters
    ----------
    corpus : str or path
        The corpus's folder.
    readers : str or path, optional
        The file of readers; by default the one beside the corpus's folder, if there is one.
    at : datetime.datetime
        The time now, in the zone in which days begin.

    Returns
    -------
    Status
        With a warning for each thing that has stopped.

    Raises
    ------
    NotACorpus, ReadershipError
        Where there is no corpus, or the file that is named is none of readers.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.status import status_of
    >>> Corpus.build([{"title": "Deep learning"}], "one.corpus", encoder="static").close()
    >>> status = status_of("one.corpus", at=datetime(2026, 11, 30, tzinfo=UTC))
    >>> status.papers, status.readers, status.warnings
    (1, (), ())
    """
    folder = checked_path(corpus, "the corpus")
    with Corpus.open(folder) as opened:
        info = opened.info()
    fetched = all_fetched(folder)
    warnings = [*_sources_behind(fetched, at.date())]
    people: tuple[ReaderStatus, ...] = ()
    place = readers_file(folder) if readers is None else Path(readers)
    if readers is not None or place.exists():
        with Readership.read(place) as file:
            people = tuple(_each(file))
            warnings += _missed_editions(file, at.date())
            warnings += _waiting_mails(all_deliveries(file, *_OPEN), at)
            warnings += _given_up(last_deliveries(file).values())
    return Status(info.papers, info.last_arrived, fetched, people, tuple(warnings))


def _each(file: Readership) -> Iterator[ReaderStatus]:
    editions, mails = last_editions(file), last_deliveries(file)
    for reader in sorted(all_readers(file), key=lambda one: one.name):
        edition, mail = editions.get(reader.number), mails.get(reader.number)
        yield ReaderStatus(
            reader.name,
            *((edition.span, edition.day, edition.made) if edition else ("", "", "")),
            *((mail.state, mail.at, mail.said) if mail else ("", "", "")),
            reader.stopped,
        )


def _missed_editions(file: Readership, today: datetime.date) -> Iterator[str]:
    """A line for each span of whose editions the last one is followed by days that should have one."""
    for span in SPANS:
        days = [datetime.date.fromisoformat(day) for day in days_with_editions(file, span)]
        missed = _missed(span, days, today)
        if missed:
            yield (
                f"the last edition of a {span} is of {days[0]}, {pluralize(len(missed), 'later one')} should "
                f"be there, the first of {missed[0]}: `recommender digest` does not run any more, or fails"
            )


def _missed(span: str, days: Sequence[datetime.date], today: datetime.date) -> list[datetime.date]:
    """The days before today that should have an edition after the last of `days`, which come latest first."""
    if not days:
        return []
    step = datetime.timedelta(days=_DAYS[span])
    wanted = (days[0] + step * number for number in range(1, max((today - days[0]).days, 0) + 1))
    recent = [day for day in days if (days[0] - day).days < 4 * 7]
    every_day = span != "day" or (days[0] - recent[-1]).days < 7  # too few to know days off by
    working = {day.weekday() for day in recent}
    return [day for day in wanted if day < today and (every_day or day.weekday() in working)]


def _waiting_mails(mails: Sequence[Delivery], at: datetime.datetime) -> Iterator[str]:
    waiting = [
        mail
        for mail in mails
        if at - datetime.datetime.fromisoformat(mail.at) > _WAITING
        or (mail.state == "refused" and mail.tries > 1)  # each try is a new moment
    ]
    if waiting:
        first = min(waiting, key=lambda mail: mail.edition)
        said = f"; the server said last: {first.said}" if first.said else ""
        yield (
            f"{pluralize(len(waiting), 'mail')} not sent within a day, the first {first.state} since "
            f"{first.at}{said}: `recommender send` does not run any more, or fails"
        )


def _given_up(mails: Iterable[Delivery]) -> Iterator[str]:
    lost = [mail for mail in mails if mail.state == "given up"]
    if lost:
        readers = pluralize(len(lost), "reader")
        yield f"the last mail of {readers} was given up; the server said: {lost[0].said}"


def _sources_behind(fetched: Mapping[str, str], today: datetime.date) -> Iterator[str]:
    for source, day in sorted(fetched.items()):
        behind = (today - datetime.date.fromisoformat(day)).days
        if behind > _BEHIND:
            yield (
                f"{source} is there up to {day}, {pluralize(behind, 'day')} ago: `recommender add {source}` "
                "does not run any more, or fails"
            )
