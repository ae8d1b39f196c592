"""Recommender: one path for every question, from a profile to the list that a reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ..diversity import DEFAULT_DIVERSITY
from ..errors import ParameterError
from ..paper_names import PaperNames
from ..profiles import Profile
from ..recommendations import Recommendations
from .paper_sets import named_papers
from .pipeline import (
    Answer,
    AnswerOptions,
    Date,
    answer_profiles,
)
from .recommended import to_recommendations
from .search_box import SearchQuestions, why_none
from .seed_weights import check_half_life


class Recommender(SearchQuestions):
    """Recommends papers of a corpus.

    Parameters
    ----------
    corpus : Corpus
        Where the papers come from.
    strategy : str, default "interests"
        How seeds become a score, one of `recommender.scoring`.
    rerank : str, default "msd"
        How a list is varied, one of `recommender.diversity`.

    Raises
    ------
    ParameterError
        For what is no corpus, and for a strategy or rerank that does not exist.

    Examples
    --------
    >>> from recommender import Corpus, Profile, Recommender
    >>> recommender = Recommender(Corpus.sample())
    >>> recommender.more_like("2106.09685", k=2).ids
    ['arxiv:2403.03507', 'arxiv:2005.14165']
    >>> reader = Profile(liked=["2106.09685"], disliked=["2305.14314"])
    >>> len(recommender.recommend(reader, k=5, diversity=0.3, since="2021"))
    5
    """

    def more_like(
        self,
        *papers: PaperNames,
        k: int = 10,
        offset: int = 0,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        primary: bool = False,
        authors: Sequence[str] | str | None = None,
        venues: Sequence[str] | str | None = None,
        min_confidence: float = 0.0,
        half_life: float | str | None = None,
        retracted: bool = False,
        notices: bool = False,
        revised_since: Date = None,
        ban: PaperNames = (),
        same_years: bool = True,
        prefer: str | None = None,
    ) -> Recommendations:
        """Recommend papers like these: `recommend` for a reader who likes them.

        Parameters
        ----------
        *papers : str, Paper or Recommendation, or several: a list, a column of ids, a frame
            Each by its id in any spelling, its url, its exact title, or the paper itself. One that the corpus
            lacks, such as a draft of one's own, is encoded for this question: ``Paper(title="...",
            abstract="...")``.
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
        min_confidence : float in [0, 1], default 0
            A paper less probable to be of the reader's kind does not come, even if the list stays short.
        half_life : float or str, optional
            Years, or ``6m``, ``90d``, after which a like counts half; by when it was liked, else published.
        retracted : bool, default False
            Whether papers that were retracted may come as well.
        notices : bool, default False
            Whether corrections, replies and other notices of papers may come as well.
        revised_since : str or date, optional
            Only papers of which a version appeared on this day or later, after the first.
        ban : str or Paper, or several, default ()
            Papers that nobody is shown, in no version.
        same_years : bool, default True
            Whether papers of the years that the liked ones are of come first; of no account with `since` or
            `until`.
        prefer : str, optional
            ``recent``: newer papers gain up to 0.02, a contribution of its own, instead of `same_years`.

        Returns
        -------
        Recommendations
            The list, best first.

        Raises
        ------
        UnknownPaper
            Where none of the papers is in the corpus; a few that are not are named in `warnings`.
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
            min_confidence=min_confidence,
            half_life=half_life,
            retracted=retracted,
            notices=notices,
            revised_since=revised_since,
            ban=ban,
            same_years=same_years,
            prefer=prefer,
        )
        return self._recommend(Profile(liked=tuple(chain.from_iterable(map(named_papers, papers)))), options)

    def recommend(
        self,
        profile: Profile,
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
        min_confidence: float = 0.0,
        half_life: float | str | None = None,
        anyway: bool = False,
        retracted: bool = False,
        notices: bool = False,
        revised_since: Date = None,
        ban: PaperNames = (),
        same_years: bool = True,
        prefer: str | None = None,
    ) -> Recommendations:
        """Recommend the papers that a reader should read next.

        A paper of the profile never comes back, nor a version of one: the same title, or the same or nearly
        the same abstract, see `identity.are_twins`. Names that are not in the corpus, and interests
        of which no paper holds a word, are left out and named in `warnings`.

        Parameters
        ----------
        profile : Profile
            What the reader likes, dislikes and has seen.
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
        min_confidence : float in [0, 1], default 0
            A paper less probable to be of the reader's kind does not come, even if the list stays short.
        half_life : float or str, optional
            Years, or ``6m``, ``90d``, after which a like counts half; by when it was liked, else published.
        anyway : bool, default False
            Whether words that no paper holds are compared all the same.
        retracted : bool, default False
            Whether papers that were retracted may come as well.
        notices : bool, default False
            Whether corrections, replies and other notices of papers may come as well.
        revised_since : str or date, optional
            Only papers of which a version appeared on this day or later, after the first.
        ban : str or Paper, or several, default ()
            Papers that nobody is shown, in no version.
        same_years : bool, default True
            Whether papers of the years that the liked ones are of come first; of no account with `since` or
            `until`.
        prefer : str, optional
            ``recent``: newer papers gain up to 0.02, a contribution of its own, instead of `same_years`.

        Returns
        -------
        Recommendations
            The list, best first.

        Raises
        ------
        UnknownPaper
            Where nothing that is liked is in the corpus.
        ProfileError
            For a contradiction, such as one paper liked under one name and disliked under another.
        ParameterError
            For an option out of its range.
        """
        if not isinstance(profile, Profile):
            kind = type(profile).__name__
            raise ParameterError(f"a {kind} is no profile; give a Profile(liked=[...]), or use more_like")
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
            min_confidence=min_confidence,
            half_life=half_life,
            anyway=anyway,
            retracted=retracted,
            notices=notices,
            revised_since=revised_since,
            ban=ban,
            same_years=same_years,
            prefer=prefer,
        )
        return self._recommend(profile, options)

    def recommend_many(
        self,
        profiles: Iterable[Profile],
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
        min_confidence: float = 0.0,
        half_life: float | str | None = None,
        anyway: bool = False,
        retracted: bool = False,
        notices: bool = False,
        revised_since: Date = None,
        ban: PaperNames = (),
        same_years: bool = True,
        prefer: str | None = None,
    ) -> Iterator[Recommendations]:
        """Recommend for many readers; each gets the list that `recommend` gives.

        Parameters
        ----------
        profiles : iterable of Profile
            The readers, answered in turn as the result is iterated.
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
        min_confidence : float in [0, 1], default 0
            A paper less probable to be of the reader's kind does not come, even if the list stays short.
        half_life : float or str, optional
            Years, or ``6m``, ``90d``, after which a like counts half; by when it was liked, else published.
        anyway : bool, default False
            Whether words that no paper holds are compared all the same.
        retracted : bool, default False
            Whether papers that were retracted may come as well.
        notices : bool, default False
            Whether corrections, replies and other notices of papers may come as well.
        revised_since : str or date, optional
            Only papers of which a version appeared on this day or later, after the first.
        ban : str or Paper, or several, default ()
            Papers that nobody is shown, in no version.
        same_years : bool, default True
            Whether papers of the years that the liked ones are of come first; of no account with `since` or
            `until`.
        prefer : str, optional
            ``recent``: newer papers gain up to 0.02, a contribution of its own, instead of `same_years`.

        Returns
        -------
        iterator of Recommendations
            One for each profile, in order; a profile that cannot be served gets an empty list, and its
            `warnings` say why.

        Raises
        ------
        ParameterError
            For an option out of its range, at once.
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
            min_confidence=min_confidence,
            half_life=half_life,
            anyway=anyway,
            retracted=retracted,
            notices=notices,
            revised_since=revised_since,
            ban=ban,
            same_years=same_years,
            prefer=prefer,
        )
        check_half_life(self._scorer, options.years)
        answers = answer_profiles(self.corpus, profiles, self._scorer, self._rerank, options)
        return (
            to_recommendations(answer)
            if isinstance(answer, Answer)
            else Recommendations((), (why_none(answer),))
            for answer in answers
        )
