"""Topics of a corpus: groups of its papers, named by their terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from .._extras import extra
from ..corpus import Corpus, Snapshot
from ..display import Column, bar, shortened, small, stacked, table
from ..errors import CorpusError, ParameterError
from ..interests import spherical_kmeans
from ..lexical import BUCKETS, TermVectors, named_terms
from ..option_values import read_part
from ..paper import Paper
from ..progress import progress
from .trends import Period, count_by_period, find_gaps

if TYPE_CHECKING:
    import pandas as pd


# What fewer than this share of a group have is not what it is about.
_LEAST_SHARE = 0.1

# Papers of a group that spell its terms, and terms that are tried: more than are told, for some are
# words of others.
_SPELLING, _TRIED = 60, 12


def name_groups(snapshot: Snapshot, groups: Sequence[Rows], *, n_terms: int = 4) -> list[tuple[str, ...]]:
    """Name groups of papers by their terms.

    A term counts by its mean TF-IDF weight in the group less that over all groups (as BERTopic's class-based
    TF-IDF, Grootendorst 2022, weighs a term against the other classes). No two terms of a name share a word.

    Parameters
    ----------
    snapshot : Snapshot
        The state of the corpus, which has the words of the papers.
    groups : sequence of ndarray of int64
        The rows of each group, the most central first.
    n_terms : int, default 4
        How many terms a name has at most.

    Returns
    -------
    list of tuple of str
        The terms of each group, as its papers spell them; empty where the corpus has no terms.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender import Corpus
    >>> from recommender.topics import name_groups
    >>> corpus = Corpus.sample()
    >>> (terms,) = name_groups(corpus.snapshot, [np.arange(20)], n_terms=2)
    >>> len(terms)
    2
    """
    if not snapshot.has_terms:
        return [()] * len(groups)
    weighed = [_weights(snapshot.terms(rows)) for rows in groups]
    others = np.mean(weighed, axis=0) if len(groups) > 1 else np.zeros(BUCKETS, np.float32)
    return [
        _spelled(snapshot, rows[:_SPELLING], weights - others, n_terms)
        for rows, weights in zip(groups, weighed, strict=True)
    ]


def disambiguate(names: Sequence[str]) -> list[str]:
    """Put a number behind each name that was there before.

    Parameters
    ----------
    names : sequence of str
        The names, some of them maybe equal.

    Returns
    -------
    list of str
        As many names, no two of them equal.

    Examples
    --------
    >>> from recommender.topics import disambiguate
    >>> disambiguate(["graphs", "speech", "graphs"])
    ['graphs', 'speech', 'graphs (2)']
    """
    apart: list[str] = []
    for name in names:
        number, own = 1, name
        while own in apart:
            number += 1
            own = f"{name} ({number})"
        apart.append(own)
    return apart


def _weights(terms: TermVectors) -> NDArray[np.float32]:
    """The mean weight of each term, 0 where few papers have it."""
    papers = np.bincount(terms.buckets, minlength=BUCKETS)
    weights = np.bincount(terms.buckets, terms.weights, minlength=BUCKETS) / max(len(terms), 1)
    weights[papers < max(min(2, len(terms)), len(terms) * _LEAST_SHARE)] = 0
    return weights.astype(np.float32)


def _spelled(snapshot: Snapshot, rows: Rows, gains: NDArray[np.float32], n_terms: int) -> tuple[str, ...]:
    best = np.argsort(-gains, kind="stable")[: _TRIED * n_terms]
    wanted = set(best[gains[best] > 0].tolist())
    spelled: dict[int, str] = {}
    for paper in snapshot.papers(rows.tolist()):
        found = named_terms(read_part(paper.words))
        spelled |= {bucket: found[bucket] for bucket in wanted - spelled.keys() if bucket in found}
    chosen: list[str] = []
    for bucket in best.tolist():
        term = spelled.get(bucket, "")
        if term and not any(set(term.split()) & set(other.split()) for other in chosen):
            chosen.append(term)
        if len(chosen) == n_terms:
            break
    return tuple(chosen)


# Of more papers so many, drawn evenly, say where the centres are; all are then put to the nearest.
_GROUPED = 20_000

# The most central papers of a topic, which name it, and those that are shown.
_NAMING, _SHOWN = 200, 3

_TITLE = 80  # characters of a name

_FEWEST, _MOST = 2, 24

_UTMOST = 500  # more would be no topics

# Rows that are read and compared at a time.
_BLOCK = 20_000


@dataclass(frozen=True, eq=False)
class Topic:
    """A group of papers about one thing.

    Attributes
    ----------
    name : str
        Its terms, or where there are none its most central title; no other topic has it.
    terms : tuple of str
        The terms that it is about, those that count most first.
    rows : ndarray of int64, shape (n,)
        The rows of its papers, the nearest to the centre first.
    papers : tuple of Paper
        The most central ones.
    """

    name: str
    terms: tuple[str, ...]
    rows: Rows
    papers: tuple[Paper, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Topic({self.name!r}, {len(self):,} papers)"


@dataclass(frozen=True, eq=False, repr=False)
class Topics(Sequence[Topic]):
    """The topics of one state of a corpus, a sequence of `Topic`, the largest first.

    Attributes
    ----------
    snapshot : Snapshot
        The state of the corpus.
    items : tuple of Topic
        The topics.
    rows : ndarray of int64, shape (n,)
        The papers that are of a topic, ascending.
    labels : ndarray of int64, shape (n,)
        The number of the topic of each of `rows`, from 0.
    centres : ndarray of float32, shape (topics, dim)
        The unit centre of each topic.
    """

    snapshot: Snapshot = field(repr=False)
    items: tuple[Topic, ...]
    rows: Rows
    labels: NDArray[np.int64]
    centres: Vectors

    @property
    def without_vector(self) -> int:
        """How many papers of the corpus are of no topic, as they have no dense vector."""
        return len(self.snapshot.vectorless)

    def to_frame(self) -> pd.DataFrame:
        """Give the topics as a table.

        Returns
        -------
        DataFrame
            One line for each topic: `topic`, `papers`, their `share` of all, `central_id`, `central_title`.
        """
        with extra("frames"):
            import pandas as pd

        lines = [
            {
                "topic": topic.name,
                "papers": len(topic),
                "share": len(topic) / len(self.rows),
                "central_id": topic.papers[0].id,
                "central_title": topic.papers[0].title,
            }
            for topic in self
        ]
        return pd.DataFrame(lines)

    def trends(self, *, by: Period | None = None) -> pd.DataFrame:
        """Count the papers of each topic over time.

        Papers without a date, without one so exact, or with one far from all others are left out.

        Parameters
        ----------
        by : {"year", "quarter", "month", "week", "day"}, optional
            The length of a period; by default a year, or less where most papers are of a few years.

        Returns
        -------
        DataFrame
            One line for each topic and period: `topic`, `period`, `papers`, and their `share` of all papers
            of the period. ``frame.attrs["left_out"]`` says how many papers are left out.

        Raises
        ------
        CorpusError
            Where no paper has a date, or none has one so exact.
        ParameterError
            For an unknown period.
        """
        with extra("frames"):
            import pandas as pd

        periods, counts, left_out = count_by_period(self.snapshot, self.rows, self.labels, by=by)
        shares = counts / np.maximum(counts.sum(axis=0), 1)
        lines = [
            {"topic": topic.name, "period": period, "papers": int(papers), "share": float(share)}
            for topic, of_topic, shares_of in zip(self, counts, shares, strict=True)
            for period, papers, share in zip(periods, of_topic, shares_of, strict=True)
        ]
        frame = pd.DataFrame(lines)
        frame.attrs["left_out"] = left_out
        return frame

    def gaps(self) -> pd.DataFrame:
        """List the pairs of near topics, the pair with the fewest papers in between first.

        Returns
        -------
        DataFrame
            One line for each pair: `first`, `second`, `closeness` (the cosine of their centres), `between`
            (how many papers lie between them) and `share` (what part of the papers of both that is).
        """
        with extra("frames"):
            import pandas as pd

        found = find_gaps(self.snapshot.vectors(self.rows), self.labels, self.centres)
        names = [topic.name for topic in self]
        lines = [(names[first], names[second], *rest) for first, second, *rest in found]
        return pd.DataFrame(lines, columns=["first", "second", "closeness", "between", "share"])

    @overload
    def __getitem__(self, place: int) -> Topic: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Topic]: ...
    def __getitem__(self, place: int | slice) -> Topic | Sequence[Topic]:  # of a slice, a plain tuple
        return self.items[place]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Topic]:
        return iter(self.items)

    def __str__(self) -> str:
        lines = [f"{len(topic):>7,}  {topic.name}" for topic in self]
        if self.without_vector:
            lines.append(f"{self.without_vector:>7,}  (of no topic: without a dense vector)")
        return "\n".join(lines)

    __repr__ = __str__  # what a notebook or a prompt shows where it cannot show a table

    def _repr_html_(self) -> str:
        most = max(map(len, self), default=1)
        lines = (
            (
                bar(len(topic) / most, f"{len(topic):,}"),
                topic.name,
                stacked(*(small(shortened(paper.title, 2 * _TITLE)) for paper in topic.papers)),
            )
            for topic in self
        )
        return table((Column("papers", whole=True), Column("topic"), Column("most central")), lines)


def find_topics(
    corpus: Corpus, *, n_topics: int | None = None, seed: int = 0, sample_size: int = _GROUPED
) -> Topics:
    """Group the papers of a corpus into topics by spherical k-means.

    The same corpus and seed give the same topics. Papers without a dense vector are of none, and papers
    that are all alike make fewer topics.

    Parameters
    ----------
    corpus : Corpus
        The papers.
    n_topics : int, optional
        How many, 1 to 500; by default as many as suit the size of the corpus, 24 at most.
    seed : int, default 0
        Of the first centres, which are drawn.
    sample_size : int, default 20000
        Of more papers so many, drawn evenly, say where the centres are; all are then put to the nearest.

    Returns
    -------
    Topics
        The topics, the largest first.

    Raises
    ------
    CorpusError
        For an empty corpus, and for one without dense vectors.
    ParameterError
        For an `n_topics` that is no whole number from 1 to 500.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.topics import find_topics
    >>> topics = find_topics(Corpus.sample(), n_topics=5)
    >>> len(topics), sum(map(len, topics))
    (5, 232)
    >>> topics.to_frame().columns.tolist()
    ['topic', 'papers', 'share', 'central_id', 'central_title']
    """
    snapshot = corpus.snapshot
    if not len(snapshot):
        raise CorpusError(f"{corpus.name}: an empty corpus has no topics")
    if n_topics is not None and (isinstance(n_topics, bool) or not isinstance(n_topics, Integral)):
        raise ParameterError(f"n_topics is {n_topics!r}; give a whole number of topics")
    if n_topics is not None and not 1 <= n_topics <= _UTMOST:
        raise ParameterError(f"{n_topics} topics are asked for; there may be 1 to {_UTMOST}")
    rows = np.sort(snapshot.comparable)
    if not len(rows):
        raise CorpusError(f"{corpus.name}: no paper has a dense vector, so there are no topics")
    wanted = min(max(round(np.sqrt(len(rows) / 2)), _FEWEST), _MOST) if n_topics is None else int(n_topics)
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), sample_size)).astype(np.int64)]
    centres, _ = spherical_kmeans(snapshot.vectors(some), min(wanted, len(some)), seed=seed)
    labels, cosines = nearest_centres(snapshot, rows, centres)
    order = np.argsort(-np.bincount(labels, minlength=len(centres)), kind="stable")
    order = order[np.isin(order, labels)]
    number = np.empty(len(centres), np.int64)
    number[order] = np.arange(len(order))
    labels = number[labels]
    members = [_central_first(rows, cosines, labels, topic) for topic in range(len(order))]
    return Topics(snapshot, _named(snapshot, members), rows, labels, centres[order])


def nearest_centres(
    snapshot: Snapshot, rows: Rows, centres: Vectors, *, block_size: int = _BLOCK
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The nearest centre of each paper, and the cosine to it."""
    labels, cosines = np.empty(len(rows), np.int64), np.empty(len(rows), np.float32)
    with progress("topics", len(rows)) as done:
        for start in range(0, len(rows), block_size):
            block = slice(start, start + block_size)
            near = snapshot.vectors(rows[block]) @ centres.T
            labels[block], cosines[block] = near.argmax(axis=1), near.max(axis=1)
            done(len(near))
    return labels, cosines


def _central_first(rows: Rows, cosines: NDArray[np.float32], labels: NDArray[np.int64], topic: int) -> Rows:
    """Of equal papers the earlier row first: the last digits of a cosine differ from machine to machine."""
    mine = np.flatnonzero(labels == topic)
    return np.asarray(rows[mine[np.argsort(-cosines[mine].round(5), kind="stable")]])


def _named(snapshot: Snapshot, members: Sequence[Rows]) -> tuple[Topic, ...]:
    terms = name_groups(snapshot, [rows[:_NAMING] for rows in members])
    papers = [tuple(snapshot.papers(rows[:_SHOWN].tolist())) for rows in members]
    names = disambiguate(
        [
            ", ".join(of) or shortened(first.title, _TITLE)
            for of, (first, *_) in zip(terms, papers, strict=True)
        ]
    )
    return tuple(map(Topic, names, terms, members, papers))
