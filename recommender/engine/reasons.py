"""The reasons of an answer, worked out when somebody asks: explanations, confidence, what diversity cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus.repeated_lines import repeated_lines, without_repeated
from ..display import pluralize
from ..diversity import RERANKS, DiversityReport, compare_with_plain, pool_is_large_enough
from ..explain import (
    Common,
    Counterfactual,
    Explanation,
    NearestDislike,
    SeedContribution,
    Seeds,
    in_common,
    leave_one_out_ranks,
    sentences,
)
from ..lexical import TermVectors
from ..option_values import READ_CHARACTERS, read_part
from ..paper import Paper, text_of
from ..queries import Followed
from ..scoring import Contributions
from .confidence import Confidence
from .pipeline import Answer, make_answers
from .profile_vectors import Seed, seed_label
from .ranking import score
from .sequence import pool_size


@dataclass(frozen=True)
class NamedOutcome:
    """One interest of a reader: its share of the seeds, its quota of the list, the papers it got.

    It is `starved` where it got fewer than its quota, for want of papers that suit it.
    """

    name: str
    share: float
    quota: int
    outcome: int
    starved: bool


@dataclass(frozen=True)
class Displaced:
    """A paper that scored higher than one of the list and is not in it: it is `too_like` another one."""

    paper: Paper
    too_like: Paper
    cosine: float


@dataclass(frozen=True, eq=False)
class ScoreDistribution:
    """What a score is held against: the scores of the candidates, of random papers, and of seeds that were
    held out one by one; and the `confidence` that follows from the former two.
    """

    candidates: NDArray[np.float32]
    random: NDArray[np.float32]
    held_out: NDArray[np.float32]
    confidence: Confidence


@dataclass(frozen=True, eq=False, repr=False)
class RecommendationReasons:
    """What one answer was made of, and why each of its papers is there.

    `papers` are those of the list, in order from its first rank on, also those that are not shown, and
    `seeds` are (id, title) of each liked paper, (text, "") of an interest in words.
    """

    answer: Answer
    papers: tuple[Paper, ...]
    seeds: tuple[tuple[str, str], ...]

    def __deepcopy__(self, memo: object) -> RecommendationReasons:
        """Itself: it never changes, and pandas copies what it makes a frame of."""
        return self

    def __len__(self) -> int:
        """How many papers the list has."""
        return len(self.papers)

    def explanation(self, place: int, *, counterfactuals: int = 0) -> Explanation:
        """Why the paper at this place of the list, from 0, is there.

        `counterfactuals`: where it would be without each of so many seeds, those with the largest
        contributions.
        """
        position, under = (int(self.answer.ranked.positions[place]), int(self.answer.ranked.under[place]))
        contributions = self.answer.scored.contributions[under]
        common = self._common[place]
        without = self._without(contributions, position, counterfactuals)
        return Explanation(
            score=float(self.answer.ranked.scores[place]),
            contributions=self._named_contributions(contributions, position),
            nearest_dislike=self._nearest_dislike(position),
            interest=self.interest(place) or None,
            sentence=common.sentence,
            terms=common.terms,
            rank=int((self.answer.scored.overall > self.answer.scored.overall[position]).sum() + 1)
            if without
            else None,
            counterfactuals=without,
        )

    def interest(self, place: int) -> str:
        """The interest that the paper at this place serves, named by the reader's collection or
        its most central seed; "" where all are one.
        """
        names = self.interest_names
        return names[int(self.answer.ranked.interests[place])] if len(names) > 1 else ""

    @cached_property
    def diversity_report(self) -> DiversityReport:
        """What diversity cost and bought, against the list that it is without.

        Its positions are those of the papers of both lists, ascending.
        """
        listed, plain = self.answer.ranked, self._plain.ranked
        chosen, before = (np.searchsorted(self._of_both, ranked.positions) for ranked in (listed, plain))
        # A paper of both lists may serve another interest in each, with another score.
        scores, plain_scores = np.zeros((2, len(self._of_both)), np.float32)
        scores[chosen], plain_scores[before] = listed.scores, plain.scores
        vectors = self.answer.snapshot.vectors(self._rows_of_both)
        scale = self.answer.snapshot.cosine_scale
        return compare_with_plain(
            vectors, scores, chosen, plain=before, plain_scores=plain_scores, scale=scale
        )

    @cached_property
    def _plain(self) -> Answer:
        """The answer without diversity, from the same candidates."""
        answer = self.answer
        if answer.options.diversity == 0:
            return answer
        options = replace(answer.options, diversity=0.0)
        (plain,) = make_answers(answer.snapshot, [answer.profile], answer.scorer, RERANKS["none"], options)
        return plain

    @cached_property
    def _of_both(self) -> NDArray[np.int64]:
        """The candidates that are in this list or in the one without diversity, ascending."""
        return np.union1d(self.answer.ranked.positions, self._plain.ranked.positions)

    @property
    def _rows_of_both(self) -> Rows:
        """Their rows. One of the two may have looked deeper; as far as both looked, they saw the same."""
        rows = max(self.answer.rows, self._plain.rows, key=len)
        return rows[self._of_both]

    @cached_property
    def pool(self) -> NDArray[np.int64]:
        """The candidates that the list was chosen from, ascending."""
        return np.union1d(self.answer.ranked.pool, self.answer.ranked.positions)

    @cached_property
    def displaced(self) -> dict[int, Displaced]:
        """By place in the list, the paper that would be there without diversity, and why it is not."""
        rows = self._rows_of_both
        chosen = np.searchsorted(self._of_both, self.answer.ranked.positions)
        named = {position: place for place, position in enumerate(chosen.tolist())}
        dropped = [displacement.instead for displacement in self.diversity_report.displacements]
        papers = dict(zip(dropped, self.answer.snapshot.papers(rows[dropped].tolist()), strict=True))
        return {
            named[found.chosen]: Displaced(
                papers[found.instead], self.papers[named[found.too_like]], found.cosine
            )
            for found in self.diversity_report.displacements
        }

    @cached_property
    def interests(self) -> tuple[NamedOutcome, ...]:
        """Share, quota and outcome of each interest; one for all where the scorer knows no interests."""
        ranked = self.answer.ranked
        shares = (
            self.answer.profile.interests.shares if len(self.answer.scored.contributions) > 1 else np.ones(1)
        )
        return tuple(
            NamedOutcome(name, float(share), int(quota), int(filled), bool(filled < quota))
            for name, share, quota, filled in zip(
                self.interest_names, shares, ranked.quota, ranked.filled, strict=True
            )
        )

    @property
    def similarities(self) -> NDArray[np.float32]:
        """The encoder's cosine, on the usual scale, of each paper of the list to each other, shape (n, n)."""
        vectors = self.answer.snapshot.vectors(self.answer.listed)
        return self.answer.snapshot.cosine_scale.of(vectors @ vectors.T)

    @property
    def distribution(self) -> ScoreDistribution:
        """The scores of the candidates, and those that confidence comes from."""
        estimator = self.answer.confidence
        return ScoreDistribution(
            self.answer.scored.best, estimator.random, estimator.held_out, estimator.calibrated
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the list could not be for want of papers: as varied as asked, or in the right proportions."""
        options, found, pool = self.answer.options, [], len(self.pool)
        if not len(self.answer.shown):
            return (explain_empty(self.answer),)
        # Who asks to be shown only what is surely right has a short list for that, not for want of papers.
        varied = options.diversity > 0 and options.last > 1 and options.min_confidence == 0
        if varied and pool < pool_size(options.last - 1) and not pool_is_large_enough(pool, options.last):
            papers = "1 paper" if pool == 1 else f"{pool} papers"
            found.append(
                f"only {papers} to choose {options.last} from; diversity needs several times as many"
            )
        if len(self.interests) > 1 and self.answer.ranked.shared:
            found += self._without_places()
            found += [
                f"the interest {outcome.name!r} got {outcome.outcome} of its {outcome.quota} places: no more "
                "papers suit it"
                for outcome in self.interests
                if outcome.starved
            ]
        return tuple(found)

    def _without_places(self) -> list[str]:
        """One line on the interests that have no place in a list so short, if there are any."""
        without = [place for place, one in enumerate(self.interests) if not one.quota and not one.outcome]
        if not without:
            return []
        first = self.answer.ranked.first
        ordered = sorted(without, key=lambda place: int(first[place]))
        named = [f"{self.interests[place].name!r} (from k = {first[place]} on)" for place in ordered]
        return [f"no place in a list of {self.answer.options.last}: {', '.join(named)}"]

    def confidence(self, place: int) -> float:
        """How sure it is that the paper is of the reader's kind, in [0, 1]."""
        return float(self._confidences[place])

    @cached_property
    def _confidences(self) -> NDArray[np.float64]:
        return self.answer.confidence.confidence_of(self.answer.ranked.scores)

    @cached_property
    def interest_names(self) -> tuple[str, ...]:
        """Each interest that has places of its own, by the title of its most central seed."""
        if len(self.answer.scored.contributions) == 1:
            return ("all",)
        return tuple(
            self.answer.profile.interest_name(interest) or title or name
            for interest, (name, title) in enumerate(
                self.seeds[seed] for seed in self.answer.profile.interests.medoids
            )
        )

    @cached_property
    def _dislikes(self) -> list[tuple[str, str]]:
        """The id and the title of each disliked paper, (text, "") of what is avoided in words."""
        disliked = self.answer.profile.disliked
        labels = self.answer.snapshot.labels([paper for paper in disliked if isinstance(paper, int)])
        return [seed_label(paper, labels) for paper in disliked]

    @cached_property
    def _seed_terms(self) -> TermVectors | None:
        """The terms of all references, read now where the scorer did without."""
        terms = self.answer.profile.references.terms
        if terms is not None or not self.answer.snapshot.has_terms:
            return terms
        liked, snapshot = self.answer.profile.liked, self.answer.snapshot
        texts = [text for text in map(self._own_text, liked) if text is not None]
        rows = np.array([seed for seed in liked if isinstance(seed, int)], np.int64)
        both = TermVectors.joined([snapshot.terms(rows), snapshot.term_vectors(texts)])
        # Rows come first in it, and anywhere among what is liked.
        return both.take(np.argsort(np.argsort([not isinstance(seed, int) for seed in liked], kind="stable")))

    def _own_text(self, seed: Seed) -> str | None:
        """The text of a seed that is no paper of the corpus; None where it is a row."""
        if isinstance(seed, Followed):
            return self._followed_texts[seed]
        if isinstance(seed, Paper):
            return seed.words
        return seed if isinstance(seed, str) else None

    @cached_property
    def _followed_texts(self) -> dict[Followed, str]:
        """The texts of the papers that stand for whom the reader follows."""
        snapshot = self.answer.snapshot
        return {
            seed.followed: "\n\n".join(snapshot.texts(seed.drawn.tolist()))
            for seed in self.answer.profile.followed
        }

    @cached_property
    def _common(self) -> list[Common]:
        """The terms in common and the sentence of each paper, each seed weighing as it contributes."""
        terms, snapshot, liked = self._seed_terms, self.answer.snapshot, self.answer.profile.liked
        before = [Common()] * min(self.answer.options.offset, len(self))  # nobody looks at these
        if terms is None:
            return [Common()] * len(self)
        shown = self.papers[len(before) :]
        listed, repeated = zip(self.answer.shown.tolist(), shown, strict=True), repeated_lines(snapshot)
        texts = [snapshot.occurrences(row, partial(_segments, paper, repeated)) for row, paper in listed]
        stored = iter(snapshot.texts([seed for seed in liked if isinstance(seed, int)]))
        own = ((seed, self._own_text(seed)) for seed in liked)
        words = tuple(
            next(stored) if text is None else text if isinstance(seed, Followed) else read_part(text)
            for seed, text in own
        )
        seeds = Seeds(terms.take(np.arange(len(liked))), words)
        contributions = self._liked_contributions[len(before) :]
        return [*before, *in_common(texts, seeds, np.maximum(contributions, 0))]

    @cached_property
    def _liked_contributions(self) -> NDArray[np.float32]:
        """What each liked paper adds to the score of each paper of the list, shape (papers, seeds)."""
        ranked, scored = self.answer.ranked, self.answer.scored
        places = zip(ranked.under.tolist(), ranked.positions.tolist(), strict=True)
        lines = [scored.contributions[under].liked[position] for under, position in places]
        return np.array(lines, np.float32).reshape(len(lines), len(self.answer.profile.liked))

    def _named_contributions(
        self, contributions: Contributions, position: int
    ) -> tuple[SeedContribution, ...]:
        liked = zip(self.seeds, contributions.liked[position].tolist(), strict=True)
        disliked = zip(self._dislikes, contributions.disliked[position].tolist(), strict=True)
        other = ((name, float(parts[position])) for name, parts in contributions.other.items())
        return (
            *(SeedContribution(*seed, part) for seed, part in liked),
            *(SeedContribution(*dislike, part) for dislike, part in disliked),
            *(SeedContribution("", name, part) for name, part in other if part),
        )

    def _nearest_dislike(self, position: int) -> NearestDislike | None:
        if not self._dislikes:
            return None
        cosines = self.answer.similarities.disliked[position]
        return NearestDislike(*self._dislikes[int(cosines.argmax())], float(cosines.max()))

    def _without(self, contributions: Contributions, position: int, count: int) -> tuple[Counterfactual, ...]:
        """Where the paper would be by score without each of the seeds that contribute most."""
        if len(self.answer.profile.liked) < 2 or count < 1:
            return ()
        similarities = self.answer.similarities
        most = np.argsort(-contributions.liked[position], kind="stable")[:count]
        _, ranks = leave_one_out_ranks(
            self.answer.scored.overall,
            lambda seed: score(similarities.without(seed), self.answer.scorer).overall,
            seeds=most.tolist(),
            places=[position],
        )
        return tuple(
            Counterfactual(self.seeds[seed][0], self.seeds[seed][1], int(rank))
            for seed, rank in zip(most, ranks[0], strict=True)
        )


def _segments(paper: Paper, repeated: frozenset[str]) -> tuple[str, ...]:
    """The title, and each sentence of the abstract, as far as an encoder reads them, but for the last ones
    that many papers repeat.
    """
    left = max(0, READ_CHARACTERS - len(text_of(paper.title, " ")) + 1)
    return (read_part(paper.title), *without_repeated(sentences(paper.content[:left]), repeated))


def explain_empty(answer: Answer) -> str:
    """Why a list is empty, or this part of it."""
    options, profile, papers = answer.options, answer.profile, len(answer.listed)
    if papers:
        return f"the list ends after {pluralize(papers, 'paper')}; {options.offset:,} are left out (--skip)"
    if not profile.likes.any() and options.min_confidence == 0:
        return "nothing that is liked has a dense vector, and no other paper that may come shares its words"
    if options.min_confidence > 0:
        return f"no paper is as sure as {options.min_confidence:g} to be of the reader's kind; ask for less"
    return "no paper is left that passes the filters and is not known already"
