"""Ranking of just these papers for a reader, in scores that can be held against other readers'.

A score as it comes tells the papers of one reader apart. Of two readers of one subject who likes a hundred
papers has other scores than who likes five: their mean lies nearer to everything, random papers included.
Here a score is in units of the random papers' spread, from their mean on: a standard score. Over 146,289
papers, twelve subjects and libraries of 5 and of 100 papers it was 3.15 and 3.24 on average for papers of
the subject, and -0.06 for random ones; as they came the scores were .32 and .43, and .15 and .20
(`scripts/comparable_scores.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Snapshot, allowed_mask, ambiguous_paper, banned_rows, filter_warnings, find_rows_of
from ..display import pluralize
from ..errors import ParameterError
from ..paper import Paper
from ..paper_names import PaperNames, papers_in
from ..profiles import LibraryPaper, Profile
from ..recommendations import Recommendations
from ..scoring import Contributions, Scorer, Similarities
from .ban import named_in_short
from .brought import BroughtPapers
from .candidates import given_candidates
from .confidence import ConfidenceEstimator, centre_and_spread, random_scores
from .followed import following
from .paper_sets import PaperSetQuestions
from .pipeline import Answer, AnswerOptions, Date
from .preference import preferring
from .profile_vectors import ProfileVectors
from .ranking import Scored, score
from .recommended import to_recommendations
from .resolution import resolve_profile, rows_by_role
from .sequence import Ranked
from .wrapped_scorer import WrappedScorer

CENTRE = "the score of a random paper"


@dataclass(frozen=True)
class StandardScores(WrappedScorer):
    """A strategy whose scores are standard deviations of random papers' scores above their mean.

    Each contribution is in the same units, and the mean is one more: the sum is the score still.
    """

    centre: float
    spread: float

    def changed(
        self, found: Contributions, similarities: Similarities, interest: int | None
    ) -> Contributions:
        """In units of the spread."""
        del similarities, interest
        spread = np.float32(self.spread)
        other = {name: part / spread for name, part in found.other.items()}
        other[CENTRE] = np.full(len(found.liked), -self.centre / spread, np.float32)
        return Contributions(found.liked / spread, found.disliked / spread, other)


def standardised(snapshot: Snapshot, profile: ProfileVectors, scorer: Scorer) -> StandardScores:
    """The strategy for one reader, in units of what random papers score for that reader."""
    return StandardScores(scorer, *centre_and_spread(random_scores(snapshot, profile, scorer)))


def rank_all(scored: Scored, eligible: NDArray[np.bool_], k: int | None) -> Ranked:
    """The eligible candidates by their score for all seeds, equal ones as they come."""
    order = np.argsort(-scored.overall, kind="stable")
    positions = order[eligible[order]][:k]
    interests = scored.assigned[positions]
    counts = np.bincount(interests, minlength=scored.count)
    under = np.full(len(positions), len(scored.contributions) - 1)
    scores, first = scored.overall[positions], np.ones(scored.count, np.int64)
    pool = np.sort(positions)
    return Ranked(positions, interests, under, scores, first, pool, counts, counts, shared=False)


@dataclass(frozen=True)
class _Among:
    """The rows of the papers that are to be ranked, the names of those that the corpus lacks, and a line on
    each name that several papers have.
    """

    rows: Rows
    unknown: tuple[str, ...]
    unclear: tuple[str, ...]

    @classmethod
    def of(cls, snapshot: Snapshot, among: PaperNames) -> _Among:
        listed = papers_in(among, whole=(LibraryPaper,))
        items = [one.paper if isinstance(one, LibraryPaper) else one for one in listed]
        wrong = [one for one in items if not isinstance(one, (str, Paper))]
        if wrong:
            raise ParameterError(f"among holds {wrong[0]!r:.60}, which is no paper; give ids, or papers")
        names = dict.fromkeys(one for one in items if isinstance(one, str))
        rows_of = find_rows_of(snapshot, names)
        unknown = [name for name in names if not rows_of[name]]
        several = {name: rows_of[name] for name in names if len(rows_of[name]) > 1}
        rows = [rows_of[name][0] for name in names if len(rows_of[name]) == 1]
        papers = [one for one in items if isinstance(one, Paper)]
        if papers:
            profile = Profile(liked=papers)  # type: ignore[arg-type]
            found = BroughtPapers(snapshot, [profile]).of(profile)
            rows += [one.row for one in found.values() if one.row is not None]
            unknown += [profile.papers[name].title for name, one in found.items() if one.row is None]
        unclear = (ambiguous_paper(snapshot, *one, suggest=False) for one in several.items())
        return cls(np.unique(np.array(rows, np.int64)), tuple(unknown), tuple(unclear))


class AmongQuestions(PaperSetQuestions):
    """What a `Recommender` answers about papers that somebody names."""

    def rank(
        self,
        profile: Profile,
        among: PaperNames,
        *,
        k: int | None = None,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        primary: bool = False,
        authors: Sequence[str] | str | None = None,
        venues: Sequence[str] | str | None = None,
        min_confidence: float = 0.0,
        half_life: float | str | None = None,
        revised_since: Date = None,
        ban: PaperNames = (),
        same_years: bool = True,
        prefer: str | None = None,
    ) -> Recommendations:
        """Rank just these papers for a reader, all of them, in the order of the scores.

        Papers that the corpus lacks are named in `problems`, those that the reader knows and those that the
        filters leave out in `filtered`. All others are ranked, also near-identical ones, retracted ones
        and notices. Scores are comparable between readers, whatever the size of their libraries: in standard
        deviations of what random papers of the corpus score for the reader, above their mean.

        Parameters
        ----------
        profile : Profile
            What the reader likes, dislikes and has seen.
        among : str, Paper, Recommendation, or several of them, or a frame
            The papers: ids in any spelling, urls, exact titles, papers, or a frame with a column ``id``.
        k : int, optional
            Only the first so many.
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
            A paper less probable to be of the reader's kind does not come.
        half_life : float or str, optional
            Years, or ``6m``, ``90d``, after which a like counts half; by when it was liked, else published.
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
            The papers with their reasons, best first.

        Raises
        ------
        UnknownPaper
            Where nothing that is liked is in the corpus.
        ParameterError
            For an option out of its range, and for what is no paper.

        Examples
        --------
        >>> from recommender import Corpus, Profile, Recommender
        >>> recommender = Recommender(Corpus.sample())
        >>> reader = Profile(liked=["2106.09685"])
        >>> ranked = recommender.rank(reader, ["2005.14165", "2403.03507", "2106.09685", "9999.00001"])
        >>> ranked.ids
        ['arxiv:2403.03507', 'arxiv:2005.14165']
        >>> print(*ranked.warnings, sep="; ")
        1 of 4 papers not in this corpus: '9999.00001'; 1 is liked, and not ranked: 'arxiv:2106.09685'
        """
        if not isinstance(profile, Profile):
            kind = type(profile).__name__
            raise ParameterError(f"a {kind} is no profile; give a Profile(liked=[...])")
        options = AnswerOptions(
            k=1 if k is None else k,
            diversity=0.0,
            since=since,
            until=until,
            categories=categories,
            primary=primary,
            authors=authors,
            venues=venues,
            min_confidence=min_confidence,
            half_life=half_life,
            retracted=True,
            notices=True,
            revised_since=revised_since,
            ban=ban,
            same_years=same_years,
            prefer=prefer,
        )
        snapshot = self.corpus.snapshot
        listed = _Among.of(snapshot, among)
        resolved = resolve_profile(self.corpus, snapshot, profile, self._scorer, half_life=options.years)
        known = dict(_known(snapshot, profile, resolved, listed.rows))
        strange = np.setdiff1d(listed.rows, np.concatenate([listed.rows[:0], *known.values()]))
        left = _passing(snapshot, strange, options)
        answer = _answer(snapshot, resolved, self._scorer, options, left, k)
        found = to_recommendations(answer, told=False)
        return replace(
            found,
            problems=(*_unknown(listed), *found.problems),
            filtered=(
                *_told(snapshot, known),
                *filter_warnings(snapshot, options.filters, strange),
                *_filtered(len(strange) - len(left)),
            ),
        )


def _answer(
    snapshot: Snapshot,
    profile: ProfileVectors,
    scorer: Scorer,
    options: AnswerOptions,
    rows: Rows,
    k: int | None,
) -> Answer:
    """All of these papers, or the first `k`, ranked."""
    profile = profile.dated_for(options, snapshot)
    scorer = following(preferring(scorer, options.prefer), profile)
    standard = standardised(snapshot, profile, scorer)
    candidates = given_candidates(snapshot, profile, rows)
    scored = score(candidates.similarities, standard)
    confidence = ConfidenceEstimator(
        snapshot, profile, standard, scored.best, len(candidates), -standard.centre / standard.spread
    )
    eligible = np.ones(len(candidates), np.bool_)
    if options.min_confidence > 0:
        eligible = confidence.confidence_of(scored.overall) >= options.min_confidence
    ranked = rank_all(scored, eligible, k)
    options = replace(options, k=max(1, len(ranked.positions)))
    return Answer(
        snapshot,
        profile,
        standard,
        options,
        candidates.rows,
        candidates.similarities,
        scored,
        ranked,
        confidence,
    )


def _known(
    snapshot: Snapshot, profile: Profile, resolved: ProfileVectors, rows: Rows
) -> Iterable[tuple[str, Rows]]:
    """Of these rows those that the reader likes, dislikes or has seen, each under the first that holds, and
    the other versions of what the reader knows.
    """
    left = rows
    for role, known in rows_by_role(snapshot, profile).items():
        mine = np.isin(left, known) & np.isin(left, resolved.excluded_rows)
        yield role, left[mine]
        left = left[~mine]
    versions = snapshot.twins.of(resolved.excluded_rows)
    yield "a version of a paper that the reader knows", left[np.isin(left, versions)]


def _passing(snapshot: Snapshot, rows: Rows, options: AnswerOptions) -> Rows:
    """Those that the filters let through."""
    rows = np.setdiff1d(rows, banned_rows(snapshot, options.filters))
    allowed = allowed_mask(snapshot, options.filters)
    return rows if allowed is None else rows[allowed[snapshot.place(rows)]]


def _unknown(among: _Among) -> Iterable[str]:
    if among.unknown:
        count = len(among.rows) + len(among.unknown) + len(among.unclear)
        missing = f"{len(among.unknown):,} of {pluralize(count, 'paper')}"
        yield f"{missing} not in this corpus: {named_in_short([*among.unknown])}"
    yield from among.unclear


def _told(snapshot: Snapshot, known: dict[str, Rows]) -> Iterable[str]:
    for what, rows in known.items():
        if len(rows):
            labels = snapshot.labels(rows.tolist())
            names = [labels[row][0] for row in snapshot.by_key(rows).tolist()]
            are = "is" if len(rows) == 1 else "are"
            yield f"{len(rows):,} {are} {what}, and not ranked: {named_in_short(names)}"


def _filtered(count: int) -> Iterable[str]:
    if count:
        yield f"{pluralize(count, 'paper')} left out by the filters"
