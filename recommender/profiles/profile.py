"""Profile: one reader, by the papers they like, dislike and have seen, and by their own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..display import facts, readable, stacked
from ..errors import ProfileError
from ..identifiers import canonical
from ..paper import Paper
from .fields import LISTS, field_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Profile", "list_of_texts", "profile_fields"]

_TEXTS = ("name", "about")

_SHOWN = 20  # of a list; a library of thousands would bury what comes below it


@dataclass(frozen=True)
class Profile:
    """One reader's taste; a liked paper is a *seed*.

    Parameters
    ----------
    liked, disliked, seen : str, Paper, or iterable of them, default ()
        Papers, each by id in any spelling, url or exact title, or the paper itself; one text is one paper.
    interests : str or iterable of str, default ()
        What the reader looks for, in words.
    name : str, default ""
        Who the reader is; empty where nobody says.
    about : str, default ""
        A sentence for people; no answer depends on it.

    Raises
    ------
    ProfileError
        When nothing is liked and no interest is given, when an interest holds no word, when a paper is both
        liked and disliked, and for a value of another type.

    Examples
    --------
    >>> from recommender import Profile
    >>> Profile(liked=["2106.09685"], interests="parrots")
    Profile(liked=('2106.09685',), disliked=(), seen=(), interests=('parrots',), name='', about='')
    """

    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    name: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        for field in (*LISTS, *_TEXTS):
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
        """Make a profile of parsed JSON, by the same names of fields as in a file of profiles.

        Parameters
        ----------
        record : dict
            The fields by name: what `to_dict` gives, or ``{"user": "Ann", "likes": [...]}``.

        Returns
        -------
        Profile
            The same as that of a file with this object in it.

        Raises
        ------
        ProfileError
            For anything that is no profile.
        """
        return cls(**profile_fields(record))

    def to_dict(self) -> dict[str, Any]:
        """Give the fields that say something, for JSON.

        Returns
        -------
        dict
            Lists and texts by name; `from_dict` makes the profile again.
        """
        lists = {field: list(getattr(self, field)) for field in LISTS if getattr(self, field)}
        return lists | {field: getattr(self, field) for field in _TEXTS if getattr(self, field)}

    def to_frame(self) -> pd.DataFrame:
        """Give a line for each paper and interest.

        Returns
        -------
        DataFrame
            Columns `role` (liked, disliked, seen, interests) and `name`, as it was given.
        """
        with extra("frames"):
            import pandas as pd

        lines = [(field, name) for field in LISTS for name in getattr(self, field)]
        return pd.DataFrame(lines, columns=["role", "name"])

    def __str__(self) -> str:
        lists = [(field, getattr(self, field)) for field in LISTS]
        counted = ", ".join(f"{len(names)} {field}" for field, names in lists if names)
        head = f"{self.name or 'a reader'}: {counted}"
        lines = (f"  {field:<9}  {name}" for field, names in lists for name in _first(names))
        return readable("\n".join([head, *([self.about] if self.about else []), *lines]))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows where it cannot show a table."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        lists = ((field, stacked(*_first(getattr(self, field)))) for field in LISTS)
        return facts([("name", self.name), ("about", self.about), *lists])


def profile_fields(record: Any, mapping: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The fields of a Profile in parsed JSON, each cleaned, whether or not they make one.

    Keys are told by `FIELDS`, or by `mapping` (field -> key). What is null or empty is left out; whole
    numbers are ids, and names. Raises ProfileError for an unknown field, for one that is there twice and for
    a value of another type; not when nothing is liked or for a contradiction, which other profiles of the
    reader may mend.
    """
    if not isinstance(record, Mapping):
        raise ProfileError(f"a profile is a JSON object with {_KNOWN}, not {str(record)[:40]!r}")
    by_key = {key: field for field, key in (mapping or {}).items()}
    fields: dict[str, Any] = {}
    keys: dict[str, str] = {}
    for key, value in record.items():
        field = by_key.get(key) or field_of(str(key))
        if field is None:
            raise ProfileError(f"a profile has no field {key!r}; its fields are {_KNOWN}")
        found = list_of_texts(key, value) if field in LISTS else _one_text(key, value)
        if not found:
            continue
        field = "name" if field == "user" else field
        if field in fields and fields[field] != found:
            shown = (f"{one} is {what!r:.40}" for one, what in ((keys[field], fields[field]), (key, found)))
            raise ProfileError(f"{' and '.join(shown)}; give one of them")
        fields[field], keys[field] = found, str(key)
    return fields


_KNOWN = ", ".join((*LISTS, "user", "about"))


def list_of_texts(key: str, value: object) -> tuple[str, ...]:
    """The texts of a list, or of one text, without repetition; whole numbers are ids.

    What is empty is left out. Raises ProfileError, which names the `key`, for anything else.
    """
    values = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    texts = [str(one) for one in values if isinstance(one, str) or _is_number(one)]
    if len(texts) < len(values):
        raise ProfileError(f"{key} is {value!r:.60}; it must be a list of texts")
    return _names(key, [text for text in texts if text.strip()])


def _one_text(key: str, value: object) -> str:
    return "" if value is None else _text(key, str(value) if _is_number(value) else value)


def _is_number(value: object) -> bool:
    """Whether it is a whole number that can be spelled out, as ids and names of readers may be."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _first(names: tuple[str, ...]) -> list[str]:
    """So many as are shown, and how many more there are."""
    more = len(names) - _SHOWN
    return [*names[:_SHOWN], *([f"... and {more:,} more"] if more > 0 else [])]


def _clean(field: str, value: Any) -> tuple[str, ...] | str:
    return _names(field, value) if field in LISTS else _text(field, value)


def _names(field: str, value: str | Paper | Iterable[str | Paper]) -> tuple[str, ...]:
    """One text or several, without repetition; a paper goes by its id where papers are meant."""
    if isinstance(value, str | Paper):
        value = (value,)
    several = tuple(value) if isinstance(value, Iterable) else (None,)
    papers = field != "interests"
    texts = [item.id if papers and isinstance(item, Paper) else item for item in several]
    bare = [text.strip() for text in texts if isinstance(text, str)]
    if len(bare) < len(texts):
        raise ProfileError(f"{field} is {value!r:.60}; it must be a list of texts")
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
