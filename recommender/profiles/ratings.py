"""Ratings: numbers and words that say like or dislike; all that a source says of a reader as one Profile."""

from __future__ import annotations

import datetime
import decimal
import functools
import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..identifiers import canonical
from ..readers.dates import published
from ..readers.values import is_missing, text, to_python
from .columns import LISTS
from .library_papers import LibraryPaper, is_packed, json_value, unpack
from .profile import Profile
from .scales import EMPTY, LABELS, NO, NOTHING, YES, Scales

_WORDS = {
    **dict.fromkeys(("liked", "like", "up", "thumbs up", "thumbs_up", "thumbsup", "👍"), "liked"),
    **dict.fromkeys(("disliked", "dislike", "down", "thumbs down", "thumbs_down"), "disliked"),
    **dict.fromkeys(("thumbsdown", "👎"), "disliked"),
    "seen": "seen",
    **dict.fromkeys(("yes", "y", "true", "included", "include", "relevant"), YES),
    **dict.fromkeys(("no", "n", "false", "excluded", "exclude", "irrelevant"), NO),
}
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_WANTED = (
    "a rating is a number, or one of like, dislike, seen, yes, no; leave the column out where all are liked"
)

_ISO = re.compile(r"\d{4}[-/]\d{2}[-/]\d{2}(?:[T ].*)?", re.ASCII)
_UNIX = re.compile(r"(\d+)(?:\.\d*)?", re.ASCII)
# Digits of a Unix time -> how many of its units make a second: seconds, milli-, micro-, nanoseconds.
_UNITS = {9: 1, 10: 1, 12: 10**3, 13: 10**3, 15: 10**6, 16: 10**6, 18: 10**9, 19: 10**9}
_EPOCH = datetime.datetime(1970, 1, 1)
_LONGEST_DATE = 60  # characters


def rating_to_label(value: object) -> str | float:
    """A label for a rating in words, `EMPTY` for an empty cell, else the number that it is.

    Raises ValueError with the reason for anything else.
    """
    if value is None:
        return EMPTY
    if isinstance(value, str):
        return _label_of_word(value.strip())
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, (int, float, decimal.Decimal)):
        try:
            return _finite(float(value))
        except (ValueError, OverflowError):
            pass
    raise ValueError(f"the rating is {_shown(value)}; {_WANTED}")


# A source has few spellings of ratings; long texts are no ratings, and what is none is not kept.
@functools.lru_cache(maxsize=4096)
def _label_of_word(word: str) -> str | float:
    if not word:
        return EMPTY
    if (found := _WORDS.get(word.lower())) is not None:
        return found
    if len(word) <= 50 and _DECIMAL_COMMA.fullmatch(word):
        word = word.replace(",", ".")
    if len(word) <= 50 and _NUMBER.fullmatch(word):
        try:
            return _finite(float(word))
        except ValueError:
            pass
    raise ValueError(f"the rating is {_shown(word)}; {_WANTED}")


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


def parse_timestamp(value: object) -> str | None:
    """When a rating was given: ``2024-05-01`` or ``2024-05-01T10:00:00`` (UTC), texts that sort by time.

    Empty for a missing value, None for what is no date.
    Takes what `published` takes; times of day are kept where ISO 8601 or a Unix time spells them.
    """
    if isinstance(value, str):
        return _parse_text(value) if len(value) <= _LONGEST_DATE else None
    value = to_python(value)
    if is_missing(value):
        return ""
    if isinstance(value, datetime.datetime):
        return _iso_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    written = text(value)
    return _parse_text(written) if 0 < len(written) <= _LONGEST_DATE else None


# Rows share their days; where each has a time of its own, little is kept of them.
@functools.lru_cache(maxsize=16384)
def _parse_text(written: str) -> str | None:
    written = written.strip()
    if _ISO.fullmatch(written):
        try:
            return _iso_text(datetime.datetime.fromisoformat(written.replace("/", "-")))
        except ValueError:
            return published(written)
    unix = _UNIX.fullmatch(written)
    if unix and len(unix[1]) in _UNITS:
        return _from_unix(int(unix[1]), _UNITS[len(unix[1])])
    return published(written)


def _from_unix(count: int, unit: int) -> str:
    return _iso_text(_EPOCH + datetime.timedelta(microseconds=count * 10**6 // unit))


def _iso_text(found: datetime.datetime) -> str:
    if found.tzinfo is not None:
        try:
            found = found.astimezone(datetime.UTC).replace(tzinfo=None)
        except OverflowError:  # in the first or last hours of Python's years
            found = found.replace(tzinfo=None)
    return found.isoformat().removesuffix("T00:00:00")


_KEPT_TEXT = 200  # characters; a longer text is no identifier, and is not kept in memory
_PACKER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=json_value)
# A named tuple would cost more than all else that is done with it.
Said = tuple[str, str | float | None, str]
"""One stored entry: paper (its name, or `pack`ed; empty where only the rating could be read), rating and
date; or, where the rating is None, a profile from `pack_fields`.
"""


def pack_fields(fields: dict[str, Any]) -> str:
    """The fields of a `ProfileRecord` as one text."""
    return _PACKER.encode(fields)


def merge_profile(user: str, said: Sequence[Said], scales: Scales) -> Profile:
    """The profile of the reader `user` from all entries on them, in the order of the source.

    Of several ratings of a paper the one of the newest date counts, of equal dates the last. What
    profiles say is put together; where one likes a paper that another dislikes, the last to name it wins,
    and ratings stand after profiles. An entry without a paper tells only how the others' numbers are meant.
    Raises ProfileError when the result is no Profile, or the ratings can be read in two ways.
    """
    profiles = [_unpacked_fields(packed) for packed, rating, _ in said if rating is None]
    rated = [(text, rating, date) for text, rating, date in said if rating is not None]
    if not profiles:
        return Profile(**_rated_lists(rated, scales), name=user)  # type: ignore[arg-type]
    if rated:
        profiles.append(_rated_lists(rated, scales))
    return _from_profiles(user, profiles)


def _unpacked_fields(packed: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(packed)
    for name in LABELS:
        items = fields.get(name, ())
        if any(isinstance(item, dict) for item in items):
            fields[name] = [LibraryPaper.from_dict(one) if isinstance(one, dict) else one for one in items]
    return fields


def _rated_lists(
    rated: Sequence[tuple[str, str | float, str]], scales: Scales
) -> dict[str, list[str | LibraryPaper]]:
    labels = scales.labels([rating for _, rating, _ in rated])
    papers = [unpack(paper) if is_packed(paper) else paper for paper, _, _ in rated]
    newest: dict[str, tuple[str, int]] = {}
    for position, (_, _, date) in enumerate(rated):
        if labels[position] == NOTHING or not papers[position]:
            continue
        key = _key(papers[position])
        if key in newest:
            before = newest[key][1]
            papers[position] = _with_collections(papers[position], papers[before])
            papers[before] = _with_collections(papers[before], papers[position])
        if key not in newest or date >= newest[key][0]:
            newest[key] = (date, position)
    lists: dict[str, list[str | LibraryPaper]] = {label: [] for label in LABELS}
    for date, position in sorted(newest.values(), key=lambda found: found[1]):
        liked = labels[position] == "liked"  # nothing depends on when something was disliked or seen
        lists[labels[position]].append(_dated(papers[position], date if liked else ""))
    return lists


def _dated(paper: str | LibraryPaper, date: str) -> str | LibraryPaper:
    """The paper as one that was liked on that day, where it is known."""
    if not date:
        return paper
    day = date[:_DAY]
    return replace(paper, added=day) if isinstance(paper, LibraryPaper) else LibraryPaper(paper, added=day)


_DAY = len("2024-05-01")


def _with_collections(paper: str | LibraryPaper, same: str | LibraryPaper) -> str | LibraryPaper:
    """The paper in the collections of both: some exports hold it once in each."""
    if not isinstance(paper, LibraryPaper) or not isinstance(same, LibraryPaper):
        return paper
    return replace(paper, collections=tuple(dict.fromkeys([*same.collections, *paper.collections])))


def _from_profiles(user: str, profiles: list[dict[str, Any]]) -> Profile:
    if len(profiles) > 1:
        _settle(profiles)
    lists = {field: [text for fields in profiles for text in fields.get(field, ())] for field in LISTS}
    about = next((fields["about"] for fields in reversed(profiles) if "about" in fields), "")
    return Profile(**lists, name=user, about=about)  # type: ignore[arg-type]


def _settle(profiles: list[dict[str, Any]]) -> None:
    """Take out of each profile what the last one that names the paper contradicts."""
    last: dict[str, set[str]] = {}
    for fields in profiles:
        named: dict[str, set[str]] = {}
        for field in ("liked", "disliked"):
            for paper in fields.get(field, ()):
                named.setdefault(_key(paper), set()).add(field)
        last.update(named)
    for fields in profiles:
        for field in ("liked", "disliked"):
            fields[field] = [paper for paper in fields.get(field, ()) if field in last[_key(paper)]]


def _key(paper: str | LibraryPaper) -> str:
    if isinstance(paper, LibraryPaper):
        return paper.key
    return _kept_key(paper) if len(paper) <= _KEPT_TEXT else canonical(paper)


# Many readers name the same papers, each in a few spellings.
_kept_key = functools.lru_cache(maxsize=2**16)(canonical)
