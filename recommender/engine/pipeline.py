"""From options and profiles to lists: candidates, scores, confidence, rerank; every answer is made here."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from numbers import Real
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Corpus, Filters, Snapshot
from ..diversity import DEFAULT_DIVERSITY, AreOne, Rerank
from ..errors import NoSuchWords, ParameterError, ProfileError, UnknownPaper
from ..option_values import refuse_beyond
from ..paper_names import PaperNames
from ..profiles import Profile
from ..queries import Clause
from ..scoring import Scorer, Similarities, half_life_years
from .ban import Ban
from .candidates import Candidates, find_levels, unheld_texts
from .confidence import ConfidenceEstimator, part_passing
from .followed import following
from .preference import checked_preference, preferring
from .profile_vectors import ProfileVectors
from .ranking import Scored, matches_interest, score
from .resolution import resolve_profile, resolve_profiles
from .sequence import Level, Ranked, RankSequence, pool_size

_Kind = TypeVar("_Kind")

Date: TypeAlias = str | datetime.date | None


@dataclass(frozen=True, kw_only=True)
class AnswerOptions:
    """How many papers, how varied, which ones, and how sure they must be; the same for one reader and many.

    A date that is written from today (``7d``) becomes that of this day, `categories`, `authors` and `venues`
    become tuples, and `filters` holds what these, `revised_since`, `retracted`, `notices` and `ban`, which
    becomes a Ban, let through: without `retracted` and `notices` no paper that was retracted, and no
    correction, reply or other notice of a paper. `anyway` asks for words that no paper holds all the same.
    The first `offset` papers of the list are left out: with k = 10 and offset = 10 it is the second page.
    `conditions` are those of a query, see `Recommender.search`. `arrived_after`, a stamp of
    `Snapshot.arrived`, lets only papers pass that came to the corpus later.
    Papers of the seeds' years come before others (see `scoring.dates`), unless `same_years` is False or there
    are dates to come within.
    `half_life` becomes years, after which a seed counts half; `prefer` takes the place of `same_years`.

    Raises ParameterError naming the option that is out of its range.
    """

    k: int = 10
    offset: int = 0
    diversity: float = DEFAULT_DIVERSITY
    since: Date = None
    until: Date = None
    categories: Sequence[str] | str | None = None
    primary: bool = False
    authors: Sequence[str] | str | None = None
    venues: Sequence[str] | str | None = None
    min_confidence: float = 0.0
    half_life: float | str | None = None
    anyway: bool = False
    retracted: bool = False
    notices: bool = False
    revised_since: Date = None
    ban: PaperNames | Ban = ()
    conditions: tuple[Clause, ...] = ()
    arrived_after: int | None = None
    same_years: bool = True
    prefer: str | None = None
    filters: Filters = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.k, bool) or not isinstance(self.k, int | np.integer) or self.k < 1:
            raise ParameterError(f"k is {self.k!r}; ask for at least 1 paper")
        refuse_beyond("k", self.k)
        if isinstance(self.offset, bool) or not isinstance(self.offset, int | np.integer) or self.offset < 0:
            raise ParameterError(
                f"offset is {self.offset!r}; it is how many papers of the list are left out, 0 or more"
            )
        refuse_beyond("offset", self.offset)
        _check_part("diversity", self.diversity)
        _check_part("min_confidence", self.min_confidence)
        ban = Ban.of(self.ban)
        filters = Filters(
            self.since,
            self.until,
            self.categories,
            primary=self.primary,
            retracted=self.retracted,
            notices=self.notices,
            revised_since=self.revised_since,
            banned=ban or None,
            authors=self.authors,
            venues=self.venues,
            conditions=self.conditions,
            arrived_after=self.arrived_after,
        )
        checked = {
            "k": int(self.k),
            "offset": int(self.offset),
            "diversity": float(self.diversity),
            "since": filters.dates.get("since"),
            "until": filters.dates.get("until"),
            "categories": filters.categories,
            "primary": filters.of_categories.primary,
            "authors": filters.authors,
            "venues": filters.venues,
            "min_confidence": float(self.min_confidence),
            "half_life": half_life_years(self.half_life),
            "anyway": bool(self.anyway),
            "retracted": bool(self.retracted),
            "notices": bool(self.notices),
            "revised_since": filters.dates.get("revised_since"),
            "ban": ban,
            "arrived_after": filters.arrived_after,
            "same_years": bool(self.same_years),
            "prefer": checked_preference(self.prefer),
            "filters": filters,
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `offset`, `primary`, `half_life`, `prefer`, `anyway`, `retracted`, `notices`,
        `revised_since`, `authors`, `venues` and `ban` where they say something, as jobs were recorded before
        there were such options.
        """
        options = {
            "k": self.k,
            "diversity": self.diversity,
            "since": self.since,
            "until": self.until,
            "categories": list(self.categories or ()),
            "min_confidence": self.min_confidence,
        }
        names = (
            "offset",
            "primary",
            "half_life",
            "prefer",
            "anyway",
            "retracted",
            "notices",
            "revised_since",
        )
        later = {name: getattr(self, name) for name in names}
        later |= {name: list(getattr(self, name) or ()) for name in ("authors", "venues")}
        later["conditions"] = [*map(str, self.conditions)]
        ban = {"ban": self.banned.to_dict()} if self.banned else {}
        came = {} if self.arrived_after is None else {"arrived_after": self.arrived_after}
        any_year = {} if self.same_years else {"same_years": False}
        return options | {name: value for name, value in later.items() if value} | ban | came | any_year

    @property
    def years(self) -> float | None:
        """The half-life in years."""
        return half_life_years(self.half_life)

    @property
    def banned(self) -> Ban:
        """What `ban` says."""
        return Ban.of(self.ban)

    @property
    def last(self) -> int:
        """The rank of the last paper that is wanted."""
        return self.offset + self.k


def check_corpus(corpus: Corpus) -> None:
    """Raises ParameterError for what is no corpus: a folder's name, say."""
    if not isinstance(corpus, Corpus):
        raise ParameterError(f"a {type(corpus).__name__} is no corpus; give one of Corpus.open or build")


def _check_part(name: str, value: object) -> None:
    if not isinstance(value, Real) or not 0 <= float(value) <= 1:  # NaN is refused as well
        raise ParameterError(f"{name} is {value!r}; it must be between 0 and 1")


def named_kind(name: str, kinds: Mapping[str, _Kind], what: str) -> _Kind:
    """The one of this name. Raises ParameterError naming all that there are."""
    if name not in kinds:
        raise ParameterError(f"{name!r} is no {what}; known: {', '.join(kinds)}")
    return kinds[name]


Refusal = UnknownPaper | ProfileError
"""Why a profile cannot be served."""

# Readers who are answered together: so many that the index is read seldom, and no more than name so many
# papers, for the sake of memory; those that they have seen are numbers only.
_MOST_READERS, _MOST_NAMES, _MOST_SEEN = 1024, 20_000, 2_000_000

# From so many readers on, reading ahead what they all ask for takes less time than it spares.
_MANY = 256


@dataclass(frozen=True)
class Answer:
    """One reader's list from its first rank on, and what it was made of.

    What comes before the `offset` of the options is in it, and not shown. `rows` and `similarities` are the
    candidates', to which the positions in `ranked` belong.
    """

    snapshot: Snapshot
    profile: ProfileVectors
    scorer: Scorer
    options: AnswerOptions
    rows: Rows
    similarities: Similarities
    scored: Scored
    ranked: Ranked
    confidence: ConfidenceEstimator

    @property
    def listed(self) -> Rows:
        """The papers of the list, best first, from the first rank on."""
        return self.rows[self.ranked.positions]

    @property
    def shown(self) -> Rows:
        """Those that are shown: what comes after the offset."""
        return self.listed[self.options.offset :]

    @cached_property
    def closest(self) -> NDArray[np.int64]:
        """For each paper of the list the number of the seed with the highest cosine to it."""
        return np.asarray(self.similarities.liked[self.ranked.positions].argmax(axis=1))

    @property
    def closest_cosines(self) -> NDArray[np.float32]:
        """The cosine to that seed."""
        return self.similarities.liked[self.ranked.positions, self.closest]


def make_answers(
    snapshot: Snapshot,
    profiles: Sequence[ProfileVectors],
    scorer: Scorer,
    rerank: Rerank,
    options: AnswerOptions,
    candidates_of: Iterable[Candidates] | None = None,
) -> Iterator[Answer]:
    """The answer to each profile, in order: candidates, scores, confidence, rank.

    `candidates_of` each profile are those that are found for it, unless others are given.
    """
    profiles = [profile.dated_for(options, snapshot) for profile in profiles]
    scorer = preferring(scorer, options.prefer)
    levels_of: Iterable[Levels] = (
        find_levels(snapshot, profiles, scorer, pool_size(options.last - 1), options.filters)
        if candidates_of is None
        else ([(DEEPEST, found)] for found in candidates_of)
    )
    passing = part_passing(snapshot, options.filters)
    for profile, levels in zip(profiles, levels_of, strict=True):
        own = following(scorer, profile)
        scored_levels = _scored(levels, own)
        first = next(scored_levels)
        confidence = ConfidenceEstimator(
            snapshot, profile, own, first[2].best, len(snapshot), passing=passing
        )
        both = chain([first], scored_levels)
        sequence = _sequence(both, profile, confidence, rerank, options, snapshot.twins.are)
        ranked = sequence.ranked(options.last)
        rows, similarities, scored = sequence.joined()
        yield Answer(snapshot, profile, own, options, rows, similarities, scored, ranked, confidence)


Levels: TypeAlias = Iterable[tuple[int, Candidates]]

DEEPEST = 2**62
"""The depth of candidates beside which there are no others."""


def _scored(levels: Levels, scorer: Scorer) -> Iterator[tuple[int, Candidates, Scored]]:
    """The levels with their scores."""
    for depth, candidates in levels:
        yield depth, candidates, score(candidates.similarities, scorer)


def _sequence(
    levels: Iterable[tuple[int, Candidates, Scored]],
    profile: ProfileVectors,
    confidence: ConfidenceEstimator,
    rerank: Rerank,
    options: AnswerOptions,
    are_one: AreOne,
) -> RankSequence:
    """The list of a reader, of which nothing is made yet."""

    def scored_levels() -> Iterator[tuple[int, Level]]:
        for depth, candidates, scored in levels:
            allowed = np.ones(scored.by_interest.shape, np.bool_)
            if options.min_confidence > 0:
                allowed = confidence.confidence_of(scored.by_interest) >= options.min_confidence
            matches = matches_interest(
                candidates.similarities, scored, profile.background_similarity, profile.lexical
            )
            yield depth, Level(candidates, scored, matches, allowed)

    several = confidence.scorer.calibrated and len(profile.interests) > 1
    shares = profile.places if several else np.ones(1)
    scale = profile.references.scale
    return RankSequence(scored_levels(), shares, rerank, options.diversity, scale, are_one)


def answer_profile(
    corpus: Corpus, profile: Profile, scorer: Scorer, rerank: Rerank, options: AnswerOptions
) -> Answer:
    """The answer to one profile. Raises UnknownPaper, ProfileError, or NoSuchWords."""
    snapshot = corpus.snapshot
    resolved = resolve_profile(corpus, snapshot, profile, scorer, half_life=options.years)
    if not isinstance(resolved, ProfileVectors):
        raise resolved
    (first,) = make_answers(snapshot, [resolved], scorer, rerank, options)
    answer = _without_unheld(corpus, profile, first, rerank)
    if not isinstance(answer, Answer):
        raise answer
    return answer


def answer_profiles(
    corpus: Corpus,
    profiles: Iterable[Profile],
    scorer: Scorer,
    rerank: Rerank,
    options: AnswerOptions,
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
        resolved = resolve_profiles(corpus, snapshot, block, scorer, half_life=options.years)
        servable = [one for one in resolved if isinstance(one, ProfileVectors)]
        answers = make_answers(snapshot, servable, scorer, rerank, options)
        for profile, one in zip(block, resolved, strict=True):
            if isinstance(one, ProfileVectors):
                yield _without_unheld(corpus, profile, next(answers), rerank)
            else:
                yield one


def _without_unheld(corpus: Corpus, profile: Profile, answer: Answer, rerank: Rerank) -> Answer | Refusal:
    """The answer, or that without the interests in words that no paper holds a word of, with a note on each;
    NoSuchWords where nothing else is liked.
    """
    if answer.options.anyway or not profile.interests:
        return answer
    snapshot, scorer, seeds = answer.snapshot, answer.scorer, answer.profile.liked
    unheld = unheld_texts(snapshot, answer.rows, answer.similarities.liked, seeds)
    if not unheld:
        return answer
    if len(unheld) == len(seeds):
        return NoSuchWords("; ".join([*unheld.values(), *answer.profile.unheld.values()]))
    held = tuple(text for text in profile.interests if text not in unheld)
    without = [replace(profile, interests=held)]
    (resolved,) = resolve_profiles(corpus, snapshot, without, scorer, half_life=answer.options.years)
    if not isinstance(resolved, ProfileVectors):
        return resolved
    problems = (f"an interest is left out: {why}" for why in unheld.values())
    resolved = replace(
        resolved, problems=(*resolved.problems, *problems), unheld={**unheld, **resolved.unheld}
    )
    (again,) = make_answers(snapshot, [resolved], scorer, rerank, answer.options)
    return again


def _blocks(profiles: Iterable[Profile], batch_size: int) -> Iterator[list[Profile]]:
    block: list[Profile] = []
    most, names, seen = min(batch_size, _MOST_READERS), 0, 0
    for profile in profiles:
        block.append(profile)
        names += len(profile.liked) + len(profile.disliked)
        seen += len(profile.seen)
        if len(block) == most or names >= _MOST_NAMES or seen >= _MOST_SEEN:
            yield block
            block, names, seen, most = [], 0, 0, min(4 * most, _MOST_READERS)
    if block:
        yield block
