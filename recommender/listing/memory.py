"""From the file of readers to what editions are made of, for many readers at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..corpus import Snapshot
from ..corpus.filters import revision_days
from ..readership import (
    Edition,
    Reader,
    Readership,
    editions_of,
    last_opinion,
    listing_of,
    opinions_of,
    shown_by_editions,
    stored_profiles,
)
from ..readership.papers import rows_of_papers
from .choice import BY_DAY, Choice
from .compose import Newer, Request, past_note
from .folders import EVERYBODY, folder_name
from .listing import Span
from .spans import days_ago, first_of, today_in, zone_named

VERSIONS = 5
"""Places of an edition for newer versions of papers that were shown; what is more comes with the next one."""

# A source may tell of a version so many days after it appeared, when its paper has been shown.
_LATE = 30


@dataclass(frozen=True)
class Plan:
    """Which editions are to be made: of which span and day, where days begin, and of what.

    Attributes
    ----------
    now : datetime
        When the job began, with a zone.
    span : {"day", "week", "month"}
    day : date or None
        The last day; None for today.
    timezone : str
        Where readers without a zone of their own are; "" for that of `now`.
    published_within : str
        ``60d``: only what appeared so long ago or later; "" for all.
    """

    now: datetime.datetime
    span: Span = "day"
    day: datetime.date | None = None
    timezone: str = ""
    published_within: str = ""

    def today(self, reader: Reader) -> datetime.date:
        """The day that it is for a reader."""
        return today_in(zone_named(reader.zone or self.timezone, self.now), self.now)

    def day_of(self, reader: Reader) -> str:
        """The day of a reader's edition."""
        return (self.day or self.today(reader)).isoformat()

    def made(self, reader: Reader) -> str:
        """When a reader's edition is made, in their zone."""
        zone = zone_named(reader.zone or self.timezone, self.now)
        return self.now.astimezone(zone).isoformat(timespec="seconds")


class Memory:
    """What the file of readers says of them, in terms of one state of a corpus."""

    def __init__(self, readership: Readership, snapshot: Snapshot, plan: Plan) -> None:
        self._readership = readership
        self._snapshot = snapshot
        self._plan = plan
        self._rows: dict[int, tuple[int, ...]] = {}
        self._ids: dict[int, str] = {}

    def requests(self, readers: Sequence[Reader]) -> list[Request]:
        """What makes the editions of these readers; of everybody's where one has no name."""
        people = [reader for reader in readers if reader.name]
        with self._readership.file.transaction():  # so that nobody says anything between the looks
            last = {reader.number: last_opinion(self._readership, reader) for reader in people}
        upto = max(last.values(), default=0)
        profiles = stored_profiles(self._readership, people, self._snapshot, upto=upto)
        shown = self._readership.ledger.shown(
            [reader.name for reader in people], self._readership.ledger.runs
        )
        said = {
            reader.name: [one.paper for one in opinions_of(self._readership, reader, upto=upto)]
            for reader in people
            if profiles[reader.number] is None
        }
        known = {reader.name: [*shown.get(reader.name, ()), *said.get(reader.name, ())] for reader in readers}
        self._look_up({paper for papers in known.values() for paper in papers})
        return [
            Request(
                id=f"{folder_of(reader)}-{self._plan.span}-{self._plan.day_of(reader)}",
                reader=reader.name,
                profile=profiles.get(reader.number),
                known=tuple(self._ids_of(known[reader.name])),
                beyond=reader.beyond,
                choice=self._choice(reader),
                newer=tuple(self._newer(reader)),
                opinions=last.get(reader.number, 0),
                span=self._plan.span,
                day=self._plan.day_of(reader),
                made=self._plan.made(reader),
                is_past=self._is_past(reader),
                notes=(past_note(self._plan.made(reader)),) if self._is_past(reader) else (),
            )
            for reader in readers
        ]

    def _is_past(self, reader: Reader) -> bool:
        return self._plan.day is not None and self._plan.day < self._plan.today(reader)

    def _choice(self, reader: Reader) -> Choice:
        plan, day = self._plan, self._plan.day_of(reader)
        editions = editions_of(self._readership, reader, span=plan.span)
        if self._is_past(reader):
            before = max((one.day for one in editions if one.day < day), default="")
            first = first_of(plan.span, datetime.date.fromisoformat(day), before)
            return Choice(since=first.isoformat(), until=day)
        looked = max((one.through for one in editions), default=BY_DAY)
        within = plan.published_within
        return Choice(
            arrived_after=None if looked == BY_DAY else looked,
            since=days_ago(within, datetime.date.fromisoformat(day)) if within else None,
        )

    def _look_up(self, papers: set[int]) -> None:
        new = papers - self._rows.keys()
        if new:
            self._rows |= rows_of_papers(self._readership.file, new, self._snapshot)
            labels = self._snapshot.labels({row for paper in new for row in self._rows[paper]})
            self._ids |= {row: name for row, (name, _) in labels.items()}

    def _ids_of(self, papers: Sequence[int]) -> Iterator[str]:
        """The ids of papers of the file in this corpus."""
        rows = dict.fromkeys(row for paper in papers for row in self._rows[paper])
        return (self._ids[row] for row in rows)

    def _newer(self, reader: Reader) -> Iterator[Newer]:
        """The papers that were shown to a reader as an earlier version than the corpus has now."""
        if not reader.name or self._is_past(reader):
            return
        shown = shown_by_editions(self._readership, reader)
        papers = {self._rows[paper][0]: paper for paper in shown if len(self._rows[paper]) == 1}
        rows = np.array(sorted(papers), np.int64)
        revised = revision_days(self._snapshot)[self._snapshot.place(rows)]
        found = 0
        for place in np.argsort(-revised, kind="stable").tolist():
            if found == VERSIONS or not revised[place]:
                return
            row, edition = int(rows[place]), shown[papers[int(rows[place])]]
            made = datetime.date.fromisoformat(edition.made[:10]).toordinal()
            if revised[place] > made - _LATE and self._is_newer(row, edition):
                found += 1
                yield Newer(row, edition.day)

    def _is_newer(self, row: int, edition: Edition) -> bool:
        """Whether the corpus has a later version than that edition showed."""
        (paper,) = self._snapshot.papers([row])
        parts = listing_of(self._readership, edition)["parts"]
        shown = (entry["paper"] for part in parts for entry in part["entries"])
        before = [one["revised"] for one in shown if one["id"] == paper.id]
        return bool(before) and paper.revised > max(before)


def folder_of(reader: Reader) -> str:
    """The name of the folder of a reader's editions; of everybody's, where there is no name."""
    return folder_name(reader.name) if reader.name else EVERYBODY
