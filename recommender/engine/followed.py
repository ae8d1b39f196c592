"""Authors and venues that a reader follows: their papers, what stands for them, and what their papers gain.

Each is one thing that is liked, compared with as the mean of its papers, and an interest of its own. Its own
papers are candidates however far they are from that mean, and gain a term that is told by itself, so that
they come before papers that are only like them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..corpus import Snapshot
from ..corpus.authors_and_venues import author_mask, venue_mask
from ..errors import ParameterError
from ..lexical import TermVectors
from ..queries import Followed, followed_in
from ..scoring import Contributions, Scorer, Similarities, followed_contributions
from .hybrid_vectors import HybridVectors
from .profile_vectors import FollowedSeed, ProfileVectors
from .wrapped_scorer import WrappedScorer

# Of more papers of an author or a venue so many, drawn evenly, stand for all.
_MOST = 50

# A reader of many likes would see a followed author first at the end of a list of ten: each has a tenth of
# the reader's weight at least, and all of them half of it at most.
_LEAST_PART, _MOST_PARTS = 0.1, 0.5


@dataclass(frozen=True)
class FollowedNames:
    """The authors and venues that some readers follow, each looked up once."""

    snapshot: Snapshot
    rows: Mapping[Followed, Rows]
    """The papers of each, in the order of `Snapshot.by_key`; one at least."""
    unknown: Mapping[str, str]
    """By interest, why it names nobody."""

    @classmethod
    def of(cls, snapshot: Snapshot, interests: Iterable[str]) -> FollowedNames:
        """Those that are among these interests."""
        rows: dict[Followed, Rows] = {}
        unknown = {}
        for text in dict.fromkeys(interests):
            followed = followed_in(text)
            if followed is None:
                continue
            try:
                rows[followed] = _rows(snapshot, followed)
            except ParameterError as error:
                unknown[text] = str(error)
        return cls(snapshot, rows, unknown)

    def known(self, interests: Iterable[str]) -> tuple[Followed, ...]:
        """Those of a reader that papers have, each once, in an order of their own."""
        found = {followed for text in interests if (followed := followed_in(text)) in self.rows}
        return tuple(sorted((one for one in found if one is not None), key=str))

    def unheld(self, interests: Iterable[str]) -> dict[str, str]:
        """Those of a reader that no paper has, and why in one line."""
        return {text: self.unknown[text] for text in interests if text in self.unknown}

    def drawn(self, followed: Followed) -> Rows:
        """The papers that stand for all of an author or a venue."""
        rows = self.rows[followed]
        count = min(len(rows), _MOST)
        return rows[np.arange(count) * len(rows) // count]

    def vectors(self, followed: Sequence[Followed], *, lexical: bool) -> HybridVectors:
        """The mean of the papers of each; they have no dates."""
        return HybridVectors.concatenate([self._mean(one, lexical=lexical) for one in followed])

    def seeds(self, followed: Sequence[Followed], first: int) -> tuple[FollowedSeed, ...]:
        """What a profile needs to know of them, which are liked from the position `first` on."""
        return tuple(
            FollowedSeed(first + place, one, self.rows[one], self.drawn(one))
            for place, one in enumerate(followed)
        )

    def _mean(self, followed: Followed, *, lexical: bool) -> HybridVectors:
        def read() -> HybridVectors:
            papers = HybridVectors.load(self.snapshot, self.drawn(followed), lexical=lexical)
            dense = papers.dense.mean(axis=0, dtype=np.float64)
            length = float(np.linalg.norm(dense))
            return replace(
                papers,
                dense=np.asarray(dense[np.newaxis] / (length or 1.0), np.float32),
                terms=None if papers.terms is None else _mean_terms(papers.terms),
                years=np.full(1, np.nan),
                rows=np.full(1, -1, np.int64),
            )

        found = self.snapshot.cached(("mean of followed", followed, lexical), read)
        assert isinstance(found, HybridVectors)
        return found


def _rows(snapshot: Snapshot, followed: Followed) -> Rows:
    """Raises ParameterError where no paper has the name."""
    mask = (author_mask if followed.field == "author" else venue_mask)(snapshot, followed.name)

    def read() -> Rows:
        every = np.concatenate([snapshot.comparable, snapshot.vectorless])
        return snapshot.by_key(every[mask[snapshot.place(every)]])

    return np.asarray(snapshot.cached(("papers of followed", followed), read), np.int64)


def _mean_terms(terms: TermVectors) -> TermVectors:
    """The one vector of length 1 in the direction of the mean; of no terms none."""
    numbers, places = np.unique(terms.numbers, return_inverse=True)
    sums = np.bincount(places, terms.weights.astype(np.float64), minlength=len(numbers))
    length = float(np.linalg.norm(sums)) or 1.0
    return TermVectors(np.array([0, len(numbers)]), numbers, np.asarray(sums / length, np.float32))


def followed_weights(weights: NDArray[np.float32], followed: int) -> NDArray[np.float32]:
    """The weights of what is liked, of which the last `followed` are authors and venues: each of these has a
    tenth at least, or less where that were more than half for all; nine tenths is the most for all.
    """
    if not followed or followed == len(weights):
        return weights
    least = min(_LEAST_PART, _MOST_PARTS / followed)
    theirs = np.maximum(weights[-followed:].astype(np.float64), least)
    others = weights[:-followed].astype(np.float64)
    left = 1 - min(float(theirs.sum()), 1 - _LEAST_PART)
    found = np.concatenate([others / others.sum() * left, theirs / theirs.sum() * (1 - left)])
    return np.asarray(found, np.float32)


def rows_by_followed(
    snapshot: Snapshot, profile: ProfileVectors, count: int, allowed: Allowed | None, hidden: Rows
) -> Rows:
    """The papers of all that the reader follows: of each the `count` nearest to its mean. None is `hidden`,
    and all are `allowed`. Ascending.
    """
    found = [np.empty(0, np.int64)]
    for seed in profile.followed:
        rows = seed.rows[~np.isin(seed.rows, hidden)]
        if allowed is not None:
            rows = rows[allowed[snapshot.place(rows)]]
        if len(rows) > count:
            mask = np.zeros(snapshot.size, np.bool_)
            mask[snapshot.place(rows)] = True
            query = profile.likes[seed.position : seed.position + 1]
            rows = snapshot.search(query, count, mask)[0].ravel()
        found.append(rows)
    return np.unique(np.concatenate(found))


@dataclass(frozen=True)
class PreferFollowed(WrappedScorer):
    """A strategy to whose scores is added what each paper gains by who wrote it, or where it appeared."""

    def changed(
        self, found: Contributions, similarities: Similarities, interest: int | None
    ) -> Contributions:
        """With what the papers of authors and venues gain that are of the interest."""
        if similarities.followed is None:
            return found
        gains = followed_contributions(
            similarities.followed, similarities.weights, similarities.interests, interest
        )
        return replace(found, other={**found.other, **gains})


def following(scorer: Scorer, profile: ProfileVectors) -> Scorer:
    """The strategy with what papers gain that are of whom the reader follows; itself where nobody is."""
    return PreferFollowed(scorer) if profile.followed else scorer
