"""One record of a reader's lists -> a profile as it was given, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..errors import ProfileError
from ..profile import profile_fields
from .ratings import LONGEST_USER, lost_letters
from .rejection import Rejection
from .unnamed import unnamed

__all__ = ["GivenProfile", "given_profile"]


class GivenProfile(NamedTuple):
    """One profile of one reader; `fields` are those of a Profile without its name, empty ones left out.

    The fields are sound each by itself. Whether they make a Profile is known when all of a reader's are
    there.
    """

    user: str
    fields: dict[str, Any]
    place: str


def given_profile(place: str, number: int, record: Mapping[str, Any]) -> GivenProfile | Rejection:
    """The profile in a record with the fields of a Profile, its name as ``name`` or ``user``.

    Without a name it is called by its `number`, see `unnamed`.
    """
    fields = {**record}
    user = ""
    try:
        user = _user(fields)
        fields = profile_fields({**fields, "name": user})
    except ProfileError as error:
        return Rejection(user, place, "", str(error))
    user = fields.pop("name") or unnamed(number)
    return GivenProfile(user, {field: value for field, value in fields.items() if value}, place)


def _user(fields: dict[str, Any]) -> str:
    """The reader's name, taken out of the fields. Raises ProfileError for what is none."""
    names = {key: _name(key, fields.pop(key)) for key in ("user", "name") if key in fields}
    if len({*names.values()} - {""}) > 1:
        raise ProfileError(
            f"user is {names['user']!r:.40} and name is {names['name']!r:.40}; give one of them"
        )
    return next(filter(None, names.values()), "")


def _name(key: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        value = str(value)
    if not isinstance(value, str):
        raise ProfileError(f"{key} is {value!r:.60}; it must be a text")
    if len(value) > LONGEST_USER:
        raise ProfileError(f"{key} has {len(value):,} characters; at most {LONGEST_USER:,} are taken")
    if reason := lost_letters(value):
        raise ProfileError(f"{key} {reason}")
    return value.strip()
