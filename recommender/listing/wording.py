"""A listing in words: what every page, mail and feed says of it, each in a markup of its own.

All that comes from papers is one line of text here, without controls and without marks of direction; formulas
are still as their authors wrote them. Whoever writes markup has to escape it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..display import pluralize, shortened, without_controls
from ..iso_dates import first_day
from ..paper import clean_text
from .links import page_address, paper_name, pdf_address
from .listing import Entry, InterestPlaces, Listing, Part, PartKind

EMPTY = (
    "There is nothing on this list yet. It fills as papers come into the corpus (recommender add), and for a "
    "reader who liked some (recommender reader add NAME --from refs.bib)."
)
"""What a list says that has no paper and no other sentence."""

_LONGEST_WORDS = 160  # the reader's own words may be a whole paragraph
_NAMED_CATEGORIES = 3
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
_NO_CHARACTERS = re.compile(r"[\ufdd0-\ufdef\ufffe\uffff]")  # neither XML nor HTML may hold them


@dataclass(frozen=True)
class EntryWords:
    """What is said of one paper.

    Attributes
    ----------
    place : int
        Its number in the listing.
    title : str
        The title, with a mark behind that of a retracted paper.
    page, pdf : str
        Their addresses; "" where unknown.
    byline : str
        Who wrote it.
    facts : tuple of str
        When and where it appeared, and what it is called.
    marks : tuple of str
        What is special here: that it is a newer version, or lies beyond the library.
    reasons : tuple of str
        Why it is here, and how sure that is.
    sentence : str
        The sentence of the abstract that carries the match.
    abstract : str
        The abstract.
    """

    place: int
    title: str
    page: str
    pdf: str
    byline: str
    facts: tuple[str, ...]
    marks: tuple[str, ...]
    reasons: tuple[str, ...]
    sentence: str
    abstract: str


@dataclass(frozen=True)
class PartWords:
    """What is said of a part: its label, what ordered its papers, those, or why there are none."""

    kind: PartKind
    title: str
    order: str
    nothing: str
    entries: tuple[EntryWords, ...]


@dataclass(frozen=True)
class ListingWords:
    """What is said of a listing.

    Attributes
    ----------
    title : str
        Its title.
    state : str
        The days that it is for, where the title does not say so, and what it was chosen among.
    made : str
        When it was made, for people.
    parts : tuple of PartWords
        In the order in which they are read.
    interests : tuple of str
        A line for each interest that was due a place or got one: what it got, and what it was due; none
        where the reader's own part is empty.
    notes : tuple of str
        What else is to be said.
    """

    title: str
    state: str
    made: str
    parts: tuple[PartWords, ...]
    interests: tuple[str, ...]
    notes: tuple[str, ...]


def words_of(listing: Listing) -> ListingWords:
    """Put a listing into words.

    Parameters
    ----------
    listing : Listing
        The listing.

    Returns
    -------
    ListingWords
        All that is said of it; a listing without any paper, sentence or note says what to do.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.listing import CorpusState, Entry, Listing, Part, words_of
    >>> entry = Entry(1, Paper(id="2106.09685", title="LoRA"), closest_title="Adapters", closest_cosine=.8,
    ...               closest="1902.00751", confidence=.74)
    >>> listing = Listing("mei-day-2026-11-30", "1 paper", "Mei", "day", "2026-11-30",
    ...                   "2026-11-30T06:00:00+00:00", (Part("personal", "For Mei", "", (entry,)),), (),
    ...                   CorpusState(232, 12, ""))
    >>> words_of(listing).parts[0].entries[0].reasons
    ('closest to “Adapters” (0.80)', 'confidence 0.74')
    """
    parts = tuple(_part_words(part) for part in listing.parts)
    notes = tuple(filter(None, map(plain, listing.notes)))
    says_something = notes or any(part.entries or part.nothing for part in parts)
    return ListingWords(
        title=plain(listing.title),
        state=_state(listing),
        made=_moment(listing.made),
        parts=parts,
        interests=tuple(_interests(listing)),
        notes=notes if says_something else (EMPTY,),
    )


def plain(text: str) -> str:
    """One line of text that nothing obeys: no controls, no marks of direction, no half characters."""
    return _NO_CHARACTERS.sub("", without_controls(clean_text(text))).strip()


def long_day(day: str) -> str:
    """``30 November 2026`` of ``2026-11-30``; a text that is no whole date as it is.

    Parameters
    ----------
    day : str
        A date.

    Returns
    -------
    str
        The date as people write it.

    Examples
    --------
    >>> from recommender.listing import long_day
    >>> long_day("2026-11-03")
    '3 November 2026'
    """
    parts = plain(day).split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts) or not 1 <= int(parts[1]) <= 12:
        return plain(day)
    return f"{int(parts[2])} {_MONTHS[int(parts[1]) - 1]} {parts[0]}"


def _part_words(part: Part) -> PartWords:
    entries = tuple(_entry_words(part.kind, entry) for entry in part.entries)
    order = plain(part.order) if entries else ""  # there is nothing to order
    return PartWords(part.kind, plain(part.title), order, plain(part.nothing), entries)


def _entry_words(kind: PartKind, entry: Entry) -> EntryWords:
    paper = entry.paper
    categories = ", ".join(paper.categories[:_NAMED_CATEGORIES])
    facts = (paper.dates, paper.venue, categories, paper_name(paper) or paper.id)
    return EntryWords(
        place=entry.place,
        title=plain(paper.marked_title),
        page=page_address(paper),
        pdf=pdf_address(paper),
        byline=plain(paper.byline),
        facts=_lines(*facts),
        marks=_lines(*_marks(kind, entry)),
        reasons=_lines(*_reasons(entry)),
        sentence=plain(entry.sentence),
        abstract=plain(paper.abstract),
    )


def _lines(*texts: str) -> tuple[str, ...]:
    return tuple(filter(None, map(plain, texts)))


def _marks(kind: PartKind, entry: Entry) -> Iterator[str]:
    if entry.before:
        yield f"newer version of what you were shown on {long_day(entry.before)}"
    if kind == "beyond":
        yield "beyond your library"


def _reasons(entry: Entry) -> Iterator[str]:
    cosine = f"({entry.closest_cosine:.2f})"
    yield entry.signal
    if entry.closest_title:
        yield f"closest to “{plain(entry.closest_title)}” {cosine}"
    elif entry.closest:
        yield f"closest to your words “{shortened(plain(entry.closest), _LONGEST_WORDS)}” {cosine}"
    if entry.confidence is not None:
        yield f"confidence {entry.confidence:.2f}"
    if entry.terms:
        yield f"in common: {', '.join(entry.terms)}"
    if entry.interest:
        yield f"interest: {entry.interest}"


def _interests(listing: Listing) -> Iterator[str]:
    if any(part.kind == "personal" and part.entries for part in listing.parts):
        yield from (_interest(one) for one in listing.interests if one.places or one.quota)


def _interest(interest: InterestPlaces) -> str:
    places = pluralize(interest.places, "place")
    return f"{plain(interest.name)}: {places}, {interest.quota} due to {interest.share:.0%} of your likes"


def _span(listing: Listing) -> str:
    """``30 November 2026``, ``week of 23 November 2026``, ``November 2026``."""
    if listing.span == "day":
        return long_day(listing.day)
    if listing.span == "month":
        return long_day(listing.day).split(" ", 1)[-1]
    last = first_day(listing.day)
    monday = last.fromordinal(last.toordinal() - last.weekday())
    return f"week of {long_day(monday.isoformat())}"


def _state(listing: Listing) -> str:
    span, corpus = _span(listing), listing.corpus
    among = f"chosen among {pluralize(corpus.arrived, 'paper')}; the corpus has {corpus.papers:,}"
    return among if span in listing.title else f"{span} · {among}"


def _moment(made: str) -> str:
    """``Made on 30 November 2026 at 06:00 (+01:00)``."""
    when = datetime.fromisoformat(made)
    zone = when.strftime("%z")
    offset = f" ({zone[:3]}:{zone[3:5]})" if zone else ""
    return f"Made on {long_day(when.date().isoformat())} at {when:%H:%M}{offset}"
