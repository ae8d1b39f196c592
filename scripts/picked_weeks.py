"""The daily papers week by week: which of a week's papers were picked, and what was known before it."""

from __future__ import annotations

import datetime
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender import Corpus
from recommender.corpus import Snapshot
from recommender.corpus.lookup import find_rows_of
from recommender.engine.picked_authors import PickedAuthors

SINCE = datetime.date(2024, 1, 1).toordinal()
LEAST_PICKED = 10  # a week with fewer picks is left out
SEED = 0

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Papers:
    """All papers of the shared corpus with a whole date since 2024, and those that were picked.

    `rows` are theirs in the corpus, `published` and `picked` ordinals, `picked` 0 for never; `minilm` are the
    shared vectors, `own` those of the corpus, `words` its TF-IDF; `counts` are how often their authors were
    picked before they appeared, see `PickedAuthors`; `categories` are texts, "" where none is known.
    """

    snapshot: Snapshot
    rows: Places
    published: Places
    picked: Places
    minilm: NDArray[np.float32]
    own: NDArray[np.float32]
    words: Any
    numbers: NDArray[np.uint32]
    authors: PickedAuthors
    counts: Places
    categories: NDArray[np.str_]
    named: NDArray[np.bool_]

    @classmethod
    def of(cls, data: Path, corpus: Corpus) -> Papers:
        """Of the shared data, and of a corpus of all shared papers."""
        every = pd.read_parquet(data / "corpus_ml.parquet", columns=["id", "date", "categories", "authors"])
        days = every["date"].str.len() == len("2025-01-06")
        whole = every["date"].where(days, "0001-01-01")
        published = np.array([datetime.date.fromisoformat(day).toordinal() for day in whole])
        lists = daily_lists(data)
        picked = every["id"].map(lists).fillna(0).to_numpy(np.int64)
        kept = np.flatnonzero((published >= SINCE) | (picked > 0))
        snapshot = corpus.snapshot
        ids = every["id"].iloc[kept].tolist()
        found = find_rows_of(snapshot, ids)
        there = np.array([len(found[one]) == 1 for one in ids])
        kept, ids = kept[there], [one for one, is_there in zip(ids, there, strict=True) if is_there]
        rows = np.array([found[one][0] for one in ids], np.int64)
        terms = snapshot.terms(rows)
        numbers, columns = np.unique(terms.numbers, return_inverse=True)
        words = sp.csr_matrix(
            (terms.weights, columns.astype(np.int32), terms.starts), (len(rows), len(numbers))
        )
        published, picked = published[kept], picked[kept]
        known = PickedAuthors.of(snapshot, rows[picked > 0], picked[picked > 0])
        counts = known.counts(snapshot, rows, np.where(picked > 0, np.minimum(published, picked), published))
        texts = every.iloc[kept]
        return cls(
            snapshot,
            rows,
            published,
            picked,
            shared_vectors(data)[kept],
            snapshot.vectors(rows),
            words,
            numbers,
            known,
            counts,
            texts["categories"].fillna("").to_numpy(np.str_),
            (texts["authors"].fillna("") != "").to_numpy(),
        )

    def weeks(self, first: str, last: str) -> Iterator[Week]:
        """The weeks that begin on these days, every seventh, and have papers that were picked."""
        start, end = (datetime.date.fromisoformat(day).toordinal() for day in (first, last))
        for monday in range(start, end + 1, 7):
            week = Week(self, monday)
            if week.is_picked.sum() >= LEAST_PICKED:
                yield week


@dataclass(frozen=True)
class Week:
    """A week of publication: its papers, and what was known before its first day."""

    papers: Papers
    first: int

    @property
    def name(self) -> str:
        """The first day."""
        return datetime.date.fromordinal(self.first).isoformat()

    @cached_property
    def places(self) -> Places:
        """The papers that appeared in it."""
        published = self.papers.published
        return np.flatnonzero((published >= self.first) & (published < self.first + 7))

    @cached_property
    def is_picked(self) -> NDArray[np.bool_]:
        """Which of them were picked, then or later."""
        return self.papers.picked[self.places] > 0

    def picks(self, window: int) -> Places:
        """What was picked in so many days before it."""
        picked = self.papers.picked
        return np.flatnonzero((picked > 0) & (picked < self.first) & (picked >= self.first - window))

    def others(self, window: int, most: int) -> Places:
        """Some that appeared in so many days before it and were not picked before it."""
        papers = self.papers
        then = (papers.published < self.first) & (papers.published >= self.first - window)
        rows = np.flatnonzero(then & ((papers.picked == 0) | (papers.picked >= self.first)))
        return np.random.default_rng(SEED).choice(rows, min(len(rows), most), replace=False)

    @cached_property
    def counts(self) -> Places:
        """How often the authors of its papers were picked before it."""
        papers = self.papers
        return papers.authors.counts(
            papers.snapshot, papers.rows[self.places], np.full(len(self.places), self.first)
        )

    @cached_property
    def whole(self) -> NDArray[np.bool_]:
        """Which of its papers have authors and categories: of picks more have none than of others."""
        return self.papers.named[self.places] & (self.papers.categories[self.places] != "")


def daily_lists(data: Path) -> dict[str, int]:
    """By id the day of the list that a paper was on first, as an ordinal."""
    found: dict[str, int] = {}
    with gzip.open(data / "hf_daily_papers.jsonl.gz") as lines:
        for line in map(json.loads, lines):
            found.setdefault(
                f"arxiv:{line['arxiv_id']}", datetime.date.fromisoformat(line["date"]).toordinal()
            )
    return found


def shared_vectors(data: Path) -> NDArray[np.float32]:
    """The vectors of MiniLM."""
    stored = np.load(data / "corpus_ml_minilm.npz")
    vectors = stored["vectors"].astype(np.float32) * stored["scale"][:, np.newaxis].astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def auc(is_picked: NDArray[np.bool_], scores: Floats) -> float:
    """How probable it is that a pick has a higher score than another paper, of equals one half."""
    order = np.sort(scores)
    ranks = (np.searchsorted(order, scores, "left") + np.searchsorted(order, scores, "right") + 1) / 2
    picks = int(is_picked.sum())
    return float((ranks[is_picked].sum() - picks * (picks + 1) / 2) / (picks * (len(scores) - picks)))


def precision(is_picked: NDArray[np.bool_], scores: Floats) -> float:
    """The share of picks among the first 20."""
    return float(is_picked[np.argsort(-scores, kind="stable")[:20]].mean())
