"""Profile: one reader, by the papers they like, dislike and have seen, and by their own words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ProfileError
from .identifiers import canonical

__all__ = ["Profile", "read_profiles"]

_LISTS = ("liked", "disliked", "seen", "interests")


@dataclass(frozen=True)
class Profile:
    """Papers are named by id in any spelling, url or exact title; `interests` are free text.

    A liked paper is a *seed*. Raises ProfileError when nothing is liked and no interest is given,
    when an interest holds no word, and when a paper is both liked and disliked.
    """

    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    name: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        for field in _LISTS:
            object.__setattr__(self, field, _names(field, getattr(self, field)))
        for field in ("name", "about"):
            object.__setattr__(self, field, _text(field, getattr(self, field)))
        who = f"profile {self.name!r}" if self.name else "the profile"
        if not self.liked and not self.interests:
            raise ProfileError(f"{who} likes no paper and names no interest; at least one is needed")
        wordless = [text for text in self.interests if not any(c.isalnum() for c in text)]
        if wordless:
            raise ProfileError(f"{who} has the interest {wordless[0]!r:.60}, which holds no word")
        disliked = {canonical(text) for text in self.disliked}
        both = [text for text in self.liked if canonical(text) in disliked]
        if both:
            raise ProfileError(f"{who} both likes and dislikes {', '.join(both)}; choose one")

    @classmethod
    def from_record(cls, record: Any) -> Profile:
        """A profile from parsed JSON. Raises ProfileError for anything that is no profile."""
        known = (*_LISTS, "name", "about")
        if not isinstance(record, Mapping):
            raise ProfileError(
                f"a profile is a JSON object with {', '.join(known)}, not {str(record)[:40]!r}"
            )
        unknown = [key for key in record if key not in known]
        if unknown:
            raise ProfileError(f"a profile has no field {unknown[0]!r}; its fields are {', '.join(known)}")
        return cls(**record)


def read_profiles(path: str | Path) -> list[Profile]:
    """The profiles of a file: one JSON object, several in an array, or one in each line.

    Raises ProfileError naming the file and the line.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProfileError(f"{path}: no profile can be read from it ({reason})") from error
    profiles = _parse_whole(path, text)
    if profiles is None:
        # Not splitlines: it would also cut at marks that JSON allows inside a text.
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        profiles = [_parse_line(path, number, line) for number, line in lines]
    if not profiles:
        raise ProfileError(f'{path}: empty; a profile is a JSON object such as {{"liked": ["2106.09685"]}}')
    return profiles


def _parse_whole(path: Path, text: str) -> list[Profile] | None:
    """The profiles of a text that is one JSON value; None when it is none, or one in each line."""
    try:
        value = json.loads(text)
        return [Profile.from_record(record) for record in (value if isinstance(value, list) else [value])]
    except ProfileError as error:
        raise ProfileError(f"{path}: {error}") from error
    except (ValueError, RecursionError) as error:
        if text.split("\n", 1)[0].strip() in ("{", "["):
            raise ProfileError(f"{path}: {error}") from error
        return None


def _parse_line(path: Path, number: int, line: str) -> Profile:
    try:
        return Profile.from_record(json.loads(line))
    except (ValueError, RecursionError) as error:  # a ProfileError is a ValueError
        raise ProfileError(f"{path}, line {number}: {error}") from error


def _names(field: str, value: str | Iterable[str]) -> tuple[str, ...]:
    """One text or several, without repetition."""
    texts = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else None
    if texts is None or not all(isinstance(text, str) for text in texts):
        raise ProfileError(f"{field} is {value!r:.60}; it must be a list of texts")
    if not all(text.strip() for text in texts):
        raise ProfileError(f"{field} holds an empty text, which holds no word; leave it out")
    return tuple(dict.fromkeys(_text(field, text) for text in texts))


def _text(field: str, value: object) -> str:
    """Valid Unicode: JSON and command lines can hold halves of characters, which nothing can store."""
    if not isinstance(value, str):
        raise ProfileError(f"{field} is {value!r:.60}; it must be a text")
    return value.strip().encode("utf-8", "replace").decode()
