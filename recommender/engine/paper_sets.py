"""Questions about sets of papers: what lies between two, near one and away from another, beyond a profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..corpus import Corpus, Snapshot
from ..diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from ..paper_names import PaperNames, papers_in
from ..profiles import LibraryPaper, Profile
from ..queries import followed_in
from ..recommendations import Recommendations
from ..scoring import BETWEEN, BUT_NOT, DEFAULT_STRATEGY, STRATEGIES, Scorer
from .candidates import unheld_words
from .neighbour_fields import NeighbourFields, find_fields
from .pipeline import AnswerOptions, Date, check_corpus, make_answers, named_kind
from .profile_vectors import ProfileVectors
from .recommended import to_recommendations
from .resolution import resolve_profile, resolve_seed_sets


def named_papers(papers: PaperNames) -> tuple[Any, ...]:
    """The papers, or their names, as a profile takes them: of whatever holds papers."""
    return tuple(papers_in(papers, whole=(LibraryPaper,)))


class PaperSetQuestions:
    """What a `Recommender` answers about sets of papers; its parameters are those of this."""

    def __init__(
        self, corpus: Corpus, *, strategy: str = DEFAULT_STRATEGY, rerank: str = DEFAULT_RERANK
    ) -> None:
        check_corpus(corpus)
        self.corpus = corpus
        self._scorer = named_kind(strategy, STRATEGIES, "strategy")
        self._rerank = named_kind(rerank, RERANKS, "rerank")

    def between(
        self,
        first: PaperNames,
        second: PaperNames,
        *,
        k: int = 10,
        offset: int = 0,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        primary: bool = False,
        authors: Sequence[str] | str | None = None,
        venues: Sequence[str] | str | None = None,
        retracted: bool = False,
        notices: bool = False,
        revised_since: Date = None,
        ban: PaperNames = (),
        disliked: PaperNames = (),
        avoid: Sequence[str] | str = (),
    ) -> Recommendations:
        """Recommend papers that bridge two sets of papers: near to both.

        Parameters
        ----------
        first, second : str, Paper or Recommendation, or several: a list, a column of ids, a frame
            The two sets of papers.
        k : int, default 10
            How many papers; fewer come only where no more pass the filters.
        offset : int, default 0
            How many papers of the list come before these: 10 for the second page of 10.
        diversity : float in [0, 1], default 0.2
            0 is the order of the scores, 1 all variety.
        since, until : str or date, optional
            First and last day, as in ``2024``, ``2024-05-31``, or from today: ``7d``, ``3m``.
        categories : str or sequence of str, optional
            A paper needs one of them, and none with a minus (``-cs.CV``); ``cs`` is all below ``cs.``.
        primary : bool, default False
            Whether only the first of a paper's categories counts.
        authors : str or sequence of str, optional
            A paper needs one of these authors: ``Hinton``, ``G. Hinton``, ``Hinton, Geoffrey``.
        venues : str or sequence of str, optional
            A paper needs one of these venues, by words of its name: ``Nature Communications``.
        retracted : bool, default False
            Whether papers that were retracted may come as well.
        notices : bool, default False
            Whether corrections, replies and other notices of papers may come as well.
        revised_since : str or date, optional
            Only papers of which a version appeared on this day or later, after the first.
        ban : str or Paper, or several, default ()
            Papers that nobody is shown, in no version.
        disliked : str or Paper, or several, default ()
            Papers to keep away from.
        avoid : str or sequence of str, default ()
            Topics to keep away from, in words.

        Returns
        -------
        Recommendations
            The list, best first.
        """
        options = AnswerOptions(
            k=k,
            offset=offset,
            diversity=diversity,
            since=since,
            until=until,
            categories=categories,
            primary=primary,
            authors=authors,
            venues=venues,
            retracted=retracted,
            notices=notices,
            revised_since=revised_since,
            ban=ban,
        )
        snapshot = self.corpus.snapshot
        away: dict[str, Any] = {"disliked": named_papers(disliked), "avoid": avoid}
        sides = Profile(liked=named_papers(first), **away), Profile(liked=named_papers(second), **away)
        resolved = resolve_seed_sets(self.corpus, snapshot, *sides, BETWEEN)
        return self._answer(snapshot, resolved, BETWEEN, options)

    def but_not(
        self,
        first: PaperNames,
        second: PaperNames,
        *,
        k: int = 10,
        offset: int = 0,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        primary: bool = False,
        authors: Sequence[str] | str | None = None,
        venues: Sequence[str] | str | None = None,
        retracted: bool = False,
        notices: bool = False,
        revised_since: Date = None,
        ban: PaperNames = (),
        disliked: PaperNames = (),
        avoid: Sequence[str] | str = (),
    ) -> Recommendations:
        """Recommend papers near the first set and away from the second.

        Parameters
        ----------
        first, second : str, Paper or Recommendation, or several: a list, a column of ids, a frame
            The two sets of papers.
        k : int, default 10
            How many papers; fewer come only where no more pass the filters.
        offset : int, default 0
            How many papers of the list come before these: 10 for the second page of 10.
        diversity : float in [0, 1], default 0.2
            0 is the order of the scores, 1 all variety.
        since, until : str or date, optional
            First and last day, as in ``2024``, ``2024-05-31``, or from today: ``7d``, ``3m``.
        categories : str or sequence of str, optional
            A paper needs one of them, and none with a minus (``-cs.CV``); ``cs`` is all below ``cs.``.
        primary : bool, default False
            Whether only the first of a paper's categories counts.
        authors : str or sequence of str, optional
            A paper needs one of these authors: ``Hinton``, ``G. Hinton``, ``Hinton, Geoffrey``.
        venues : str or sequence of str, optional
            A paper needs one of these venues, by words of its name: ``Nature Communications``.
        retracted : bool, default False
            Whether papers that were retracted may come as well.
        notices : bool, default False
            Whether corrections, replies and other notices of papers may come as well.
        revised_since : str or date, optional
            Only papers of which a version appeared on this day or later, after the first.
        ban : str or Paper, or several, default ()
            Papers that nobody is shown, in no version.
        disliked : str or Paper, or several, default ()
            Papers to keep away from.
        avoid : str or sequence of str, default ()
            Topics to keep away from, in words.

        Returns
        -------
        Recommendations
            The list, best first.
        """
        options = AnswerOptions(
            k=k,
            offset=offset,
            diversity=diversity,
            since=since,
            until=until,
            categories=categories,
            primary=primary,
            authors=authors,
            venues=venues,
            retracted=retracted,
            notices=notices,
            revised_since=revised_since,
            ban=ban,
        )
        snapshot = self.corpus.snapshot
        away = (*named_papers(second), *named_papers(disliked))
        profile = Profile(liked=named_papers(first), disliked=away, avoid=avoid)  # type: ignore[arg-type]
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
        primary: bool = False,
        authors: Sequence[str] | str | None = None,
        venues: Sequence[str] | str | None = None,
        retracted: bool = False,
        notices: bool = False,
        revised_since: Date = None,
        ban: PaperNames = (),
    ) -> NeighbourFields:
        """Find the fields nearest to what a reader likes of which the reader has nothing.

        Parameters
        ----------
        profile : Profile
            What the reader likes; interests of which no paper holds a word are left out.
        k : int, default 5
            How many fields.
        since, until : str or date, optional
            First and last day of the papers that count.
        categories : str or sequence of str, optional
            A paper needs one of them, and none with a minus.
        primary : bool, default False
            Whether only the first of a paper's categories counts.
        authors : str or sequence of str, optional
            A paper needs one of these authors: ``Hinton``, ``G. Hinton``, ``Hinton, Geoffrey``.
        venues : str or sequence of str, optional
            A paper needs one of these venues, by words of its name: ``Nature Communications``.
        retracted : bool, default False
            Whether papers that were retracted may come as well.
        notices : bool, default False
            Whether corrections, replies and other notices of papers may come as well.
        revised_since : str or date, optional
            Only papers of which a version appeared on this day or later, after the first.
        ban : str or Paper, or several, default ()
            Papers that nobody is shown, in no version.

        Returns
        -------
        NeighbourFields
            The nearest first; names that are not in the corpus stand in its `warnings`.
        """
        options = AnswerOptions(
            k=k,
            diversity=0,
            since=since,
            until=until,
            categories=categories,
            primary=primary,
            authors=authors,
            venues=venues,
            retracted=retracted,
            notices=notices,
            revised_since=revised_since,
            ban=ban,
        )
        snapshot = self.corpus.snapshot
        words = (text for text in profile.interests if followed_in(text) is None)
        unheld = unheld_words(snapshot, tuple(words))
        held = tuple(text for text in profile.interests if text not in unheld)
        if not held and not profile.liked:
            return NeighbourFields((), tuple(unheld.values()))
        resolved = resolve_profile(self.corpus, snapshot, replace(profile, interests=held), self._scorer)
        problems = [f"an interest is left out: {why}" for why in unheld.values()]
        problems += options.banned.problems(snapshot)
        return find_fields(
            snapshot, replace(resolved, problems=(*resolved.problems, *problems)), options.filters, options.k
        )

    def _answer(
        self, snapshot: Snapshot, resolved: ProfileVectors, scorer: Scorer, options: AnswerOptions
    ) -> Recommendations:
        (answer,) = make_answers(snapshot, [resolved], scorer, self._rerank, options)
        return to_recommendations(answer)
