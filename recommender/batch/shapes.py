"""What the columns of a table hold: a rating a row, or a reader a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import ProfileError
from ..readers.columns import normal_name

__all__ = ["RatingColumns", "ReaderColumns", "is_user_column", "listed", "rating_columns", "table_columns"]

_LISTS = ("liked", "disliked", "seen", "interests")

# Other people's names, as `normal_name` spells them, the most telling first.
_USER = ("user", "userid", "reader", "readerid", "username", "name")
_PAPER = ("paper", "paperid", "arxivid", "arxiv", "doi", "id")
_RATING = (
    *("rating", "ratings", "score", "stars", "verdict", "liked", "like", "vote", "feedback", "preference"),
    "label",
)
_DATE = ("date", "timestamp", "datetime", "ratedat", "time")


@dataclass(frozen=True)
class RatingColumns:
    """A table with a rating a row; of several `papers` columns the first that is not empty counts."""

    user: str
    papers: tuple[str, ...]
    rating: str | None
    date: str | None


@dataclass(frozen=True)
class ReaderColumns:
    """A table with a reader a row: columns for the name (see `given_profile`), the lists and the text."""

    names: dict[str, str]
    """Field of a Profile, or ``user`` -> column."""


def is_user_column(name: str) -> bool:
    """Whether a column of this name holds readers; one called ``name`` may hold anything."""
    return normal_name(name) in _USER[:-1]


def rating_columns(columns: Iterable[str]) -> RatingColumns | None:
    """What the columns of a table of ratings hold; None without one for the user and one for the paper."""
    by_name = _by_name(columns)
    user, papers = _first(by_name, _USER), tuple(by_name[name] for name in _PAPER if name in by_name)
    if user is None or not papers:
        return None
    return RatingColumns(user, papers, _first(by_name, _RATING), _first(by_name, _DATE))


def table_columns(columns: Iterable[str], place: str) -> RatingColumns | ReaderColumns:
    """What the columns of a table hold. Raises ProfileError when it holds neither ratings nor lists."""
    columns = tuple(columns)
    if ratings := rating_columns(columns):
        return ratings
    by_name = _by_name(columns)
    if "liked" in by_name or "interests" in by_name:
        fields = ("user", "name", *_LISTS, "about")
        names = {field: by_name[field] for field in fields if field in by_name}
        if "user" not in names and (user := _first(by_name, _USER[1:-1])):
            names["user"] = user
        if "user" in names:  # a second name of theirs is not who they are
            names.pop("name", None)
        return ReaderColumns(names)
    raise ProfileError(
        f"{place}: no columns user and paper (with rating and date, if known), nor a reader a row with liked "
        f"or interests, among {listed(columns)}"
    )


def listed(columns: Iterable[str]) -> str:
    """The columns' names for a message."""
    names = [repr(column[:40]) for column in columns]
    return ", ".join(names[:20]) + (", ..." if len(names) > 20 else "") if names else "none"


def _by_name(columns: Iterable[str]) -> dict[str, str]:
    """Spelled by `normal_name` -> as it stands there; of two columns with one name the first counts."""
    found: dict[str, str] = {}
    for column in columns:
        found.setdefault(normal_name(column), column)
    return found


def _first(by_name: dict[str, str], names: Iterable[str]) -> str | None:
    return next((by_name[name] for name in names if name in by_name), None)
