"""The search box: a paper by its name, words with signs, phrases and fields, or a text in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..corpus import Snapshot, allowed_mask, ambiguous_paper, find_rows
from ..corpus.held_words import unheld_words_of
from ..corpus.query_masks import condition_mask
from ..display import shortened
from ..diversity import DEFAULT_DIVERSITY
from ..errors import NoSuchWords, ParameterError
from ..identifiers import parse_identifier
from ..paper import Paper
from ..paper_names import PaperNames
from ..profiles import Profile
from ..queries import Clause, Query, parse_query
from ..recommendations import Recommendations
from .candidates import unheld_words
from .pipeline import AnswerOptions, Date, Refusal, answer_profile
from .recommended import to_recommendations
from .why_not import WhyNotQuestions

_LONGEST = 60
_NAMED = 5
# A shorter number is a year, or a model's; see `find_rows`, which takes it for a PMID.
_SHORTEST_NUMBER = 6


@dataclass(frozen=True)
class _Reader:
    """Who searches: what is known of the reader beside the text, which may be among the interests."""

    profile: Profile | None
    text: str

    @property
    def is_nobody(self) -> bool:
        """Whether nothing but the text is liked."""
        return self.profile is None or not (self.profile.liked or self._others)

    @property
    def _others(self) -> tuple[str, ...]:
        interests = () if self.profile is None else self.profile.interests
        return tuple(one for one in interests if one != self.text.strip())

    def liking(self, paper: str) -> Profile:
        """The reader who likes this paper in place of the text."""
        if self.profile is None:
            return Profile(liked=(paper,))
        liked: Any = (*self.profile.listed("liked"), paper)
        return replace(self.profile, liked=liked, interests=self._others)

    def interested_in(self, words: str) -> Profile:
        """The reader with these words in place of the text."""
        if self.profile is None:
            return Profile(interests=(words,))
        return replace(self.profile, interests=(*self._others, words))


class SearchQuestions(WhyNotQuestions):
    """What a `Recommender` answers about what somebody writes."""

    def search(
        self,
        text: str,
        *,
        profile: Profile | None = None,
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
        """Recommend papers about a text: `recommend` for a reader with this interest.

        What is an id, DOI, url or exact title of one paper of the corpus stands for it: it is `found`, and
        papers like it follow. In other texts ``"graph networks"`` and ``+word`` must stand in a paper,
        ``-word`` and ``NOT word`` must not; ``author:Hinton``, ``venue:"Nature Communications"`` and
        ``title:graph`` look there alone. The signs are for fields and phrases as well: ``-author:Hinton``.

        Parameters
        ----------
        text : str
            What they are to be about. The corpus's encoder is loaded for it.
        profile : Profile, optional
            What else is known of the reader: liked, disliked and seen papers.
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
            As in `recommend`; of no account where one paper or words alone are searched for.
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
            The list, best first; empty where no paper holds a word of the text, and `warnings` say so. A word
            that no paper holds is named in `notes`.

        Raises
        ------
        ParameterError
            Where the text says only what is not wanted, and for an author or a venue that no paper has.

        Examples
        --------
        >>> from recommender import Corpus, Recommender
        >>> recommender = Recommender(Corpus.sample())
        >>> recommender.search("LoRA: Low-Rank Adaptation of Large Language Models", k=1).found.id
        'arxiv:2106.09685'
        >>> papers = recommender.search('"language models" -retrieval', k=5)
        >>> any("retrieval" in item.paper.abstract.lower() for item in papers)
        False
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
        snapshot = self.corpus.snapshot
        paper, unknown = named_paper(snapshot, text)
        if unknown:
            return Recommendations((), (unknown,))
        if paper is not None:
            return self._neighbours(paper, _Reader(profile, text), options)
        query, reader = parse_query(text), _Reader(profile, text)
        if not query.conditions:
            return self._about(text, reader, options, unheld_notes(snapshot, text))
        known, problems = _known_conditions(snapshot, query)
        options = replace(options, conditions=known)
        # Raises where no paper meets them before anything is encoded.
        mask = allowed_mask(snapshot, options.filters)
        if mask is not None and not mask.any():
            return Recommendations((), (*problems, _none_meets(snapshot, known)))
        words, notes = query.words, unheld_notes(snapshot, query.words)
        if not words:
            words, options = query.names, replace(options, anyway=True)
            notes = (
                "no words say what the papers should be about: all of that name, the nearest to it first",
            )
        found = self._about(words, reader, options, notes)
        return replace(found, problems=(*problems, *found.problems))

    def _neighbours(self, paper: Paper, reader: _Reader, options: AnswerOptions) -> Recommendations:
        """The paper that the text names, and those like it."""
        answer = self._recommend(reader.liking(paper.id), options)
        title = shortened(paper.title, _LONGEST)
        note = f"that is a paper of this corpus: {title} [{paper.id}]; below, papers like it"
        return replace(answer, found=paper, notes=(note, *answer.notes))

    def _about(
        self, words: str, reader: _Reader, options: AnswerOptions, notes: tuple[str, ...]
    ) -> Recommendations:
        """The papers about these words."""
        if reader.is_nobody and not options.anyway:
            unheld = unheld_words(self.corpus.snapshot, (words,))
            if unheld:
                return Recommendations((), (why_none(NoSuchWords(unheld[words])),), notes=notes)
        answer = self._recommend(reader.interested_in(words), options)
        return replace(answer, notes=(*notes, *answer.notes))

    def _recommend(self, profile: Profile, options: AnswerOptions) -> Recommendations:
        try:
            answer = answer_profile(self.corpus, profile, self._scorer, self._rerank, options)
        except NoSuchWords as error:
            return Recommendations((), (why_none(error),))
        return to_recommendations(answer)


def why_none(refusal: Refusal) -> str:
    """Why there is no list, in one line."""
    remedy = "; anyway=True (--anyway) lists what lies nearest all the same"
    return f"{refusal}{remedy}" if isinstance(refusal, NoSuchWords) else str(refusal)


def named_paper(snapshot: Snapshot, text: str) -> tuple[Paper | None, str]:
    """The one paper whose id, DOI, url or exact title a text is, if there is one; and a line where the text
    can be nothing but the name of a paper that is not there.
    """
    rows = (
        [] if text.strip().isdigit() and len(text.strip()) < _SHORTEST_NUMBER else find_rows(snapshot, text)
    )
    if len(rows) == 1:
        return snapshot.papers(rows)[0], ""
    if not rows and len(text.split()) == 1 and parse_identifier(text) is not None:
        return None, ambiguous_paper(snapshot, text, rows)
    return None, ""


def unheld_notes(snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """A line on the words of a text that no paper holds, with the nearest spelling of each."""
    unheld = unheld_words_of(snapshot, text)
    named = [
        f"{shortened(word, _LONGEST)!r} (nearest: {', '.join(near)})"
        if near
        else repr(shortened(word, _LONGEST))
        for word, near in [*unheld.items()][:_NAMED]
    ]
    more = f" and {len(unheld) - _NAMED:,} more words" if len(unheld) > _NAMED else ""
    return (f"no paper of this corpus holds {', '.join(named)}{more}",) if named else ()


def _known_conditions(snapshot: Snapshot, query: Query) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """The conditions, and a line on each that would keep out a name that nobody has, which is left out.

    Raises ParameterError for a name that is wanted and that no paper has.
    """
    known, problems = [], []
    for condition in query.conditions:
        try:
            condition_mask(snapshot, condition)
            known.append(condition)
        except ParameterError as error:
            if not condition.is_excluding:
                raise
            problems.append(f"{condition}: {error}")
    return tuple(known), tuple(problems)


def _none_meets(snapshot: Snapshot, conditions: Sequence[Clause]) -> str:
    """Why no paper meets the conditions: the first that none meets by itself, or all of them together."""
    for condition in conditions:
        if not condition_mask(snapshot, condition).any():
            unheld = [] if condition.field else unheld_notes(snapshot, condition.text)
            told = f"; {unheld[0]}" if unheld else ""
            return f"no paper of this corpus meets {shortened(str(condition), _LONGEST)!r}{told}"
    together = " ".join(map(str, conditions))
    return f"no paper meets {shortened(together, 2 * _LONGEST)!r} and passes the filters"
