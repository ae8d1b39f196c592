"""Listing: a titled, ordered, explained list for a span of days, as every page, mail and feed shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeAlias, cast, get_args

from ..errors import ParameterError
from ..paper import Paper
from ..writers import Record, paper_record

Span: TypeAlias = Literal["day", "week", "month"]
"""How many days a listing is for; a week begins on its Monday, a month on its first."""

SPANS: tuple[Span, ...] = get_args(Span)

PartKind: TypeAlias = Literal[
    "personal",
    "beginning",
    "beyond",
    "versions",
    "communal",
    "curated",
    "trending",
    "picked",
    "newest",
    "similar",
]
"""What a part of a listing is.

Of a reader's own: what is for this reader; how to begin; beyond the reader's library; newer versions of what
was shown. For everybody: what came; a curator's list; what a signal with a date put there, and nothing else
is called trending; what is like what was picked lately; the newest; what is near to one paper.
"""

PART_KINDS: tuple[PartKind, ...] = get_args(PartKind)


@dataclass(frozen=True)
class Entry:
    """One paper of a listing.

    Attributes
    ----------
    place : int
        From 1 through all parts of a listing, so that a number names one paper.
    paper : Paper
        The paper.
    score : float or None
        Cosine and the score's other parts, higher is better; None where no reader's taste put it here.
    confidence : float or None
        How probable it is that the paper is of the reader's kind, in [0, 1]; None where that is unknown.
    interest : str
        The reader's interest that it serves; "" where all are one.
    closest, closest_title : str
        The id and title of the liked paper it is closest to; for the reader's words the words and "".
    closest_cosine : float
        The cosine to that, in [-1, 1].
    terms : tuple of str
        Words in common.
    sentence : str
        The sentence of the abstract that carries the match.
    contributions : mapping of str to float
        The score's exact parts, by the id of the liked paper or the name of a part.
    before : str
        The day, ``YYYY-MM-DD``, of the edition that showed an earlier version; "" where none did.
    signal : str
        Of a paper that a signal put here, the signal in words: ``12 upvotes``; of one of a curator's list,
        what the curator says of it; else "".
    """

    place: int
    paper: Paper
    score: float | None = None
    confidence: float | None = None
    interest: str = ""
    closest: str = ""
    closest_title: str = ""
    closest_cosine: float = 0.0
    terms: tuple[str, ...] = ()
    sentence: str = ""
    contributions: Mapping[str, float] = field(default_factory=dict, hash=False)
    before: str = ""
    signal: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give all fields, for JSON.

        Returns
        -------
        dict
            `from_dict` makes the entry again.
        """
        return _as_dict(self) | {"paper": paper_record(self.paper), "terms": list(self.terms)}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Entry:
        """Make an entry of what `to_dict` gave.

        Parameters
        ----------
        record : mapping
            The fields by name.

        Returns
        -------
        Entry
            The same.
        """
        paper = Paper.from_dict(record["paper"])
        return cls(**{**record, "paper": paper, "terms": tuple(record["terms"])})

    def to_record(self) -> Record:
        """Give the entry as the writers of references and tables take it.

        Returns
        -------
        Record
            With the paper's facts; the rank is the place.
        """
        paper = {name: value for name, value in paper_record(self.paper).items() if name != "upvotes"}
        return cast(
            "Record",
            {
                "rank": self.place,
                "id": paper.pop("id"),
                "title": paper.pop("title"),
                "score": self.score,
                "confidence": self.confidence,
                "interest": self.interest,
                "closest": self.closest,
                "closest_title": self.closest_title,
                "closest_cosine": self.closest_cosine,
                "terms": list(self.terms),
                "sentence": self.sentence,
                "contributions": dict(self.contributions),
                **paper,
            },
        )


@dataclass(frozen=True)
class Part:
    """Entries that belong together, under one label.

    Attributes
    ----------
    kind : str
        What the part is, one of `PART_KINDS`.
    title : str
        Its label, for people: ``For Mei``.
    order : str
        What ordered it, in a sentence: ``ordered by nearness to what you liked``.
    entries : tuple of Entry
        In order.
    nothing : str
        Where there is no entry, or fewer than usual: the sentence that says why; else "".
    """

    kind: PartKind
    title: str
    order: str = ""
    entries: tuple[Entry, ...] = ()
    nothing: str = ""


@dataclass(frozen=True)
class InterestPlaces:
    """What an interest was due and what it got.

    Attributes
    ----------
    name : str
        The interest.
    share : float
        Of the reader's likes, in [0, 1].
    quota, places : int
        How many places it was due, and has.
    """

    name: str
    share: float
    quota: int
    places: int


@dataclass(frozen=True)
class CorpusState:
    """What corpus a listing was made of.

    Attributes
    ----------
    papers, arrived : int
        How many papers it had, and how many of them the listing chose among.
    content : str
        The hash of its papers and vectors.
    """

    papers: int
    arrived: int
    content: str


@dataclass(frozen=True)
class Listing:
    """A titled, ordered, explained list for a span of days.

    Attributes
    ----------
    id : str
        Stable, of letters, digits and hyphens; what mails and feeds make their ids of.
    title : str
        ``3 papers for Mei · 30 November 2026``.
    reader : str
        For whom; "" for everybody.
    span : {"day", "week", "month"}
        For how many days.
    day : str
        Its last day, ``YYYY-MM-DD``.
    made : str
        When, with the zone: ``2026-11-30T06:00:00+01:00``. The date of its mail and its feed entries.
    parts : tuple of Part
        In the order in which they are read; their places go on.
    interests : tuple of InterestPlaces
        Where the reader has two or more.
    corpus : CorpusState
        What it was made of.
    notes : tuple of str
        All that is to be said of it, one line each.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.listing import CorpusState, Entry, Listing, Part
    >>> entry = Entry(place=1, paper=Paper(id="2106.09685", title="LoRA"))
    >>> part = Part("communal", "For everybody", "the newest first", (entry,))
    >>> listing = Listing("everybody-day-2026-11-30", "1 paper", "", "day", "2026-11-30",
    ...                   "2026-11-30T06:00:00+00:00", (part,), (), CorpusState(232, 232, ""))
    >>> [entry.paper.title for entry in listing.entries]
    ['LoRA']
    """

    id: str
    title: str
    reader: str
    span: Span
    day: str
    made: str
    parts: tuple[Part, ...]
    interests: tuple[InterestPlaces, ...]
    corpus: CorpusState
    notes: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The papers of all parts, in the order of their places."""
        return tuple(entry for part in self.parts for entry in part.entries)

    def to_dict(self) -> dict[str, Any]:
        """Give all fields, for JSON.

        Returns
        -------
        dict
            `from_dict` makes the listing again.
        """
        parts = [
            _as_dict(part) | {"entries": [entry.to_dict() for entry in part.entries]} for part in self.parts
        ]
        return _as_dict(self) | {
            "parts": parts,
            "interests": [_as_dict(one) for one in self.interests],
            "corpus": _as_dict(self.corpus),
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Listing:
        """Make a listing of what `to_dict` gave.

        Parameters
        ----------
        record : mapping
            The fields by name.

        Returns
        -------
        Listing
            The same.

        Raises
        ------
        ParameterError
            For a span that is none.
        """
        if record["span"] not in SPANS:
            raise ParameterError(f"{record['span']!r} is no span; use one of {', '.join(SPANS)}")
        parts = (
            Part(**{**part, "entries": tuple(map(Entry.from_dict, part["entries"]))})
            for part in record["parts"]
        )
        return cls(
            **{
                **record,
                "parts": tuple(parts),
                "interests": tuple(InterestPlaces(**one) for one in record["interests"]),
                "corpus": CorpusState(**record["corpus"]),
                "notes": tuple(record["notes"]),
            }
        )


def placed(parts: Sequence[Part]) -> Iterator[Part]:
    """Number the entries of some parts through.

    Parameters
    ----------
    parts : sequence of Part
        In order.

    Yields
    ------
    Part
        The same with places from 1.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.listing import Entry, Part, placed
    >>> parts = [Part("personal", "a"), Part("communal", "b", "", (Entry(0, Paper(title="LoRA")),))]
    >>> [entry.place for part in placed(parts) for entry in part.entries]
    [1]
    """
    place = 0
    for part in parts:
        entries = tuple(replace(entry, place=place + at) for at, entry in enumerate(part.entries, start=1))
        place += len(entries)
        yield replace(part, entries=entries)


def _as_dict(value: Any) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value)}
