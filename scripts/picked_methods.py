"""Ways to tell a week's picks from its other papers, by what was known before the week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from picked_weeks import Floats, Places, Week
from sklearn.linear_model import LogisticRegression

from recommender.engine.logistic import Features, fit_logistic
from recommender.engine.picks import Picks, like_picks
from recommender.lexical import TermVectors

Method = Callable[["Known"], Floats]

RECENT, PRIOR, NEIGHBOURS, CROWD = 14, 120, 200, 20  # of a burst, and of density
LATELY, OTHERS = 90, 4000  # as the simple methods look back, and on how many others
YEAR, HELD = 365, 10


@dataclass(frozen=True)
class Setting:
    """A logistic regression: on which vectors, with words and authors or without, and how it forgets."""

    vectors: str = "own"
    scale: float = 0.5
    words: bool = True
    authors: float = 0.2
    window: int = YEAR
    half_life: float = 90
    others: int = 6000
    penalty: float = 1 / 4200


class Known:
    """A week, and what several methods ask of it."""

    def __init__(self, week: Week) -> None:
        self.week, self.papers = week, week.papers
        self.said: dict[Setting, Floats] = {}
        self._texts: dict[tuple[int, int], tuple[Places, Places, Features, Features]] = {}

    @cached_property
    def lately(self) -> tuple[Places, Places]:
        """Picks of a year, and others of the last 90 days."""
        return self.week.picks(YEAR), self.week.others(LATELY, OTHERS)

    def weights(self, half_life: float) -> Floats:
        """How much each pick of the year counts; in all 1."""
        picks, _ = self.lately
        weights = 0.5 ** ((self.week.first - self.papers.picked[picks]) / half_life)
        return np.asarray(weights / weights.sum())

    def cosines(self, vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Of the week's papers to the picks of the year, and to the others."""
        mine, (picks, others) = vectors[self.week.places], self.lately
        return mine @ vectors[picks].T, mine @ vectors[others].T

    @cached_property
    def neighbourhood(self) -> tuple[Floats, Floats]:
        """The growth and the density of what is around each of the week's papers."""
        papers, week, last = self.papers, self.week, self.week.first + 7
        pool = np.flatnonzero((papers.published <= last) & (papers.published > last - PRIOR - RECENT))
        cosines = papers.minilm[week.places] @ papers.minilm[pool].T
        cosines[np.arange(len(week.places)), np.searchsorted(pool, week.places)] = -np.inf
        near = np.argpartition(-cosines, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        recent = papers.published[pool] > last - RECENT
        growth = np.log((recent[near].sum(axis=1) + 1) / (NEIGHBOURS * recent.mean() + 1))
        of_near = np.sort(np.take_along_axis(cosines, near, axis=1), axis=1)[:, -CROWD:]
        return growth, np.asarray(of_near.mean(axis=1), np.float64)

    def texts(self, window: int, most: int) -> tuple[Places, Places, Features, Features]:
        """Picks, others, their words, and those of the week's papers."""
        if (window, most) not in self._texts:
            picks, others = self.week.picks(window), self.week.others(window, most)
            terms = self._terms(np.concatenate([picks, others]))
            held = np.flatnonzero(np.bincount(terms.numbers) >= HELD).astype(np.uint32)
            learnt, mine = (
                Features.of(np.zeros((len(one), 0)), one, held)
                for one in (terms, self._terms(self.week.places))
            )
            self._texts[window, most] = picks, others, learnt, mine
        return self._texts[window, most]

    def _terms(self, places: Places) -> TermVectors:
        words = self.papers.words[places]
        return TermVectors(words.indptr.astype(np.int64), words.indices.astype(np.uint32), words.data)


def centre(half_life: float, vectors: str) -> Method:
    """The mean cosine to the picks, the later counting more."""
    return lambda known: known.cosines(getattr(known.papers, vectors))[0] @ known.weights(half_life)


def centre_of_words(half_life: float) -> Method:
    """The same of words, less that to the others."""

    def scores(known: Known) -> Floats:
        words, (picks, others) = known.papers.words, known.lately
        toward = words[picks].T @ known.weights(half_life) - words[others].T @ np.full(
            len(others), 1 / len(others)
        )
        return np.asarray(words[known.week.places] @ toward)

    return scores


def nearest(count: int, half_life: float, vectors: str) -> Method:
    """The mean cosine to the nearest picks; one a half-life old has to be a tenth of a doubling nearer."""

    def scores(known: Known) -> Floats:
        cosines, _ = known.cosines(getattr(known.papers, vectors))
        weights = known.weights(half_life)
        faded = cosines * (weights / weights.max()) ** 0.1
        return np.asarray(np.sort(faded, axis=1)[:, -count:].mean(axis=1), np.float64)

    return scores


def kernels(width: float, half_life: float, vectors: str) -> Method:
    """The log ratio of the density of picks, the later counting more, to that of others."""

    def scores(known: Known) -> Floats:
        picks, others = known.cosines(getattr(known.papers, vectors))
        dense = np.exp((picks - 1) / width) @ known.weights(half_life)
        return np.asarray(np.log(dense) - np.log(np.exp((others - 1) / width).mean(axis=1)), np.float64)

    return scores


def of_categories(known: Known) -> Floats:
    """The mean log ratio of how often a category is a pick's and another paper's; 0 where none is known."""
    picks, others = known.lately
    every = known.papers.categories
    names = sorted({name for text in every[np.concatenate([picks, others])] for name in text.split()})
    log_ratio = dict(
        zip(names, np.log(_shares(every[picks], names) / _shares(every[others], names)), strict=True)
    )
    return np.array(
        [
            np.mean([log_ratio.get(name, 0.0) for name in text.split()] or [0.0])
            for text in every[known.week.places]
        ]
    )


def _shares(texts: NDArray[np.str_], names: list[str]) -> Floats:
    """How many of the texts with a category have each one, with one more of each."""
    split = [set(text.split()) for text in texts if text]
    return np.array([(1 + sum(name in one for one in split)) / (len(split) + 1) for name in names])


def of_authors(known: Known) -> Floats:
    """How often the most picked author was picked before."""
    return np.log1p(known.week.counts[:, 0])


def burst(known: Known) -> Floats:
    """Whether the neighbourhood grows: how many of the nearest 200 papers are of the last 14 days against 120
    before, as `trending_b.py` has it.
    """
    return known.neighbourhood[0]


def density(known: Known) -> Floats:
    """Whether the neighbourhood is crowded: the mean cosine to the nearest 20 papers of these days."""
    return known.neighbourhood[1]


def simple_logistic(known: Known) -> Floats:
    """The logistic method of `trending_b.py` as it is: also what is picked later is no other paper there."""
    papers, week = known.papers, known.week
    picks = week.picks(LATELY)
    then = (papers.published < week.first) & (papers.published >= week.first - LATELY)
    others = np.flatnonzero(then & (papers.picked == 0))
    others = np.random.default_rng(0).choice(others, min(len(others), OTHERS), replace=False)
    learnt = np.concatenate([papers.minilm[picks], papers.minilm[others]])
    kinds = np.arange(len(learnt)) < len(picks)
    model = LogisticRegression(C=3, max_iter=300, class_weight="balanced").fit(learnt, kinds)
    return np.asarray(model.decision_function(papers.minilm[week.places]))


def logistic(setting: Setting) -> Method:
    """A logistic regression with these features and weights, as the product's is."""

    def scores(known: Known) -> Floats:
        if setting not in known.said:
            known.said[setting] = _fitted(setting, known)
        return known.said[setting]

    return scores


def _fitted(setting: Setting, known: Known) -> Floats:
    papers, week = known.papers, known.week
    picks, others, learnt, mine = known.texts(setting.window, setting.others)
    ages = [week.first - papers.picked[picks], week.first - papers.published[others]]
    weights = [0.5 ** (one / setting.half_life) for one in ages]
    rows = np.concatenate([picks, others])
    learnt = _with_vectors(known, setting, rows, learnt, papers.counts[rows])
    weighed = np.concatenate([one / one.sum() for one in weights]) / 2
    model = fit_logistic(learnt, np.arange(len(rows)) < len(picks), weighed, setting.penalty)
    return model.log_odds(_with_vectors(known, setting, week.places, mine, week.counts))


def _with_vectors(
    known: Known, setting: Setting, places: Places, texts: Features, counts: Places
) -> Features:
    """What the setting looks at of papers."""
    of_authors = setting.authors * np.log1p(counts)
    vectors = getattr(known.papers, setting.vectors)[places] if setting.vectors else of_authors[:, :0]
    if not setting.words:
        texts = Features(texts.dense, texts.owners[:0], texts.columns[:0], texts.weights[:0], 0)
    return replace(texts, dense=np.hstack([setting.scale * vectors, of_authors]).astype(np.float64))


def product(known: Known, *, picks: Places | None = None) -> Floats:
    """What the product says, of these picks or of all."""
    papers, week = known.papers, known.week
    before = (papers.picked > 0) & (papers.picked < week.first)
    chosen = np.flatnonzero(before) if picks is None else picks
    rows, first = np.unique(papers.rows[chosen], return_index=True)
    known_picks = Picks(rows, papers.picked[chosen][first])
    return like_picks(papers.snapshot, known_picks, papers.rows[week.places], day=week.first - 1)


def together(*parts: tuple[float, Method]) -> Method:
    """The sum of what several methods say, each with mean 0 and spread 1, times its weight."""

    def scores(known: Known) -> Floats:
        found = [(weight, method(known)) for weight, method in parts]
        return np.asarray(
            sum(weight * (one - one.mean()) / max(float(one.std()), 1e-9) for weight, one in found)
        )

    return scores
