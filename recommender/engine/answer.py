"""Answers: the lists of many readers, in rows and arrays; every answer, single or batch, comes from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Corpus, Snapshot
from ..diversity import Rerank
from ..errors import NoSuchWords, ProfileError, UnknownPaper
from ..profile import Profile
from ..scoring import Affinities, Scorer
from .assurance import Assurance
from .candidates import Candidates, find_candidates
from .ranking import POOL_FACTOR, POOL_LEAST, Ranked, Scored, rank, score
from .request import Request
from .taste import Taste, read_taste, read_tastes
from .texts import unheld_texts

__all__ = ["Answer", "Refusal", "answer_profile", "answer_profiles", "answer_tastes", "make_answer"]

Refusal = UnknownPaper | ProfileError
"""Why a profile cannot be served."""

# Readers who are answered together: so many that the index is read seldom, and no more than name so many
# papers, for the sake of memory.
_MOST_READERS, _MOST_NAMES = 1024, 20_000

# From so many readers on, reading ahead what they all ask for takes less time than it spares.
_MANY = 256


@dataclass(frozen=True)
class Answer:
    """One reader's list, and what it was made of.

    `rows` and `affinities` are the candidates', to which the positions in `ranked` belong.
    """

    snapshot: Snapshot
    taste: Taste
    scorer: Scorer
    asked: Request
    rows: Rows
    affinities: Affinities
    scored: Scored
    ranked: Ranked
    confidence: Assurance

    @property
    def listed(self) -> Rows:
        """The papers of the list, best first."""
        return self.rows[self.ranked.positions]

    @cached_property
    def closest(self) -> NDArray[np.int64]:
        """For each paper of the list the number of the seed with the highest cosine to it."""
        return np.asarray(self.affinities.liked[self.ranked.positions].argmax(axis=1))

    @property
    def closest_cosines(self) -> NDArray[np.float32]:
        """The cosine to that seed."""
        return self.affinities.liked[self.ranked.positions, self.closest]


def answer_profiles(
    corpus: Corpus,
    profiles: Iterable[Profile],
    scorer: Scorer,
    rerank: Rerank,
    asked: Request,
    *,
    batch_size: int = 1,
) -> Iterator[Answer | Refusal]:
    """The answer to each profile, in order, or why there is none; the same whoever else is answered.

    `batch_size` are answered together at first, more and more later on.
    """
    snapshot = corpus.snapshot  # one state for all
    for block in _blocks(profiles, batch_size):
        if len(block) >= _MANY:
            snapshot.preload()
        tastes = [_servable(taste, asked) for taste in read_tastes(corpus, snapshot, block, scorer)]
        served = [taste for taste in tastes if isinstance(taste, Taste)]
        answers = answer_tastes(snapshot, served, scorer, rerank, asked)
        for profile, taste in zip(block, tastes, strict=True):
            if isinstance(taste, Taste):
                yield _without_unheld(corpus, profile, next(answers), rerank)
            else:
                yield taste


def answer_profile(
    corpus: Corpus, snapshot: Snapshot, profile: Profile, scorer: Scorer, rerank: Rerank, asked: Request
) -> Answer:
    """The answer to one profile. Raises UnknownPaper, ProfileError, or NoSuchWords."""
    taste = _servable(read_taste(corpus, snapshot, profile, scorer), asked)
    if not isinstance(taste, Taste):
        raise taste
    (first,) = answer_tastes(snapshot, [taste], scorer, rerank, asked)
    answer = _without_unheld(corpus, profile, first, rerank)
    if not isinstance(answer, Answer):
        raise answer
    return answer


def _without_unheld(corpus: Corpus, profile: Profile, answer: Answer, rerank: Rerank) -> Answer | Refusal:
    """The answer, or that without the interests in words that no paper holds a word of, with a note on each;
    NoSuchWords where nothing else is liked.
    """
    if answer.asked.anyway or not profile.interests:
        return answer
    snapshot, scorer = answer.snapshot, answer.scorer
    unheld = unheld_texts(snapshot, answer.rows, answer.affinities.liked, answer.taste.liked)
    if not unheld:
        return answer
    if len(unheld) == len(answer.taste.liked):
        return NoSuchWords("; ".join(unheld.values()))
    held = tuple(text for text in profile.interests if text not in unheld)
    (taste,) = read_tastes(corpus, snapshot, [replace(profile, interests=held)], scorer)
    if not isinstance(taste, Taste):
        return taste
    problems = (f"an interest is left out: {why}" for why in unheld.values())
    taste = replace(taste, problems=(*taste.problems, *problems), unheld=unheld)
    (again,) = answer_tastes(snapshot, [taste], scorer, rerank, answer.asked)
    return again


def _servable(taste: Taste | Refusal, asked: Request) -> Taste | Refusal:
    """The taste, or why it cannot be served with what is asked."""
    if isinstance(taste, Taste) and taste.words_only and asked.min_confidence > 0:
        return ProfileError("min_confidence needs a liked paper: of words alone no confidence is known")
    return taste


def answer_tastes(
    snapshot: Snapshot, tastes: Sequence[Taste], scorer: Scorer, rerank: Rerank, asked: Request
) -> Iterator[Answer]:
    """The answer to each taste, in order: candidates, scores, rerank."""
    least = max(POOL_FACTOR * asked.k, POOL_LEAST)
    found = find_candidates(snapshot, tastes, scorer, least, asked.filters)
    for taste, candidates in zip(tastes, found, strict=True):
        yield make_answer(snapshot, taste, candidates, scorer, rerank, asked)


def make_answer(
    snapshot: Snapshot, taste: Taste, candidates: Candidates, scorer: Scorer, rerank: Rerank, asked: Request
) -> Answer:
    """The answer that is made of these candidates: scores, confidence, rank."""
    scored = score(candidates.affinities, scorer)
    confidence, sure = Assurance(snapshot, taste, scorer), None
    if asked.min_confidence > 0:
        sure = confidence.of(scored.by_interest) >= asked.min_confidence
    versions = snapshot.versions.codes(candidates.rows)
    ranked = rank(candidates, versions, scored, taste, rerank, asked.k, asked.diversity, sure)
    rows, affinities = candidates.rows, candidates.affinities
    return Answer(snapshot, taste, scorer, asked, rows, affinities, scored, ranked, confidence)


def _blocks(profiles: Iterable[Profile], batch_size: int) -> Iterator[list[Profile]]:
    block: list[Profile] = []
    most, names = min(batch_size, _MOST_READERS), 0
    for profile in profiles:
        block.append(profile)
        names += len(profile.liked) + len(profile.disliked) + len(profile.seen)
        if len(block) == most or names >= _MOST_NAMES:
            yield block
            block, names, most = [], 0, min(4 * most, _MOST_READERS)
    if block:
        yield block
