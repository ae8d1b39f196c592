"""Listings for all: a day, a week or a month of a community, and what is similar to a paper."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from indexes import Rows

from ..corpus import Snapshot
from ..corpus.lookup import days
from ..corpus.votes import UNKNOWN, upvotes
from ..display import pluralize
from ..iso_dates import first_day
from ..readership import Community
from .calendar import Calendar, last_of, span_name
from .listing import CorpusState, Entry, Listing, Part, Span, placed
from .wording import long_day

PAGE_ENTRIES = 50
"""Papers of one page, and of a week or a month altogether."""

_MOST_OF_A_DAY = 20 * PAGE_ENTRIES


def day_listing(
    snapshot: Snapshot,
    community: Community,
    *,
    span: Span,
    day: str,
    leading: Sequence[Part] = (),
    until: str = "",
    count: int | None = None,
) -> Listing:
    """Make the listing of a day, week or month for all.

    What a community says comes first, then the papers that appeared then: by votes of the house, by upvotes,
    the newest first. It is the same whenever it is made of the same state.

    Parameters
    ----------
    snapshot : Snapshot
        The state of the corpus.
    community : Community
        The votes.
    span : {"day", "week", "month"}
        Which days.
    day : str
        One of them, ``YYYY-MM-DD``.
    leading : sequence of Part
        What comes before: curated days, what trends. Its papers are not listed again.
    until : str, optional
        The last day of which papers count, ``YYYY-MM-DD``: of a week or month that is not over yet.
    count : int, optional
        Papers of the days at most; by default 1,000 of a day and 50 of a week or a month.

    Returns
    -------
    Listing
        Of no reader.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.listing import day_listing
    >>> from recommender.readership import Community
    >>> listing = day_listing(Corpus.sample().snapshot, Community(), span="month", day="2021-06-17", count=2)
    >>> listing.title, len(listing.entries)
    ('4 papers · June 2021', 2)
    """
    if count is None:
        count = _MOST_OF_A_DAY if span == "day" else PAGE_ENTRIES
    rows = Calendar.of(snapshot).rows(span, day)
    if until:
        rows = rows[days(snapshot)[snapshot.place(rows)] <= first_day(until).toordinal()]
    listed = {entry.paper.id for part in leading for entry in part.entries}
    appeared = _appeared(snapshot, community, rows, span=span, day=day, listed=listed, count=count)
    shown = len({*listed, *(entry.paper.id for entry in appeared.entries)})
    left_out = len(rows) - len(appeared.entries) - len(_among(snapshot, rows, listed))
    last, total = last_of(span, day), shown + left_out
    return Listing(
        id=f"{span}-{span_name(span, day)}",
        title=f"{pluralize(total, 'paper') if total else 'Nothing'} · {when(span, day)}",
        reader="",
        span=span,
        day=last,
        made=made_on(last),
        parts=tuple(placed([*leading, *([appeared] if appeared.entries or appeared.nothing else [])])),
        interests=(),
        corpus=CorpusState(len(snapshot), len(rows), ""),
        notes=(_left_out(left_out, span),) if left_out > 0 else (),
    )


def in_pages(listing: Listing, entries: int = PAGE_ENTRIES) -> list[Listing]:
    """Cut a listing into pages of so many entries; their places go on, the first has the listing's id.

    Parameters
    ----------
    listing : Listing
        Of any length.
    entries : int, default 50
        Of a page at most.

    Returns
    -------
    list of Listing
        One at least.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.listing import day_listing, in_pages
    >>> from recommender.readership import Community
    >>> listing = day_listing(Corpus.sample().snapshot, Community(), span="month", day="2021-06-17", count=3)
    >>> [[entry.place for entry in page.entries] for page in in_pages(listing, 2)]
    [[1, 2], [3]]
    """
    total = max(1, -(-len(listing.entries) // entries))
    pages = []
    for number in range(total):
        first, last = number * entries, (number + 1) * entries
        parts = (
            replace(part, entries=tuple(entry for entry in part.entries if first < entry.place <= last))
            for part in listing.parts
        )
        some = tuple(part for part in parts if part.entries or number == 0)
        ending = f"-{number + 1}" if number else ""
        title = f"{listing.title} · page {number + 1} of {total}" if total > 1 else listing.title
        pages.append(replace(listing, id=f"{listing.id}{ending}", title=title, parts=some))
    return pages


def when(span: Span, day: str) -> str:
    """``30 November 2026``, ``week of 30 November 2026``, ``November 2026``."""
    if span == "month":
        return long_day(last_of("month", day)).split(" ", 1)[-1]
    if span == "week":
        return f"week of {long_day(_monday(day))}"
    return long_day(day)


def made_on(day: str) -> str:
    """The moment that stands for a listing of a day: no clock is in it, so that its bytes stay."""
    return f"{day}T00:00:00+00:00"


def _monday(day: str) -> str:
    date = datetime.date.fromisoformat(day)
    return (date - datetime.timedelta(days=date.weekday())).isoformat()


def _among(snapshot: Snapshot, rows: Rows, ids: set[str]) -> list[int]:
    """Which of the rows have one of these ids."""
    if not ids or not len(rows):
        return []
    return [row for row, (name, _) in snapshot.labels(rows.tolist()).items() if name in ids]


def _appeared(
    snapshot: Snapshot,
    community: Community,
    rows: Rows,
    *,
    span: Span,
    day: str,
    listed: set[str],
    count: int,
) -> Part:
    """The papers that appeared in a span, but for those that are listed already."""
    there_are = len(rows) > 0  # be it that all are listed already
    rows = rows[~np.isin(rows, _among(snapshot, rows, listed))]
    cast = votes_of_rows(community)
    votes = np.array([cast.get(row, 0) for row in rows.tolist()], np.int64)
    places = snapshot.place(rows)
    known = upvotes(snapshot)[places]
    order = np.lexsort((np.arange(len(rows)), -days(snapshot)[places], -known, -votes))[:count]
    papers = snapshot.papers(rows[order].tolist())
    numbers = zip(papers, votes[order].tolist(), known[order].tolist(), strict=True)
    entries = tuple(Entry(0, paper, signal=", ".join(_signals(own, up))) for paper, own, up in numbers)
    by = [
        *(["by votes"] if votes.any() else []),
        *(["by upvotes" if not votes.any() else "then by upvotes"] if (known != UNKNOWN).any() else []),
    ]
    newest = [] if span == "day" else ["then the newest first" if by else "the newest first"]
    nothing = "" if there_are else f"No paper of the corpus appeared {_NOW[span]}"
    return Part("communal", f"Appeared {_on(span, day)}", ", ".join([*by, *newest]), entries, nothing)


def votes_of_rows(community: Community) -> dict[int, int]:
    """How many votes of the house each row has."""
    counts: dict[int, int] = {}
    for vote in community.votes:
        counts[vote.row] = counts.get(vote.row, 0) + 1
    return counts


_NOW: dict[Span, str] = {"day": "on this day", "week": "in this week", "month": "in this month"}


def _on(span: Span, day: str) -> str:
    return {"day": "on ", "week": "in the ", "month": "in "}[span] + when(span, day)


def _signals(votes: int, known: int) -> Iterator[str]:
    if votes:
        yield pluralize(votes, "vote")
    if known != UNKNOWN:
        yield pluralize(known, "upvote")


def _left_out(count: int, span: Span) -> str:
    papers = pluralize(count, "more paper")
    where = "" if span == "day" else "on the pages of its days, or "  # not each of them has one
    return f"{papers} appeared {_NOW[span]}: look {where}with `recommender search`"
