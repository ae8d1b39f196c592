"""What a rating says of a paper: liked, disliked or only seen."""

from __future__ import annotations

import decimal
import functools
import math
import re
from dataclasses import dataclass

from ..errors import ParameterError

__all__ = ["VERDICTS", "Thresholds", "check_thresholds", "choose_thresholds", "verdict"]

VERDICTS = ("liked", "disliked", "seen")

_WORDS = {
    **dict.fromkeys(("liked", "like", "yes", "true"), "liked"),
    **dict.fromkeys(("disliked", "dislike", "no", "false"), "disliked"),
    "seen": "seen",
}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_WANTED = (
    "a rating is a number, or one of like, dislike, seen, yes, no; leave it empty where a paper is liked"
)
_MOST_STARS = 5.0
_STARS_LIKED, _STARS_DISLIKED = 4.0, 2.0
_ABOVE_ZERO, _BELOW_ZERO = math.nextafter(0, 1), math.nextafter(0, -1)


@dataclass(frozen=True)
class Thresholds:
    """Which numbers are likes: `liked_from` and more; which dislikes: `disliked_to` and less."""

    liked_from: float
    disliked_to: float

    def decide(self, rating: str | float) -> str:
        """One of `VERDICTS`; a rating that is one already stays as it is."""
        if isinstance(rating, str):
            return rating
        return "liked" if rating >= self.liked_from else "disliked" if rating <= self.disliked_to else "seen"


def verdict(value: object) -> str | float:
    """One of `VERDICTS` for an empty or a worded rating, else the number that it is.

    Raises ValueError with the reason for anything else.
    """
    if value is None:
        return "liked"
    if isinstance(value, str):
        return _written(value.strip())
    if isinstance(value, bool):
        return "liked" if value else "disliked"
    if isinstance(value, (int, float, decimal.Decimal)):
        try:
            return _finite(float(value))
        except (ValueError, OverflowError):
            pass
    raise ValueError(f"the rating is {_shown(value)}; {_WANTED}")


# A source has few spellings of ratings; long texts are no ratings, and what is none is not kept.
@functools.lru_cache(maxsize=4096)
def _written(word: str) -> str | float:
    if not word:
        return "liked"
    if (found := _WORDS.get(word.lower())) is not None:
        return found
    if len(word) <= 50 and _NUMBER.fullmatch(word):
        try:
            return _finite(float(word))
        except ValueError:
            pass
    raise ValueError(f"the rating is {_shown(word)}; {_WANTED}")


def check_thresholds(liked_from: float | None, disliked_to: float | None) -> None:
    """Raises ParameterError for thresholds that are no numbers, or that make one rating like and dislike."""
    for name, value in (("liked_from", liked_from), ("disliked_to", disliked_to)):
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if value is not None and not number:
            raise ParameterError(f"{name} is {value!r:.40}; it must be a number of the ratings' scale")
    if liked_from is not None and disliked_to is not None:
        _apart(liked_from, disliked_to)


def choose_thresholds(
    numbers: tuple[float, float] | None, *, liked_from: float | None, disliked_to: float | None, place: str
) -> Thresholds:
    """The thresholds for a source whose ratings lie between two numbers; None: no rating is a number.

    Those given win. Without, ratings within -1 and 1 speak by their sign, and from 0 to 5 they are stars:
    liked from 4, disliked to 2. Raises ParameterError for any other scale, and for a threshold given that
    contradicts the other one's default.
    """
    low, high = numbers or (0.0, 0.0)
    signs = low >= -1 and high <= 1
    if not signs and not (low >= 0 and high <= _MOST_STARS) and None in (liked_from, disliked_to):
        raise ParameterError(
            f"{place}: its ratings go from {low:g} to {high:g}, which does not tell what is a like; "
            "give liked_from (it and more is liked) and disliked_to (it and less is disliked)"
        )
    likes, dislikes = (_ABOVE_ZERO, _BELOW_ZERO) if signs else (_STARS_LIKED, _STARS_DISLIKED)
    found = Thresholds(
        likes if liked_from is None else float(liked_from),
        dislikes if disliked_to is None else float(disliked_to),
    )
    if numbers is not None:
        _apart(found.liked_from, found.disliked_to)
    return found


def _apart(liked_from: float, disliked_to: float) -> None:
    if disliked_to >= liked_from:
        raise ParameterError(
            f"ratings are liked from {liked_from:g} and disliked to {disliked_to:g}, which overlap; "
            "give a liked_from above disliked_to"
        )


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError
    return number


def _shown(value: object) -> str:
    if isinstance(value, int):  # Python refuses to spell out integers of thousands of digits
        return "a number too large"
    return (
        f"{value!r:.40}" if isinstance(value, (str, float, decimal.Decimal)) else f"a {type(value).__name__}"
    )
