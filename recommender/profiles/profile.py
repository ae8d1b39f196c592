"""Profile: one reader, by the papers they like, dislike and have seen, and by their own words."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..display import facts, stacked, without_controls
from ..errors import ProfileError
from ..identifiers import canonical
from ..paper import Paper
from ..readers.columns import normal_name

if TYPE_CHECKING:
    import pandas as pd


LISTS = ("liked", "disliked", "seen", "interests")
"""The fields of a profile that are lists."""

# A field -> other people's names for it, as `normal_name` spells them, the most telling first.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "liked": ("liked", "likes", "likedids", "seeds", "seedids", "positives", "papers"),
    "disliked": ("disliked", "dislikes", "dislikedids", "negatives"),
    "seen": ("seen", "seenids"),
    "interests": ("interests",),
    "user": ("user", "userid", "reader", "readerid", "username", "name"),
    "about": ("about",),
    "paper": ("paper", "paperid", "arxivid", "arxiv", "doi", "id"),
    "rating": (
        *("rating", "ratings", "score", "stars", "verdict", "liked", "like", "vote", "feedback"),
        *("preference", "label"),
    ),
    "date": ("date", "timestamp", "datetime", "ratedat", "time"),
}

WANTED = (
    'a profile is a JSON object such as {"liked": ["2106.09685"]}, a list of ids one a line, or a table with '
    "columns such as user, paper, rating and date, or user, liked, disliked and seen"
)
"""What a source of profiles may be, for messages."""

_PROFILE = (*LISTS, "user", "about")
_FIELD_OF = {name: field for field, names in reversed([*FIELDS.items()]) for name in names}
_LONGEST_NAME = 60  # characters
_LONGEST_NAMES = 4096  # characters of the names of all columns whose plan is remembered


@dataclass(frozen=True)
class RatedRows:
    """A rating a row: the column of each field; of several `papers` the first that is not empty counts.

    Without a column for the `user` all rows are one reader's, who has no name.
    """

    user: str | None
    papers: tuple[str, ...]
    rating: str | None
    date: str | None

    @property
    def columns(self) -> set[str]:
        """The columns that are read."""
        return {*self.papers, *filter(None, (self.user, self.rating, self.date))}


@dataclass(frozen=True)
class ReaderRows:
    """A reader a row: the column of each field of a profile."""

    names: Mapping[str, str]

    @property
    def columns(self) -> set[str]:
        """The columns that are read."""
        return {*self.names.values()}


def field_of(name: str) -> str | None:
    """The field of a profile that a key of this name is; None where it is none."""
    return _field_of(name) if len(name) <= _LONGEST_NAME else None


@functools.lru_cache(maxsize=1024)
def _field_of(name: str) -> str | None:
    field = _FIELD_OF.get(normal_name(name))
    return field if field in _PROFILE else None


def first_field(record: Mapping[str, object], field: str) -> object:
    """What a record with other fields too says of this one, by the most telling name; None for nothing."""
    by_name = {normal_name(key): value for key, value in record.items() if value is not None}
    return next((by_name[name] for name in FIELDS[field] if name in by_name), None)


def is_user_column(name: str) -> bool:
    """Whether a column of this name holds readers; one called ``name`` may hold anything."""
    return normal_name(name) in FIELDS["user"][:-1]


def check_mapping(mapping: Mapping[str, object] | None, place: str) -> dict[str, str]:
    """The columns that somebody named, by field: ``{"reader": "Leser"}`` is ``{"user": "Leser"}``.

    Raises ProfileError for a field that is none of a profile, and for one that is named twice.
    """
    checked: dict[str, str] = {}
    for name, column in (mapping or {}).items():
        field = _FIELD_OF.get(normal_name(str(name)))
        if field is None:
            known = ", ".join(FIELDS)
            raise ProfileError(f"{place}: {name!r} is no field of a profile; map one of {known} to a column")
        if field in checked:
            raise ProfileError(f"{place}: {field} is mapped to {checked[field]!r} and to {column!r}")
        checked[field] = str(column)
    return checked


def rated_rows(columns: Iterable[str], mapping: Mapping[str, str]) -> RatedRows | None:
    """The plan of a table, or an object, with a rating a row; None where it is none."""
    columns = tuple(columns)
    plan = _remembered if sum(map(len, columns)) <= _LONGEST_NAMES else _rated_rows
    return plan(columns, tuple(sorted(mapping.items())))


def _rated_rows(columns: tuple[str, ...], mapping: tuple[tuple[str, str], ...]) -> RatedRows | None:
    by_name, mapped = _by_name(columns), _mapped(columns, dict(mapping))
    free = {name: column for name, column in by_name.items() if column not in mapped.values()}

    def first(field: str) -> str | None:
        return mapped.get(field) or next((free[name] for name in FIELDS[field] if name in free), None)

    papers = (mapped["paper"],) if "paper" in mapped else tuple(free[n] for n in FIELDS["paper"] if n in free)
    plan = RatedRows(first("user"), papers, first("rating"), first("date"))
    # Without a user a table is one reader's only if nothing in it could be a user by another name.
    is_ones = plan.rating is not None and plan.columns >= {*columns}
    return plan if papers and (plan.user is not None or is_ones) else None


# Objects of one file nearly always have the same keys; hostile ones cannot fill the memory.
_remembered = functools.lru_cache(maxsize=64)(_rated_rows)


def table_plan(columns: Iterable[str], mapping: Mapping[str, str], place: str) -> RatedRows | ReaderRows:
    """What the columns of a table hold. Raises ProfileError when it holds neither ratings nor lists, and for
    a mapping to a column that is not there.
    """
    columns = tuple(columns)
    for field, column in mapping.items():
        if not _mapped(columns, {field: column}):
            raise ProfileError(f"{place}: no column {column!r} for {field!r} among {joined_names(columns)}")
    if ratings := rated_rows(columns, mapping):
        return ratings
    by_name, names = _by_name(columns), _mapped(columns, mapping)
    for field in _PROFILE:
        alias = next((name for name in FIELDS[field] if name in by_name), None)
        if alias is not None and by_name[alias] not in names.values():
            names.setdefault(field, by_name[alias])
    if "liked" in names or "interests" in names:
        return ReaderRows({field: column for field, column in names.items() if field in _PROFILE})
    raise ProfileError(
        f"{place}: no columns user and paper (with rating and date, if known), nor a reader a row with liked "
        f"or interests, among {joined_names(columns)}; name those that are called otherwise with --map "
        f"user=COLUMN --map paper=COLUMN; {WANTED}"
    )


def joined_names(names: Iterable[str]) -> str:
    """Names of columns or keys for a message."""
    listed = [repr(name[:40]) for name in names]
    return ", ".join(listed[:20]) + (", ..." if len(listed) > 20 else "") if listed else "none"


def _mapped(columns: tuple[str, ...], mapping: Mapping[str, str]) -> dict[str, str]:
    """Those of the mapped columns that are there, as they are spelled there."""
    by_name = _by_name(columns)
    there = {
        field: column if column in columns else by_name.get(normal_name(column))
        for field, column in mapping.items()
    }
    return {field: column for field, column in there.items() if column is not None}


def _by_name(columns: Iterable[str]) -> dict[str, str]:
    """Spelled by `normal_name` -> as it stands there; of two columns with one name the first counts."""
    found: dict[str, str] = {}
    for column in columns:
        found.setdefault(normal_name(column), column)
    return found


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
        return without_controls("\n".join([head, *([self.about] if self.about else []), *lines]))

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
