"""Compare encoders and index kinds: quality, speed and size of each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexes import (
    DEFAULT_RECALL,
    KINDS,
    PRECISIONS,
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
from ..display import pluralize
from ..encoders import texts_per_second
from ..errors import CorpusError, ParameterError, ProfileError
from ..files import temporary_folder
from ..profiles import Profile
from ..scoring import DEFAULT_STRATEGY
from .comparison import compare_values
from .report import MetricEstimate, ReportTable, TabularReport
from .self_test import SelfTest, self_test

if TYPE_CHECKING:
    import pandas as pd


# Texts that tell a rate; a corpus may have fewer.
_TIMED = 512


@dataclass(frozen=True)
class MeasuredEncoder:
    """How good, how fast and how large an encoder is.

    Attributes
    ----------
    encoder : str
        Its name, with the precision of the vectors where it is compared at several.
    quality : float
        The nDCG@k of readers' held-out papers.
    low : float
        The lower end of its 95% interval.
    high : float
        The upper end.
    rate : float
        Papers encoded in a second, on this machine.
    size : int
        Bytes of a paper's vector.
    """

    encoder: str
    quality: float
    low: float
    high: float
    rate: float
    size: int

    def beaten_by(self, other: MeasuredEncoder) -> bool:
        """Tell whether another encoder is as good in quality, rate and size, and better in one.

        Parameters
        ----------
        other : MeasuredEncoder
            The other one.

        Returns
        -------
        bool
            Whether it is.
        """
        mine, others = (self.quality, self.rate, -self.size), (other.quality, other.rate, -other.size)
        return others != mine and all(theirs >= own for own, theirs in zip(mine, others, strict=True))


@dataclass(frozen=True, repr=False)
class EncoderChoice(TabularReport):
    """Encoders, measured on some readers' own likes.

    Attributes
    ----------
    k : int
        The length of the lists.
    readers : int
        How many readers' papers were held out.
    measured : tuple of MeasuredEncoder
        The encoders in the order given.
    warnings : tuple of str
        One line each on what could not be used.
    """

    k: int
    readers: int
    measured: tuple[MeasuredEncoder, ...]
    warnings: tuple[str, ...] = ()

    @property
    def front(self) -> tuple[MeasuredEncoder, ...]:
        """The encoders that no other one beats: which of them is right depends on what is dear."""
        return tuple(one for one in self.measured if not any(one.beaten_by(other) for other in self.measured))

    def to_frame(self) -> pd.DataFrame:
        """Give the measurements as a table.

        Returns
        -------
        DataFrame
            One line for each encoder; `front` says that no other one beats it.
        """
        with extra("frames"):
            import pandas as pd

        return pd.DataFrame([{**vars(one), "front": one in self.front} for one in self.measured])

    def tables(self) -> tuple[ReportTable]:
        """Give what it shows.

        Returns
        -------
        tuple of ReportTable
            One table.
        """
        lines = [
            (
                one.encoder,
                f"{one.quality:.3f} ({one.low:.3f} to {one.high:.3f})",
                f"{one.rate:,.0f}",
                f"{one.size:,.0f}",
                "" if one in self.front else "another one is as good in all, and better in some",
            )
            for one in self.measured
        ]
        head = ["encoder", f"nDCG@{self.k} (95%)", "papers/s", "bytes a paper", ""]
        apart = max(one.low for one in self.measured) > min(one.high for one in self.measured)
        luck = "" if apart or len(self.measured) < 2 else "; all intervals overlap, differences may be luck"
        whose = f"papers of {pluralize(self.readers, 'reader')}, part of them hidden{luck}"
        return (ReportTable(head, lines, below=[whose, *self.warnings]),)


def compare_encoders(
    corpora: Corpus | Sequence[Corpus],
    profiles: Profile | Sequence[Profile],
    *,
    k: int = 10,
    splits: int = 20,
    seed: int = 0,
) -> EncoderChoice:
    """Measure the encoders of several corpora of the same papers on some readers' own likes.

    The quality is the mean over readers of what `self_test` finds, its interval a bootstrap over them; of
    one reader it is over the papers. Encoders are loaded and timed.

    Parameters
    ----------
    corpora : Corpus or sequence of Corpus
        Of the same papers, one for each encoder.
    profiles : Profile or sequence of Profile
        The readers; one who cannot be tested is named in `warnings`.
    k : int, default 10
        The length of the lists.
    splits : int, default 20
        How often papers of each reader are held out.
    seed : int, default 0
        Of the splits, and of the draws of intervals.

    Returns
    -------
    EncoderChoice
        The encoders in the order given.

    Raises
    ------
    ParameterError
        Without corpora or readers, and for corpora of other papers.
    ProfileError
        Where no reader can be tested.

    Examples
    --------
    >>> from recommender import Corpus, read_profiles
    >>> from recommender.evaluation import compare_encoders
    >>> from recommender.sample import PAPERS, PROFILES
    >>> corpus = Corpus.build(PAPERS, "static.corpus", encoder="static")
    >>> choice = compare_encoders(corpus, [*read_profiles(PROFILES)][:2], splits=2)
    >>> [one.encoder for one in choice.measured], choice.readers
    (['static'], 2)
    """
    # One state for all questions, whatever others write meanwhile.
    corpora = [one.pinned() for one in ([corpora] if isinstance(corpora, Corpus) else corpora)]
    readers = [profiles] if isinstance(profiles, Profile) else list(profiles)
    if not corpora or not readers:
        raise ParameterError("to choose an encoder takes a corpus of each, and a reader at least")
    _check_same_papers(corpora)
    tested, warnings = _test(corpora, readers, k=k, splits=splits, seed=seed)
    measured = []
    qualities = _qualities(tested, len(corpora), f"nDCG@{k}", seed)
    for corpus, name, figure in zip(corpora, _names(corpora), qualities, strict=True):
        rate = texts_per_second(
            corpus.encoder, [corpus.snapshot.recipe.text(paper) for paper in islice(corpus, _TIMED)]
        )
        size = corpus.snapshot.dim * PRECISIONS[corpus.snapshot.precision].itemsize
        quality = (figure.mean, figure.low, figure.high)
        measured.append(MeasuredEncoder(name, *quality, rate, size))
    return EncoderChoice(k, len(tested), tuple(measured), warnings)


def _test(
    corpora: Sequence[Corpus], readers: Sequence[Profile], *, k: int, splits: int, seed: int
) -> tuple[list[SelfTest], tuple[str, ...]]:
    """The self-tests of those who have papers enough, and what is to be said of the others and of these."""
    tested, refused = [], []
    for reader in readers:
        try:
            test = self_test(corpora, reader, strategies=[DEFAULT_STRATEGY], k=k, splits=splits, seed=seed)
        except ProfileError as error:
            refused.append(error)
        else:
            tested.append(test)
    if not tested:
        raise refused[0]
    warnings = [*map(str, refused), *(warning for test in tested for warning in test.warnings)]
    return tested, tuple(dict.fromkeys(warnings))


def _names(corpora: Sequence[Corpus]) -> list[str]:
    states = [corpus.snapshot for corpus in corpora]
    times = Counter(state.encoder_name for state in states)
    return [
        state.encoder_name if times[state.encoder_name] == 1 else f"{state.encoder_name} {state.precision}"
        for state in states
    ]


def _qualities(tested: Sequence[SelfTest], encoders: int, measure: str, seed: int) -> list[MetricEstimate]:
    """Of each encoder, over the readers; of one reader, over the papers."""
    found = [[test.rows[place].estimates[measure] for test in tested] for place in range(encoders)]
    if len(tested) == 1:
        return [figures[0] for figures in found]
    means = [{measure: np.array([figure.mean for figure in figures])} for figures in found]
    return [figures[measure] for figures in compare_values(means, seed=seed)]


def _check_same_papers(corpora: Sequence[Corpus]) -> None:
    first, *others = [corpus.snapshot.keys() for corpus in corpora]
    for corpus, keys in zip(corpora[1:], others, strict=True):
        if keys != first:
            raise ParameterError(
                f"{corpus.name} holds other papers than {corpora[0].name}; encoders are compared on the same"
            )


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
        return (ReportTable(head, lines, below=[pluralize(self.papers, "paper")]),)


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
