"""Paper: one record, validated and cleaned on construction."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from numbers import Integral
from typing import TYPE_CHECKING, Any

from .closing_lines import without_closing_lines
from .display import facts, link
from .errors import InvalidPaper
from .frames import frame_of
from .identifiers import (
    NO_NAMES,
    canonical,
    canonical_url,
    parse_identifier,
    title_fingerprint,
    title_id,
)
from .iso_dates import dates_text, first_day, is_date, later_date, normal_date
from .notices import NAMED_BY, notice_of
from .retraction_marks import says_retracted
from .spelling import composed

if TYPE_CHECKING:
    import pandas as pd


# C0 and C1 controls; tabs, newlines and form feeds are white space and become one space.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LONGEST_ID = 500
_SPACE = re.compile(r"\s\s+|[^\S ]")  # all but single spaces, so that a long text falls in few pieces
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NAMED = 3  # authors of a byline
_TEXTS = ("id", "title", "abstract", "published", "venue", "url", "revised")
_LATER = (
    "retracted",
    "revised",
)  # fields that papers stored before do not have, nor those where they are empty
_LISTS = ("authors", "categories")


def clean_text(text: str) -> str:
    """One line of valid Unicode: controls dropped, lone surrogates replaced, white space collapsed, letters
    composed (NFC).
    """
    if text.isprintable():  # most texts are, and this takes a third of the time
        # Words of a long text would take ten times as much memory as it does.
        return composed(" ".join(text.split()) if "  " in text else text.strip())
    text = _SURROGATE.sub("\ufffd", text)
    return composed(_SPACE.sub(" ", _CONTROL.sub("", text)).strip())


def text_of(title: str, abstract: str) -> str:
    """Two texts as one: ``title. abstract``, or the title alone."""
    return f"{title}. {abstract}" if abstract else title


@dataclass(frozen=True)
class Paper:
    """A paper: title, abstract and facts.

    Parameters
    ----------
    id : str, default ""
        The source's own, kept as it is; where it is empty one is made from the title.
    title : str
        The title, which holds a word, or the abstract does.
    abstract : str, default ""
        The abstract.
    authors : tuple of str, default ()
        Their names, as written.
    published : str, default ""
        When it first appeared: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty when unknown.
    categories : tuple of str, default ()
        Such as ``cs.CL``.
    venue : str, default ""
        Where it appeared.
    url : str, default ""
        Its address.
    identifiers : mapping of str to str, optional
        Schemes and values as written: ``{"doi": "10.1/x"}``.
    upvotes : int, optional
        Votes for it, where it comes from a place that has them.
    retracted : bool, default False
        Whether a source says that it was retracted, or its own title or abstract: ``RETRACTED: ...``.
    revised : str, default ""
        When its last version appeared, written as `published`; empty where no version is later than that.

    Raises
    ------
    InvalidPaper
        When there is no title or no word to encode, and for a field of another type.
    ParameterError
        For a `published` or `revised` that is no date.

    Examples
    --------
    >>> from recommender import Paper
    >>> paper = Paper(id="2106.09685v2", title="LoRA", authors=("Edward Hu",), published="2021-06-17")
    >>> paper.key
    'arxiv:2106.09685'
    >>> Paper.from_dict(paper.to_dict()) == paper
    True
    """

    id: str = ""
    title: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    categories: tuple[str, ...] = ()
    venue: str = ""
    url: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    upvotes: int | None = None
    retracted: bool = False
    revised: str = ""

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        _check_types(self)
        for name in ("id", "title", "abstract", "venue", "url"):
            put(name, clean_text(getattr(self, name)))
        if not self.title:
            raise InvalidPaper("has no title")
        if not title_fingerprint(self.title) and not any(c.isalnum() for c in self.abstract):
            raise InvalidPaper(f"has no word in its title {self.title[:40]!r} or its abstract")
        if len(self.id) > _LONGEST_ID:
            raise InvalidPaper(f"has an id of {len(self.id):,} characters; {_LONGEST_ID} are enough")
        if not self.id:
            put("id", title_id(self.title))
        put("authors", _texts("authors", self.authors))
        put("categories", tuple(dict.fromkeys(_texts("categories", self.categories))))
        named = sorted((clean_text(k), clean_text(v)) for k, v in self.identifiers.items() if v)
        put("identifiers", {scheme: value for scheme, value in named if value})
        put("upvotes", None if self.upvotes is None else int(self.upvotes))
        put("retracted", self.says_retracted)
        if self.published:
            put("published", normal_date(self.published))
        if self.revised:
            put("revised", later_date(normal_date(self.revised), self.published))

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Paper(id={self.id!r}, title={self.title!r}, published={self.published!r})"

    @property
    def key(self) -> str:
        """The id in its canonical spelling: equal for all versions of one arXiv paper."""
        return canonical(self.id)

    @functools.cached_property
    def fingerprint(self) -> str:
        """The title's fingerprint, see `title_fingerprint`."""
        return title_fingerprint(self.title)

    @property
    def marked_title(self) -> str:
        """The title, with a mark behind that of a retracted paper."""
        return f"{self.title} (retracted)" if self.retracted else self.title

    @property
    def byline(self) -> str:
        """The first authors, and whether there are others."""
        others = " and others" if len(self.authors) > _NAMED else ""
        return ", ".join(self.authors[:_NAMED]) + others

    @functools.cached_property
    def notice(self) -> str:
        """What kind of notice of another paper it is, empty for a paper of its own.

        One of ``erratum``, ``retraction``, ``concern``, ``reply`` and ``comment``; see `notice_of`.
        """
        named = next((kind for scheme, kind in NAMED_BY.items() if scheme in self.identifiers), "")
        found = None if named else notice_of(self.title, self.abstract)
        return found.kind if found is not None else named

    @property
    def says_retracted(self) -> bool:
        """Whether it was retracted, as its source or its own text says."""
        return bool(self.retracted) or (says_retracted(self.title, self.abstract) and not self.notice)

    @property
    def dates(self) -> str:
        """When it first appeared and, behind that, when its last version did: ``2021, revised 2024-02``."""
        return dates_text(self.published, self.revised)

    @property
    def text(self) -> str:
        """``title. abstract``, or the title alone: the text as it came."""
        return text_of(self.title, self.abstract)

    @functools.cached_property
    def content(self) -> str:
        """The abstract without the lines at its ends that are no words of the paper.

        It is what is encoded, counted and named as a reason.
        """
        return without_closing_lines(self.abstract)

    @property
    def words(self) -> str:
        """``title. content``, or the title alone: what terms are counted in."""
        return text_of(self.title, self.content)

    @property
    def day(self) -> int | None:
        """The first day of `published` as a proleptic Gregorian ordinal, None when unknown."""
        return first_day(self.published).toordinal() if self.published else None

    @property
    def revised_day(self) -> int | None:
        """The first day of `revised` as a proleptic Gregorian ordinal, None where it has no later version."""
        return first_day(self.revised).toordinal() if self.revised else None

    @property
    def names(self) -> tuple[str, ...]:
        """Every canonical identifier of this paper: its key, its identifiers, its url."""
        found = [self.key]
        for scheme, value in self.identifiers.items():
            if scheme not in NO_NAMES:
                found.append(parse_identifier(value) or parse_identifier(f"{scheme}:{value}") or "")
        found.append(parse_identifier(self.url) or canonical_url(self.url) or "")
        return tuple(dict.fromkeys(name for name in found if name))

    @property
    def text_hash(self) -> bytes:
        """SHA-256 of `words`: two papers with one text hash have one vector."""
        return hashlib.sha256(self.words.encode()).digest()

    def to_json(self) -> str:
        """Give all fields as one line of JSON.

        Returns
        -------
        str
            The same bytes for the same paper.
        """
        fields = self.to_dict()
        for name in _LATER:
            if not fields[name]:
                del fields[name]  # the bytes of papers that were stored before there was such a field
        return json.dumps(fields, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Paper:
        """Make the paper that `to_json` wrote.

        Parameters
        ----------
        text : str
            The JSON.

        Returns
        -------
        Paper
            The paper.

        Raises
        ------
        ValueError
            For what is no JSON, and what `from_dict` raises.
        """
        return cls.from_dict(json.loads(text))

    def to_dict(self) -> dict[str, Any]:
        """Give all fields by name.

        Returns
        -------
        dict
            The fields as they are.
        """
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_dict(cls, fields: Any) -> Paper:
        """Make a paper of its fields.

        What `to_json` wrote is clean already, which spares most of the time; anything else is cleaned or
        refused as a new paper is.

        Parameters
        ----------
        fields : mapping of str to object
            As `to_dict`, or parsed JSON, has them.

        Returns
        -------
        Paper
            The paper.

        Raises
        ------
        InvalidPaper
            For what is no paper.
        TypeError
            For an unknown field, and for what is no mapping.
        """
        if not _is_stored(fields):
            return cls(**fields)
        for name in _LISTS:
            fields[name] = tuple(fields[name])
        paper = object.__new__(cls)
        paper.__dict__.update(retracted=False, revised="")
        paper.__dict__.update(fields)
        return paper

    def to_frame(self, *, flat: bool = False) -> pd.DataFrame:
        """Give the paper as a table.

        Parameters
        ----------
        flat : bool, default False
            Lists and dicts as JSON, for SQL and CSV.

        Returns
        -------
        DataFrame
            One line, with the columns of `Corpus.to_frame`.
        """
        return papers_frame([self], flat=flat)

    def __str__(self) -> str:
        said = " · ".join(part for part in (", ".join(self.authors), self.dates, self.id) if part)
        return "\n".join(part for part in (self.marked_title, said, self.abstract) if part)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows where it cannot show a table."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        places = ", ".join(f"{scheme}:{value}" for scheme, value in self.identifiers.items())
        return facts(
            [
                ("title", link(self.marked_title, self.url)),
                ("authors", ", ".join(self.authors)),
                ("published", self.dates),
                ("categories", ", ".join(self.categories)),
                ("venue", self.venue),
                ("id", self.id),
                ("identifiers", places),
                ("abstract", self.abstract),
            ]
        )


def papers_frame(papers: Iterable[Paper], *, flat: bool = False) -> pd.DataFrame:
    """One line for each paper, with a column for each field; see `frames.frame_of`.

    `Corpus.build` makes the same papers of it.
    """
    listed = [*papers]
    columns = {name: [getattr(paper, name) for paper in listed] for name in Paper.__dataclass_fields__}
    return frame_of(columns, flat=flat)


def _check_types(paper: Paper) -> None:
    """Raises InvalidPaper naming the first field that holds something else than it should."""
    for name in _TEXTS:
        value = getattr(paper, name)
        if not isinstance(value, str):
            raise InvalidPaper(f"has {name} {value!r:.60}, which is no text")
    named, votes = paper.identifiers, paper.upvotes
    if not isinstance(named, Mapping) or not all(isinstance(part, str) for part in chain(*named.items())):
        raise InvalidPaper(
            f'has identifiers {named!r:.60}; give a dict of texts, such as {{"doi": "10.1/x"}}'
        )
    if votes is not None and (isinstance(votes, bool) or not isinstance(votes, Integral)):
        raise InvalidPaper(f"has upvotes {votes!r:.60}; give a whole number, or None where it is unknown")


def _texts(name: str, value: object) -> tuple[str, ...]:
    texts = tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else None
    if texts is None or not all(isinstance(text, str) for text in texts):
        raise InvalidPaper(f"has {name} {value!r:.60}; give a tuple of texts, also for one")
    return tuple(text for text in map(clean_text, texts) if text)


def _is_stored(fields: Any) -> bool:
    """Whether a record has all fields, each of the type that `to_json` writes."""
    if not isinstance(fields, dict) or fields.keys() | {*_LATER} != Paper.__dataclass_fields__.keys():
        return False
    texts = all(isinstance(fields.get(name, ""), str) for name in _TEXTS)
    lists = all(
        isinstance(fields[name], list) and all(isinstance(part, str) for part in fields[name])
        for name in _LISTS
    )
    named = fields["identifiers"]
    if not texts or not lists or not fields["title"] or not isinstance(named, dict):
        return False
    dates = (fields["published"], fields.get("revised", ""))
    dated = all(not date or is_date(date) for date in dates)
    voted = fields["upvotes"] is None or isinstance(fields["upvotes"], int)
    voted = voted and isinstance(fields.get("retracted", False), bool)
    return dated and voted and all(isinstance(value, str) for value in named.values())
