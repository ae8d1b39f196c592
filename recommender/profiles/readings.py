"""How the ratings in a store of profiles are read: looked at once, when all rows are there."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from .scales import (
    ABSENT,
    EMPTY,
    FLAGS,
    NO,
    NOTHING,
    READ_AS,
    SIGNS,
    STARS,
    YES,
    RatingScale,
    Scales,
    check_range,
    known_kinds,
)

# One look at each rating, by reader: the numbers without a scale of their own, those on one, and the rest.
_BY_READER = f"""
SELECT
    min(CASE WHEN is_number THEN rating END) AS low,
    max(CASE WHEN is_number THEN rating END) AS high,
    sum(rating = 0.0) AS zeros,
    sum(is_number AND rating NOT IN (0.0, 1.0)) AS others,
    max(rating IN ('{YES}', '{NO}')) AS said,
    sum(rating = '{EMPTY}') AS empty,
    sum(rating = '{NOTHING}') AS silent,
    sum(rating NOT IN ('{EMPTY}', '{ABSENT}', '{NOTHING}')) AS rated,
    min(CASE WHEN told = ' {FLAGS}' THEN CAST(rating AS REAL) END) AS flags_low,
    max(CASE WHEN told = ' {FLAGS}' THEN CAST(rating AS REAL) END) AS flags_high,
    min(CASE WHEN told = ' {STARS}' THEN CAST(rating AS REAL) END) AS stars_low,
    max(CASE WHEN told = ' {STARS}' THEN CAST(rating AS REAL) END) AS stars_high,
    sum(told = ' {FLAGS}') AS on_flags,
    sum(told = ' {STARS}') AS on_stars,
    sum(told = ' {STARS}' AND CAST(rating AS REAL) = 0) AS stars_zeros,
    sum(told = ' {FLAGS}' AND CAST(rating AS REAL) = 0) AS flags_zeros
FROM (
    SELECT
        {{reader}} AS reader, rating, typeof(rating) = 'real' AS is_number,
        CASE WHEN typeof(rating) = 'text' THEN substr(rating, -4) END AS told
    FROM {{table}} WHERE rating IS NOT NULL
) GROUP BY reader
"""
# Of these: the ends of all numbers, and how many readers have which kind, in the words of `Scales`.
_SUMMED = """
SELECT
    min(low) AS low, max(high) AS high, min(flags_low) AS flags_low, max(flags_high) AS flags_high,
    min(stars_low) AS stars_low, max(stars_high) AS stars_high,
    sum(empty) AS empty, sum(silent) AS silent, sum(rated) AS rated, sum(others) AS others,
    sum(on_flags) AS on_flags, sum(on_stars) AS on_stars,
    sum(zeros) AS zeros, sum(stars_zeros) AS stars_zeros, sum(flags_zeros) AS flags_zeros,
    sum(CASE WHEN high > 1 THEN zeros END) AS zeros_below,
    sum(high > 1) AS above, sum(low < 0) AS signs, sum(low >= 0 AND high <= 1) AS within,
    sum(low >= 0 AND high <= 1 AND NOT others AND said) AS said,
    sum(low = 0 AND high = 1 AND NOT others AND NOT said) AS flags
FROM ({by_reader})
"""


# What the manifest says of each scale that nobody declared.
_THRESHOLDS: dict[str, dict[str, float]] = {
    **{
        kind: {"liked_from": READ_AS[kind].liked_from, "disliked_to": READ_AS[kind].disliked_to}
        for kind in (STARS, FLAGS)
    },
    SIGNS: {"liked_above": 0.0, "disliked_below": 0.0},
}


@dataclass(frozen=True)
class Readings:
    """How the ratings of a source are read.

    So many rows have an `empty` rating, say `nothing`, or have `zeros` that say nothing. Of the readers with
    numbers so many are read by `kinds`, each a scale, and so many are `unclear`: theirs can be read in two
    ways. So many ratings are on scales that their columns have `told`.
    """

    scales: Scales
    empty: int
    nothing: int
    zeros: int
    kinds: dict[str, int]
    unclear: int
    told: dict[str, int]

    def to_dict(self, declared: RatingScale) -> dict[str, Any]:
        """What the manifest of a job says of it."""
        used = self.scales.declared
        thresholds = {} if used is None else {"liked_from": used.liked_from, "disliked_to": used.disliked_to}
        said: dict[str, Any] = {"declared": declared.to_dict()} if used else {}
        for name, unit, found in (("by_reader", "readers", self.kinds), ("by_column", "ratings", self.told)):
            if kinds := {kind: {unit: n, **_THRESHOLDS[kind]} for kind, n in found.items() if n}:
                said[name] = kinds
        counts = {"unrated": self.unrated, "zeros": self.zeros, "unclear": self.unclear}
        return {**said, **thresholds, **counts}

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
    found, left_out = _summed(connection, "entries", "reader"), _summed(connection, "evidence", "user")
    for told, name in (("", ""), (FLAGS, "flags_"), (STARS, "stars_")):
        lows = [one[f"{name}low"] for one in (found, left_out) if one[f"{name}low"] is not None]
        highs = [one[f"{name}high"] for one in (found, left_out) if one[f"{name}high"] is not None]
        if lows and (kinds := known_kinds(declared, told)):
            check_range(min(lows), max(highs), place, kinds)
    rated, beyond = (any(one[name] for one in (found, left_out)) for name in ("rated", "others"))
    scales = Scales(declared.thresholds, beyond=beyond, rated=rated)
    count = {name: int(value or 0) for name, value in found.items()}
    if declared.thresholds is not None:
        zeros = sum(count[name] for name in ("zeros", "stars_zeros", "flags_zeros"))
        skipped = zeros if declared.thresholds.skip_zero else 0
        return Readings(scales, count["empty"], count["silent"], skipped, {}, 0, {})
    flags = count["said"] + (0 if beyond else count["flags"])
    kinds_of = {STARS: count["above"], FLAGS: flags, SIGNS: count["signs"]}
    told_of = {STARS: count["on_stars"], FLAGS: count["on_flags"]}
    zeros, unclear = count["zeros_below"] + count["stars_zeros"], count["within"] - flags
    return Readings(scales, count["empty"], count["silent"], zeros, kinds_of, unclear, told_of)


def _summed(connection: sqlite3.Connection, table: str, reader: str) -> dict[str, Any]:
    """What `_SUMMED` says of all ratings in a table, by name."""
    cursor = connection.execute(_SUMMED.format(by_reader=_BY_READER.format(table=table, reader=reader)))
    return dict(zip((column for column, *_ in cursor.description), cursor.fetchone(), strict=True))
