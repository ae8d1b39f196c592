"""Scales of ratings: which numbers are likes, as declared, as a column's name tells, or by a reader's own.

What a number means never depends on what other readers gave. A declared scale holds for all; the name of a
column tells some (`told_scale`); any other number is read beside those of the same reader, see `Scales`, and
where these can be read in two ways the question is put.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..errors import ParameterError, ProfileError
from .columns import SCREENING_LABELS, RatedRows, bare_name

LABELS = ("liked", "disliked", "seen")

EMPTY = ""
"""The label of an empty cell: nothing where any row of the source has a rating, else a like."""
ABSENT = "unrated"
"""That of a row without such a cell: nothing where its reader rated others, else a like."""
NOTHING = "nothing"
"""That of a cell that says nothing whatever others say: not looked at, not rated."""
YES, NO = "yes", "no"
"""Like and dislike; a reader who writes them has said what 1 and 0 mean."""
UNREADABLE = "?"
"""What is remembered of a rating that is none: that there was one."""

SCREENED, FLAGS, STARS, SIGNS = "screened", "0:1", "1:5", "-1:1"
"""What the name of a column tells: what was screened, yes or no, stars; and scales that numbers tell."""

ScaleOption: TypeAlias = "str | Sequence[float] | RatingScale | None"

_UNRATED = {EMPTY, ABSENT, NOTHING}
_MOST_STARS = 5.0
_ABOVE_ZERO, _BELOW_ZERO = math.nextafter(0, 1), math.nextafter(0, -1)
_OF = " of "

_DECLARE = (
    "declare the scale, such as --scale 1:5 (in Python scale=(1, 5)), or say which are likes and which "
    "dislikes with --like and --dislike"
)
_TWO_WAYS = (
    "the ratings of the reader are {listed} and no other: yes and no, or the lowest of some stars? Declare "
    "the scale: --scale 0:1 or --scale 1:5 (in Python scale=(0, 1) or scale=(1, 5))"
)


@dataclass(frozen=True)
class Thresholds:
    """Which numbers are likes: `liked_from` and more; which dislikes: `disliked_to` and less.

    Numbers lie from `low` to `high`, where that is known. With `skip_zero` a 0 is what programs write where
    nobody rated.
    """

    liked_from: float
    disliked_to: float
    low: float = -math.inf
    high: float = math.inf
    skip_zero: bool = False

    def decide(self, number: float) -> str:
        """One of `LABELS`, or `NOTHING`, also for a number that is not on the scale."""
        if (number == 0 and self.skip_zero) or not self.holds(number):
            return NOTHING
        return "liked" if number >= self.liked_from else "disliked" if number <= self.disliked_to else "seen"

    def holds(self, number: float) -> bool:
        """Whether a number lies on the scale, or says nothing beside it."""
        return self.low <= number <= self.high or (number == 0 and self.skip_zero)


READ_AS = {
    STARS: Thresholds(4.0, 2.0, 0.0, _MOST_STARS, skip_zero=True),
    FLAGS: Thresholds(1.0, 0.0, -1.0, 1.0),
    SIGNS: Thresholds(_ABOVE_ZERO, _BELOW_ZERO, -1.0, 1.0),
}


@dataclass(frozen=True)
class RatingScale:
    """What somebody declared of a source's ratings: their scale, likes and dislikes; None for nothing."""

    low: float | None = None
    high: float | None = None
    like: float | None = None
    dislike: float | None = None

    @classmethod
    def of(
        cls,
        scale: ScaleOption = None,
        like: float | None = None,
        dislike: float | None = None,
        *,
        liked_from: float | None = None,
        disliked_to: float | None = None,
    ) -> RatingScale:
        """Check what was declared.

        `scale` is the least and the greatest rating, as two numbers or as ``"1:5"``; `liked_from` and
        `disliked_to` are `like` and `dislike`. Raises ParameterError for what is no scale, and for thresholds
        that contradict it or each other.
        """
        if isinstance(scale, RatingScale):
            return scale
        like, dislike = _once("like", like, liked_from), _once("dislike", dislike, disliked_to)
        low, high = (None, None) if scale is None else _ends(scale)
        for name, value in (("like", like), ("dislike", dislike)):
            if value is not None and not _is_finite(value):
                raise ParameterError(f"{name} is {value!r:.40}; it must be a number of the ratings' scale")
            if value is not None and low is not None and high is not None and not low <= value <= high:
                raise ParameterError(f"{name} is {value:g}, outside the scale {low:g}:{high:g}")
        found = cls(low, high, *(None if one is None else float(one) for one in (like, dislike)))
        _ = found.thresholds
        return found

    @functools.cached_property
    def thresholds(self) -> Thresholds | None:
        """What it comes to; None where nothing was declared.

        On a scale the upper quarter is liked and the lower one disliked; 0 below a scale that begins above it
        is no rating. Raises ParameterError for likes that are dislikes too.
        """
        if self.low is not None and self.high is not None:
            quarter = (self.high - self.low) / 4
            found = Thresholds(self.high - quarter, self.low + quarter, self.low, self.high, self.low > 0)
        elif self.like is None and self.dislike is None:
            return None
        elif self.like is not None and self.dislike is not None:
            stars = self.dislike >= 1 and self.like <= _MOST_STARS
            found = Thresholds(self.like, self.dislike, skip_zero=stars)
        else:
            found = _default(self.like, self.dislike)
        return _apart(found, self.like, self.dislike)

    @property
    def is_scale(self) -> bool:
        """Whether the scale itself was declared: what lies outside is no rating then."""
        return self.low is not None

    def to_dict(self) -> dict[str, Any]:
        """What was declared, by name, for JSON."""
        scale = [self.low, self.high] if self.is_scale else None
        declared: dict[str, Any] = {"scale": scale, "like": self.like, "dislike": self.dislike}
        return {name: value for name, value in declared.items() if value is not None}

    def __str__(self) -> str:
        return f"{self.low:g}:{self.high:g}" if self.is_scale else ""


def _ends(scale: str | Sequence[float]) -> tuple[float, float]:
    wanted = "it must be the least and the greatest rating, as 1:5 (in Python also (1, 5))"
    parts = scale.split(":") if isinstance(scale, str) else scale
    try:
        low, high = map(float, parts)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError(f"scale is {scale!r:.40}; {wanted}") from None
    if not (math.isfinite(low) and math.isfinite(high - low) and low < high):
        raise ParameterError(f"scale is {scale!r:.40}; {wanted}")
    return low, high


def _once(name: str, value: float | None, older: float | None) -> float | None:
    if value is not None and older is not None and value != older:
        raise ParameterError(f"{name} is {value!r:.40} and, under its older name, {older!r:.40}; give one")
    return older if value is None else value


def _is_finite(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _default(like: float | None, dislike: float | None) -> Thresholds:
    """One threshold without a scale belongs to stars, or to numbers within -1 and 1."""
    given = like if like is not None else dislike
    assert given is not None, "one of them is there"
    if given > _MOST_STARS:
        name = "like" if like is not None else "dislike"
        raise ParameterError(f"{name} is {given:g}, and no scale is declared; {_DECLARE}")
    return READ_AS[SIGNS if given <= (1 if like is not None else 0) else STARS]


def _apart(found: Thresholds, like: float | None, dislike: float | None) -> Thresholds:
    """With the thresholds that were given. Raises ParameterError where likes are dislikes too."""
    likes = found.liked_from if like is None else like
    dislikes = found.disliked_to if dislike is None else dislike
    if dislikes >= likes:
        raise ParameterError(
            f"ratings are liked from {likes:g} and disliked to {dislikes:g}, which overlap; "
            "give a like above dislike"
        )
    return Thresholds(likes, dislikes, found.low, found.high, found.skip_zero)


# What columns tell

_TOLD = {
    **dict.fromkeys(("included", *SCREENING_LABELS), SCREENED),
    **dict.fromkeys(("liked", "like", "label"), FLAGS),
    **dict.fromkeys(("stars", "myrating"), STARS),
}
_OF_STARS = ("item", "itemid", "movie", "movieid")


def told_scale(plan: RatedRows) -> str:
    """What the columns of a table tell of its numbers: `SCREENED`, `FLAGS`, `STARS`, or nothing.

    ``user, item, rating`` and ``userId, movieId, rating`` are how MovieLens, Surprise, LensKit and RecBole
    write ratings from 1 to 5.
    """
    if plan.rating is None:
        return ""
    told = _TOLD.get(bare_name(plan.rating), "")
    return told or (STARS if any(bare_name(one) in _OF_STARS for one in plan.papers) else "")


def on_scale(rating: str | float, told: str) -> str | float:
    """A rating of a column that tells its scale, with that. Raises ValueError for what is none there."""
    if told == SCREENED:
        if rating in (EMPTY, -1.0):
            return NOTHING
        if isinstance(rating, float) and rating not in (0.0, 1.0):
            raise ValueError(f"the label is {rating:g}; it is 1, 0, or -1 where nobody has looked")
        return (YES if rating else NO) if isinstance(rating, float) else rating
    return f"{rating!r}{_OF}{told}" if told and isinstance(rating, float) else rating


def number_of(rating: object) -> tuple[float | None, str]:
    """The number in a rating and the scale that its column told; None for a label."""
    if isinstance(rating, float):
        return rating, ""
    if isinstance(rating, str) and _OF in rating:
        number, told = rating.split(_OF)
        return float(number), told
    return None, ""


def tells_scale(rating: str | float) -> bool:
    """Whether it is a number, or yes or no, and not the like of a list or a library."""
    return rating in (YES, NO) or number_of(rating)[0] is not None


def check_range(low: float | None, high: float | None, place: str, kinds: Sequence[Thresholds]) -> None:
    """Raise ParameterError, which asks for the scale, where numbers from `low` to `high` lie on none of
    these; None for no number.
    """
    if low is None or high is None or any(kind.low <= low and high <= kind.high for kind in kinds):
        return
    raise ParameterError(
        f"{place}: its ratings go from {low:g} to {high:g}, which does not tell what is a like; {_DECLARE}"
    )


# A reader's own ratings


@dataclass(frozen=True)
class Scales:
    """How the ratings of a source are read: by what was `declared`, else each reader's by themselves.

    A reader's own numbers are stars from 1 to 5 as soon as one is above 1; signs as soon as one is below 0;
    yes and no where there are both 1 and 0, or words that say so. All ones, or numbers between 0 and 1, can
    be read in two ways: that is refused, with the question. `beyond`: some reader gave other numbers than 0
    and 1, so that those of one who gave only these can be read in two ways as well. `rated`: some row has a
    rating, so that an empty one says nothing.
    """

    declared: Thresholds | None = None
    beyond: bool = False
    rated: bool = False

    def labels(self, ratings: Sequence[str | float]) -> list[str]:
        """What each of one reader's ratings says: one of `LABELS`, or `NOTHING`.

        Raises ProfileError where they can be read in two ways.
        """
        own = any(rating not in _UNRATED for rating in ratings)
        words = {
            EMPTY: NOTHING if own or self.rated else "liked",
            ABSENT: NOTHING if own else "liked",
            YES: "liked",
            NO: "disliked",
            UNREADABLE: NOTHING,
        }
        thresholds = self.declared
        if thresholds is None:
            numbers = {rating for rating in ratings if isinstance(rating, float)}
            thresholds = self._of_numbers(numbers, said={YES, NO}.intersection(ratings))
        return [self._label(rating, words, thresholds) for rating in ratings]

    def _label(self, rating: str | float, words: Mapping[str, str], thresholds: Thresholds) -> str:
        number, told = number_of(rating)
        if number is None:
            return words.get(rating, rating)  # type: ignore[arg-type]
        return (READ_AS[told] if told and self.declared is None else thresholds).decide(number)

    def _of_numbers(self, numbers: set[float], *, said: Iterable[str]) -> Thresholds:
        """The thresholds for what one reader gave. Raises ProfileError where there are two readings."""
        if not numbers or max(numbers) > 1:
            return READ_AS[STARS]
        if min(numbers) < 0:
            return READ_AS[SIGNS]
        if numbers <= {0, 1} and (said or (len(numbers) == 2 and not self.beyond)):
            return READ_AS[FLAGS]
        listed = ", ".join(f"{number:g}" for number in sorted(numbers)[:5])
        raise ProfileError(_TWO_WAYS.format(listed=listed))

    def to_dict(self) -> dict[str, Any]:
        """What it takes to make it again, for JSON."""
        declared = self.declared and [
            None if math.isinf(value) else value
            for value in (
                self.declared.liked_from,
                self.declared.disliked_to,
                self.declared.low,
                self.declared.high,
            )
        ]
        skip = self.declared is not None and self.declared.skip_zero
        return {"declared": declared, "skip_zero": skip, "beyond": self.beyond, "rated": self.rated}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Scales:
        """The same again."""
        if record["declared"] is None:
            return cls(None, record["beyond"], record["rated"])
        likes, dislikes, low, high = record["declared"]
        low, high = -math.inf if low is None else low, math.inf if high is None else high
        return cls(
            Thresholds(likes, dislikes, low, high, record["skip_zero"]), record["beyond"], record["rated"]
        )


def scales_of(
    ratings: Iterable[str | float], declared: RatingScale, place: str, *, checked: bool = True
) -> Scales:
    """How these ratings, all that a source holds, are read.

    Raises ParameterError, which asks for the scale, where they lie on none that is known; if `checked`.
    """
    numbers: dict[str, list[float]] = {"": [], FLAGS: [], STARS: []}
    rated = False
    for rating in ratings:
        number, told = number_of(rating)
        rated = rated or rating not in _UNRATED
        if number is not None:
            numbers[told].append(number)
    thresholds = declared.thresholds
    for told, some in numbers.items():
        kinds = known_kinds(declared, told)
        if checked and some and kinds is not None:
            check_range(min(some), max(some), place, kinds)
    return Scales(thresholds, any(number not in (0, 1) for number in numbers[""]), rated)


def known_kinds(declared: RatingScale, told: str = "") -> Sequence[Thresholds] | None:
    """The scales on which numbers of a source may lie, whose column tells this; None for any number."""
    if declared.is_scale:
        return None  # what lies outside costs its cell
    if declared.thresholds is not None:
        return [declared.thresholds]
    return [READ_AS[told]] if told else [READ_AS[SIGNS], READ_AS[STARS]]
