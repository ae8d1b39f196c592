"""Why a paper is not in a list: what the steps of the answer did with it, one after the other.

What leaves a paper out is asked of the functions that made the list, and its place is where the list has it
when it is made longer: the list of 10 is the head of every longer one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Snapshot, ambiguous_paper, banned_rows, find_rows_of
from ..corpus.filtered_out import filtered_out
from ..corpus.lookup import name_spellings
from ..corpus.removal import removed_by_name
from ..display import pluralize
from ..diversity import RERANKS, Distinct, Rerank
from ..errors import NoSuchWords, ParameterError
from ..paper import Paper
from ..paper_names import PaperNames
from ..profiles import LibraryPaper, Profile
from ..recommendations import Recommendation, Recommendations, WhyNot
from ..recommendations.why_not import named
from .brought import BroughtPapers
from .candidates import are_left_out, given_candidates
from .known import NEAR
from .paper_sets import named_papers
from .pipeline import Answer, AnswerOptions, answer_profile, make_answers
from .ranked_among import AmongQuestions, rank_all
from .ranking import score
from .recommended import to_recommendations
from .resolution import rows_by_role
from .version_of import cosine_of, how_alike, version_of

DEEPEST_PLACE = 5000
"""So far down a list a paper is looked for."""

_GROWTH = 4  # each time the list is made so many times as long

_ROLES = {"liked": "is liked", "disliked": "is disliked", "seen": "was seen"}


class WhyNotQuestions(AmongQuestions):
    """What a `Recommender` answers about a paper that is not in a list."""

    def why_not(self, profile: Profile, paper: PaperNames, **options: Any) -> WhyNot:
        """Say why a paper is not in the list that `recommend` gives with the same options.

        Parameters
        ----------
        profile : Profile
            What the reader likes, dislikes and has seen; for `more_like` a profile of what is liked, for
            `search` one with the text as its interest.
        paper : str, Paper or Recommendation
            The paper: by its id in any spelling, its url, its exact title, or itself.
        **options : Any
            Those of `recommend`.

        Returns
        -------
        WhyNot
            The reason, and the parts of the paper's score beside those of the last paper that is listed.

        Raises
        ------
        UnknownPaper
            Where nothing that is liked is in the corpus.
        ParameterError
            For an option out of its range, and for what is no single paper.

        Examples
        --------
        >>> from recommender import Corpus, Profile, Recommender
        >>> reader = Profile(liked=["2106.09685"], seen=["2005.14165"])
        >>> print(Recommender(Corpus.sample()).why_not(reader, "2005.14165").says)
        Language Models are Few-Shot Learners [arxiv:2005.14165] was seen, and does not come again
        """
        if not isinstance(profile, Profile):
            kind = type(profile).__name__
            raise ParameterError(f"a {kind} is no profile; give a Profile(liked=[...])")
        checked = AnswerOptions(**options)
        given = named_papers(paper)
        if len(given) != 1 or not isinstance(given[0], (str, Paper, LibraryPaper)):
            raise ParameterError(
                f"{paper!r:.60} is not one paper; give its id, its title, or the paper itself"
            )
        snapshot = self.corpus.snapshot
        name, rows = _rows_of(snapshot, given[0])
        if len(rows) != 1:
            return _not_one(snapshot, name, rows)
        try:
            answer = answer_profile(self.corpus, profile, self._scorer, self._rerank, checked)
        except NoSuchWords as error:
            return WhyNot(name, "no words", f"there is no list: {error}", snapshot.papers(rows)[0])
        return _Question(name, rows[0], profile, answer, self._rerank).answered()


def _rows_of(snapshot: Snapshot, item: str | Paper | LibraryPaper) -> tuple[str, list[int]]:
    """What a paper is called, and the rows that it has."""
    if isinstance(item, str):
        return item, find_rows_of(snapshot, [item])[item]
    profile = Profile(liked=[item])  # type: ignore[arg-type]
    (name,) = profile.liked
    if name not in profile.papers:  # of a library only the name is known
        return name, find_rows_of(snapshot, [name])[name]
    row = BroughtPapers(snapshot, [profile]).of(profile)[name].row
    return profile.papers[name].title, [] if row is None else [row]


def _not_one(snapshot: Snapshot, name: str, rows: list[int]) -> WhyNot:
    """Of a name that is no paper's, or several papers'."""
    removed = not rows and removed_by_name(snapshot, {name: name_spellings(name)})
    reason = "removed" if removed else "several" if rows else "unknown"
    return WhyNot(name, reason, ambiguous_paper(snapshot, name, rows))


@dataclass(frozen=True)
class _Question:
    """One paper of the corpus, and the list that it is looked for in."""

    name: str
    row: int
    profile: Profile
    answer: Answer
    rerank: Rerank

    def answered(self) -> WhyNot:
        """The first reason that holds."""
        known = self._known() or self._filtered()
        if known is not None:
            return known
        return self._unsure() or self._by_place()

    @property
    def _snapshot(self) -> Snapshot:
        return self.answer.snapshot

    @property
    def _options(self) -> AnswerOptions:
        return self.answer.options

    @cached_property
    def _paper(self) -> Paper:
        return self._snapshot.papers([self.row])[0]

    @cached_property
    def _own(self) -> NDArray[np.int64]:
        return np.array([self.row], np.int64)

    def _says(self, what: str) -> str:
        return f"{named(self._paper)} {what}"

    def _why(self, reason: str, what: str, **details: Any) -> WhyNot:
        """With the score that the paper has by itself, and the last paper that is listed."""
        scored: Recommendation | None = details.pop("scored", None) or self._scored
        if scored is not None:
            sure = details.pop("sure", scored.confidence)
            details |= {"score": scored.score, "confidence": None if math.isnan(sure) else sure}
            details["explanation"] = scored.explanation
        details |= {"last": self._last, "problems": self._problems}
        return WhyNot(self.name, reason, self._says(what), self._paper, **details)

    @cached_property
    def _recommendations(self) -> Recommendations:
        return to_recommendations(self.answer, told=False)

    @property
    def _last(self) -> Recommendation | None:
        listed = self._recommendations
        return listed[len(listed) - 1] if len(listed) else None

    @property
    def _problems(self) -> tuple[str, ...]:
        return self._recommendations.problems

    @cached_property
    def _alone(self) -> Answer | None:
        """A list of just this paper, scored as a candidate is; None where the reader named it."""
        answer = self.answer
        candidates = given_candidates(self._snapshot, answer.profile, self._own)
        if not len(candidates):
            return None
        scored = score(candidates.similarities, answer.scorer)
        return replace(
            answer,
            options=replace(self._options, k=1, offset=0),
            rows=candidates.rows,
            similarities=candidates.similarities,
            scored=scored,
            ranked=rank_all(scored, np.ones(1, np.bool_), 1),
        )

    @cached_property
    def _scored(self) -> Recommendation | None:
        """The paper by its score for all seeds; None where the reader named it."""
        return None if self._alone is None else to_recommendations(self._alone, told=False)[0]

    # What leaves a paper out of the candidates

    def _known(self) -> WhyNot | None:
        """Liked, disliked, seen, banned, or a version of such."""
        snapshot, profile = self._snapshot, self.answer.profile
        roles = rows_by_role(snapshot, self.profile)
        excluded = np.isin(self._own, profile.excluded_rows)[0]
        for role, rows in roles.items():
            if excluded and np.isin(self._own, rows)[0]:
                says = self._says(f"{_ROLES[role]}, and does not come again")
                return WhyNot(self.name, role, says, self._paper, last=self._last, problems=self._problems)
        banned = banned_rows(snapshot, self._options.filters)
        if np.isin(self._own, banned)[0]:
            return self._why("banned", "is banned, or has the title or abstract of a paper that is")
        if not are_left_out(snapshot, profile, self._options.filters, self._own)[0]:
            return None
        of = version_of(snapshot, profile, self.row, np.union1d(profile.excluded_rows, banned))
        if of is None:
            return self._why("version", "is a version of a paper that the reader knows")
        what = next((says for role, says in _ROLES.items() if of.row in roles[role].tolist()), "is named")
        what = "is banned" if of.row in banned.tolist() else f"{what} by the reader"
        which = f"{named(of.paper)}, which {what}"
        reason = "banned" if what == "is banned" else "version"
        return self._why(
            reason, f"is a version of {which}: {of.how}", other=of.paper, cosine=_finite(of.cosine)
        )

    def _filtered(self) -> WhyNot | None:
        found = filtered_out(self._snapshot, self._options.filters, self.row)
        if not found:
            return None
        leave = "the filter leaves" if len(found) == 1 else "the filters leave"
        says = f"is not listed, as {leave} it out: {'; '.join(found.values())}"
        return self._why("filtered", says, filters=(*found,))

    def _unsure(self) -> WhyNot | None:
        """Less sure than is asked for."""
        least = self._options.min_confidence
        if least == 0 or self._alone is None:
            return None
        # Under whichever interest it is surest.
        sure = float(self.answer.confidence.confidence_of(self._alone.scored.by_interest).max())
        if sure >= least:
            return None
        return self._why(
            "confidence", f"has the confidence {sure:.2f}, and {least:g} is asked for", sure=sure
        )

    # What its place in the list is

    def _by_place(self) -> WhyNot:
        longer = self.answer
        for longer in self._longer():
            place = _place(longer, self.row)
            if place is not None:
                return self._at(place, longer)
            if (found := self._one_with(longer)) is not None:
                return found
        return self._nowhere(longer)

    def _longer(self) -> Iterator[Answer]:
        """The list, and the same list longer and longer, as long as it grows."""
        answer, length = self.answer, self._options.last
        yield answer
        while len(answer.listed) == length < DEEPEST_PLACE:
            length = min(_GROWTH * length, DEEPEST_PLACE)
            answer = self._again(self.rerank, k=length, offset=0)
            yield answer

    def _again(self, rerank: Rerank, **changed: Any) -> Answer:
        """The same question with other options."""
        answer, options = self.answer, replace(self._options, **changed)
        (again,) = make_answers(self._snapshot, [answer.profile], answer.scorer, rerank, options)
        return again

    def _at(self, place: int, longer: Answer) -> WhyNot:
        """In the list, or at a place behind it."""
        options = self._options
        if place <= options.offset:
            left = f"the first {options.offset:,} are left out (--skip)"
            return self._why("skipped", f"is in the list, at place {place:,}, and {left}", place=place)
        alone = self._again(self.rerank, k=1, offset=place - 1)
        scored = to_recommendations(alone, told=False)[0]
        if place <= options.last:
            return self._why("listed", f"is in the list, at place {place:,}", place=place, scored=scored)
        after = f" after the first {options.offset:,}" if options.offset else ""
        where = f"comes at place {place:,}, and the list has {options.k:,}{after}"
        by_score = self._by_score(place)
        if by_score is not None and by_score <= options.last:
            return self._displaced(place, by_score, where, scored)
        if by_score is not None:
            where += f"; with diversity 0 it would come at {by_score:,}"
        interests = self._last.reasons.interests if self._last and self._last.reasons else ()
        if len(interests) > 1:
            of, better = interests[int(longer.ranked.interests[place - 1])], _better(longer, self.row)
            has = f"its interest {of.name!r} has {of.quota} of {pluralize(options.last, 'place')}"
            if better < options.last:
                says = f"{where}: by score alone it would be at {better + 1:,}, and {has}"
                return self._why("quota", says, place=place, by_score=better + 1, scored=scored)
            where += f"; {has}"
        return self._why("place", where, place=place, by_score=by_score, scored=scored)

    def _by_score(self, place: int) -> int | None:
        """Its place without diversity, down to the one that it has; None where that is the same question."""
        if self._options.diversity == 0:
            return None
        return _place(self._again(RERANKS["none"], diversity=0.0, k=place, offset=0), self.row)

    def _displaced(self, place: int, by_score: int, where: str, scored: Recommendation) -> WhyNot:
        """What variety put behind others, and the paper of the list that it is most like."""
        listed = self.answer.listed
        own = self._snapshot.vectors(self._own)[0]
        cosines = self._snapshot.cosine_scale.of(np.vecdot(self._snapshot.vectors(listed), own))
        (like,) = self._snapshot.papers([int(listed[cosines.argmax()])])
        cosine = float(cosines.max())
        says = f"{where}: with diversity 0 it would be at {by_score:,}, but it is like {named(like)}"
        says += f" (cosine {cosine:.2f})"
        return self._why(
            "diversity", says, place=place, by_score=by_score, other=like, cosine=cosine, scored=scored
        )

    def _one_with(self, longer: Answer) -> WhyNot | None:
        """The first paper of the list that it is one with."""
        both = np.append(longer.listed, self.row)
        place = self._first_alike(both)
        return None if place is None else self._duplicate(int(both[place]), f", at place {place + 1:,}")

    def _first_alike(self, both: Rows) -> int | None:
        """The first of these rows that the last is one with, by what keeps duplicates out of a list."""
        vectors, codes = self._snapshot.vectors(both), self._snapshot.twins.codes(both)
        limit = self._snapshot.cosine_scale.raw(NEAR)

        def alike(some: slice) -> bool:
            papers = Distinct(limit, self._snapshot.twins.are)
            papers.add(vectors[some], codes[some], both[some], most=len(both))
            return bool(papers.alike(vectors[-1:], codes[-1:], both[-1:])[0])

        if len(both) == 1 or not alike(slice(0, -1)):
            return None
        return next(place for place in range(len(both) - 1) if alike(slice(place, place + 1)))

    def _duplicate(self, row: int, where: str) -> WhyNot:
        own, other = self._snapshot.papers([self.row, row])
        cosine, how = cosine_of(self._snapshot, self.row, row), how_alike(own, other)
        says = f"is left out, as it says what a better one says: {named(other)}{where} ({how})"
        return self._why("duplicate", says, other=other, cosine=_finite(cosine))

    def _nowhere(self, longest: Answer) -> WhyNot:
        """At no place of the list as far as it was made."""
        row, listed = self.row, len(longest.listed)
        if row not in longest.rows:
            if row in self._snapshot.vectorless:
                return self._why("incomparable", "has no dense vector, and shares no word with what is liked")
            return self._why("beyond", f"is not among the first {pluralize(listed, 'paper')} of the list")
        # One that a better one kept out, which another kept out in its turn.
        better = longest.rows[np.argsort(-longest.scored.overall, kind="stable")]
        both = np.append(better[: np.flatnonzero(better == row)[0]], row)
        if listed < DEEPEST_PLACE and (place := self._first_alike(both)) is not None:
            return self._duplicate(int(both[place]), "")
        return self._why("beyond", f"is not among the first {pluralize(listed, 'paper')} of the list")


def _place(answer: Answer, row: int) -> int | None:
    """Its place in the list, from 1."""
    found = np.flatnonzero(answer.listed == row)
    return int(found[0]) + 1 if len(found) else None


def _better(answer: Answer, row: int) -> int:
    """How many candidates have a higher score."""
    scores = answer.scored.overall
    return int(np.count_nonzero(scores > scores[answer.rows == row][0]))


def _finite(cosine: float) -> float | None:
    return None if math.isnan(cosine) else cosine
