"""Profile: one reader, by the papers they like, dislike and have seen, and by their own words."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .display import facts, readable, stacked
from .errors import ProfileError
from .identifiers import canonical
from .limits import file_too_large, fits, max_file
from .paths import checked_path

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Profile", "profile_fields", "read_profiles"]

_LISTS = ("liked", "disliked", "seen", "interests")
_TEXTS = ("name", "about")

_SUCH = 'a profile is a JSON object such as {"liked": ["2106.09685"]}, several are one in each line'

_SHOWN = 20  # of a list; a library of thousands would bury what comes below it


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
        for field in (*_LISTS, *_TEXTS):
            object.__setattr__(self, field, _clean(field, getattr(self, field)))
        who = f"profile {self.name!r}" if self.name else "the profile"
        if not self.liked and not self.interests:
            raise ProfileError(f"{who} likes no paper and names no interest; at least one is needed")
        wordless = [text for text in self.interests if not any(c.isalnum() for c in text)]
        if wordless:
            raise ProfileError(f"{who} has the interest {wordless[0]!r:.60}, which holds no word")
        disliked = {canonical(text) for text in self.disliked}
        both = [text for text in self.liked if canonical(text) in disliked] if disliked else []
        if both:
            raise ProfileError(f"{who} both likes and dislikes {', '.join(both)}; choose one")

    @classmethod
    def from_dict(cls, record: Any) -> Profile:
        """A profile from what `to_dict` gives, or parsed JSON. Raises ProfileError for what is none."""
        _check_record(record)
        return cls(**record)

    def to_dict(self) -> dict[str, Any]:
        """The fields that say something, by name: lists and texts, for JSON."""
        lists = {field: list(getattr(self, field)) for field in _LISTS if getattr(self, field)}
        return lists | {field: getattr(self, field) for field in _TEXTS if getattr(self, field)}

    def to_frame(self) -> pd.DataFrame:
        """One line for each paper and interest: its `role` in the profile, and its `name` as given."""
        import pandas as pd

        lines = [(field, name) for field in _LISTS for name in getattr(self, field)]
        return pd.DataFrame(lines, columns=["role", "name"])

    def __str__(self) -> str:
        lists = [(field, getattr(self, field)) for field in _LISTS]
        counted = ", ".join(f"{len(names)} {field}" for field, names in lists if names)
        head = f"{self.name or 'a reader'}: {counted}"
        lines = (f"  {field:<9}  {name}" for field, names in lists for name in _first(names))
        return readable("\n".join([head, *([self.about] if self.about else []), *lines]))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows where it cannot show a table."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        lists = ((field, stacked(*_first(getattr(self, field)))) for field in _LISTS)
        return facts([("name", self.name), ("about", self.about), *lists])


def profile_fields(record: Any) -> dict[str, Any]:
    """The fields of a profile in parsed JSON, each cleaned as Profile does it, whether or not they make one.

    Raises ProfileError for an unknown field and for a value of another type or without text; not when
    nothing is liked or for a contradiction, which other profiles of the reader may mend.
    """
    _check_record(record)
    return {field: _clean(field, value) for field, value in record.items()}


def _check_record(record: Any) -> None:
    known = (*_LISTS, *_TEXTS)
    if not isinstance(record, Mapping):
        raise ProfileError(f"a profile is a JSON object with {', '.join(known)}, not {str(record)[:40]!r}")
    unknown = [key for key in record if key not in known]
    if unknown:
        raise ProfileError(f"a profile has no field {unknown[0]!r}; its fields are {', '.join(known)}")


def read_profiles(path: str | Path) -> list[Profile]:
    """The profiles of a file: one JSON object, several in an array, or one in each line; ``-`` is standard
    input.

    Raises ProfileError naming the file and the line, and for a file that is too large to be read whole.
    """
    standard_input = str(path) == "-" and sys.stdin is not None
    path = Path("standard input") if standard_input else checked_path(path, "the profile")
    try:
        text = _read(None if standard_input else path).decode("utf-8-sig")
    except OSError as error:
        raise ProfileError(f"{path}: no profile can be read from it ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path}: no text in UTF-8; {_SUCH}") from error
    profiles = _parse_whole(path, text)
    if profiles is None:
        if text.strip() and not text.lstrip().startswith(("{", "[")):
            raise ProfileError(f"{path}: no JSON, it begins with {text.strip()[:20]!r}; {_SUCH}")
        # Not splitlines: it would also cut at marks that JSON allows inside a text.
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        profiles = [_parse_line(path, number, line) for number, line in lines]
    if not profiles:
        raise ProfileError(f"{path}: empty; {_SUCH}")
    return profiles


def _read(path: Path | None) -> bytes:
    """The bytes of a file, or of standard input. Raises ProfileError for more than are read of a profile."""
    limit = max_file()
    with contextlib.nullcontext(sys.stdin.buffer) if path is None else path.open("rb") as file:
        raw = file.read(limit + 1)
    if not fits(raw, limit):
        raise ProfileError(f"{path or 'standard input'}: {file_too_large(limit)}")
    return raw


def _parse_whole(path: Path, text: str) -> list[Profile] | None:
    """The profiles of a text that is one JSON value; None when it is none, or one in each line."""
    try:
        value = json.loads(text)
        return [Profile.from_dict(record) for record in (value if isinstance(value, list) else [value])]
    except ProfileError as error:
        raise ProfileError(f"{path}: {error}") from error
    except (ValueError, RecursionError) as error:
        if text.split("\n", 1)[0].strip() in ("{", "["):
            raise ProfileError(f"{path}: {error}") from error
        return None


def _parse_line(path: Path, number: int, line: str) -> Profile:
    try:
        return Profile.from_dict(json.loads(line))
    except (ValueError, RecursionError) as error:  # a ProfileError is a ValueError
        raise ProfileError(f"{path}, line {number}: {error}") from error


def _first(names: tuple[str, ...]) -> list[str]:
    """So many as are shown, and how many more there are."""
    more = len(names) - _SHOWN
    return [*names[:_SHOWN], *([f"... and {more:,} more"] if more > 0 else [])]


def _clean(field: str, value: Any) -> tuple[str, ...] | str:
    return _names(field, value) if field in _LISTS else _text(field, value)


def _names(field: str, value: str | Iterable[str]) -> tuple[str, ...]:
    """One text or several, without repetition."""
    texts = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else None
    if texts is None or not all(isinstance(text, str) for text in texts):
        raise ProfileError(f"{field} is {value!r:.60}; it must be a list of texts")
    bare = [text.strip() for text in texts]
    if not all(bare):
        raise ProfileError(f"{field} holds an empty text, which holds no word; leave it out")
    return tuple(dict.fromkeys(map(_storable, bare)))


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise ProfileError(f"{field} is {value!r:.60}; it must be a text")
    return _storable(value.strip())


def _storable(text: str) -> str:
    """Valid Unicode: JSON and command lines can hold halves of characters, which nothing can store."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
