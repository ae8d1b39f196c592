"""Recommender: candidates -> scores -> rerank -> recommendations, on one path for every question."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from .corpus import Corpus, Filters, Snapshot, allowed_mask, find_rows, not_one_paper
from .diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from .errors import ParameterError, ProfileError, UnknownPaper
from .explain import closest_seeds
from .profile import Profile
from .recommendations import Recommendation, Recommendations
from .scoring import DEFAULT_SCORER, SCORERS

__all__ = ["NEAR_IDENTICAL", "Recommender"]

NEAR_IDENTICAL = 0.98
"""Above this cosine to a paper the reader knows, a paper is taken for another version of it."""

# A rerank can only vary what it is given: several times k, and never a handful.
_POOL_FACTOR, _POOL_LEAST = 5, 25

# Fetched for each query vector before the pool is cut to the best: what scores high need not be
# nearest to any one query when there are several seeds, and still less when there are dislikes.
_DEPTH, _DEPTH_WITH_DISLIKES = 200, 1000

# Finding the nearest spellings reads all ids: done for the first few unknown names only.
_NAMED = 3

# A reader may know thousands of papers: they are compared with the pool so many at a time.
_BLOCK = 1024

_Date = str | datetime.date | None
_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class _Taste:
    """A profile in arrays. `known` are the rows that must not come back; `seeds` name the liked rows."""

    liked: Vectors
    disliked: Vectors
    known: Rows
    seeds: tuple[int | str, ...]
    notes: tuple[str, ...]


class Recommender:
    """Recommends papers of a corpus.

    `scorer` names a strategy of `recommender.scoring`, `rerank` one of `recommender.diversity`.
    """

    def __init__(self, corpus: Corpus, *, scorer: str = DEFAULT_SCORER, rerank: str = DEFAULT_RERANK) -> None:
        self.corpus = corpus
        self._scorer = _named(scorer, SCORERS, "scorer")
        self._rerank = _named(rerank, RERANKS, "rerank")

    def more_like(
        self,
        *papers: str | Sequence[str],
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: _Date = None,
        until: _Date = None,
        categories: Sequence[str] | str | None = None,
    ) -> Recommendations:
        """Papers like these, or like those of a list: `recommend` for a reader who likes them."""
        names = [name for given in papers for name in ([given] if isinstance(given, str) else given)]
        profile = Profile(liked=tuple(names))
        return self.recommend(
            profile, k=k, diversity=diversity, since=since, until=until, categories=categories
        )

    def search(
        self,
        text: str,
        *,
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: _Date = None,
        until: _Date = None,
        categories: Sequence[str] | str | None = None,
    ) -> Recommendations:
        """Papers about `text`: `recommend` for a reader with this interest. Needs the corpus's encoder."""
        profile = Profile(interests=(text,))
        return self.recommend(
            profile, k=k, diversity=diversity, since=since, until=until, categories=categories
        )

    def recommend(
        self,
        profile: Profile,
        *,
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: _Date = None,
        until: _Date = None,
        categories: Sequence[str] | str | None = None,
    ) -> Recommendations:
        """The k papers to read next, best first; fewer only when no more pass the filters.

        A paper of the profile never comes back, nor a version of one: the same title but for case
        and punctuation, or a cosine above `NEAR_IDENTICAL`. `diversity` is in [0, 1]: 0 is the order
        of the scores, 1 all variety. For `since`, `until` and `categories` see `Filters`.

        Names that are not in the corpus are told in `notes`; UnknownPaper is raised when nothing
        that is liked is there, ProfileError for a contradiction, ParameterError for a bad option.
        """
        if not isinstance(profile, Profile):
            kind = type(profile).__name__
            raise ParameterError(f"a {kind} is no profile; give a Profile(liked=[...]), or use more_like")
        _check_options(k, diversity)
        filters = Filters(since, until, categories)
        snapshot = self.corpus.snapshot
        taste = self._taste(snapshot, profile)
        return self._rank(snapshot, taste, k, diversity, filters)

    def recommend_many(
        self,
        profiles: Iterable[Profile],
        *,
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: _Date = None,
        until: _Date = None,
        categories: Sequence[str] | str | None = None,
    ) -> Iterator[Recommendations]:
        """The answer of `recommend` for each profile, in order.

        A profile that cannot be served gets an empty list whose `notes` say why; bad options are
        refused at once.
        """
        _check_options(k, diversity)
        filters = Filters(since, until, categories)
        return (self._answer_or_note(profile, k, diversity, filters) for profile in profiles)

    def _answer_or_note(
        self, profile: Profile, k: int, diversity: float, filters: Filters
    ) -> Recommendations:
        try:
            snapshot = self.corpus.snapshot
            return self._rank(snapshot, self._taste(snapshot, profile), k, diversity, filters)
        except (UnknownPaper, ProfileError) as error:
            return Recommendations((), (str(error),))

    def _taste(self, snapshot: Snapshot, profile: Profile) -> _Taste:
        rated = _rows(snapshot, profile.liked), _rows(snapshot, profile.disliked)
        notes = [note for rows in rated for note in _notes(snapshot, rows)]
        liked, disliked = map(_only, rated)
        # A reader has seen many papers that this corpus does not hold, and a title may be of several.
        seen = [row for rows in _rows(snapshot, profile.seen).values() for row in rows]
        both = sorted(set(liked) & set(disliked))
        if both:
            titles = ", ".join(repr(paper.title) for paper in snapshot.papers(both[:3]))
            raise ProfileError(f"the profile both likes and dislikes {titles}; choose one")
        if not liked and not profile.interests:
            raise UnknownPaper(notes[0])
        vectors = [snapshot.vectors(np.array(liked, np.int64))]
        if profile.interests:
            vectors.append(self.corpus.encoder.encode(profile.interests))
        return _Taste(
            liked=np.concatenate(vectors),
            disliked=snapshot.vectors(np.array(disliked, np.int64)),
            known=np.unique(np.array([*liked, *disliked, *seen], np.int64)),
            seeds=(*liked, *profile.interests),
            notes=tuple(notes),
        )

    def _rank(
        self, snapshot: Snapshot, taste: _Taste, k: int, diversity: float, filters: Filters
    ) -> Recommendations:
        """The one path: every answer, single or batch, comes from here."""
        rows, vectors = self._candidates(snapshot, taste, max(_POOL_FACTOR * k, _POOL_LEAST), filters)
        scores = self._scorer.score(vectors, taste.liked, taste.disliked)
        chosen = self._rerank(vectors, scores, k, diversity)
        seeds, cosines = closest_seeds(vectors[chosen], taste.liked)
        papers = snapshot.papers(rows[chosen].tolist())
        names = _seed_names(snapshot, [taste.seeds[seed] for seed in seeds])
        items = (
            Recommendation(rank, paper, float(score), *name, float(cosine))
            for rank, paper, score, name, cosine in zip(
                range(1, len(papers) + 1), papers, scores[chosen], names, cosines, strict=True
            )
        )
        return Recommendations(tuple(items), taste.notes)

    def _candidates(
        self, snapshot: Snapshot, taste: _Taste, size: int, filters: Filters
    ) -> tuple[Rows, Vectors]:
        """The pool, in ascending rows: the best `size` papers that may be shown, and their vectors."""
        queries = self._scorer.queries(taste.liked, taste.disliked)
        depth = max(size, _DEPTH_WITH_DISLIKES if len(taste.disliked) else _DEPTH)
        known = snapshot.vectors(taste.known)
        allowed = allowed_mask(snapshot, filters)
        hidden = snapshot.same_titles(taste.known)
        while True:
            found, _ = snapshot.search(queries, depth, allowed, hidden)
            rows = np.unique(found)
            vectors = snapshot.vectors(rows)
            scores = self._scorer.score(vectors, taste.liked, taste.disliked)
            pool, versions = _first_unknown(vectors, np.argsort(-scores, kind="stable"), known, size)
            if len(pool) == size or not len(versions):
                pool = np.sort(pool)
                return rows[pool], vectors[pool]
            hidden = np.union1d(hidden, rows[versions])


def _first_unknown(
    vectors: Vectors, order: NDArray[np.int64], known: Vectors, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of the places in this order, the first `size` that hold no versions of known papers, and the versions
    met on the way.
    """
    unknown, versions = np.empty(0, np.int64), np.empty(0, np.int64)
    for start in range(0, len(order), size):
        part = order[start : start + size]
        are_versions = _are_versions(vectors[part], known)
        unknown = np.concatenate([unknown, part[~are_versions]])[:size]
        versions = np.concatenate([versions, part[are_versions]])
        if len(unknown) == size:
            break
    return unknown, versions


def _are_versions(vectors: Vectors, known: Vectors) -> NDArray[np.bool_]:
    versions = np.zeros(len(vectors), np.bool_)
    for start in range(0, len(known), _BLOCK):
        versions |= (vectors @ known[start : start + _BLOCK].T).max(axis=1, initial=-1) > NEAR_IDENTICAL
    return versions


def _seed_names(snapshot: Snapshot, seeds: Sequence[int | str]) -> list[tuple[str, str]]:
    """(id, title) of a liked paper, (text, "") of an interest."""
    rows = sorted({seed for seed in seeds if isinstance(seed, int)})
    papers = dict(zip(rows, snapshot.papers(rows), strict=True))
    return [(seed, "") if isinstance(seed, str) else (papers[seed].id, papers[seed].title) for seed in seeds]


def _rows(snapshot: Snapshot, names: Sequence[str]) -> dict[str, list[int]]:
    return {name: find_rows(snapshot, name) for name in names}


def _only(rows: Mapping[str, list[int]]) -> list[int]:
    """The rows of the names that are one paper's, without repetition."""
    return list(dict.fromkeys(named[0] for named in rows.values() if len(named) == 1))


def _notes(snapshot: Snapshot, rows: Mapping[str, list[int]]) -> list[str]:
    """On the names that are no paper's, or several papers'."""
    unclear = [name for name, named in rows.items() if len(named) != 1]
    notes = [not_one_paper(snapshot, name, rows[name]) for name in unclear[:_NAMED]]
    if unclear[_NAMED:]:
        notes.append(f"nor is any of these one paper of this corpus: {', '.join(unclear[_NAMED:])}")
    return notes


def _check_options(k: int, diversity: float) -> None:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise ParameterError(f"k is {k!r}; ask for at least 1 paper")
    if not isinstance(diversity, Real) or not 0 <= diversity <= 1:  # NaN is refused as well
        raise ParameterError(f"diversity is {diversity!r}; it must be between 0 and 1")


def _named(name: str, kinds: Mapping[str, _Kind], what: str) -> _Kind:
    if name not in kinds:
        raise ParameterError(f"{name!r} is no {what}; known: {', '.join(kinds)}")
    return kinds[name]
