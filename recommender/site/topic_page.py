"""The pages of topics: which there are, and of each its papers, when they came, and what lies near."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from markupsafe import Markup

from ..display import Html, filled, join_html, pluralize
from ..errors import CorpusError, ParameterError
from ..listing import Listing, topic_listing
from ..listing.page import lines, paragraph, section
from ..listing.wording import PartWords, plain, words_of
from ..topics import TopicGrowth, Topics, count_by_period, growing_topics
from .blocks import divided, title_block, topic_link
from .entries import LENGTHS, Written, near, ordered, written
from .pages import Links, SiteFrame
from .period_bars import PeriodCounts, bars, period_table
from .shell import site_page

_NEAR = 6
"""Neighbours of a topic that its page names."""

_ROOM = 40_000  # bytes of a page for its papers

_NO_DATES = "No paper here has a date that says when it came."


def topics_page(topics: Topics, *, path: str, frame: SiteFrame, day: str) -> bytes:
    """Write the page of all topics.

    Parameters
    ----------
    topics : Topics
        The topics of a corpus.
    path : str
        The page's path below the site's root.
    frame : SiteFrame
        The site.
    day : str
        The day until which papers are counted, ``YYYY-MM-DD``.

    Returns
    -------
    bytes
        The page: each topic with its size, and when its papers came.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.site import SiteFrame
    >>> from recommender.site.topic_page import topics_page
    >>> from recommender.topics import find_topics
    >>> topics, frame = find_topics(Corpus.sample()), SiteFrame("Papers", "", "2026-11-30", ())
    >>> page = topics_page(topics, path="topics.html", frame=frame, day="2026-11-30")
    >>> page.count(b'<a href="topic/')
    11
    """
    listed = (_listed(topics, place, path, day) for place in range(len(topics)))
    items = filled('<ol class="topics">\n{}\n</ol>', join_html("\n", listed))
    size = f"{pluralize(len(topics), 'topic')} of {pluralize(len(topics.rows), 'paper')}"
    main = (
        title_block("Topics", said=size),
        _growing(topics, path, day),
        section("topics", "All topics", (paragraph(_ordered(topics, day), "order"),), (items,)),
        _changed(topics),
    )
    return site_page("Topics", join_html("\n", main), path=path, frame=frame, foot=_foot(topics))


def topic_page(topics: Topics, number: int, *, path: str, frame: SiteFrame, links: Links, day: str) -> bytes:
    """Write the page of one topic.

    Parameters
    ----------
    topics : Topics
        The topics of a corpus.
    number : int
        The topic's own number.
    path : str
        The page's path below the site's root.
    frame : SiteFrame
        The site.
    links : Links
        Which papers have a page.
    day : str
        The day until which papers are counted, ``YYYY-MM-DD``.

    Returns
    -------
    bytes
        The page: its most central papers, when its papers came, and the topics near to it.

    Raises
    ------
    ParameterError
        For a number that no topic has.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.site import SiteFrame
    >>> from recommender.site.topic_page import topic_page
    >>> from recommender.topics import find_topics
    >>> class NoPages:
    ...     def page_of(self, paper):
    ...         return None
    >>> topics, frame = find_topics(Corpus.sample()), SiteFrame("Papers", "", "2026-11-30", ())
    >>> page = topic_page(topics, 1, path="topic/1.html", frame=frame, links=NoPages(), day="2026-11-30")
    >>> page.count(b"to the centre</li>") == len(topics[0])
    True
    """
    place = next((place for place, topic in enumerate(topics) if topic.number == number), None)
    if place is None:
        known = ", ".join(str(topic.number) for topic in topics)
        raise ParameterError(f"no topic has the number {number}; there are {known}")
    topic, listing = topics[place], topic_listing(topics, place, day=day)
    words = words_of(listing).parts[0]
    papers = _papers(listing, words, path, links)
    left = len(words.entries) - len(papers)
    more = f"{pluralize(left, 'more paper')}, for which this page has no room" if left else ""
    main = (
        title_block(plain(topic.name), said=f"Topic {number} · {pluralize(len(topic), 'paper')}"),
        section("came", "When they came", (), _came(topics, place, day)),
        section("near", "Near to it", (paragraph(_BY_CENTRE, "order"),), (_neighbours(topics, place, path),)),
        section(
            "papers",
            words.title,
            (paragraph(words.order, "order"),),
            (ordered(papers), paragraph(more, "nothing")),
        ),
    )
    return site_page(plain(topic.name), join_html("\n", main), path=path, frame=frame, foot=_foot(topics))


def _papers(listing: Listing, words: PartWords, path: str, links: Links) -> list[Written]:
    """The papers in the usual lengths, or where these have no room in the shortest, as many as have."""
    for lengths in LENGTHS[1:]:
        papers = written(listing.entries, words.entries, path=path, links=links, lengths=lengths)
        if sum(one.size for one in papers) <= _ROOM:
            break
    return divided(papers, _ROOM)[0]


_BY_CENTRE = "topics by the cosine of their centres"


def counts_of(topics: Topics, place: int, day: str) -> PeriodCounts | None:
    """When the papers of one of the topics came, until a day; None where no paper of the corpus says."""

    def count() -> Any:
        try:
            return count_by_period(topics.snapshot, topics.rows, topics.labels)[:2]
        except CorpusError:  # no dates
            return None

    # Of all topics at once, whatever number of pages asks.
    found = cast("Any", topics.snapshot.cached(("topics by period", topics), count))
    return None if found is None else PeriodCounts.until(day, found[0], found[1][place].tolist())


def growth_of(topics: Topics, day: str) -> TopicGrowth:
    """What can be said of the growth of all topics until a day."""
    found = topics.snapshot.cached(("growth", topics, day), lambda: growing_topics(topics, until=day))
    return cast("TopicGrowth", found)


def _growing(topics: Topics, path: str, day: str) -> Html:
    """The topics that grow, or why none is said to."""
    growth = growth_of(topics, day)
    named = {topic.number: topic_link(topic, path) for topic in topics}
    listed = near(
        filled('<li>{}<p class="growth">{}</p></li>', named[one.number], growth.sentence(one))
        for one in growth.growing
    )
    said = paragraph(f"{growth.nothing}.", "nothing") if growth.nothing else listed
    order = paragraph(growth.order if growth.topics else "", "order")
    return section("growing", "Growing topics", (order,), (said,))


def _ordered(topics: Topics, day: str) -> str:
    """What the list of all topics is ordered by, and what its bars are."""
    counted = counts_of(topics, 0, day)
    shown = "" if counted is None or not counted.periods else f"; bars: {counted.span}"
    return f"the largest first{shown}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _came(topics: Topics, place: int, day: str) -> Iterator[Html]:
    counted = counts_of(topics, place, day)
    if counted is None or not sum(counted.counts):
        yield paragraph(_NO_DATES, "nothing")
        return
    drawn = '<figure class="counted">\n{}\n<figcaption>{}.</figcaption>\n</figure>'
    yield filled(drawn, bars(counted), counted.says)
    growth = growth_of(topics, day)
    for one in growth.topics[place : place + 1]:
        yield paragraph(f"{_capital(growth.sentence(one))}.", "growth")
    yield period_table(counted)


def _neighbours(topics: Topics, place: int, path: str) -> Html:
    """The nearest other topics."""
    cosines = topics.centres @ topics.centres[place]
    cosines[place] = -np.inf
    nearest = np.argsort(-cosines, kind="stable")[: min(_NEAR, len(topics) - 1)].tolist()
    if not nearest:
        return paragraph("There is no other topic.", "nothing")
    return near(
        filled("<li>{} <small>{}</small></li>", topic_link(topics[one], path), f"{cosines[one]:.2f}")
        for one in nearest
    )


def _listed(topics: Topics, place: int, path: str, day: str) -> Html:
    """A topic in the list of all: its name, its size, and small bars."""
    topic, counted = topics[place], counts_of(topics, place, day)
    drawn = Markup() if counted is None or not counted.periods else bars(counted, "bars small")
    size = pluralize(len(topic), "paper")
    return filled(
        '<li value="{}">{} <span class="count">{}</span>{}</li>',
        topic.number,
        topic_link(topic, path),
        size,
        drawn,
    )


def _changed(topics: Topics) -> Html:
    """What became of topics when they moved on last; nothing where nothing did."""
    told = lines("changes", [plain(str(change)) for change in topics.changes])
    order = paragraph("when papers came or went last", "order")
    return section("changes", "What changed", (order,), (told,)) if told else Markup()


def _foot(topics: Topics) -> Html:
    missing = pluralize(topics.without_vector, "paper")
    return lines(
        "notes", [f"Of no topic, as they have no vector: {missing}."] if topics.without_vector else ()
    )
