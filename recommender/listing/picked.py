"""The part of what is like the papers that were picked lately: what a community tends to pick.

It is no order by what moves, and is never called so: nothing of it was counted on these papers.
"""

from __future__ import annotations

import numpy as np

from indexes import Rows

from ..corpus import Snapshot
from ..display import pluralize
from ..engine.known import worth_a_look
from ..engine.picks import WINDOW, Picks, closest_picks, like_picks
from ..iso_dates import first_day
from ..readership import Community
from .choice import Choice
from .listing import Entry, Part
from .wording import long_day

TITLE = "Like what was picked lately"

LEAST_PICKS = 5
"""Of fewer picks nothing is told."""

_LOOKED_AT = 4  # so many times as many as are wanted are looked at together


def picked_part(
    snapshot: Snapshot, community: Community, *, day: str, count: int, within_days: int = 7
) -> Part:
    """Choose among the papers of the last days those most like what curators picked.

    Picks are the papers of curated days, each on its last one; those of a later day than `day` do not count.
    What was picked, or is one paper with a pick, is left out, and no paper comes twice.

    Parameters
    ----------
    snapshot : Snapshot
        The state of the corpus.
    community : Community
        What was picked.
    day : str
        The last day, ``YYYY-MM-DD``.
    count : int
        How many papers at most.
    within_days : int, default 7
        In how many days, up to `day`, the papers appeared.

    Returns
    -------
    Part
        Of kind ``picked``, the likest first. Each entry names the closest pick, and its signal the day of
        that. With fewer than `LEAST_PICKS` in a year there is no entry, and `nothing` says so.

    Raises
    ------
    ParameterError
        For what is no day.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.listing import picked_part
    >>> from recommender.readership import Community
    >>> with Corpus.sample() as corpus:
    ...     part = picked_part(corpus.snapshot, Community(), day="2026-08-01", count=10)
    >>> part.title, part.entries
    ('Like what was picked lately', ())
    """
    last = first_day(day).toordinal()
    picks = picks_of(community, last)
    if len(lately := picks.lately(last).rows) < LEAST_PICKS:
        return Part("picked", TITLE, "", (), _too_few(len(lately), day))
    since = first_day(day).fromordinal(max(last - within_days + 1, 1)).isoformat()
    candidates = _not_picked(snapshot, Choice(since=since, until=day).rows(snapshot), picks.rows)
    scores = like_picks(snapshot, picks, candidates, day=last)
    rows = _each_once(snapshot, candidates[np.argsort(-scores, kind="stable")], picks.rows, count)
    if not len(rows):
        days = pluralize(within_days, "day")
        return Part("picked", TITLE, "", (), f"No new paper in the {days} to {long_day(day)}")
    return Part("picked", TITLE, _order(len(lately), day), _entries(snapshot, picks, lately, rows))


def picks_of(community: Community, last: int) -> Picks:
    """What curators picked up to a day, an ordinal; each paper once, on its last day."""
    on: dict[int, int] = {}
    for of in community.days:
        at = first_day(of.day).toordinal()
        if at <= last:
            on.update((row, max(at, on.get(row, at))) for row in of.rows)
    rows = np.array(sorted(on), np.int64)
    return Picks(rows, np.array([on[row] for row in rows.tolist()], np.int64))


def _not_picked(snapshot: Snapshot, rows: Rows, picks: Rows) -> Rows:
    """The rows that are no pick, nor a version of one by its title or abstract."""
    return rows[~np.isin(rows, snapshot.twins.of(picks))]


def _each_once(snapshot: Snapshot, ordered: Rows, picks: Rows, count: int) -> Rows:
    """The first `count` rows that are none of the picks under another name, nor one with an earlier one."""
    chosen: list[int] = []
    for start in range(0, len(ordered), _LOOKED_AT * count):
        some = ordered[start : start + _LOOKED_AT * count]
        near = worth_a_look(snapshot, some, snapshot.vectors(some), picks)
        for row in some[~snapshot.twins.among(near, some)].tolist():
            if len(chosen) < count and not any(snapshot.twins.are(row, other) for other in chosen):
                chosen.append(row)
        if len(chosen) == count:
            break
    return np.array(chosen, np.int64)


def _entries(snapshot: Snapshot, picks: Picks, lately: Rows, rows: Rows) -> tuple[Entry, ...]:
    """Each paper with the closest pick and its day."""
    closest, cosines = closest_picks(snapshot, lately, rows)
    on = dict(zip(picks.rows.tolist(), picks.days.tolist(), strict=True))
    papers = zip(snapshot.papers(rows.tolist()), snapshot.papers(closest.tolist()), strict=True)
    return tuple(
        Entry(
            0,
            paper,
            closest=pick.id,
            closest_title=pick.title,
            closest_cosine=float(cosine),
            signal=f"like a pick of {_written(on[row])}",
        )
        for (paper, pick), row, cosine in zip(papers, closest.tolist(), cosines, strict=True)
    )


def _written(ordinal: int) -> str:
    return long_day(first_day("2000").fromordinal(ordinal).isoformat())


def _order(picks: int, day: str) -> str:
    return (
        f"by likeness to the {pluralize(picks, 'paper')} picked in the {WINDOW} days to {long_day(day)}, in "
        "content and authors, the latest picks counting most"
    )


def _too_few(picks: int, day: str) -> str:
    picked = pluralize(picks, "paper") if picks else "no paper"
    verb = "was" if picks < 2 else "were"
    return (
        f"Too little to say what is like the picks: {picked} {verb} picked in the {WINDOW} days to "
        f"{long_day(day)}, and {LEAST_PICKS} are the fewest; pick some with "
        "`recommender curate DAY ID... --by NAME`"
    )
