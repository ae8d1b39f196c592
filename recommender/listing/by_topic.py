"""The papers of a topic as a listing: those nearest to its centre first."""

from __future__ import annotations

import numpy as np

from ..display import pluralize
from ..topics import Topics
from .listing import CorpusState, Entry, Listing, Part

MOST_CENTRAL = 50
"""Papers of a topic that are listed."""


def topic_listing(topics: Topics, place: int, *, day: str, count: int = MOST_CENTRAL) -> Listing:
    """List the papers of a topic.

    Parameters
    ----------
    topics : Topics
        The topics of a corpus.
    place : int
        Which of them, from 0.
    day : str
        The day that the listing is of, ``YYYY-MM-DD``.
    count : int, default 50
        How many papers at most.

    Returns
    -------
    Listing
        For everybody; beside each paper its cosine to the topic's centre.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.listing import topic_listing
    >>> from recommender.topics import find_topics
    >>> listing = topic_listing(find_topics(Corpus.sample()), 0, day="2026-11-30", count=3)
    >>> [entry.place for entry in listing.entries], listing.parts[0].entries[0].signal
    ([1, 2, 3], 'cosine 0.80 to the centre')
    """
    topic = topics[place]
    rows = topic.rows[:count]
    cosines = topics.cosines[np.searchsorted(topics.rows, rows)].tolist()
    entries = tuple(
        Entry(number, paper, signal=f"cosine {cosine:.2f} to the centre")
        for number, (paper, cosine) in enumerate(
            zip(topics.snapshot.papers(rows.tolist()), cosines, strict=True), start=1
        )
    )
    size = pluralize(len(topic), "paper")
    shown = f"the first {len(rows)} of {size}" if len(rows) < len(topic) else size
    part = Part("similar", "Papers", f"{shown}, by nearness to the topic's centre", entries)
    return Listing(
        id=f"topic-{topic.number}",
        title=topic.name,
        reader="",
        span="day",
        day=day,
        made=f"{day}T00:00:00+00:00",
        parts=(part,),
        interests=(),
        corpus=CorpusState(len(topics.snapshot), len(topic), ""),
    )
