"""All entries on one reader, put together as their one Profile."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any

from ..identifiers import canonical
from .fields import LISTS
from .profile import Profile
from .ratings import LABELS, NO_RATING, Thresholds

__all__ = ["Said", "merge_profile", "pack_fields"]

_KEPT_TEXT = 200  # characters; a longer text is no identifier, and is not kept in memory
_PACKER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# A named tuple would cost more than all else that is done with it.
Said = tuple[str, str | float | None, str]
"""One stored entry: paper, rating and date; or, where the rating is None, a profile from `pack_fields`."""


def pack_fields(fields: dict[str, Any]) -> str:
    """The fields of a `ProfileRecord` as one text."""
    return _PACKER.encode(fields)


def merge_profile(user: str, said: Sequence[Said], thresholds: Thresholds) -> Profile:
    """The profile of the reader `user` from all entries on them, in the order of the source.

    Of several ratings of a paper the one of the newest date counts, of equal dates the last. What
    profiles say is put together; where one likes a paper that another dislikes, the last to name it wins,
    and ratings stand after profiles. Raises ProfileError when the result is no Profile.
    """
    profiles = [json.loads(packed) for packed, rating, _ in said if rating is None]
    rated = [(text, rating, date) for text, rating, date in said if rating is not None]
    if not profiles:
        return Profile(**_rated_lists(rated, thresholds), name=user)  # type: ignore[arg-type]
    if rated:
        profiles.append(_rated_lists(rated, thresholds))
    return _from_profiles(user, profiles)


def _rated_lists(
    rated: Sequence[tuple[str, str | float, str]], thresholds: Thresholds
) -> dict[str, list[str]]:
    labels = [thresholds.decide(rating) for _, rating, _ in rated]
    newest: dict[str, tuple[str, int]] = {}
    for position, (text, _, date) in enumerate(rated):
        if labels[position] == NO_RATING:
            continue
        key = _key(text)
        if key not in newest or date >= newest[key][0]:
            newest[key] = (date, position)
    lists: dict[str, list[str]] = {label: [] for label in LABELS}
    for position in sorted(position for _, position in newest.values()):
        lists[labels[position]].append(rated[position][0])
    return lists


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
            for text in fields.get(field, ()):
                named.setdefault(_key(text), set()).add(field)
        last.update(named)
    for fields in profiles:
        for field in ("liked", "disliked"):
            fields[field] = [text for text in fields.get(field, ()) if field in last[_key(text)]]


def _key(text: str) -> str:
    return _kept_key(text) if len(text) <= _KEPT_TEXT else canonical(text)


# Many readers name the same papers, each in a few spellings.
_kept_key = functools.lru_cache(maxsize=2**16)(canonical)
