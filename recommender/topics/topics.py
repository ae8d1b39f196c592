"""Topics of a corpus: groups of its papers, named by their terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from .._extras import extra
from ..corpus import Corpus, Snapshot
from ..corpus.stored_topics import StoredTopics
from ..corpus.topic_changes import TopicChange
from ..corpus.topic_groups import SAMPLE_SIZE, PaperGroups, draw_centres, group_papers, names_of
from ..display import Column, bar, shortened, small, stacked, table
from ..errors import CorpusError, ParameterError
from ..frames import frame_of
from ..paper import Paper
from .trends import Period, count_by_period, find_gaps

if TYPE_CHECKING:
    import pandas as pd


_SHOWN = 3  # the most central papers of a topic

_TITLE = 80  # characters of a title beside a name

_UTMOST = 500  # more would be no topics


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
    number : int
        The topic's own, which it has as long as it goes on, and no other topic of the corpus ever has.
    """

    name: str
    terms: tuple[str, ...]
    rows: Rows
    papers: tuple[Paper, ...]
    number: int

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
    cosines : ndarray of float32, shape (n,)
        The cosine of each of `rows` to the centre of its topic.
    changes : tuple of TopicChange
        What was born, split, merged or died when the corpus's topics moved on last.
    """

    snapshot: Snapshot = field(repr=False)
    items: tuple[Topic, ...]
    rows: Rows
    labels: NDArray[np.int64]
    centres: Vectors
    cosines: NDArray[np.float32]
    changes: tuple[TopicChange, ...] = ()

    @property
    def without_vector(self) -> int:
        """How many papers of the corpus are of no topic, as they have no dense vector."""
        return len(self.snapshot.vectorless)

    def to_frame(self, *, by: Literal["paper", "topic"] = "paper") -> pd.DataFrame:
        """Give the topic of each paper, or the topics, as a table.

        Parameters
        ----------
        by : {"paper", "topic"}, default "paper"
            What has a line.

        Returns
        -------
        DataFrame
            By paper: `id`, `title`, `published` (a date), `published_written` (as far as it is known),
            `topic`, `number` (the topic's own) and `cosine` (to its centre), the papers in the order of their
            rows. By topic: `topic`, `number`, `papers`, their `share` of all, `central_id`, `central_title`,
            the largest first.

        Raises
        ------
        ParameterError
            For another `by`.

        Examples
        --------
        >>> from recommender import Corpus
        >>> from recommender.topics import find_topics
        >>> frame = find_topics(Corpus.sample(), n_topics=5).to_frame()
        >>> frame.columns.tolist(), len(frame)
        (['id', 'title', 'published', 'published_written', 'topic', 'number', 'cosine'], 232)
        """
        with extra("frames"):
            import pandas as pd

        if by not in ("paper", "topic"):
            raise ParameterError(f"by is {by!r}; a line is of a 'paper' or of a 'topic'")
        return frame_of(self._paper_columns()) if by == "paper" else pd.DataFrame(self._topic_columns())

    def _paper_columns(self) -> dict[str, Any]:
        labels, dates = self.snapshot.labels(self.rows.tolist()), self.snapshot.published()
        rows = self.rows.tolist()
        return {
            "id": [labels[row][0] for row in rows],
            "title": [labels[row][1] for row in rows],
            "published": [dates.get(row, "") for row in rows],
            "topic": [self[label].name for label in self.labels.tolist()],
            "number": [self[label].number for label in self.labels.tolist()],
            "cosine": self.cosines,
        }

    def _topic_columns(self) -> dict[str, Any]:
        return {
            "topic": [topic.name for topic in self],
            "number": [topic.number for topic in self],
            "papers": [len(topic) for topic in self],
            "share": [len(topic) / len(self.rows) for topic in self],
            "central_id": [topic.papers[0].id for topic in self],
            "central_title": [topic.papers[0].title for topic in self],
        }

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
    corpus: Corpus, *, n_topics: int | None = None, seed: int = 0, sample_size: int = SAMPLE_SIZE
) -> Topics:
    """Group the papers of a corpus into topics by spherical k-means.

    Topics go on: once papers were added to the corpus or removed, it has the centres stored, what is new
    joins them, and a topic has its number and its name as long as it lasts; see `Topics.changes`. Any option
    that is given makes topics anew. The same corpus and options give the same topics. Papers without a dense
    vector are of none, and papers that are all alike make fewer topics.

    Parameters
    ----------
    corpus : Corpus
        The papers.
    n_topics : int, optional
        How many, 1 to 500; by default as many as suit the size of the corpus, 24 at most.
    seed : int, default 0
        Of the first centres, which are drawn; another one than 0 makes topics anew.
    sample_size : int, default 20000
        Of more papers so many, drawn by their keys, say where the centres are; all are then put to the
        nearest.

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
    >>> topics.to_frame(by="topic").columns.tolist()
    ['topic', 'number', 'papers', 'share', 'central_id', 'central_title']
    """
    snapshot = corpus.snapshot
    if not len(snapshot):
        raise CorpusError(f"{corpus.name}: an empty corpus has no topics")
    if n_topics is not None and (isinstance(n_topics, bool) or not isinstance(n_topics, Integral)):
        raise ParameterError(f"n_topics is {n_topics!r}; give a whole number of topics")
    if n_topics is not None and not 1 <= n_topics <= _UTMOST:
        raise ParameterError(f"{n_topics} topics are asked for; there may be 1 to {_UTMOST}")
    if not len(snapshot.comparable):
        raise CorpusError(f"{corpus.name}: no paper has a dense vector, so there are no topics")
    usual = n_topics is None and seed == 0 and sample_size == SAMPLE_SIZE
    stored = snapshot.topics if usual else None
    if stored is None:
        centres = draw_centres(snapshot, count=n_topics, seed=seed, sample_size=sample_size)
        return _topics(snapshot, group_papers(snapshot, centres), None)
    return _topics(snapshot, group_papers(snapshot, stored.centres), stored)


def _topics(snapshot: Snapshot, groups: PaperGroups, stored: StoredTopics | None) -> Topics:
    order = groups.order()
    members = [groups.members[group] for group in order.tolist()]
    if stored is None:
        names, terms = names_of(snapshot, members)
        numbers = list(range(1, len(order) + 1))
    else:
        known = [stored.topics[group] for group in order.tolist()]
        names, terms = [topic.name for topic in known], [topic.terms for topic in known]
        numbers = [topic.number for topic in known]
    papers = [tuple(snapshot.papers(rows[:_SHOWN].tolist())) for rows in members]
    place = np.empty(len(groups.centres), np.int64)
    place[order] = np.arange(len(order))
    return Topics(
        snapshot,
        tuple(map(Topic, names, terms, members, papers, numbers)),
        groups.rows,
        place[groups.labels],
        groups.centres[order],
        groups.cosines,
        () if stored is None else stored.changes,
    )
