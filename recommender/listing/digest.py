"""Digest: the edition of each reader, made once and written as files.

An edition exists from the commit in the file of readers on that holds it with all that it shows; its files
are made of what is stored there. So whatever stops the job, the same command goes on, and what is lost of the
files comes back with the same bytes.
"""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..batch.pool import process_in_order
from ..corpus import Corpus, Snapshot, content_hash
from ..corpus.lookup import days
from ..display import web_address
from ..errors import ParameterError
from ..files import checked_path
from ..option_values import DEFAULT_EDITION_FILES, FEEDS, refuse_beyond
from ..progress import progress
from ..readership import (
    Edition,
    NewEdition,
    Reader,
    Readership,
    add_editions,
    all_readers,
    edition_of,
    editions_of,
    everybody,
    feed_key,
    find_reader,
    schedule,
    wants_mail,
)
from .choice import BY_DAY, Choice, edition_confidence
from .compose import Request
from .folders import EVERYBODY, FEED, checked_out, drop_files, make_folder, write_files
from .listing import Listing
from .making import Making, Stored, Task, Written
from .memory import Memory, Plan, folder_of
from .spans import checked_span, days_ago, past_day, today_in, zone_named
from .writers import LISTING_WRITERS

IN_FEED = 30
"""Editions of a feed."""

_BLOCK = 32  # readers who are answered together, and whose editions are one transaction


@dataclass(frozen=True)
class DigestReport:
    """What a call of `make_editions` came to.

    Attributes
    ----------
    out : Path
        The folder of all editions.
    editions : dict of str to Path
        By the reader's name the first of the edition's files, its page; everybody's is that of "".
    made, there : int
        How many editions were made, and how many were there already.
    papers : int
        How many papers the new ones have for their readers.
    empty : int
        How many of the new ones have nothing for their reader.
    written : int
        How many files were written.
    """

    out: Path
    editions: Mapping[str, Path]
    made: int
    there: int
    papers: int
    empty: int
    written: int

    def to_dict(self) -> dict[str, Any]:
        """Give all fields, for JSON.

        Returns
        -------
        dict
            Paths as texts.
        """
        files = {name: os.fspath(path) for name, path in self.editions.items()}
        counts = {name: getattr(self, name) for name in ("made", "there", "papers", "empty", "written")}
        return {"out": os.fspath(self.out), "editions": files, **counts}


def make_editions(
    corpus: str | os.PathLike[str],
    readers_file: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    now: datetime.datetime,
    name: str | None = None,
    span: str = "day",
    day: str | None = None,
    timezone: str = "",
    published_within: str = "",
    min_confidence: float | None = None,
    k: int = 10,
    formats: Sequence[str] = DEFAULT_EDITION_FILES,
    base_url: str = "",
    workers: int | None = None,
    model_dir: str | None = None,
) -> DigestReport:
    """Make the edition of each reader for a day, and everybody's; one that is there is only written again.

    Each chooses among the papers that arrived since the reader's last edition of that span, the first one
    among all; nothing comes that was shown before, by editions or batch jobs. For a day that is over it is
    the papers that appeared then, or since the edition before. In a script call this under
    ``if __name__ == "__main__":``, as `multiprocessing` demands.

    Parameters
    ----------
    corpus : str or path
        The corpus's folder.
    readers_file : str or path
        The file of readers.
    out : str or path
        The folder of all editions; each reader has one in it.
    now : datetime
        The time, with a zone.
    name : str, optional
        Only this reader's edition.
    span : {"day", "week", "month"}, default "day"
        The days that an edition is for; a week begins on Monday.
    day : str, optional
        The last of them, ``YYYY-MM-DD``; by default today.
    timezone : str, default ""
        Where the days of readers without a zone of their own begin; that of `now` where it is empty.
    published_within : str, default ""
        ``60d``: what appeared earlier is left out, as where old papers are imported.
    min_confidence : float in [0, 1], optional
        A paper less probable to be of the reader's kind does not come; by default see `edition_confidence`.
    k : int, default 10
        Places of a reader's own part.
    formats : sequence of str
        Names of `LISTING_WRITERS`: a file of each edition for each.
    base_url : str, default ""
        Where `out` is published, for the addresses of feeds.
    workers : int, optional
        Processes; by default one for each processor. The bytes are the same whatever their number.
    model_dir : str, optional
        Where the encoder's weights are.

    Returns
    -------
    DigestReport
        What was made.

    Raises
    ------
    ParameterError
        For an option that cannot be used, such as a day that is still to come.
    ReadershipError
        For what is no file of readers, a reader who is not in it, and what cannot be written.
    CorpusError
        When the corpus cannot be opened.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.listing import make_editions
    >>> from recommender.readership import Readership, add_reader, note
    >>> with Corpus.sample() as corpus:
    ...     with Corpus.build(list(corpus), "my.corpus", encoder="static"):
    ...         pass
    >>> now = datetime(2026, 11, 30, 6, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "mei", at=now)
    ...     _ = note(file, mei, "liked", ["2106.09685"], source="example", at=now)
    >>> report = make_editions("my.corpus", "readers.sqlite", "out", now=now, workers=1)
    >>> report.made, str(report.editions["mei"])
    (2, 'out/mei/2026-11-30.html')
    """
    folder = Path(checked_path(corpus, "the corpus"))
    _check_workers(workers)
    _check_base_url(base_url)
    job = _Job(
        corpus=folder,
        out=checked_out(out, folder),
        plan=_checked_plan(now, span, day, timezone, published_within),
        name=name,
        least=min_confidence,
        making=Making(folder, "", k, 0.0, _checked_formats(formats), base_url, model_dir),
        workers=workers,
    )
    Choice().options(k=k, min_confidence=min_confidence or 0.0)  # says what of them cannot be
    with Readership.job(readers_file) as readership:
        return job.done(readership)


def _checked_plan(
    now: datetime.datetime, span: str, day: str | None, timezone: str, published_within: str
) -> Plan:
    today = today_in(zone_named(timezone, now), now)
    if published_within:
        days_ago(published_within, today)
    return Plan(
        now, checked_span(span), None if day is None else past_day(day, today), timezone, published_within
    )


def _check_workers(workers: int | None) -> None:
    if workers is not None and workers < 1:
        raise ParameterError(f"workers is {workers}; at least 1 is needed")
    refuse_beyond("workers", workers)


def _check_base_url(base_url: str) -> None:
    if base_url and not web_address(base_url):
        raise ParameterError(f"base_url {base_url!r:.80} is no address of the web; write https://...")


def _checked_formats(formats: Sequence[str]) -> tuple[str, ...]:
    files = [name for name, writer in LISTING_WRITERS.items() if writer.ending]
    for name in formats:
        if name not in files:
            raise ParameterError(f"{name!r:.40} is no format of an edition's file; known: {', '.join(files)}")
    return tuple(dict.fromkeys(formats))


@dataclass(frozen=True)
class _Job:
    """A call of `make_editions`."""

    corpus: Path
    out: Path
    plan: Plan
    name: str | None
    least: float | None
    making: Making
    workers: int | None

    def done(self, readership: Readership) -> DigestReport:
        """Make what is not there, and write all."""
        make_folder(self.out)
        chosen = (
            [everybody(readership, at=self.plan.now), *all_readers(readership)]
            if self.name is None
            else [find_reader(readership, self.name)]
        )
        with Corpus.open(self.corpus, model_dir=self.making.model_dir) as opened:
            snapshot = opened.pinned().snapshot
            self._check_dates(snapshot)
            least = edition_confidence(len(snapshot)) if self.least is None else self.least
            making = replace(self.making, content=content_hash(snapshot), min_confidence=least)
            blocks = [chosen[start : start + _BLOCK] for start in range(0, len(chosen), _BLOCK)]
            tasks = self._tasks(blocks, readership, Memory(readership, snapshot, self.plan))
            total = _Total(self.out)
            with (
                progress("making editions", len(chosen), unit="readers", done=0) as tick,
                contextlib.closing(
                    process_in_order(tasks, len(blocks), making, workers=self.workers)
                ) as served,
            ):
                for _, block in served:
                    self._commit(readership, snapshot, block)
                    for one in block:
                        self._write(readership, one, total)
                    tick(len(block))
        return total.report()

    def _check_dates(self, snapshot: Snapshot) -> None:
        today = today_in(zone_named(self.plan.timezone, self.plan.now), self.plan.now)
        is_past = self.plan.day is not None and self.plan.day < today
        dated = "--day" if is_past else "--published-within" if self.plan.published_within else ""
        if dated and len(snapshot) and not days(snapshot).any():
            raise ParameterError(
                f"no paper of {self.corpus} has a date, so that none can be chosen by it; leave {dated} out"
            )

    def _tasks(
        self, blocks: Sequence[Sequence[Reader]], readership: Readership, memory: Memory
    ) -> Iterator[tuple[int, list[Task]]]:
        """The readers of each block with all that their editions are made of."""
        for number, block in enumerate(blocks):
            there = {
                one.number: edition_of(readership, one, self.plan.span, self.plan.day_of(one))
                for one in block
            }
            new = [one for one in block if there[one.number] is None]
            requests = dict(zip([one.number for one in new], memory.requests(new), strict=True))
            yield (
                number,
                [self._task(readership, one, requests.get(one.number), there[one.number]) for one in block],
            )

    def _task(
        self, readership: Readership, reader: Reader, request: Request | None, there: Edition | None
    ) -> Task:
        newest = editions_of(readership, reader, most=IN_FEED - (request is not None))
        earlier = tuple(Stored.of(readership, one) for one in reversed(newest))
        stored = None if there is None else Stored.of(readership, there)
        return Task(reader, request, stored, earlier, self._feed(readership, reader))

    def _feed(self, readership: Readership, reader: Reader, counter: int | None = None) -> str:
        """The path of a reader's feed below the output folder, without its ending."""
        if not reader.name:
            return f"{EVERYBODY}/{FEED}"
        return f"{FEEDS}/{feed_key(readership, reader, counter=counter)}/{FEED}"

    def _commit(self, readership: Readership, snapshot: Snapshot, block: Sequence[Written]) -> None:
        """From now on the new editions of a block exist, and their mails are due."""
        new = [
            self._new_edition(snapshot, one.task.reader, one.task.request, one.listing)
            for one in block
            if one.listing is not None and one.task.request is not None
        ]
        with readership.file.transaction():
            for one, edition in zip(new, add_editions(readership, new, snapshot), strict=True):
                if one.reader.name and wants_mail(readership, one.reader):
                    schedule(readership, edition, at=self.plan.now)

    def _new_edition(
        self, snapshot: Snapshot, reader: Reader, request: Request, listing: Listing
    ) -> NewEdition:
        return NewEdition(
            reader=reader,
            span=listing.span,
            day=listing.day,
            made=datetime.datetime.fromisoformat(listing.made),
            through=BY_DAY if request.is_past else snapshot.newest_arrival,
            opinions=request.opinions,
            listing=listing.to_dict(),
            folder=self.out / folder_of(reader),
            shown=[(entry.paper.id, entry.paper.title) for entry in listing.entries if reader.name],
        )

    def _write(self, readership: Readership, one: Written, total: _Total) -> None:
        """Write the files of an edition and of its reader's feed, and delete a feed that was revoked."""
        reader = one.task.reader
        folder = self.out / folder_of(reader)
        total.add(one, folder, write_files(folder, one.files))
        total.written += write_files((self.out / one.task.feed).parent, one.feed)
        for counter in range(reader.feed):
            drop_files((self.out / self._feed(readership, reader, counter)).parent, tuple(one.feed))


class _Total:
    """What a job comes to, as it is added up."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.editions: dict[str, Path] = {}
        self.counts: dict[str, int] = dict.fromkeys(("made", "there", "papers", "empty"), 0)
        self.written = 0

    def add(self, one: Written, folder: Path, written: int) -> None:
        """One more edition, of which so many files were written."""
        reader = one.task.reader
        stem = next(iter(one.files), "")
        self.editions[reader.name] = folder / stem
        self.written += written
        if one.listing is None:
            self.counts["there"] += 1
            return
        own = sum(len(part.entries) for part in one.listing.parts if part.kind in ("personal", "beyond"))
        self.counts["made"] += 1
        self.counts["papers"] += own
        self.counts["empty"] += bool(reader.name) and not own

    def report(self) -> DigestReport:
        """What is told of it."""
        return DigestReport(self.out, self.editions, written=self.written, **self.counts)
