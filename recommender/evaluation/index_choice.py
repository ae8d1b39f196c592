"""Which index: what share of the nearest papers each kind finds, how long it takes, and how large it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexes import (
    DEFAULT_RECALL,
    KINDS,
    ExactIndex,
    Stored,
    VectorIndex,
    build_index,
    open_index,
    restore,
    store,
)

from .._extras import extra
from ..corpus import Corpus, check_index
from ..display import counted
from ..errors import CorpusError, ParameterError
from ..temporary import temporary_folder
from .report_table import ReportTable, TabularReport

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["IndexChoice", "MeasuredIndex", "compare_indexes"]

# Questions that tell a time, one by one, and how many papers each asks for.
_ASKED, _NEAREST = 200, 100


@dataclass(frozen=True)
class MeasuredIndex:
    """How exact, how fast and how large a kind of index is.

    Attributes
    ----------
    kind : str
        Its name.
    recall : float
        The share of the ten nearest papers that it finds.
    answer : float
        The median milliseconds in which it finds a hundred papers for one question.
    build : float
        The seconds that making it took.
    size : int
        Its bytes.
    """

    kind: str
    recall: float
    answer: float
    build: float
    size: int


@dataclass(frozen=True, repr=False)
class IndexChoice(TabularReport):
    """Kinds of index, measured on a corpus's vectors.

    Attributes
    ----------
    papers : int
        How many papers they are over.
    measured : tuple of MeasuredIndex
        The kinds in the order given.
    """

    papers: int
    measured: tuple[MeasuredIndex, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give the measurements as a table.

        Returns
        -------
        DataFrame
            One line for each kind.
        """
        with extra("frames"):
            import pandas as pd

        return pd.DataFrame([vars(one) for one in self.measured])

    def tables(self) -> tuple[ReportTable]:
        """Give what it shows.

        Returns
        -------
        tuple of ReportTable
            One table.
        """
        head = ["index", "recall@10", "ms an answer", "s to build", "MB"]
        lines = [
            (
                one.kind,
                f"{one.recall:.3f}",
                f"{one.answer:.2f}",
                f"{one.build:.1f}",
                f"{one.size / 1e6:.1f}",
            )
            for one in self.measured
        ]
        return (ReportTable(head, lines, below=[counted(self.papers, "paper")]),)


def compare_indexes(
    corpus: Corpus,
    kinds: str | Sequence[str] = tuple(KINDS),
    *,
    recall: float = DEFAULT_RECALL,
    seed: int = 0,
) -> IndexChoice:
    """Build each kind of index over a corpus's vectors, in a place that goes afterwards, and measure it.

    Parameters
    ----------
    corpus : Corpus
        The papers.
    kinds : str or sequence of str, default all
        Names of `indexes.KINDS`.
    recall : float, default 0.99
        The share of the ten nearest that an approximate one is tuned to find.
    seed : int, default 0
        Of the questions, which are drawn.

    Returns
    -------
    IndexChoice
        The kinds in the order given.

    Raises
    ------
    ParameterError
        For an unknown kind, and a recall that is none.
    CorpusError
        For an empty corpus.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.evaluation import compare_indexes
    >>> compare_indexes(Corpus.sample(), "exact").measured[0].recall
    1.0
    """
    kinds = [kinds] if isinstance(kinds, str) else kinds
    for kind in kinds:
        if kind not in KINDS:
            raise ParameterError(f"{kind!r} is no kind of index; known: {', '.join(KINDS)}")
        check_index(kind, recall)
    snapshot = corpus.snapshot
    if not len(snapshot):
        raise CorpusError(f"{corpus.name}: an empty corpus has nothing to be searched for")
    rows = snapshot.comparable
    if not len(rows):
        raise CorpusError(f"{corpus.name}: no paper has a dense vector, so there is nothing to search")
    vectors = store(snapshot.vectors(rows), snapshot.precision)
    asked = np.random.default_rng(seed).choice(len(vectors), min(_ASKED, len(vectors)), replace=False)
    with temporary_folder("indexes") as folder:
        measured = [_measured(kind, vectors, restore(vectors[asked]), folder, recall) for kind in kinds]
    return IndexChoice(len(rows), tuple(measured))


def _measured(kind: str, vectors: Stored, queries: Stored, folder: Path, recall: float) -> MeasuredIndex:
    if kind == ExactIndex.kind:
        index = open_index(kind, [vectors], dim=vectors.shape[1])
        return MeasuredIndex(kind, 1.0, _answer_time(index, queries), 0.0, 0)
    file = folder / kind
    built = build_index(kind, vectors, file, recall=recall)
    index = open_index(kind, [vectors], dim=vectors.shape[1], file=file, measured=built)
    return MeasuredIndex(kind, built.recall, _answer_time(index, queries), built.seconds, file.stat().st_size)


def _answer_time(index: VectorIndex, queries: Stored) -> float:
    """Milliseconds, the median of all questions."""
    nearest, times = min(_NEAREST, len(index)), []
    for query in queries:
        started = time.perf_counter()
        index.search(query[np.newaxis], nearest)
        times.append(1000 * (time.perf_counter() - started))
    return float(np.median(times))
