"""How the ratings in a store of profiles are read: looked at once, when all rows are there."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from .scales import (
    ABSENT,
    EMPTY,
    FLAGS,
    NOTHING,
    SIGNS,
    STARS,
    RatingScale,
    Scales,
    check_range,
    known_kinds,
)

_ALL = "(SELECT rating FROM entries UNION ALL SELECT rating FROM evidence)"
_NUMBERS = f"SELECT min(rating), max(rating) FROM {_ALL} WHERE typeof(rating) = 'real'"
_TOLD = f"""
SELECT min(CAST(rating AS REAL)), max(CAST(rating AS REAL)) FROM {_ALL}
WHERE typeof(rating) = 'text' AND substr(rating, -4) = ?
"""
_BEYOND = f"SELECT 1 FROM {_ALL} WHERE typeof(rating) = 'real' AND rating NOT IN (0.0, 1.0) LIMIT 1"
_RATED = f"SELECT 1 FROM {_ALL} WHERE rating NOT IN ('{EMPTY}', '{ABSENT}', '{NOTHING}') LIMIT 1"
_UNRATED = f"SELECT rating, count(*) FROM entries WHERE rating IN ('{EMPTY}', '{NOTHING}') GROUP BY rating"
# By reader, in the words of `Scales`: the kinds of their numbers, and how many readers have each.
_KINDS = """
SELECT
    sum(high > 1), sum(CASE WHEN high > 1 THEN zeros END),
    sum(low < 0), sum(high <= 1 AND low >= 0 AND is_flags), sum(high <= 1 AND low >= 0 AND NOT is_flags)
FROM (
    SELECT low, high, zeros, NOT others AND (said OR (zeros AND high = 1 AND NOT :beyond)) AS is_flags
    FROM (
        SELECT
            min(CASE WHEN typeof(rating) = 'real' THEN rating END) AS low,
            max(CASE WHEN typeof(rating) = 'real' THEN rating END) AS high,
            sum(rating = 0.0) AS zeros,
            sum(typeof(rating) = 'real' AND rating NOT IN (0.0, 1.0)) AS others,
            max(rating IN ('yes', 'no')) AS said
        FROM entries WHERE rating IS NOT NULL GROUP BY reader
    ) WHERE low IS NOT NULL
)
"""


@dataclass(frozen=True)
class Readings:
    """How the ratings of a source are read.

    So many rows have an `empty` rating, say `nothing`, or have `zeros` that say nothing. Of the readers with
    numbers so many are read by `kinds`, each a scale, and so many are `unclear`: theirs can be read in two
    ways.
    """

    scales: Scales
    empty: int
    nothing: int
    zeros: int
    kinds: dict[str, int]
    unclear: int

    def to_dict(self, declared: RatingScale) -> dict[str, Any]:
        """What the manifest of a job says of it."""
        used = self.scales.declared
        thresholds = {} if used is None else {"liked_from": used.liked_from, "disliked_to": used.disliked_to}
        kinds = {f"readers on {kind}": count for kind, count in self.kinds.items() if count}
        said = {"declared": declared.to_dict()} if used else {}
        counts = {"unrated": self.unrated, "zeros": self.zeros, "unclear": self.unclear}
        return {**said, **thresholds, **kinds, **counts}

    @property
    def unrated(self) -> int:
        """How many rows say nothing for want of a rating."""
        return self.nothing + (self.empty if self.scales.rated else 0)

    def lines(self, place: str) -> list[str]:
        """What is to be said of them."""
        said = []
        if self.unrated:
            what = "row" if self.unrated == 1 else "rows"
            said.append(f"{self.unrated:,} {what} without a rating, among others that are rated, say nothing")
        if self.empty and not self.scales.rated:
            said.append("no row has a rating, so that each paper counts as liked; leave that column out")
        if self.zeros:
            said.append(f"{self.zeros:,} ratings of 0, beside a scale that begins above it, say nothing")
        if self.kinds.get(STARS):
            said.append("its ratings are read on the scale 1:5, liked from 4, disliked to 2")
        return [f"{place}: {line}" for line in said]


def unclear_readers(count: int) -> str:
    """What is said of readers whose ratings can be read in two ways."""
    who = "the ratings of 1 reader" if count == 1 else f"the ratings of {count:,} readers"
    return (
        f"{who} may be yes and no, or the lowest of some stars, and are not read; declare the scale: --scale "
        "0:1 or --scale 1:5 (in Python scale=(0, 1) or scale=(1, 5))"
    )


def read_ratings(connection: sqlite3.Connection, declared: RatingScale, place: str) -> Readings:
    """Look at all ratings of the tables of a store, also of rows that are left out.

    Raises ParameterError, which asks for the scale, where they lie on none that is known.
    """
    thresholds = declared.thresholds

    def one(statement: str, *values: object) -> Any:
        return connection.execute(statement, values).fetchone()

    low, high = one(_NUMBERS)
    for told in ("", FLAGS, STARS):
        if kinds := known_kinds(declared, told):
            ends = one(_TOLD, f" {told}") if told else (low, high)
            check_range(ends[0], ends[1], place, kinds)
    scales = Scales(thresholds, beyond=one(_BEYOND) is not None, rated=one(_RATED) is not None)
    counts = dict(connection.execute(_UNRATED).fetchall())
    empty, nothing = counts.get(EMPTY, 0), counts.get(NOTHING, 0)
    readers, zeros, unclear = dict[str, int](), 0, 0
    if thresholds is None and low is not None:
        line = connection.execute(_KINDS, {"beyond": scales.beyond}).fetchone()
        stars, zeros, signs, flags, unclear = (int(count or 0) for count in line)
        readers = {STARS: stars, FLAGS: flags, SIGNS: signs}
    elif thresholds is not None and thresholds.skip_zero:
        zeros = one("SELECT count(*) FROM entries WHERE rating = 0.0 OR rating LIKE '0.0 of %'")[0]
    return Readings(scales, empty, nothing, zeros, readers, unclear)
