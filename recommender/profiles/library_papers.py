"""LibraryPaper: a paper as somebody's library holds it, with its collections and the day it was added."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidPaper, ParameterError, ProfileError
from ..identifiers import canonical
from ..paper import Paper
from ..readers.columns import normal_name, plan_columns
from ..readers.dates import published
from ..readers.items import Rejected
from ..readers.library_columns import ADDED_NAMES
from ..readers.records import to_items
from .columns import first_field

_OWN = {"collections": "collections", **dict.fromkeys(("likedat", *ADDED_NAMES), "added")}

# What is said of a paper as one text begins with this; no name does, as names are stripped of it.
_PACKED = "\x1f"
_PACKER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class LibraryPaper:
    """A paper of a library: the paper itself, or only its name, and what the library says of it.

    Parameters
    ----------
    paper : Paper or str
        The paper; or an id in any spelling, a url, a title.
    collections : tuple of str, default ()
        The collections that hold it, such as ``Thesis/Chapter 2``.
    added : str, default ""
        When the reader liked it, or took it into the library: ``YYYY-MM-DD`` or a part of it, empty where
        unknown.

    Examples
    --------
    >>> from recommender import Profile
    >>> from recommender.profiles import LibraryPaper
    >>> Profile(liked=[LibraryPaper("2106.09685", added="2024-05-01")]).added
    {'2106.09685': '2024-05-01'}
    """

    paper: Paper | str
    collections: tuple[str, ...] = ()
    added: str = ""

    @property
    def name(self) -> str:
        """What a profile lists it by: its id, or the name that it is."""
        return self.paper.id if isinstance(self.paper, Paper) else self.paper

    @property
    def key(self) -> str:
        """Equal for two that are one paper for sure: a shared id under two titles is no such thing."""
        if isinstance(self.paper, Paper):
            return f"{self.paper.key}\n{self.paper.fingerprint}"
        return canonical(self.paper)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> LibraryPaper:
        """Make it of parsed JSON.

        Parameters
        ----------
        record : dict
            What `to_dict` gives; the day as ``added``, ``date added`` or ``liked at``. Or the fields of a
            paper by any name that a reader of papers knows. Without a title it is the paper of this id, DOI
            or url.

        Returns
        -------
        LibraryPaper
            The paper.

        Raises
        ------
        ProfileError
            For what names no paper.
        """
        fields = {str(key): value for key, value in record.items() if value is not None}
        own = {_OWN[name]: fields.pop(key) for key in [*fields] if (name := normal_name(key)) in _OWN}
        collections, added = own.get("collections"), own.get("added")
        collections = [collections] if isinstance(collections, str) else collections or ()
        if not isinstance(collections, (list, tuple)) or not all(isinstance(one, str) for one in collections):
            raise ProfileError(f"collections is {collections!r:.60}; it must be a list of texts")
        return cls(_paper(fields), tuple(collections), published(added) or "")

    def to_dict(self) -> dict[str, Any]:
        """Give what is known, for JSON.

        Returns
        -------
        dict
            The fields of the paper that say something, collections, added; `from_dict` makes it again.
        """
        paper = self.paper
        fields = {"id": paper} if isinstance(paper, str) else paper.to_dict()
        fields |= {"collections": self.collections, "added": self.added}
        return {
            name: [*value] if isinstance(value, tuple) else value
            for name, value in fields.items()
            if (value or value == 0) and value is not False
        }


def _paper(fields: dict[str, Any]) -> Paper | str:
    if fields.get("title") and fields.keys() <= Paper.__dataclass_fields__.keys():
        try:
            return Paper(**fields)
        except (InvalidPaper, ParameterError, TypeError, AttributeError):
            pass  # fields of other types: read as a record of somebody else's
    plan = plan_columns(tuple(fields), {})
    *_, found = to_items(fields, plan, "")
    if isinstance(found, Paper):
        return found
    named = first_field(fields, "paper") or next((fields[name] for name in plan["url"]), None)
    if isinstance(named, (str, int)) and not isinstance(named, bool) and str(named).strip():
        return str(named).strip()
    why = found.reason if isinstance(found, Rejected) else "says nothing"
    raise ProfileError(f"a paper among them names none: it {why}")


def pack(item: LibraryPaper) -> str:
    """All that is known of it as one text, which is no paper's name."""
    return _PACKED + _PACKER.encode(item.to_dict())


def is_packed(text: str) -> bool:
    """Whether it is what `pack` gives."""
    return text.startswith(_PACKED)


def unpack(text: str) -> LibraryPaper:
    """What was packed, or a paper's name as it is."""
    return LibraryPaper.from_dict(json.loads(text[1:])) if is_packed(text) else LibraryPaper(text)


def json_value(value: object) -> object:
    """For a JSON encoder: what it does not know. Raises TypeError for anything but a LibraryPaper."""
    if isinstance(value, LibraryPaper):
        return value.to_dict()
    raise TypeError(f"a {type(value).__name__} is no JSON")
