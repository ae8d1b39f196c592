"""What is trending: papers that a signal with a date puts first, and only where one does.

Not what is much alike, not a topic that many write of, not the order in which papers came: votes of the
community's readers, else a count that grew or began lately, with its parts beside each paper. Where that is
too little, it is said, and the newest papers are called so.
"""

from __future__ import annotations

import datetime
import math

import numpy as np

from indexes import Rows

from ..corpus import Snapshot, content_hash
from ..corpus.lookup import days
from ..display import pluralize
from ..errors import ParameterError
from ..option_values import refuse_beyond
from ..readership import Community
from .choice import Choice
from .gauges import USUAL, VOTES, WINDOW, Decay, Gauge, gauges, names_of, pluralize_days
from .listing import CorpusState, Entry, Listing, Part, placed
from .wording import long_day

HALF_LIFE = 3.0
"""In days; a choice, not a measurement. What others would do: ``scripts/half_life_of_trending.py``."""

TITLE = "Trending"

_FEW = 3  # fewer papers are no list
_LOOKED_AT = 1000  # rows, together
_LONGEST = 3650.0  # days
_TIES = "of equals the newest first"


def trending_part(
    snapshot: Snapshot,
    community: Community,
    *,
    day: str,
    count: int,
    by: str | None = None,
    half_life: float = HALF_LIFE,
) -> Part:
    """List what is trending on a day: what one signal with a date says, and no other.

    In this order: votes of the community's readers, then ``upvotes``, ``citations``, ``stars`` and others,
    of each what it grew by between two counts or the counts of papers that were listed lately and were new
    then, whichever says something of more papers. The first that orders at least three papers, not all
    alike, is taken.

    Parameters
    ----------
    snapshot : Snapshot
        The state of the corpus.
    community : Community
        What the community said of its papers.
    day : str
        The day, ``YYYY-MM-DD``; what is dated later does not count.
    count : int
        The most papers.
    by : str, optional
        Only this signal: ``votes``, or what was counted.
    half_life : float, default 3.0
        In so many days a signal loses half its weight, and after five times as many all of it.

    Returns
    -------
    Part
        Of the kind ``trending``; without a paper, and with a sentence that says so, where there is too
        little to say.

    Raises
    ------
    ParameterError
        For a signal that was never counted, a day that is none, and numbers that are not positive.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.listing import trending_part
    >>> from recommender.readership import Community, RowVote
    >>> votes = tuple(RowVote(row, "2026-11-30T08:00:00+00:00") for row in (3, 3, 3, 5, 5, 8))
    >>> with Corpus.sample() as corpus:
    ...     part = trending_part(corpus.snapshot, Community(votes=votes), day="2026-12-03", count=1)
    >>> part.order, part.entries[0].signal
    ('by votes, each worth half after 3 days; of equals the newest first', '3 votes on 30 November 2026, \
weighed 1.50')
    """
    decay = _decay(day, half_life)
    return _part(snapshot, _gauge(snapshot, community, decay, by), community, decay, _least(count), by)


def newest_part(snapshot: Snapshot, *, day: str, count: int) -> Part:
    """List the newest papers, none that is dated later than a day, none twice.

    Parameters
    ----------
    snapshot : Snapshot
        The state of the corpus.
    day : str
        The day, ``YYYY-MM-DD``.
    count : int
        The most papers.

    Returns
    -------
    Part
        Of the kind ``newest``.

    Raises
    ------
    ParameterError
        For a day that is none, and a `count` below 1.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.listing import newest_part
    >>> with Corpus.sample() as corpus:
    ...     part = newest_part(corpus.snapshot, day="2020-12-31", count=2)
    >>> part.title, [entry.paper.published[:4] for entry in part.entries]
    ('The newest papers', ['2020', '2020'])
    """
    decay, most = _decay(day, HALF_LIFE), _least(count)
    rows = Choice(until=decay.day.isoformat()).rows(snapshot)
    chosen = _each_once(snapshot, _newest_first(snapshot, rows), most)
    nothing = "" if chosen else f"No paper of the corpus has a date up to {long_day(day)}"
    entries = tuple(Entry(0, paper) for paper in snapshot.papers(chosen))
    return Part("newest", "The newest papers", "the newest first", entries, nothing)


def trending_listing(
    snapshot: Snapshot,
    community: Community,
    *,
    day: str,
    made: str,
    count: int,
    by: str | None = None,
    half_life: float = HALF_LIFE,
) -> Listing:
    """Make the listing of what is trending on a day; where that is too little to say, also of what is newest.

    Parameters
    ----------
    snapshot : Snapshot
        The state of the corpus.
    community : Community
        What the community said of its papers.
    day : str
        The day, ``YYYY-MM-DD``.
    made : str
        When the listing is made, ISO 8601 with the zone.
    count : int
        The most papers.
    by : str, optional
        Only this signal, as for `trending_part`.
    half_life : float, default 3.0
        In days, as for `trending_part`.

    Returns
    -------
    Listing
        For everybody; called trending only where a signal orders it.

    Raises
    ------
    ParameterError
        As `trending_part`.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.listing import trending_listing
    >>> from recommender.readership import Community
    >>> with Corpus.sample() as corpus:
    ...     listing = trending_listing(corpus.snapshot, Community(), day="2026-11-30", count=5,
    ...                                made="2026-11-30T06:00:00+00:00")
    >>> listing.title, [(part.kind, len(part.entries)) for part in listing.parts]
    ('The newest papers · 30 November 2026', [('trending', 0), ('newest', 5)])
    """
    decay = _decay(day, half_life)
    gauge = _gauge(snapshot, community, decay, by)
    parts = [_part(snapshot, gauge, community, decay, _least(count), by)]
    if gauge is None:
        parts.append(newest_part(snapshot, day=day, count=count))
    among = len(gauge.papers if gauge else Choice(until=decay.day.isoformat()).rows(snapshot))
    return Listing(
        id=f"trending-{decay.day}",
        title=f"{parts[-1].title} · {long_day(decay.day.isoformat())}",
        reader="",
        span="day",
        day=decay.day.isoformat(),
        made=made,
        parts=tuple(placed(parts)),
        interests=(),
        corpus=CorpusState(len(snapshot), among, content_hash(snapshot)),
    )


def _part(
    snapshot: Snapshot, gauge: Gauge | None, community: Community, decay: Decay, count: int, by: str | None
) -> Part:
    if gauge is None:
        return Part("trending", TITLE, nothing=_too_little(community, decay, by))
    rows = _newest_first(snapshot, snapshot.by_key(np.array([*gauge.papers], np.int64)))
    first = sorted(rows.tolist(), key=lambda row: -gauge.papers[row].weight)[:count]
    entries = tuple(
        Entry(0, paper, signal=gauge.papers[row].words)
        for row, paper in zip(first, snapshot.papers(first), strict=True)
    )
    return Part("trending", TITLE, f"{gauge.order}; {_TIES}", entries)


def _gauge(snapshot: Snapshot, community: Community, decay: Decay, by: str | None) -> Gauge | None:
    """The first signal that orders enough papers; None where none does."""
    counted = names_of(community)
    if by is not None and by not in (VOTES, *USUAL, *counted):
        known = ", ".join(dict.fromkeys((VOTES, *counted)))
        raise ParameterError(f"{by!r:.40} was never counted of any paper; use one of {known}")
    wanted = (one for one in gauges(snapshot, community, decay) if by in (None, one.name))
    return next(filter(_orders, (_of_choice(snapshot, one) for one in wanted)), None)


def _of_choice(snapshot: Snapshot, gauge: Gauge) -> Gauge:
    """Without retracted papers and notices of others."""
    mask, rows = Choice().mask(snapshot), np.array([*gauge.papers], np.int64)
    left = rows[mask[snapshot.place(rows)]].tolist()
    return Gauge(gauge.name, gauge.order, {row: gauge.papers[row] for row in left})


def _orders(gauge: Gauge) -> bool:
    """Whether it puts enough papers in an order, which equal weights do not."""
    return len(gauge.papers) >= _FEW and len({one.weight for one in gauge.papers.values()}) > 1


def _newest_first(snapshot: Snapshot, rows: Rows) -> Rows:
    """The rows by day of publication, those of one day as they were."""
    return rows[np.argsort(-days(snapshot)[snapshot.place(rows)], kind="stable")]


def _each_once(snapshot: Snapshot, rows: Rows, most: int) -> list[int]:
    """The first of these rows, so many, without versions of one before."""
    chosen: list[int] = []
    having: dict[int, list[int]] = {}  # by a code that versions of a paper share
    for start in range(0, len(rows), _LOOKED_AT):
        some = rows[start : start + _LOOKED_AT]
        for row, codes in zip(some.tolist(), snapshot.twins.codes(some).tolist(), strict=True):
            if len(chosen) == most:
                return chosen
            near = (other for code in codes for other in having.get(code, ()))
            if not any(snapshot.twins.are(row, other) for other in near):
                chosen.append(row)
                for code in codes:
                    having.setdefault(code, []).append(row)
    return chosen


def _too_little(community: Community, decay: Decay, by: str | None) -> str:
    """Why nothing is called trending, and what to do about it."""
    began = decay.day - datetime.timedelta(days=math.floor(WINDOW * decay.half_life))
    since = f"since {long_day(began.isoformat())} {by or 'votes and counts'}"
    advice = (
        "" if community != Community() else "; there are none yet: recommender vote or recommender signals"
    )
    coming = sum(one.day > decay.day.isoformat() for one in community.signals if by in (None, one.name))
    later = f"; {pluralize(coming, 'count')} measured after that day say nothing of it" if coming else ""
    return (
        f"Too little to say what is trending: {since} put fewer than {_FEW} papers in order{advice or later}"
    )


def _decay(day: str, half_life: float) -> Decay:
    if not (math.isfinite(half_life) and 0 < half_life <= _LONGEST):
        raise ParameterError(
            f"the half-life is {half_life:g}; give days above 0, up to {pluralize_days(_LONGEST)}"
        )
    try:
        return Decay(datetime.date.fromisoformat(day), half_life)
    except ValueError as error:
        raise ParameterError(f"{day!r:.40} is no day; write YYYY-MM-DD") from error


def _least(count: int) -> int:
    if count < 1:
        raise ParameterError(f"{count} papers are asked for; ask for 1 or more")
    refuse_beyond("k", count)
    return count
