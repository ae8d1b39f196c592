"""What is similar to a paper, as a listing: what `Recommender.more_like` gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexes import Rows

from ..corpus import Corpus, Snapshot
from ..diversity import DEFAULT_RERANK, RERANKS
from ..engine import Answer, AnswerOptions, answer_profiles, to_recommendations
from ..iso_dates import first_day
from ..paper import Paper
from ..profiles import Profile
from ..readership import Community
from ..scoring import DEFAULT_STRATEGY, STRATEGIES
from .calendar import Calendar
from .choice import Choice
from .community import made_on
from .compose import entry_of
from .listing import CorpusState, Entry, Listing, Part, placed
from .wording import long_day

OTHERS = 50
"""How many of the other papers of its day a paper is listed with."""

OTHERS_OF_FEW = 100
"""And how many of a curator's list, and of a corpus that has no more."""

CROWDED = 1000
"""Of a day with more papers none are others of their day: whoever dates all that he has by the day of a file
says nothing with it.
"""

_UNDATED = "1970-01-01"
_VARIED, _NEARNESS = "near to this paper, and varied", "by nearness to this paper"


def similar_listings(corpus: Corpus, papers: Sequence[Paper], *, k: int = 10) -> Iterator[Listing]:
    """Give what is similar to each of some papers of a corpus.

    Parameters
    ----------
    corpus : Corpus
        The papers.
    papers : sequence of Paper
        Of the corpus.
    k : int, default 10
        How many papers of each listing.

    Yields
    ------
    Listing
        One for each paper, in order: the same whichever others are asked for. It has no date of its own:
        `Listing.made` is the day of the paper.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.listing import similar_listings
    >>> corpus = Corpus.sample()
    >>> (listing,) = similar_listings(corpus, [corpus["2106.09685"]], k=2)
    >>> listing.title, len(listing.entries)
    ('Similar to LoRA: Low-Rank Adaptation of Large Language Models', 2)
    """
    profiles = [Profile(name=paper.id, liked=(paper.id,)) for paper in papers]
    answers = answer_profiles(
        corpus,
        profiles,
        STRATEGIES[DEFAULT_STRATEGY],
        RERANKS[DEFAULT_RERANK],
        AnswerOptions(k=k),
        batch_size=max(len(profiles), 1),
    )
    for paper, answer in zip(papers, answers, strict=True):
        entries: tuple[Entry, ...] = ()
        nothing = "No other paper of the corpus is like this one"
        if isinstance(answer, Answer):
            entries = tuple(_entry(entry_of(item)) for item in to_recommendations(answer, told=False))
        else:
            nothing = f"Nothing can be found for this paper: {answer}"
        part = Part("similar", "Similar papers", _VARIED, entries, "" if entries else nothing)
        yield Listing(
            id=f"similar-{paper.key}",
            title=f"Similar to {paper.title}",
            reader="",
            span="day",
            day=paper.published,
            made=made_on(first_day(paper.published or _UNDATED).isoformat()),
            parts=tuple(placed([part])),
            interests=(),
            corpus=CorpusState(len(corpus.snapshot), len(corpus.snapshot), ""),
        )


@dataclass(frozen=True)
class Company:
    """The papers among which a paper stands.

    Attributes
    ----------
    title : str
        What the others are called.
    rows : tuple of int
        All of them, with the paper.
    count : int
        How many others are listed at most.
    """

    title: str
    rows: tuple[int, ...]
    count: int


def listed_companies(snapshot: Snapshot, community: Community, *, until: str) -> dict[int, Company]:
    """The newest curator's list up to a day that each paper is on, by row; of a day the last by curator."""
    companies: dict[int, Company] = {}
    for chosen in sorted(community.days, key=lambda one: (one.day, one.curator)):
        rows = _living(snapshot, np.array(chosen.rows, np.int64))
        if chosen.day <= until and len(rows) > 1:
            title = f"Others chosen by {chosen.curator} for {long_day(chosen.day)}"
            companies |= dict.fromkeys(rows, Company(title, rows, OTHERS_OF_FEW))
    return companies


def company_of(snapshot: Snapshot, paper: Paper) -> Company | None:
    """The papers of a paper's day; of no day and in a small corpus all of them; else None."""
    rows = Calendar.of(snapshot).rows("day", paper.published)
    if len(rows) > CROWDED:
        return None
    if len(rows):
        return Company(f"Others of {long_day(paper.published)}", tuple(rows.tolist()), OTHERS)
    if len(snapshot) > OTHERS_OF_FEW + 1:
        return None
    return Company("Other papers", _living(snapshot, snapshot.by_key(snapshot.rows())), OTHERS_OF_FEW)


def others_by_nearness(
    snapshot: Snapshot, row: int, company: Company, papers: Sequence[Paper]
) -> Part | None:
    """The others of a paper's company by nearness to it; None where there are none, or it is not of it.

    `papers` are those of the company, in its order.
    """
    rows = np.array(company.rows, np.int64)
    others = np.flatnonzero(rows != row)
    if len(others) == len(rows) or not len(others):
        return None
    vectors = snapshot.vectors(rows)
    cosines = vectors[others] @ vectors[rows == row][0]
    nearest = np.argsort(-cosines, kind="stable")[: company.count]
    entries = tuple(
        Entry(place, papers[int(others[at])], score=float(cosines[at]))
        for place, at in enumerate(nearest.tolist(), start=1)
    )
    return Part("similar", company.title, _NEARNESS, entries)


def _living(snapshot: Snapshot, rows: Rows) -> tuple[int, ...]:
    """Those that are no retracted papers and no notices of others."""
    return tuple(rows[Choice().mask(snapshot)[snapshot.place(rows)]].tolist())


def _entry(entry: Entry) -> Entry:
    """What is closest is the paper itself, which need not be said."""
    nearness = round(entry.closest_cosine, 2) + 0.0  # no -0.00
    return replace(entry, closest="", closest_title="", signal=f"nearness {nearness:.2f}")
