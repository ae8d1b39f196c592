"""Counting answers: replies by mail, what pages saved, tables; each once, and only the reader's own.

A reply counts where it answers a mail of ours, by its key, and comes from the address that this was sent to.
Whatever else lies in a mailbox is counted, named and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from ..corpus import Snapshot
from ..display import pluralize, shortened
from ..errors import ReaderUnknown
from ..listing import Entry, Listing
from ..mail_addresses import folded_address
from ..paper_names import PaperNames
from ..readership import (
    Edition,
    Reader,
    Readership,
    count_once,
    edition_by_number,
    edition_of,
    edition_of_mail,
    find_reader,
    listing_of,
    note,
    reader_by_number,
    stop,
)
from ..readership.opinions import Kind
from .mailbox import Mail, SavedOpinion, answers_of
from .received import Received, received
from .replies import Reply, read_reply

_NAMED = 60  # characters of a subject
_LISTING = re.compile(r".*-(day|week|month)-(\d{4}-\d\d-\d\d)")


@dataclass
class NotedReport:
    """What became of files of answers.

    Attributes
    ----------
    replies, opinions, stopped : int
        Replies that were counted, opinions that were noted, and readers who want no more mail.
    repeated : int
        Replies and opinions that were counted before.
    automatic : int
        Mails that programs wrote.
    others : int
        Mails that answer none of ours, or come from somebody else than our reader.
    problems : list of str
        A line for each thing that was not understood or not counted.
    """

    replies: int = 0
    opinions: int = 0
    stopped: int = 0
    repeated: int = 0
    automatic: int = 0
    others: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        replies = "1 reply" if self.replies == 1 else f"{self.replies:,} replies"
        others = (
            (self.stopped, "no more mail wanted"),
            (self.repeated, "counted before"),
            (self.automatic, "written by programs"),
            (self.others, "not ours"),
        )
        said = [f"{pluralize(self.opinions, 'opinion')} noted", replies]
        return ", ".join([*said, *(f"{count:,} {what}" for count, what in others if count)])


def note_answers(
    readership: Readership,
    files: Iterable[str],
    *,
    at: datetime,
    reader: str = "",
    snapshot: Snapshot | None = None,
) -> NotedReport:
    """Count the answers in files.

    Parameters
    ----------
    readership : Readership
        The file of readers, open to be changed.
    files : iterable of str
        Mails, mailboxes, what pages saved, or CSV.
    at : datetime
        Now, with a zone: when the opinions were noted.
    reader : str, default ""
        Whose opinions a page or a table holds that does not say so.
    snapshot : Snapshot, optional
        A state of the corpus, which knows the papers by all their names.

    Returns
    -------
    NotedReport
        What was counted, and what was not.

    Raises
    ------
    SourceError
        For a file that is none of these. What other files said before it is counted.
    ReaderUnknown
        For a `reader` whom the file of readers does not have.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from pathlib import Path
    >>> from recommender.mail import note_answers
    >>> from recommender.readership import Readership, add_reader
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> _ = Path("opinions.csv").write_text("paper,kind\\n2106.09685,liked\\n")
    >>> with Readership.open("readers.sqlite", create=True) as readership:
    ...     _ = add_reader(readership, "Mei", at=now)
    ...     print(note_answers(readership, ["opinions.csv"], at=now, reader="Mei"))
    1 opinion noted, 0 replies
    """
    report = NotedReport()
    counter = _Counter(readership, report, at, snapshot)
    default = find_reader(readership, reader) if reader else None
    for path in files:
        with readership.file.transaction():
            for answer in answers_of(path):
                if isinstance(answer, Mail):
                    counter.count_mail(received(answer.content), f"{path}, mail {answer.number}")
                elif isinstance(answer, SavedOpinion):
                    counter.count_saved(answer, default, path)
                else:
                    report.problems.append(answer)
    return report


@dataclass
class _Counter:
    readership: Readership
    report: NotedReport
    at: datetime
    snapshot: Snapshot | None

    # Mails

    def count_mail(self, mail: Received, place: str) -> None:
        """Count a mail, if it is an answer of a reader to an edition of that very reader."""
        if mail.automatic:
            self.report.automatic += 1
            return
        edition = self._edition(mail)
        reader = None if edition is None else reader_by_number(self.readership, edition.reader)
        if edition is None or reader is None:
            self._leave(place, mail, "answers no edition")
        elif not mail.sender or folded_address(mail.sender) != folded_address(reader.mail):
            self._leave(place, mail, "does not come from the reader of the edition that it answers")
        elif not count_once(self.readership, b"mail\0" + mail.identity, at=self.at):
            self.report.repeated += 1
        else:
            self.report.replies += 1
            self._count_reply(mail, edition, reader, place)

    def _edition(self, mail: Received) -> Edition | None:
        """The edition that it answers, the nearest first."""
        keys = (mail.stops, *mail.keys) if mail.stops else mail.keys
        numbers = (edition_of_mail(self.readership, key) for key in keys)
        number = next((one for one in numbers if one is not None), None)
        return None if number is None else edition_by_number(self.readership, number)

    def _leave(self, place: str, mail: Received, why: str) -> None:
        self.report.others += 1
        whose = mail.sender or "an unknown address"
        self.report.problems.append(f"{place}: {shortened(mail.subject, _NAMED)!r} from {whose} {why}")

    def _count_reply(self, mail: Received, edition: Edition, reader: Reader, place: str) -> None:
        listing = Listing.from_dict(listing_of(self.readership, edition))
        papers = {entry.place: entry for entry in listing.entries}
        reply = Reply(stop=True) if mail.stops else read_reply(mail.text, papers, first_line=listing.title)
        self.report.problems += [f"{place}, {reader.name}: {problem}" for problem in reply.problems]
        for kind, group in groupby(reply.said, key=lambda said: said[0]):
            named = [papers[number].paper for _, number in group]
            self._note(reader, kind, named, "mail", edition, place)
        if reply.stop:
            stop(self.readership, reader, how="unsubscribe" if mail.stops else "reply", at=self.at)
            self.report.stopped += 1

    # Pages and tables

    def count_saved(self, saved: SavedOpinion, default: Reader | None, path: str) -> None:
        """Count an opinion of a page or a table."""
        try:
            reader = find_reader(self.readership, saved.reader) if saved.reader else default
        except ReaderUnknown as error:
            self.report.problems.append(f"{path}: {error}")
            return
        if reader is None:
            self.report.problems.append(f"{path}: {saved.paper}: says not whose opinion; use --as NAME")
            return
        if not count_once(self.readership, f"saved {reader.number} ".encode() + saved.identity, at=self.at):
            self.report.repeated += 1
            return
        edition, entry = self._shown(reader, saved)
        self._note(reader, saved.kind, entry.paper if entry else saved.paper, "page", edition, path)

    def _shown(self, reader: Reader, saved: SavedOpinion) -> tuple[Edition | None, Entry | None]:
        """The edition of the listing that it is on, and the paper there."""
        found = _LISTING.fullmatch(saved.listing)
        edition = edition_of(self.readership, reader, found[1], found[2]) if found else None
        if edition is None:
            return None, None
        listing = Listing.from_dict(listing_of(self.readership, edition))
        if listing.id != saved.listing:
            return None, None
        return edition, next((one for one in listing.entries if one.paper.id == saved.paper), None)

    def _note(
        self, reader: Reader, kind: Kind, papers: PaperNames, source: str, edition: Edition | None, place: str
    ) -> None:
        noted = note(
            self.readership,
            reader,
            kind,
            papers,
            source=source,
            at=self.at,
            edition=None if edition is None else edition.number,
            snapshot=self.snapshot,
        )
        self.report.opinions += len(noted.opinions)
        self.report.problems += [f"{place}, {reader.name}: {problem}" for problem in noted.problems]
        self.report.problems += [
            f"{place}, {reader.name}: {one} is no paper of the corpus; what is said of it is remembered"
            for one in noted.unknown
        ]
