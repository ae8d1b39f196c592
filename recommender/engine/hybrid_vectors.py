"""Vectors in the joint space of dense and lexical ones, and the random papers that stand for a corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from ..corpus import Snapshot
from ..corpus.date_density import in_years
from ..cosine_scale import CosineScale
from ..lexical import TermVectors, cosines
from .questions import Question


@dataclass(frozen=True)
class HybridVectors:
    """The vectors of papers, or of texts, in both arms; `terms` is None where the corpus has none.

    `scale` is that of the corpus whose encoder made the dense ones. `years`, shape (n,), are the dates in
    decimal years, NaN of what has none; `rows` those of papers that the corpus holds, -1 for all else;
    `questions`, by position, what is asked for in words, where the corpus has an index of words.
    """

    dense: Vectors
    terms: TermVectors | None
    scale: CosineScale
    years: NDArray[np.float64]
    rows: Rows
    questions: Mapping[int, Question] = field(default_factory=dict)

    @classmethod
    def load(
        cls, snapshot: Snapshot, rows: Rows, dense: Vectors | None = None, *, lexical: bool
    ) -> HybridVectors:
        """Those of stored papers; `dense` where they are read already, terms where the lexical arm counts."""
        terms = snapshot.terms(rows) if lexical and snapshot.has_terms else None
        vectors = snapshot.vectors(rows) if dense is None else dense
        return cls(vectors, terms, snapshot.cosine_scale, in_years(snapshot.dates(rows.tolist())), rows)

    @classmethod
    def of_texts(
        cls,
        snapshot: Snapshot,
        dense: Vectors,
        texts: Sequence[str],
        *,
        lexical: bool,
        are_questions: bool = False,
    ) -> HybridVectors:
        """Those of texts that the corpus lacks, of papers or questions, whose dense vectors are there;
        they have no dates.
        """
        terms = snapshot.term_vectors(texts) if lexical and snapshot.has_terms else None
        questions = {}
        if are_questions and terms is not None:
            for place, text in enumerate(texts):
                one = Question.of(snapshot, text, terms.take(np.array([place], np.int64)))
                if one is not None:
                    questions[place] = one
        nothing = np.full(len(texts), np.nan)
        return cls(dense, terms, snapshot.cosine_scale, nothing, np.full(len(texts), -1, np.int64), questions)

    @classmethod
    def concatenate(cls, parts: Sequence[HybridVectors]) -> HybridVectors:
        """One after the other; without terms unless all have them."""
        terms = [part.terms for part in parts if part.terms is not None]
        dense = np.concatenate([part.dense for part in parts])
        joined = TermVectors.joined(terms) if len(terms) == len(parts) else None
        years = np.concatenate([part.years for part in parts])
        rows = np.concatenate([part.rows for part in parts])
        starts = np.cumsum([0, *map(len, parts)]).tolist()
        questions = {
            start + place: question
            for start, part in zip(starts, parts, strict=False)
            for place, question in part.questions.items()
        }
        return cls(dense, joined, parts[0].scale, years, rows, questions)

    def __len__(self) -> int:
        return len(self.dense)

    def take(self, positions: NDArray[np.int64]) -> HybridVectors:
        """Those at these positions, in this order."""
        terms = None if self.terms is None else self.terms.take(positions)
        questions = {}
        if self.questions:
            at = enumerate(positions.tolist())
            questions = {new: self.questions[old] for new, old in at if old in self.questions}
        years, rows = self.years[positions], self.rows[positions]
        return HybridVectors(self.dense[positions], terms, self.scale, years, rows, questions)

    def cosines(self, others: HybridVectors, lexical: float) -> NDArray[np.float32]:
        """The cosine of each to each of the others, shape (n, m), with this weight of the lexical arm.

        Those of the dense arm are on the usual scale, see `CosineScale`. Without terms it has all the weight.
        Between a question and a paper of the corpus the lexical arm's is `Question.cosines`.
        """
        if self.terms is None or others.terms is None:
            return self._dense_cosines(others)
        shared = cosines(self.terms, others.terms)
        for place, question in others.questions.items():
            self._compare(question, shared[:, place])
        for place, question in self.questions.items():
            others._compare(question, shared[place])
        if lexical == 1:
            return shared
        return np.float32(1 - lexical) * self._dense_cosines(others) + np.float32(lexical) * shared

    def _compare(self, question: Question, cosines: NDArray[np.float32]) -> None:
        """Put in how far those that are papers of the corpus answer a question."""
        stored = np.flatnonzero(self.rows >= 0)
        if len(stored) and self.terms is not None:
            terms = self.terms if len(stored) == len(self) else self.terms.take(stored)
            cosines[stored] = question.cosines(self.rows[stored], terms)

    def _dense_cosines(self, others: HybridVectors) -> NDArray[np.float32]:
        return self.scale.of(self.dense @ others.dense.T)


_SEED = 5

# Papers whose cosines to each other stand for the corpus, and how few say nothing of it.
_MANY, _FEW = 100, 50


def sample_background(snapshot: Snapshot, count: int, excluded: Rows) -> Rows:
    """Up to `count` rows that are not excluded, in the order of `Snapshot.by_key`; the same whenever the
    papers are the same.

    Of papers with a vector, unless there is none: one without is unlike all others by that alone.
    """
    return snapshot.random_rows(count, excluding=excluded, seed=_SEED)


def background_vectors(
    snapshot: Snapshot, count: int, excluded: Rows, *, lexical: bool
) -> tuple[HybridVectors, ...]:
    """The papers of `sample_background`, in any order, in one part or two.

    Those that are drawn for whoever knows none of them are read once for all.
    """
    nobody = np.empty(0, np.int64)
    usual: Rows = snapshot.cached(("drawn", count), lambda: sample_background(snapshot, count, nobody))
    vectors: HybridVectors = snapshot.cached(
        ("vectors drawn", count, lexical), lambda: HybridVectors.load(snapshot, usual, lexical=lexical)
    )
    strange = ~np.isin(usual, excluded)
    if strange.all():
        return (vectors,)
    rest = vectors.take(np.flatnonzero(strange))
    if len(usual) < count:  # all papers there are
        return (rest,)
    drawn = sample_background(snapshot, count, excluded)
    return rest, HybridVectors.load(snapshot, drawn[~np.isin(drawn, usual)], lexical=lexical)


def background_similarity(snapshot: Snapshot, lexical: float) -> float | None:
    """The mean cosine of two random papers at this weight of the lexical arm; None in a small corpus."""
    if len(snapshot.comparable) < _FEW:
        return None
    found = snapshot.cached(("typical", lexical), lambda: np.array(_measured(snapshot, lexical)))
    return float(found)


def _measured(snapshot: Snapshot, lexical: float) -> float:
    rows = sample_background(snapshot, _MANY, np.empty(0, np.int64))
    vectors = HybridVectors.load(snapshot, rows, lexical=lexical > 0)
    cosines = vectors.cosines(vectors, lexical)
    return float(cosines[np.triu_indices(len(rows), 1)].mean(dtype=np.float64))
