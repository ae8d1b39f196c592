"""A profile in arrays: what the reader likes, dislikes and knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from ..corpus import Corpus, Snapshot, ambiguous_paper, find_rows_of
from ..errors import ProfileError, RecommenderError, UnknownPaper
from ..interests import Interests, discover
from ..profile import Profile
from ..scoring import Affinities, Cosines, Scorer
from .background import draw_background, typical_cosine
from .space import Points, compare, joined, points_of_rows
from .vectorless import vectorless_problems

__all__ = ["MOST_SEEDS", "Taste", "read_taste", "read_tastes"]

MOST_SEEDS = 500
"""Of more liked (or disliked) papers than these, so many drawn evenly stand for all in comparisons."""

# Finding the nearest spellings reads all ids: done for the first few unknown names only.
_NAMED = 3


@dataclass(frozen=True)
class Taste:
    """What a scorer compares candidates with, and what must not come back.

    `references` holds the liked papers (and interests in words), the disliked ones, and random papers
    of the corpus where the scorer learns from them. `liked` and `disliked` name them: a row, or the
    reader's own words. They are in the order of `Snapshot.by_key`, then of the words, however the reader put
    them. `known` are all rows that the reader named, those not compared with among them, in that order.
    `typical` is the mean cosine of two random papers of the corpus, None where that is not worth knowing.
    `unclear` says of each liked or disliked name that is no paper's, or several papers', why; `unheld` of
    each interest in words that is left out as no paper holds a word of it.
    """

    references: Points
    liked: tuple[int | str, ...]
    disliked: tuple[int, ...]
    days: NDArray[np.float64]
    weights: NDArray[np.float32]
    known: Rows
    lexical: float
    typical: float | None
    problems: tuple[str, ...]
    unclear: Mapping[str, str]
    unheld: Mapping[str, str] = field(default_factory=dict)
    sides: NDArray[np.int64] | None = None
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
        return compare(self.references, self.references, self.lexical)

    @cached_property
    def interests(self) -> Interests:
        """The groups that the liked papers fall into."""
        count = len(self.liked)
        if self.sides is not None:
            return Interests(
                self.sides, np.bincount(self.sides) / count, np.unique(self.sides, return_index=True)[1]
            )
        lexical = self.lexical if self.references.terms is not None else 0.0
        return discover(self.among[:count, :count], self.weights, lexical=lexical, typical=self.typical)

    def affinities(self, to: Cosines) -> Affinities:
        """What a scorer sees of papers, from their cosines to all references, shape (n, t)."""
        counts = len(self.liked), len(self.disliked)
        return Affinities(to, self.among, *counts, self.weights, self.interests.labels)


def read_taste(corpus: Corpus, snapshot: Snapshot, profile: Profile, scorer: Scorer) -> Taste:
    """The profile's papers in this state of the corpus.

    Raises UnknownPaper when nothing that is liked is there, ProfileError for a contradiction.
    """
    (taste,) = read_tastes(corpus, snapshot, [profile], scorer, suggest=True)
    if isinstance(taste, RecommenderError):
        raise taste
    return taste


def read_tastes(
    corpus: Corpus, snapshot: Snapshot, profiles: Sequence[Profile], scorer: Scorer, *, suggest: bool = False
) -> list[Taste | UnknownPaper | ProfileError]:
    """What `read_taste` gives or raises for each of many profiles, in a few questions to the corpus.

    `suggest`: for unknown names the nearest spellings are told, which takes a look at all papers.
    """
    listed = (texts for profile in profiles for texts in (profile.liked, profile.disliked, profile.seen))
    rows = find_rows_of(snapshot, chain.from_iterable(listed))
    texts = sorted({text for profile in profiles for text in profile.interests})
    words = _Words(corpus, snapshot, tuple(texts), lexical=scorer.lexical > 0)
    tastes: list[Taste | UnknownPaper | ProfileError] = []
    for profile in profiles:
        try:
            tastes.append(_taste(snapshot, profile, rows, words, scorer, suggest=suggest))
        except (UnknownPaper, ProfileError) as error:
            tastes.append(error)
    return tastes


def _taste(
    snapshot: Snapshot,
    profile: Profile,
    rows_of: Mapping[str, list[int]],
    words: _Words,
    scorer: Scorer,
    *,
    suggest: bool,
) -> Taste:
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
    known = snapshot.by_key(np.unique(np.array([*liked, *disliked, *seen], np.int64)))
    background = draw_background(snapshot, scorer.background, known) if scorer.background else ()
    rows = np.array([*compared[0], *compared[1], *background], np.int64)
    stored = points_of_rows(snapshot, rows, lexical=scorer.lexical > 0)
    parts, interests = [stored], sorted(profile.interests)
    if interests:
        order = np.arange(len(stored))
        cut = len(compared[0])
        parts = [stored.take(order[:cut]), words.points(interests), stored.take(order[cut:])]
    seeds: tuple[int | str, ...] = (*compared[0], *interests)
    references = joined(parts)
    problems += vectorless_problems(snapshot, seeds, references, scorer.lexical)
    days = _days(snapshot, seeds) if scorer.dated else np.full(len(seeds), np.nan)
    return Taste(
        references=references,
        liked=seeds,
        disliked=tuple(compared[1]),
        days=days,
        weights=scorer.weights(days),
        known=known,
        lexical=scorer.lexical,
        typical=typical_cosine(snapshot, scorer.lexical) if len(seeds) > 1 else None,
        problems=tuple(problems),
        unclear=unclear,
    )


class _Words:
    """Interests in words as points; each text is encoded once, whoever has it."""

    def __init__(self, corpus: Corpus, snapshot: Snapshot, texts: tuple[str, ...], *, lexical: bool) -> None:
        self._places = {text: place for place, text in enumerate(texts)}
        if texts:
            terms = snapshot.term_vectors(texts) if lexical and snapshot.has_terms else None
            self._points = Points(corpus.encoder_of(snapshot).encode(list(texts)), terms)

    def points(self, texts: Sequence[str]) -> Points:
        """Those of some of the texts."""
        return self._points.take(np.array([self._places[text] for text in texts], np.int64))


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
