"""Candidates: what the index finds for a profile, less what the reader knows, with all cosines.

An encoder has a vector for any text and something is always nearest to it, however far. What a reader asks
for in words is answered only where a paper holds one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows, Vectors

from ..corpus import Filters, Snapshot, allowed_mask, banned_rows, holds_word, is_held
from ..lexical import plain_text, search_words, word_stems
from ..scoring import Cosines, Scorer, Similarities
from .followed import rows_by_followed
from .hybrid_vectors import HybridVectors
from .known import are_known
from .profile_vectors import ProfileVectors, Seed
from .word_candidates import rows_by_words

# Whoever holds a word is most often among so many of the candidates most like the text.
_LOOKED_AT = 20


def unheld_texts(snapshot: Snapshot, rows: Rows, liked: Cosines, seeds: tuple[Seed, ...]) -> dict[str, str]:
    """Of the seeds those in words that no paper of the corpus holds a word of, and why in one line.

    `rows` are the candidates', `liked`, shape (candidates, seeds), their cosines to the seeds; they are
    looked at where the corpus is of a format without an index of words.
    """
    unheld = {}
    for place, text in enumerate(seeds):
        if isinstance(text, str):
            words = _words_of(snapshot, text)
            nearest = rows[np.argsort(-liked[:, place], kind="stable")[:_LOOKED_AT]]
            if not words:
                unheld[text] = f"{_shortened(text)!r} says nothing of a subject: stop words or letters only"
            elif not _are_held(snapshot, nearest, words):
                unheld[text] = f"no paper of this corpus holds any word of {_shortened(text)!r}"
    return unheld


def unheld_words(snapshot: Snapshot, texts: tuple[str, ...]) -> dict[str, str]:
    """As `unheld_texts`, of texts that nothing is compared with yet."""
    return unheld_texts(snapshot, np.empty(0, np.int64), np.empty((0, len(texts)), np.float32), texts)


def _words_of(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """The words by which papers are found."""
    if snapshot.words is None:
        return word_stems(text)
    return tuple(found.word for found in search_words(text))


def _are_held(snapshot: Snapshot, rows: Rows, words: tuple[str, ...]) -> bool:
    """Whether any paper holds any of these words; those in the rows are the likeliest."""
    if snapshot.words is not None:
        return any(map(snapshot.words.frequency, words))
    plain = [plain_text(text) for text in snapshot.texts(rows.tolist())]
    return any(is_held(word, text) for text in plain for word in words) or holds_word(snapshot, words)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


# Fetched for each query vector. More of them change nothing: on the tuning part of the reading lists, over
# 146,289 papers by static, nDCG@10 was .1925 at 100, .1923 at 200, .1922 at 500 and at 1,500; with the
# strategy `lexical`, which is TF-IDF over these, .159, .153, .150 and .144. With dislikes, or for words, the
# best lie deeper. A longer list looks deeper, three times as deep each time.
_DEPTH, _DEEPER, _GROWTH = 100, 500, 3

# So many of the first level must not be versions of papers that the reader knows, else it is looked deeper.
_LEAST = 50

_NO_ROWS: Rows = np.empty(0, np.int64)


@dataclass(frozen=True)
class Candidates:
    """Papers that may be shown, in the order of `Snapshot.by_key`, and what a scorer needs to know of them.

    Equal scores are taken in this order, and sums of rounded numbers made in it.
    """

    rows: Rows
    vectors: HybridVectors
    similarities: Similarities
    codes: NDArray[np.int64]
    """Numbers of each, shape (n, c), see `Twins.codes` of the corpus."""

    def __len__(self) -> int:
        return len(self.rows)


def find_candidates(
    snapshot: Snapshot, profiles: Sequence[ProfileVectors], scorer: Scorer, least: int, filters: Filters
) -> Iterator[Candidates]:
    """For each profile the papers nearest to the scorer's queries that pass the filters: at least `least`, or
    all there are.

    Those that share most words with what is liked come as well. Papers that the reader knows, and their
    twins, are left out. All profiles are searched for at once; the rest is worked out when a profile's turn
    comes.
    """
    tasks = [
        _task(
            snapshot,
            profile,
            _queries(profile, scorer),
            max(least, _DEEPER if _needs_depth(profile) else _DEPTH),
            least,
            filters,
        )
        for profile in profiles
    ]
    allowed = allowed_mask(snapshot, filters)
    for task, found in zip(tasks, _search(snapshot, tasks, allowed), strict=True):
        rows, vectors = _unknown(snapshot, task, found, allowed)
        rows, vectors = _with_words(snapshot, task, rows, vectors, allowed)
        yield _candidates(snapshot, task.profile, rows, vectors)


@dataclass(frozen=True)
class CandidateLevels:
    """The papers nearest to the scorer's queries, and those that share most words with what is liked, level
    by level, each deeper than the one before.

    What is near comes first, whoever looks deeper afterwards; the papers of a level are none of those before.
    Where few papers may come, the first level has them all. `searched` is what the search of the first
    levels finds, where that is done together with others'.
    """

    snapshot: Snapshot
    profile: ProfileVectors
    queries: Vectors
    allowed: Allowed | None
    banned: Rows
    searched: list[Rows] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[int, Candidates]]:
        """Each level's depth and its candidates, as long as there are any that are new."""
        before = _NO_ROWS
        for number in count():
            task = self.task(number)
            if number == len(self.searched):
                self.searched.extend(_search(self.snapshot, [task], self.allowed))
            rows, vectors = _unknown(self.snapshot, task, self.searched[number], self.allowed, before)
            rows, vectors = _with_words(self.snapshot, task, rows, vectors, self.allowed, before)
            if not len(rows) and number:
                return
            yield task.depth, _candidates(self.snapshot, self.profile, rows, vectors)
            before = np.union1d(before, rows)

    def task(self, number: int) -> _SearchTask:
        """How a level is searched: half of what it may find must not be versions of what the reader knows."""
        depth, before = self.depth(number), self.depth(number - 1) if number else 0
        least = (depth - before) // 2 if number else _LEAST
        return _SearchTask(self.profile, self.queries, depth, least, self._hidden, self.banned)

    def depth(self, number: int) -> int:
        """How many papers a level and those before it look at for each query."""
        deeper = self._few or _needs_depth(self.profile)
        return ([_DEPTH] * (not deeper) + [_DEEPER * int(_GROWTH**n) for n in range(number + 1)])[number]

    @cached_property
    def _hidden(self) -> Rows:
        """What the reader knows, with its twins by title or abstract."""
        return self.snapshot.twins.of(self.profile.excluded_rows)

    @cached_property
    def _few(self) -> bool:
        """Whether no more papers may come than a deeper search finds anyway."""
        may = len(self.snapshot) if self.allowed is None else np.count_nonzero(self.allowed)
        return bool(may <= _DEEPER)


def find_levels(
    snapshot: Snapshot, profiles: Sequence[ProfileVectors], scorer: Scorer, size: int, filters: Filters
) -> list[CandidateLevels]:
    """For each profile the levels of its candidates. All profiles are searched for at once, as deep as a pool
    of `size` needs; the rest is worked out when a level's turn comes.
    """
    allowed = allowed_mask(snapshot, filters)
    banned = banned_rows(snapshot, filters)
    levels_of = [
        CandidateLevels(snapshot, profile, _queries(profile, scorer), allowed, banned) for profile in profiles
    ]
    for number in count():
        deeper = [levels for levels in levels_of if not number or levels.depth(number - 1) < size]
        if not deeper:
            break
        found = _search(snapshot, [levels.task(number) for levels in deeper], allowed)
        for levels, rows in zip(deeper, found, strict=True):
            levels.searched.append(rows)
    return levels_of


def near_rows(
    snapshot: Snapshot, profile: ProfileVectors, queries: Vectors, least: int, filters: Filters
) -> Rows:
    """The rows near any of the queries, at least `least` in all, that the reader does not know, in the order
    of `Snapshot.by_key`.
    """
    queries = queries[queries.any(axis=1)]
    depth = max(-(-2 * least // max(len(queries), 1)), _DEPTH)
    task, allowed = _task(snapshot, profile, queries, depth, 1, filters), allowed_mask(snapshot, filters)
    return _unknown(snapshot, task, _search(snapshot, [task], allowed)[0], allowed)[0]


def near_among(
    snapshot: Snapshot, profile: ProfileVectors, scorer: Scorer, depth: int, filters: Filters, rows: Rows
) -> Rows:
    """Of these rows those near the profile, `depth` for each query at most, that come where neither retracted
    papers nor notices are left out.
    """
    queries = _queries(profile, scorer)
    if not len(rows) or not len(queries):
        return np.empty(0, np.int64)
    allowed = np.zeros(snapshot.size, np.bool_)
    allowed[snapshot.place(rows)] = True
    others = allowed_mask(snapshot, filters.with_all)
    allowed = allowed if others is None else allowed & others
    task = _task(snapshot, profile, queries, depth, 1, filters)
    return _unknown(snapshot, task, _search(snapshot, [task], allowed)[0], allowed)[0]


def given_candidates(snapshot: Snapshot, profile: ProfileVectors, rows: Rows) -> Candidates:
    """Just these papers, but for those that the reader named."""
    rows = snapshot.by_key(np.setdiff1d(rows, profile.excluded_rows))
    return _candidates(snapshot, profile, rows, snapshot.vectors(rows))


def are_left_out(
    snapshot: Snapshot, profile: ProfileVectors, filters: Filters, rows: Rows
) -> NDArray[np.bool_]:
    """Which of these rows are no candidates whatever the filters by date and category: what the reader knows,
    what is banned, and versions of either.
    """
    task = _task(snapshot, profile, profile.likes[:0], 1, 1, filters)
    named = np.isin(rows, np.union1d(task.hidden, task.banned))
    return named | are_known(snapshot, rows, snapshot.vectors(rows), profile, task.banned)


def _candidates(snapshot: Snapshot, profile: ProfileVectors, rows: Rows, vectors: Vectors) -> Candidates:
    papers = HybridVectors.load(snapshot, rows, vectors, lexical=profile.lexical > 0)
    return Candidates(rows, papers, profile.similarities(papers), snapshot.twins.codes(rows))


def _queries(profile: ProfileVectors, scorer: Scorer) -> Vectors:
    labels = profile.interests.labels if scorer.calibrated else np.zeros(len(profile.liked), np.int64)
    queries = scorer.queries(profile.likes, profile.dislikes, profile.weights, labels)
    return queries[queries.any(axis=1)]  # what has no vector is near nothing


def _needs_depth(profile: ProfileVectors) -> bool:
    """Whether the best lie deeper than for other readers: with dislikes, and for words."""
    return len(profile.disliked) > 0 or any(isinstance(seed, str) for seed in profile.liked)


@dataclass(frozen=True)
class _SearchTask:
    """What one profile is searched with, how deep for each query, and how many papers there must be."""

    profile: ProfileVectors
    queries: Vectors
    depth: int
    least: int
    hidden: Rows
    """What the reader knows, with its twins by title or abstract."""
    banned: Rows


def _task(
    snapshot: Snapshot, profile: ProfileVectors, queries: Vectors, depth: int, least: int, filters: Filters
) -> _SearchTask:
    hidden = snapshot.twins.of(profile.excluded_rows)
    return _SearchTask(profile, queries, depth, least, hidden, banned_rows(snapshot, filters))


def _search(snapshot: Snapshot, tasks: Sequence[_SearchTask], allowed: Allowed | None) -> list[Rows]:
    """The rows that each task finds, ascending; none that are hidden from it."""
    searches = [(task.queries, task.depth, task.hidden) for task in tasks]
    return [np.unique(rows) for rows, _ in snapshot.search_many(searches, allowed)]


def _unknown(
    snapshot: Snapshot, task: _SearchTask, rows: Rows, allowed: Allowed | None, before: Rows = _NO_ROWS
) -> tuple[Rows, Vectors]:
    """Those of the rows found that are no versions of known papers, nor of the rows before, in the order of
    `Snapshot.by_key`, and their vectors.

    It is searched again while versions fill the places.
    """
    hidden = task.hidden
    while True:
        rows = snapshot.by_key(np.setdiff1d(rows, before))
        vectors = snapshot.vectors(rows)
        versions = are_known(snapshot, rows, vectors, task.profile, task.banned)
        if not versions.any():
            return rows, vectors
        if np.count_nonzero(~versions) >= task.least:
            return rows[~versions], vectors[~versions]
        hidden = np.union1d(hidden, rows[versions])
        rows = np.unique(snapshot.search(task.queries, task.depth, allowed, hidden)[0])


def _with_words(
    snapshot: Snapshot,
    task: _SearchTask,
    rows: Rows,
    vectors: Vectors,
    allowed: Allowed | None,
    before: Rows = _NO_ROWS,
) -> tuple[Rows, Vectors]:
    """These papers, and those that are found by their words or are of whom the reader follows: no versions
    either, none of the rows before.
    """
    by_words = rows_by_words(snapshot, task.profile, task.depth, allowed, task.hidden)
    if task.profile.followed:
        theirs = rows_by_followed(snapshot, task.profile, task.depth, allowed, task.hidden)
        by_words = np.union1d(by_words, theirs)
    by_words = by_words[~np.isin(by_words, np.union1d(rows, before))]
    of_words = snapshot.vectors(by_words)
    fresh = ~are_known(snapshot, by_words, of_words, task.profile, task.banned)
    every = np.concatenate([rows, by_words[fresh]])
    ordered, places = snapshot.by_key(every), np.argsort(every)
    order = places[np.searchsorted(every, ordered, sorter=places)]
    return ordered, np.concatenate([vectors, of_words[fresh]])[order]
