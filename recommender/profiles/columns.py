"""What the columns and keys of a source of profiles are called, and what a table of them holds."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..errors import ProfileError
from ..readers.columns import normal_name
from ..readers.library_columns import ADDED_NAMES

WORDS = ("interests", "avoid")
"""The fields of a profile that are lists of texts in words."""

LISTS = ("liked", "disliked", "seen", *WORDS)
"""The fields of a profile that are lists."""

SCREENING_LABELS = (
    *("labelincluded", "asreviewlabel", "finalincluded", "includedlabel", "includedfinal", "includedflag"),
    "include",
)
"""What ASReview calls a column of labels, beside ``included`` and ``label``, as `normal_name` spells them."""

# A field -> other people's names for it, as `normal_name` spells them, the most telling first.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "liked": (
        *(
            "liked",
            "likes",
            "likedids",
            "likedpapers",
            "seeds",
            "seedids",
            "seedpapers",
            "positives",
            "papers",
        ),
        *("favorites", "favourites", "bookmarks", "starred"),
    ),
    "disliked": ("disliked", "dislikes", "dislikedids", "negatives"),
    "seen": ("seen", "seenids"),
    "interests": ("interests",),
    "avoid": ("avoid", "avoids", "avoided", "dislikedinterests"),
    "user": ("user", "userid", "reader", "readerid", "username", "name"),
    "about": ("about",),
    "paper": ("paper", "paperid", "arxivid", "arxiv", "doi", "id", "item", "itemid", "movieid", "movie"),
    "rating": (
        *("rating", "ratings", "score", "stars", "myrating", "verdict", "liked", "like", "vote", "feedback"),
        *("preference", "label", "included", *SCREENING_LABELS),
        # Melted and unstacked by pandas, a column of ratings is called so where nobody names it.
        *("value", "0", "userrating", "starrating", "overall"),
    ),
    "date": ("date", "timestamp", "datetime", "ratedat", "likedat", "time", *ADDED_NAMES),
}

WANTED = (
    'a profile is a JSON object such as {"liked": ["2106.09685"]}, a list of ids one a line, or a table with '
    "columns such as user, paper, rating and date, or user, liked, disliked and seen"
)
"""What a source of profiles may be, for messages."""

_PROFILE = (*LISTS, "user", "about")
_IDENTIFIERS = ("doi", "arxivid", "arxiv", "pmid", "pmcid")
_FIELD_OF = {name: field for field, names in reversed([*FIELDS.items()]) for name in names}
_LONGEST_NAME = 60  # characters
_LONGEST_NAMES = 4096  # characters of the names of all columns whose plan is remembered

# RecBole says in a column's name what it holds: ``item_id:token``, ``rating:float``.
_KIND = re.compile(r":(?:token|float)(?:_seq)?$")


def bare_name(column: str) -> str:
    """A column's name as `FIELDS` spells it."""
    return normal_name(_KIND.sub("", column))


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
    field = _FIELD_OF.get(bare_name(name))
    return field if field in _PROFILE else None


def first_field(record: Mapping[str, object], field: str) -> object:
    """What a record with other fields too says of this one, by the most telling name; None for nothing."""
    by_name = {normal_name(key): value for key, value in record.items() if value is not None}
    return next((by_name[name] for name in FIELDS[field] if name in by_name), None)


def is_user_column(name: str) -> bool:
    """Whether a column of this name holds readers; one called ``name`` may hold anything."""
    return bare_name(name) in FIELDS["user"][:-1]


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
    """What the columns of a table hold; papers that it names by DOI or the like are liked.

    Raises ProfileError when it holds neither ratings nor lists, and for a mapping to a column that is not
    there.
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
    listed = tuple(by_name[name] for name in _IDENTIFIERS if name in by_name)
    if listed and not mapping and not any(name in by_name for name in FIELDS["user"]):
        # Whatever else is said of them, they are kept papers; unless they are rated. A score may be ours.
        rating = next(
            (by_name[name] for name in FIELDS["rating"] if name in by_name and name != "score"), None
        )
        return RatedRows(None, listed, rating, None)
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
        found.setdefault(bare_name(column), column)
    return found
