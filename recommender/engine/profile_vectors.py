"""A profile in arrays, in the joint space of dense and lexical vectors, and its similarities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from ..corpus import Snapshot
from ..corpus.common_keys import keys_of
from ..corpus.date_density import DateDensity
from ..interests import Interests, discover, grouped
from ..paper import Paper
from ..queries import Followed
from ..scoring import Cosines, Dates, FollowedPapers, Similarities, recency
from .hybrid_vectors import HybridVectors, background_vectors
from .preference import newest_year

Seed: TypeAlias = int | str | Paper | Followed
"""What is compared with: a row, the reader's own words, a paper that the corpus lacks, or an author or a
venue that the reader follows."""


def seed_label(seed: Seed, labels: Mapping[int, tuple[str, str]]) -> tuple[str, str]:
    """The id and the title of a seed, `labels` having those of rows; (text, "") of words."""
    if isinstance(seed, Paper):
        return seed.id, seed.title
    if isinstance(seed, Followed):
        return str(seed), seed.papers
    return (seed, "") if isinstance(seed, str) else labels[seed]


# Of n seeds the part (5 / n)**3 of the ranks is free, four in five at most. Without free ranks nDCG@20 was
# .207, .186 (libraries, of 5 seeds on average, minilm and static) and .418, .423 (authors, of 8), with
# (5 / n)**2 of them .216, .189 and .425, .442. The cube in place of the square, paired on the final parts:
# -.0008 (-.0018 to +.0001, static) and -.0009 (-.0021 to +.0003, minilm) on libraries, -.0012 (-.0028 to
# +.0002) on reading lists and -.0004 (-.0030 to +.0021) on authors (static); and a fifth of a reader's 10 or
# 20 seeds finds 95% and 93% of what it finds by itself, in lists of 20 and of 50, in place of 89% and 92%.
_FEW_SEEDS, _MOST_FREE = 5, 0.8


@dataclass(frozen=True, eq=False)
class FollowedSeed:
    """An author or a venue among what is liked: its position there, its papers, and those of them that stand
    for all, both in the order of `Snapshot.by_key`.
    """

    position: int
    followed: Followed
    rows: Rows
    drawn: Rows


class SameYears(Protocol):
    """What options say of dates."""

    @property
    def prefer(self) -> str | None:
        """What is preferred: recent papers, or nothing."""
        ...

    @property
    def same_years(self) -> bool:
        """Whether papers of the seeds' years come before others."""
        ...

    @property
    def since(self) -> object:
        """The first day of the papers wanted."""
        ...

    @property
    def until(self) -> object:
        """The last day of the papers wanted."""
        ...


@dataclass(frozen=True)
class ProfileVectors:
    """What a scorer compares candidates with, and what must not come back.

    `references` holds the liked papers (and interests in words), the disliked ones, and random papers of the
    corpus where the scorer learns from them. `liked` and `disliked` name them: a row, a paper that the corpus
    lacks, the reader's own words, or whom the reader follows. They are in the order of the papers' keys, as
    in `Snapshot.by_key`, then of the words and of the names, however the reader put them. `excluded_rows` are
    all rows that the reader named, those not compared with and those with the title or abstract of a paper
    that was brought along among them, ascending.
    `background_similarity` is the mean cosine of two random papers of the corpus, None where that is not
    worth knowing.
    `unclear` says of each liked or disliked name that is no paper's, or several papers', why; `unheld` of
    each interest that is left out as no paper holds a word of it, or has that author or venue.
    """

    references: HybridVectors
    liked: tuple[Seed, ...]
    disliked: tuple[Seed, ...]
    days: NDArray[np.float64]
    weights: NDArray[np.float32]
    excluded_rows: Rows
    lexical: float
    background_similarity: float | None
    problems: tuple[str, ...]
    unclear: Mapping[str, str]
    unheld: Mapping[str, str] = field(default_factory=dict)
    seed_sets: NDArray[np.int64] | None = None
    """For a question between two sets of seeds: 0 or 1 for each liked paper."""
    collections: tuple[str, ...] = ()
    """The collections of the reader's library and whom the reader follows, where they are the interests."""
    collection_of: NDArray[np.int64] | None = None
    """For each liked paper which of these it is of, -1 for none."""
    lacked: tuple[Paper, ...] = ()
    """The papers that were brought along and that the corpus lacks, liked, disliked and seen."""
    date_density: DateDensity | None = None
    """How the dates of the corpus's papers lie, where nearness in time counts."""
    newest: float | None = None
    """The date from which on papers are as recent as can be, where recent ones are preferred."""
    notes: tuple[str, ...] = ()
    """What became of the papers that were brought along; no fault of anybody's."""
    followed: tuple[FollowedSeed, ...] = ()
    """The authors and venues among what is liked."""

    @property
    def likes(self) -> Vectors:
        """The dense vectors of what is liked."""
        return self.references.dense[: len(self.liked)]

    @property
    def dislikes(self) -> Vectors:
        """The dense vectors of what is disliked."""
        return self.references.dense[len(self.liked) : len(self.liked) + len(self.disliked)]

    @property
    def brought(self) -> tuple[NDArray[np.int64], Vectors]:
        """Of the papers that the corpus lacks those liked or disliked, by their numbers among `lacked`, and
        their dense vectors.
        """
        number_of = {paper: number for number, paper in enumerate(self.lacked)}
        seeds = [*enumerate((*self.liked, *self.disliked))]
        places = {place: number_of[seed] for place, seed in seeds if isinstance(seed, Paper)}
        return np.array([*places.values()], np.int64), self.references.dense[[*places]]

    @cached_property
    def lacked_keys(self) -> tuple[NDArray[np.int64], ...]:
        """The keys of each of the papers that the corpus lacks, as `CommonKeys` has them."""
        return tuple(map(keys_of, self.lacked))

    @cached_property
    def among(self) -> NDArray[np.float32]:
        """The cosines among the references, shape (t, t)."""
        return self.references.cosines(self.references, self.lexical)

    @cached_property
    def interests(self) -> Interests:
        """The groups that the liked papers fall into."""
        count = len(self.liked)
        if self.seed_sets is not None:
            first = np.unique(self.seed_sets, return_index=True)[1]
            return Interests(self.seed_sets, np.bincount(self.seed_sets) / count, first)
        lexical = self.lexical if self.references.terms is not None else 0.0
        among, typical = self.among[:count, :count], self.background_similarity
        if self.collection_of is not None:
            return grouped(among, self.collection_of, self.weights, lexical=lexical, typical=typical)
        return discover(among, self.weights, lexical=lexical, typical=typical)

    @property
    def places(self) -> NDArray[np.float64]:
        """The share of the ranks of each of several interests, and then that of the best papers for all.

        Of few seeds it is a guess which belong together, so most ranks are free; of many few are. Interests
        that the reader named, in collections or in words, have all.
        """
        named = self.collection_of is not None or any(isinstance(seed, str) for seed in self.liked)
        free = 0.0 if named else min(_MOST_FREE, (_FEW_SEEDS / len(self.liked)) ** 3)
        return np.append((1 - free) * self.interests.shares, free)

    def dated_for(self, options: SameYears, snapshot: Snapshot) -> ProfileVectors:
        """The profile without dates, where no nearness in time is wanted, or papers of given dates or recent
        ones are.
        """
        if options.prefer is not None:
            return replace(self, date_density=None, newest=newest_year(snapshot))
        if options.same_years and options.since is None and options.until is None:
            return self
        return replace(self, date_density=None)

    def interest_name(self, interest: int) -> str:
        """The collection that an interest is; empty where it is none."""
        if self.collection_of is None:
            return ""
        (of,) = {*self.collection_of[self.interests.labels == interest].tolist()}
        return self.collections[of] if of >= 0 else ""

    def similarities(self, papers: HybridVectors) -> Similarities:
        """What a scorer sees of these papers."""
        cosines = papers.cosines(self.references, self.lexical)
        return self._similarities(cosines, papers.years, papers.rows)

    def background_similarities(self, snapshot: Snapshot, count: int) -> Similarities:
        """What a scorer sees of so many random papers that the reader does not know."""
        drawn = background_vectors(snapshot, count, self.excluded_rows, lexical=self.lexical > 0)
        cosines = [papers.cosines(self.references, self.lexical) for papers in drawn]
        years, rows = ([getattr(papers, name) for papers in drawn] for name in ("years", "rows"))
        return self._similarities(np.concatenate(cosines), np.concatenate(years), np.concatenate(rows))

    def held_out_similarities(self, seed: int) -> Similarities:
        """What a scorer sees of one of several seeds, as if the reader did not know it."""
        one = slice(seed, seed + 1)
        years, rows = self.references.years[one], self.references.rows[one]
        return self._similarities(self.among[one], years, rows).without(seed)

    def _similarities(self, cosines: Cosines, years: NDArray[np.float64], rows: Rows) -> Similarities:
        """From the cosines of papers to all references, shape (n, t), their dates and rows, shape (n,)."""
        likes, dislikes, density = len(self.liked), len(self.disliked), self.date_density
        dates = None
        if density is not None:
            dates = Dates(years, density.at(years), self.references.years[:likes], density.middle)
        recent = None if self.newest is None else recency(years, self.newest)
        labels = self.interests.labels
        followed = self._papers_of_followed(rows) if self.followed else None
        return Similarities(
            cosines, self.among, likes, dislikes, self.weights, labels, dates, recent, followed
        )

    def _papers_of_followed(self, rows: Rows) -> FollowedPapers:
        """Which of these rows are of whom the reader follows."""
        return FollowedPapers(
            tuple(seed.followed.reason for seed in self.followed),
            np.array([seed.position for seed in self.followed], np.int64),
            np.stack([np.isin(rows, seed.rows) for seed in self.followed], axis=1),
        )
