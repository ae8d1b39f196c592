"""Profile: one reader, by the papers they like, dislike and have seen, and by their own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..display import facts, stacked, without_controls
from ..errors import ProfileError
from ..identifiers import canonical, title_id
from ..paper import Paper
from ..paper_names import as_paper, papers_in
from .columns import LISTS, WORDS, field_of
from .library_papers import LibraryPaper

if TYPE_CHECKING:
    import pandas as pd


_TEXTS = ("name", "about")
_PAPERS = ("liked", "disliked", "seen")
_OF_LIBRARIES = ("papers", "collections", "added")

_SHOWN = 20  # of a list; a library of thousands would bury what comes below it


@dataclass(frozen=True)
class Profile:
    """One reader's taste; a liked paper is a *seed*.

    Parameters
    ----------
    liked, disliked, seen : str, Paper, Recommendation, LibraryPaper, or iterable of them, default ()
        Papers, each by id in any spelling, url or exact title, or the paper itself; one text is one paper. A
        column of ids will do, and a frame with the column `id`.
    interests : str or iterable of str, default ()
        What the reader looks for, in words; ``author:NAME`` and ``venue:NAME`` are followed.
    name : str, default ""
        Who the reader is; empty where nobody says.
    about : str, default ""
        A sentence for people; no answer depends on it.
    papers : mapping of str to Paper, optional
        By the name that a list has for it, each paper that was given itself. Where the corpus lacks a liked
        or disliked one, its title and abstract are encoded when somebody asks.
    collections : mapping of str to tuple of str, optional
        Liked papers by the collection of a library that holds them. Two or more are the reader's interests.
    added : mapping of str to str, optional
        By name, when a paper was liked, or came into the library: ``YYYY-MM-DD`` or a part of it.
    avoid : str or iterable of str, default ()
        Topics that the reader does not want, in words: what is about them loses as what is like a disliked
        paper does.

    Raises
    ------
    ProfileError
        When nothing is liked and no interest is given, when an interest holds no word, when a paper is both
        liked and disliked or a text both an interest and to be avoided, and for a value of another type.

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
    papers: Mapping[str, Paper] = field(default_factory=dict, hash=False)
    collections: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    added: Mapping[str, str] = field(default_factory=dict, hash=False)
    avoid: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        facts = _Facts(self.papers, self.collections, self.added)
        for name in _PAPERS:
            object.__setattr__(self, name, _names(name, facts.names_of(name, getattr(self, name))))
        for name in WORDS:
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        for name in _TEXTS:
            object.__setattr__(self, name, _text(name, getattr(self, name)))
        listed = {*self.liked, *self.disliked, *self.seen}
        object.__setattr__(self, "papers", {n: p for n, p in facts.papers.items() if n in listed})
        object.__setattr__(self, "collections", facts.collections_of(self.liked))
        object.__setattr__(self, "added", {n: day for n, day in facts.added.items() if n in listed})
        who = f"profile {self.name!r}" if self.name else "the profile"
        if not self.liked and not self.interests:
            raise ProfileError(f"{who} likes no paper and names no interest; at least one is needed")
        for role, what in (("interests", "has the interest"), ("avoid", "avoids")):
            wordless = [text for text in getattr(self, role) if not any(c.isalnum() for c in text)]
            if wordless:
                raise ProfileError(f"{who} {what} {wordless[0]!r:.60}, which holds no word")
        split = [text for text in self.avoid if text in self.interests]
        if split:
            raise ProfileError(f"{who} has the interest {split[0]!r:.60} and avoids it; choose one")
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
        lists = {name: [*map(_as_json, self.listed(name))] for name in LISTS if getattr(self, name)}
        return lists | {name: getattr(self, name) for name in _TEXTS if getattr(self, name)}

    def listed(self, role: str) -> tuple[str | LibraryPaper, ...]:
        """Give one of the lists with all that is known of its papers.

        Parameters
        ----------
        role : str
            liked, disliked, seen, interests or avoid.

        Returns
        -------
        tuple of str or LibraryPaper
            A text where there is no more than that; another profile may be made of them.
        """
        of: dict[str, list[str]] = {}
        for collection, names in self.collections.items() if role == "liked" else ():
            for name in names:
                of.setdefault(name, []).append(collection)
        added = self.added if role in _PAPERS else {}
        papers = self.papers if role in _PAPERS else {}
        return tuple(
            LibraryPaper(papers.get(name, name), tuple(of.get(name, ())), added.get(name, ""))
            if name in papers or name in of or name in added
            else name
            for name in getattr(self, role)
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a line for each paper and interest.

        Returns
        -------
        DataFrame
            Columns `role` (liked, disliked, seen, interests, avoid) and `name`, as it was given.
        """
        with extra("frames"):
            import pandas as pd

        lines = [(field, name) for field in LISTS for name in getattr(self, field)]
        return pd.DataFrame(lines, columns=["role", "name"])

    def __repr__(self) -> str:
        lists = (name for name in LISTS if name != "avoid")
        names = (*lists, *_TEXTS, *(name for name in (*_OF_LIBRARIES, "avoid") if getattr(self, name)))
        return f"Profile({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def __str__(self) -> str:
        lists = [(role, self._shown(role)) for role in LISTS]
        counted = ", ".join(f"{len(names)} {field}" for field, names in lists if names)
        head = f"{self.name or 'a reader'}: {counted}"
        lines = (f"  {field:<9}  {name}" for field, names in lists for name in _first(names))
        return without_controls("\n".join([head, *([self.about] if self.about else []), *lines]))

    def _shown(self, role: str) -> tuple[str, ...]:
        """The names in a list; of a paper that was given itself its title too."""
        papers = self.papers if role in _PAPERS else {}
        names: tuple[str, ...] = getattr(self, role)
        return tuple(f"{papers[name].title} [{name}]" if name in papers else name for name in names)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows where it cannot show a table."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        lists = ((role, stacked(*_first(self._shown(role)))) for role in LISTS)
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
        found = _listed(field, key, value) if field in LISTS else _one_text(key, value)
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


def _listed(field: str, key: str, value: object) -> tuple[str | LibraryPaper, ...]:
    """As `list_of_texts`; where papers are meant an object is one too."""
    values = value if isinstance(value, (list, tuple)) else ()
    if field in WORDS or not any(isinstance(one, (Mapping, LibraryPaper)) for one in values):
        return list_of_texts(key, value)
    items: list[str | LibraryPaper] = []
    for one in values:
        if isinstance(one, LibraryPaper):
            items.append(one)
        elif isinstance(one, Mapping):
            items.append(LibraryPaper.from_dict(one))
        else:
            items += list_of_texts(key, [one])
    return tuple(items)


def _as_json(item: str | LibraryPaper) -> Any:
    return item if isinstance(item, str) else item.to_dict()


def _one_text(key: str, value: object) -> str:
    return "" if value is None else _text(key, str(value) if _is_number(value) else value)


def _is_number(value: object) -> bool:
    """Whether it is a whole number that can be spelled out, as ids and names of readers may be."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _first(names: tuple[str, ...]) -> list[str]:
    """So many as are shown, and how many more there are."""
    more = len(names) - _SHOWN
    return [*names[:_SHOWN], *([f"... and {more:,} more"] if more > 0 else [])]


class _Facts:
    """What a profile knows of its papers beside their names, gathered from its lists one after the other."""

    def __init__(
        self, papers: Mapping[str, Paper], collections: Mapping[str, Iterable[str]], added: Mapping[str, str]
    ) -> None:
        self.papers = dict(papers)
        self.added = dict(added)
        self._collections = {name: dict.fromkeys(names) for name, names in collections.items()}

    def names_of(self, role: str, value: Any) -> list[Any]:
        """The names of what a list holds; what is no paper is left to be refused."""
        if isinstance(value, Mapping) or not isinstance(value, Iterable | Paper | LibraryPaper):
            return [value if as_paper(value) is value else self._name(as_paper(value))]
        return [*map(self._name, papers_in(value, whole=(LibraryPaper,)))]

    def collections_of(self, liked: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The collections that hold any of these."""
        known = {*liked}
        of = {name: tuple(filter(known.__contains__, held)) for name, held in self._collections.items()}
        return {name: held for name, held in of.items() if held}

    def _name(self, item: object) -> object:
        if isinstance(item, Paper):
            return self._own_name(item)
        if not isinstance(item, LibraryPaper):
            return item
        name = self._own_name(item.paper) if isinstance(item.paper, Paper) else _storable(item.paper.strip())
        for collection in item.collections:
            self._collections.setdefault(collection, {})[name] = None
        if item.added:
            self.added[name] = item.added
        return name

    def _own_name(self, paper: Paper) -> str:
        """Its id; where that is another paper's too, one that its title makes."""
        for name in (paper.id, title_id(paper.title)):
            there = self.papers.setdefault(name, paper)
            if there.fingerprint == paper.fingerprint:
                if len(there.abstract) < len(paper.abstract):
                    self.papers[name] = paper
                return name
        return paper.id


def _names(field: str, value: Any) -> tuple[str, ...]:
    """One text or several, without repetition."""
    several = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else (None,)
    bare = [text.strip() for text in several if isinstance(text, str)]
    if len(bare) < len(several):
        place, wrong = next((at, one) for at, one in enumerate(several) if not isinstance(one, str))
        what = f"it must be a list of texts, and {wrong!r:.60} in place {place} is none"
        raise ProfileError(f"{field} is {value!r:.60}; {what}")
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
