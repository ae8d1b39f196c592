"""Recommender: one path for every question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

import numpy as np

from ..corpus import Corpus, Filters, Snapshot, find_rows_of
from ..diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from ..errors import NoSuchWords, ParameterError
from ..paper import Paper
from ..profiles import Profile
from ..recommendations import Recommendations
from ..scoring import BETWEEN, BUT_NOT, DEFAULT_STRATEGY, STRATEGIES, Scorer
from .adjacent import NeighbourFields, find_fields
from .answer import Answer, Refusal, answer_profile, answer_profiles, make_answers
from .answer_options import AnswerOptions, Date, check_corpus, named_kind
from .candidates import find_candidates, given_candidates
from .listing import to_recommendations
from .profile_vectors import ProfileVectors, resolve_profile, resolve_seed_sets
from .ranking import rank, score
from .texts import unheld_words

__all__ = ["PaperName", "Recommender"]

PaperName: TypeAlias = str | Paper
"""A paper, or its name: an id in any spelling, a url, an exact title."""


class Recommender:
    """Recommends papers of a corpus.

    `strategy` names one of `recommender.scoring`, `rerank` one of `recommender.diversity`.
    """

    def __init__(
        self, corpus: Corpus, *, strategy: str = DEFAULT_STRATEGY, rerank: str = DEFAULT_RERANK
    ) -> None:
        check_corpus(corpus)
        self.corpus = corpus
        self._scorer = named_kind(strategy, STRATEGIES, "strategy")
        self._rerank = named_kind(rerank, RERANKS, "rerank")

    def more_like(
        self,
        *papers: PaperName | Sequence[PaperName],
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        min_confidence: float = 0.0,
    ) -> Recommendations:
        """Papers like these, or like those of a list: `recommend` for a reader who likes them."""
        options = AnswerOptions(
            k=k,
            diversity=diversity,
            since=since,
            until=until,
            categories=categories,
            min_confidence=min_confidence,
        )
        return self._recommend(Profile(liked=tuple(chain.from_iterable(map(_names, papers)))), options)

    def search(
        self,
        text: str,
        *,
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        min_confidence: float = 0.0,
        anyway: bool = False,
    ) -> Recommendations:
        """Papers about `text`: `recommend` for a reader with this interest. Needs the corpus's encoder.

        Where no paper holds a word of it, the list is empty and its `warnings` say so; `anyway` lists what
        lies nearest all the same.
        """
        options = AnswerOptions(
            k=k,
            diversity=diversity,
            since=since,
            until=until,
            categories=categories,
            min_confidence=min_confidence,
            anyway=anyway,
        )
        return self._recommend(Profile(interests=(text,)), options)

    def recommend(
        self,
        profile: Profile,
        *,
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        min_confidence: float = 0.0,
        anyway: bool = False,
    ) -> Recommendations:
        """The k papers to read next, best first; fewer only when no more pass the filters.

        A paper of the profile never comes back, nor a version of one: the same title or abstract but for case
        and punctuation, or a cosine above `NEAR_IDENTICAL`. `diversity` is in [0, 1]: 0 is the order
        of the scores, 1 all variety. A paper less sure than `min_confidence` to be of the reader's kind
        does not come, even if the list stays short (see `recommender.confidence`). For `since`, `until`
        and `categories` see `Filters`.

        An interest in words of which no paper holds any is left out, unless `anyway`.

        That, and names that are not in the corpus, are told in `warnings`; UnknownPaper is raised when
        nothing that is liked is there, ProfileError for a contradiction, ParameterError for a bad option.
        """
        if not isinstance(profile, Profile):
            kind = type(profile).__name__
            raise ParameterError(f"a {kind} is no profile; give a Profile(liked=[...]), or use more_like")
        options = AnswerOptions(
            k=k,
            diversity=diversity,
            since=since,
            until=until,
            categories=categories,
            min_confidence=min_confidence,
            anyway=anyway,
        )
        return self._recommend(profile, options)

    def between(
        self,
        first: PaperName | Sequence[PaperName],
        second: PaperName | Sequence[PaperName],
        *,
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
    ) -> Recommendations:
        """Papers that bridge two sets of papers: near to both, see `scoring.between`."""
        options = AnswerOptions(k=k, diversity=diversity, since=since, until=until, categories=categories)
        snapshot = self.corpus.snapshot
        sides = Profile(liked=_names(first)), Profile(liked=_names(second))
        resolved = resolve_seed_sets(self.corpus, snapshot, *sides, BETWEEN)
        return self._answer(snapshot, resolved, BETWEEN, options)

    def but_not(
        self,
        first: PaperName | Sequence[PaperName],
        second: PaperName | Sequence[PaperName],
        *,
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
    ) -> Recommendations:
        """Papers near the first set and away from the second, see `scoring.but_not`."""
        options = AnswerOptions(k=k, diversity=diversity, since=since, until=until, categories=categories)
        snapshot = self.corpus.snapshot
        profile = Profile(liked=_names(first), disliked=_names(second))
        resolved = resolve_profile(self.corpus, snapshot, profile, BUT_NOT)
        return self._answer(snapshot, resolved, BUT_NOT, options)

    def beyond(
        self,
        profile: Profile,
        *,
        k: int = 5,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
    ) -> NeighbourFields:
        """The `k` fields nearest to what the reader likes of which the reader has nothing.

        Names that are not in the corpus are told in its `warnings`, and interests in words of which no paper
        holds any: they are left out, and where nothing else is liked there are no fields.
        """
        options = AnswerOptions(k=k, diversity=0, since=since, until=until, categories=categories)
        snapshot = self.corpus.snapshot
        unheld = unheld_words(snapshot, profile.interests)
        held = tuple(text for text in profile.interests if text not in unheld)
        if not held and not profile.liked:
            return NeighbourFields((), tuple(unheld.values()))
        resolved = resolve_profile(self.corpus, snapshot, replace(profile, interests=held), self._scorer)
        problems = (f"an interest is left out: {why}" for why in unheld.values())
        return find_fields(
            snapshot, replace(resolved, problems=(*resolved.problems, *problems)), options.filters, options.k
        )

    def recommend_many(
        self,
        profiles: Iterable[Profile],
        *,
        k: int = 10,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        min_confidence: float = 0.0,
        anyway: bool = False,
    ) -> Iterator[Recommendations]:
        """The answer of `recommend` for each profile, in order.

        A profile that cannot be served gets an empty list whose `warnings` say why; bad options are
        refused at once.
        """
        options = AnswerOptions(
            k=k,
            diversity=diversity,
            since=since,
            until=until,
            categories=categories,
            min_confidence=min_confidence,
            anyway=anyway,
        )
        answers = answer_profiles(self.corpus, profiles, self._scorer, self._rerank, options)
        return (
            to_recommendations(answer)
            if isinstance(answer, Answer)
            else Recommendations((), (_why_none(answer),))
            for answer in answers
        )

    def _recommend(self, profile: Profile, options: AnswerOptions) -> Recommendations:
        try:
            answer = answer_profile(self.corpus, profile, self._scorer, self._rerank, options)
        except NoSuchWords as error:
            return Recommendations((), (_why_none(error),))
        return to_recommendations(answer)

    def rank(
        self,
        profile: Profile,
        *,
        candidates: Sequence[str] | None = None,
        k: int = 1000,
        diversity: float = DEFAULT_DIVERSITY,
        rerank_depth: int = 20,
    ) -> list[tuple[str, float]]:
        """Ids and scores of the papers named in `candidates`, all of them, best first; without it the best k.

        For judging a ranking: the first `rerank_depth` are those of a list so long, in its order, then come
        all others by score. Papers of the profile are left out, and so is what `candidates` names that the
        corpus does not hold.
        """
        options = AnswerOptions(k=k, diversity=diversity)
        snapshot = self.corpus.snapshot
        resolved = resolve_profile(self.corpus, snapshot, profile, self._scorer)
        if candidates is None:
            (found,) = find_candidates(snapshot, [resolved], self._scorer, k, Filters())
        else:
            rows = list(chain.from_iterable(find_rows_of(snapshot, candidates).values()))
            found = given_candidates(snapshot, resolved, np.unique(np.array(rows, np.int64)))
            k = len(found)
        scored = score(found.similarities, self._scorer)
        depth = min(k, rerank_depth)
        listed = rank(found, scored, resolved, self._rerank, depth, options.diversity)
        order = np.argsort(-scored.best, kind="stable")
        order = np.concatenate([listed.positions, order[~np.isin(order, listed.positions)]])[:k]
        rows = found.rows[order].tolist()
        labels = snapshot.labels(rows)
        return [(labels[row][0], float(value)) for row, value in zip(rows, scored.best[order], strict=True)]

    def _answer(
        self, snapshot: Snapshot, resolved: ProfileVectors, scorer: Scorer, options: AnswerOptions
    ) -> Recommendations:
        (answer,) = make_answers(snapshot, [resolved], scorer, self._rerank, options)
        return to_recommendations(answer)


def _why_none(refusal: Refusal) -> str:
    remedy = "; anyway=True (--anyway) lists what lies nearest all the same"
    return f"{refusal}{remedy}" if isinstance(refusal, NoSuchWords) else str(refusal)


def _names(papers: PaperName | Sequence[PaperName]) -> tuple[str, ...]:
    if isinstance(papers, str | Paper):
        return (papers.id if isinstance(papers, Paper) else papers,)
    if not isinstance(papers, Iterable):
        raise ParameterError(f"{papers!r:.60} is no paper; give its id, its title, or the paper itself")
    return tuple(paper.id if isinstance(paper, Paper) else paper for paper in papers)
