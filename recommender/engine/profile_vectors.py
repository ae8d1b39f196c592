"""A profile in arrays, in the joint space of dense and lexical vectors, and its similarities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from ..corpus import Corpus, Snapshot, ambiguous_paper, find_rows_of
from ..display import shortened
from ..errors import ParameterError, ProfileError, RecommenderError, UnknownPaper
from ..interests import Interests, discover
from ..lexical import TermVectors, cosines
from ..paper import Paper
from ..profiles import Profile
from ..scoring import Cosines, Scorer, Similarities


@dataclass(frozen=True)
class HybridVectors:
    """The vectors of papers, or of texts, in both arms; `terms` is None where the corpus has none."""

    dense: Vectors
    terms: TermVectors | None

    @classmethod
    def load(
        cls, snapshot: Snapshot, rows: Rows, dense: Vectors | None = None, *, lexical: bool
    ) -> HybridVectors:
        """Those of stored papers; `dense` where they are read already, terms where the lexical arm counts."""
        terms = snapshot.terms(rows) if lexical and snapshot.has_terms else None
        return cls(snapshot.vectors(rows) if dense is None else dense, terms)

    @classmethod
    def concatenate(cls, parts: Sequence[HybridVectors]) -> HybridVectors:
        """One after the other; without terms unless all have them."""
        terms = [part.terms for part in parts if part.terms is not None]
        dense = np.concatenate([part.dense for part in parts])
        return cls(dense, TermVectors.joined(terms) if len(terms) == len(parts) else None)

    def __len__(self) -> int:
        return len(self.dense)

    def take(self, positions: NDArray[np.int64]) -> HybridVectors:
        """Those at these positions, in this order."""
        return HybridVectors(
            self.dense[positions], None if self.terms is None else self.terms.take(positions)
        )

    def cosines(self, others: HybridVectors, lexical: float) -> NDArray[np.float32]:
        """The cosine of each to each of the others, shape (n, m), with this weight of the lexical arm.

        Without terms the dense arm has all the weight.
        """
        if self.terms is None or others.terms is None:
            return self.dense @ others.dense.T
        shared = cosines(self.terms, others.terms)
        if lexical == 1:
            return shared
        return np.float32(1 - lexical) * (self.dense @ others.dense.T) + np.float32(lexical) * shared


_SEED = 5

# Papers whose cosines to each other stand for the corpus, and how few say nothing of it.
_MANY, _FEW = 100, 50


def sample_background(snapshot: Snapshot, count: int, excluded: Rows) -> Rows:
    """Up to `count` rows that are not excluded, in the order of `Snapshot.by_key`; the same whenever the
    papers are the same.

    Of papers with a vector, unless there is none: one without is unlike all others by that alone.
    """
    return snapshot.random_rows(count, excluding=excluded, seed=_SEED)


def background_cosines(
    snapshot: Snapshot, count: int, excluded: Rows, to: HybridVectors, lexical: float
) -> Cosines:
    """The cosines of the papers of `sample_background`, in any order, to some vectors, shape (n, m).

    The papers that are drawn for whoever knows none of them are read once for all.
    """
    nobody = np.empty(0, np.int64)
    usual: Rows = snapshot.cached(("drawn", count), lambda: sample_background(snapshot, count, nobody))
    vectors: HybridVectors = snapshot.cached(
        ("vectors drawn", count, lexical > 0),
        lambda: HybridVectors.load(snapshot, usual, lexical=lexical > 0),
    )
    cosines = vectors.cosines(to, lexical)
    strange = ~np.isin(usual, excluded)
    if strange.all():
        return cosines
    if len(usual) < count:  # all papers there are
        return cosines[strange]
    drawn = sample_background(snapshot, count, excluded)
    others = HybridVectors.load(snapshot, drawn[~np.isin(drawn, usual)], lexical=lexical > 0)
    return np.concatenate([cosines[strange], others.cosines(to, lexical)])


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


_LONGEST = 60


def vectorless_problems(
    snapshot: Snapshot, seeds: Sequence[int | str], references: HybridVectors, lexical: float
) -> list[str]:
    """In one line each: which seeds are compared by their words alone, and which by nothing at all.

    `references` begin with the seeds: rows, or the reader's own words.
    """
    count = len(seeds)
    silent = ~references.dense[:count].any(axis=1)
    if not silent.any():
        return []
    worded = np.zeros(count, np.bool_)
    if references.terms is not None and lexical > 0:
        worded = np.diff(references.terms.starts)[:count] > 0
    by_words = [seeds[place] for place in np.flatnonzero(silent & worded).tolist()]
    by_nothing = [seeds[place] for place in np.flatnonzero(silent & ~worded).tolist()]
    why = "and no words that count" if lexical > 0 else "and this strategy compares nothing else"
    problems = []
    if by_words:
        problems.append(f"{_named(snapshot, by_words)} no dense vector: compared by shared words only")
    if by_nothing:
        problems.append(f"{_named(snapshot, by_nothing)} no dense vector {why}: not compared")
    return problems


def _named(snapshot: Snapshot, seeds: Sequence[int | str]) -> str:
    first = seeds[0]
    text = first if isinstance(first, str) else snapshot.labels([first])[first][1]
    name = repr(shortened(text, _LONGEST))
    return f"{name} has" if len(seeds) == 1 else f"{name} and {len(seeds) - 1:,} more liked have"


MOST_SEEDS = 500
"""Of more liked (or disliked) papers than these, so many drawn evenly stand for all in comparisons."""

# Finding the nearest spellings reads all ids: done for the first few unknown names only.
_NAMED = 3


@dataclass(frozen=True)
class ProfileVectors:
    """What a scorer compares candidates with, and what must not come back.

    `references` holds the liked papers (and interests in words), the disliked ones, and random papers
    of the corpus where the scorer learns from them. `liked` and `disliked` name them: a row, or the
    reader's own words. They are in the order of `Snapshot.by_key`, then of the words, however the reader put
    them. `excluded_rows` are all rows that the reader named, those not compared with among them, in that
    order. `background_similarity` is the mean cosine of two random papers of the corpus, None where that is
    not worth knowing.
    `unclear` says of each liked or disliked name that is no paper's, or several papers', why; `unheld` of
    each interest in words that is left out as no paper holds a word of it.
    """

    references: HybridVectors
    liked: tuple[int | str, ...]
    disliked: tuple[int, ...]
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

    @property
    def likes(self) -> Vectors:
        """The dense vectors of what is liked."""
        return self.references.dense[: len(self.liked)]

    @property
    def dislikes(self) -> Vectors:
        """The dense vectors of what is disliked."""
        return self.references.dense[len(self.liked) : len(self.liked) + len(self.disliked)]

    @property
    def words_only(self) -> bool:
        """Whether no paper is liked, only the reader's own words."""
        return all(isinstance(seed, str) for seed in self.liked)

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
        return discover(
            self.among[:count, :count], self.weights, lexical=lexical, typical=self.background_similarity
        )

    def similarities(self, papers: HybridVectors) -> Similarities:
        """What a scorer sees of these papers."""
        return self._similarities(papers.cosines(self.references, self.lexical))

    def background_similarities(self, snapshot: Snapshot, count: int) -> Similarities:
        """What a scorer sees of so many random papers that the reader does not know."""
        return self._similarities(
            background_cosines(snapshot, count, self.excluded_rows, self.references, self.lexical)
        )

    def held_out_similarities(self, seed: int) -> Similarities:
        """What a scorer sees of one of several seeds, as if the reader did not know it."""
        return self._similarities(self.among[seed : seed + 1]).without(seed)

    def _similarities(self, cosines: Cosines) -> Similarities:
        """From the cosines of papers to all references, shape (n, t)."""
        likes, dislikes = len(self.liked), len(self.disliked)
        return Similarities(cosines, self.among, likes, dislikes, self.weights, self.interests.labels)


def resolve_profile(corpus: Corpus, snapshot: Snapshot, profile: Profile, scorer: Scorer) -> ProfileVectors:
    """The profile's papers in this state of the corpus.

    Raises UnknownPaper when nothing that is liked is there, ProfileError for a contradiction.
    """
    (resolved,) = resolve_profiles(corpus, snapshot, [profile], scorer, suggest=True)
    if isinstance(resolved, RecommenderError):
        raise resolved
    return resolved


def resolve_profiles(
    corpus: Corpus, snapshot: Snapshot, profiles: Sequence[Profile], scorer: Scorer, *, suggest: bool = False
) -> list[ProfileVectors | UnknownPaper | ProfileError]:
    """What `resolve_profile` gives or raises for each of many profiles, in a few questions to the corpus.

    `suggest`: for unknown names the nearest spellings are told, which takes a look at all papers.
    """
    listed = (texts for profile in profiles for texts in (profile.liked, profile.disliked, profile.seen))
    rows = find_rows_of(snapshot, chain.from_iterable(listed))
    texts = sorted({text for profile in profiles for text in profile.interests})
    words = _Words(corpus, snapshot, tuple(texts), lexical=scorer.lexical > 0)
    resolved: list[ProfileVectors | UnknownPaper | ProfileError] = []
    for profile in profiles:
        try:
            resolved.append(_resolved(snapshot, profile, rows, words, scorer, suggest=suggest))
        except (UnknownPaper, ProfileError) as error:
            resolved.append(error)
    return resolved


def _resolved(
    snapshot: Snapshot,
    profile: Profile,
    rows_of: Mapping[str, list[int]],
    words: _Words,
    scorer: Scorer,
    *,
    suggest: bool,
) -> ProfileVectors:
    named = [{name: rows_of[name] for name in names} for names in (profile.liked, profile.disliked)]
    unclear = _unclear(snapshot, {**named[0], **named[1]}, suggest=suggest)
    problems = _problems(unclear)
    liked, disliked = (snapshot.by_key(_only(rows)).tolist() for rows in named)
    # A reader has seen many papers that this corpus does not hold, and a title may be of several.
    seen = [row for name in profile.seen for row in rows_of[name]]
    both = sorted(set(liked) & set(disliked))
    if both:
        titles = ", ".join(repr(paper.title) for paper in snapshot.papers(both[:3]))
        raise ProfileError(f"the profile both likes and dislikes {titles}; choose one")
    if not liked and not profile.interests:
        raise UnknownPaper(_none_known(profile, problems))
    compared = [_drawn(rows, what, problems) for rows, what in ((liked, "liked"), (disliked, "disliked"))]
    excluded = snapshot.by_key(np.unique(np.array([*liked, *disliked, *seen], np.int64)))
    background = sample_background(snapshot, scorer.background, excluded) if scorer.background else ()
    rows = np.array([*compared[0], *compared[1], *background], np.int64)
    stored = HybridVectors.load(snapshot, rows, lexical=scorer.lexical > 0)
    interests = sorted(profile.interests)
    if interests:
        order, cut = np.arange(len(stored)), len(compared[0])
        parts = [stored.take(order[:cut]), words.vectors(interests), stored.take(order[cut:])]
        references = HybridVectors.concatenate(parts)
    else:
        references = stored
    seeds: tuple[int | str, ...] = (*compared[0], *interests)
    problems += vectorless_problems(snapshot, seeds, references, scorer.lexical)
    days = _days(snapshot, seeds) if scorer.dated else np.full(len(seeds), np.nan)
    return ProfileVectors(
        references=references,
        liked=seeds,
        disliked=tuple(compared[1]),
        days=days,
        weights=scorer.weights(days),
        excluded_rows=excluded,
        lexical=scorer.lexical,
        background_similarity=background_similarity(snapshot, scorer.lexical) if len(seeds) > 1 else None,
        problems=tuple(problems),
        unclear=unclear,
    )


def resolve_seed_sets(
    corpus: Corpus, snapshot: Snapshot, first: Profile, second: Profile, scorer: Scorer
) -> ProfileVectors:
    """The liked papers of both, each set counting alike however many papers it has, for what lies between.

    Raises ProfileError when both sets name one paper; UnknownPaper when nothing of one set is there.
    """
    sets = [resolve_profile(corpus, snapshot, profile, scorer) for profile in (first, second)]
    both = sorted({seed for seed in sets[0].liked if isinstance(seed, int)} & set(sets[1].liked), key=str)
    if both:
        titles = ", ".join(repr(paper.title) for paper in snapshot.papers([int(row) for row in both[:3]]))
        raise ProfileError(f"both sides name {titles}; between a paper and itself there is nothing")
    counts = [len(one.liked) for one in sets]
    return replace(
        sets[0],
        references=HybridVectors.concatenate(
            [one.references.take(np.arange(len(one.liked))) for one in sets]
        ),
        liked=(*sets[0].liked, *sets[1].liked),
        disliked=(),
        days=np.concatenate([one.days for one in sets]),
        weights=np.concatenate([0.5 * one.weights for one in sets]),
        excluded_rows=snapshot.by_key(np.union1d(sets[0].excluded_rows, sets[1].excluded_rows)),
        problems=(*sets[0].problems, *sets[1].problems),
        seed_sets=np.repeat([0, 1], counts),
    )


class _Words:
    """The vectors of interests in words; each text is encoded once, whoever has it."""

    def __init__(self, corpus: Corpus, snapshot: Snapshot, texts: tuple[str, ...], *, lexical: bool) -> None:
        self._positions = {text: position for position, text in enumerate(texts)}
        if texts:
            terms = snapshot.term_vectors(texts) if lexical and snapshot.has_terms else None
            self._vectors = HybridVectors(corpus.encoder_of(snapshot).encode(list(texts)), terms)

    def vectors(self, texts: Sequence[str]) -> HybridVectors:
        """Those of some of the texts."""
        return self._vectors.take(np.array([self._positions[text] for text in texts], np.int64))


def _none_known(profile: Profile, problems: list[str]) -> str:
    """Of several likes that they are all unknown; of one, which it is like."""
    if len(profile.liked) == 1:
        return problems[0]
    liked = len(profile.liked)
    return f"none of the {liked:,} liked papers is one paper of this corpus; the first: {problems[0]}"


def _drawn(rows: list[int], what: str, problems: list[str]) -> list[int]:
    """All rows, or `MOST_SEEDS` of them at even distances in their order."""
    if len(rows) <= MOST_SEEDS:
        return rows
    problems.append(
        f"{len(rows):,} {what} papers: {MOST_SEEDS} of them, drawn evenly, stand for all; none is shown again"
    )
    return [rows[place * len(rows) // MOST_SEEDS] for place in range(MOST_SEEDS)]


def _days(snapshot: Snapshot, seeds: Sequence[int | str]) -> NDArray[np.float64]:
    """The seeds' dates in days, NaN for what has none."""
    rows = [seed for seed in seeds if isinstance(seed, int)]
    found = dict(zip(rows, snapshot.dates(rows).tolist(), strict=True))
    return np.array(
        [found.get(seed, np.nan) if isinstance(seed, int) else np.nan for seed in seeds], np.float64
    )


def _only(rows: Mapping[str, list[int]]) -> Rows:
    """The rows of the names that are one paper's, without repetition."""
    return np.array(list({named[0] for named in rows.values() if len(named) == 1}), np.int64)


def _unclear(snapshot: Snapshot, rows_of: Mapping[str, list[int]], *, suggest: bool) -> dict[str, str]:
    """Why a name is no paper's; the nearest spellings are told of the first few."""
    unclear = [name for name, rows in rows_of.items() if len(rows) != 1]
    return {
        name: ambiguous_paper(snapshot, name, rows_of[name], suggest=suggest and place < _NAMED)
        for place, name in enumerate(unclear)
    }


def _problems(unclear: Mapping[str, str]) -> list[str]:
    """Why the first few names are no paper's, and the others in one line."""
    names = list(unclear)
    problems = [unclear[name] for name in names[:_NAMED]]
    if names[_NAMED:]:
        problems.append(f"nor is any of these one paper of this corpus: {', '.join(names[_NAMED:])}")
    return problems


PaperName: TypeAlias = str | Paper
"""A paper, or its name: an id in any spelling, a url, an exact title."""


def paper_ids(papers: PaperName | Sequence[PaperName]) -> tuple[str, ...]:
    """The papers' ids or names, as a profile holds them."""
    if isinstance(papers, str | Paper):
        return (papers.id if isinstance(papers, Paper) else papers,)
    if not isinstance(papers, Iterable):
        raise ParameterError(f"{papers!r:.60} is no paper; give its id, its title, or the paper itself")
    return tuple(paper.id if isinstance(paper, Paper) else paper for paper in papers)
