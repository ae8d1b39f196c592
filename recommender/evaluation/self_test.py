"""The self-test: part of what a reader likes is hidden and looked for in the list of the rest.

Versions of one paper are hidden together, and any of them counts as found; see `works`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._extras import extra, require
from ..corpus import Corpus, Filters, ambiguous_paper, find_rows, find_rows_of, left_out
from ..display import pluralize
from ..diversity import DEFAULT_DIVERSITY, intra_list_distance
from ..engine.brought import with_ids
from ..engine.resolution import MOST_SEEDS
from ..errors import ParameterError, ProfileError
from ..iso_dates import earliest
from ..option_values import refuse_beyond
from ..profiles import Profile
from ..progress import progress
from ..scoring import STRATEGIES
from .benchmark import normalise_ids
from .beyond_accuracy import novelty
from .comparison import compare_values
from .metrics import MAX_RANK, expected_hit_metrics, hit_metrics
from .report import (
    HoldoutResult,
    MetricEstimate,
    ReportTable,
    TabularReport,
    Values,
    against_baselines,
    recommend_settings,
    result_dicts,
    self_test_rows,
    self_test_table,
    small_table,
)
from .systems import System, system_grid
from .works import counted_once, library_works

if TYPE_CHECKING:
    import pandas as pd


Places = NDArray[np.int64]

HOLDOUT_FRACTION = 0.3
"""Of the liked papers this share is hidden, at least one."""


def random_splits(papers: int, *, splits: int = 20, seed: int = 0) -> list[Places]:
    """The places of the hidden papers of each split, ascending; all papers are hidden about as often.

    At most `splits`, fewer where there are not so many different ones: repeated shuffles, each cut
    into pieces that are hidden in turn. Needs two papers or more.
    """
    rng = np.random.default_rng(seed)
    size = _size(papers)
    found: dict[tuple[int, ...], None] = {}
    for _ in range(splits):
        order = rng.permutation(papers)
        for start in range(0, papers - size + 1, size):
            found.setdefault(tuple(sorted(order[start : start + size].tolist())))
        if len(found) >= splits:
            break
    return [np.array(hidden, np.int64) for hidden in list(found)[:splits]]


def temporal_split(dates: Sequence[str]) -> Places | None:
    """The places of the newest papers, as many as a split hides; None where too few dates are known.

    `dates` are ISO, of any precision, "" where unknown; a paper without a date is not hidden. Four in
    five must be dated, and what is hidden must be newer than something that is left.
    """
    dated = [place for place, date in enumerate(dates) if date]
    if len(dated) < 0.8 * len(dates):
        return None
    order = sorted(dated, key=lambda place: dates[place])
    size = _size(len(dates))
    if len(order) <= size or dates[order[0]] == dates[order[-1]]:
        return None
    return np.array(sorted(order[-size:]), np.int64)


def _size(papers: int) -> int:
    return max(1, round(HOLDOUT_FRACTION * papers))


MIN_SEEDS = 4
"""Of fewer liked papers nothing can be hidden that would tell anything."""

_DIVERSITIES = (0.0, DEFAULT_DIVERSITY, 0.5)


@dataclass(frozen=True, repr=False)
class SelfTest(TabularReport):
    """How well several systems find held-out papers of one reader's library.

    It shows the advice and a small table; `to_text` has all of it.

    Attributes
    ----------
    k : int
        The length of the lists.
    seeds : int
        How many liked papers are known to every corpus, versions of one paper once.
    splits : int
        How often part of them was held out.
    rows : tuple of HoldoutResult
        The systems, the default first where none is named; the last two are baselines.
    by_time : tuple of HoldoutResult
        The same for the newest papers held out; empty where dates are not known.
    advice : str
        One sentence: what to use, or that this many papers cannot tell.
    against_baselines : str
        How the first does against the baselines.
    warnings : tuple of str
        One line each on what could not be done.
    """

    k: int
    seeds: int
    splits: int
    rows: tuple[HoldoutResult, ...]
    by_time: tuple[HoldoutResult, ...]
    advice: str
    against_baselines: str
    warnings: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give all estimates as a table.

        Returns
        -------
        DataFrame
            One line for each system and `measure`, with papers `hidden` at random, then with the newest.
        """
        with extra("frames"):
            import pandas as pd

        return pd.DataFrame(self_test_rows(self.rows, "at random") + self_test_rows(self.by_time, "newest"))

    def to_dict(self) -> dict[str, Any]:
        """Give everything as a dict for JSON.

        Returns
        -------
        dict
            The fields by name; `rows` as `contenders`.
        """
        return {
            "k": self.k,
            "seeds": self.seeds,
            "splits": self.splits,
            "contenders": result_dicts(self.rows),
            "by_time": result_dicts(self.by_time),
            "advice": self.advice,
            "against_baselines": self.against_baselines,
            "warnings": list(self.warnings),
        }

    def tables(self) -> tuple[ReportTable]:
        """Give what it shows.

        Returns
        -------
        tuple of ReportTable
            The advice, and below it a small table: the best systems, the first, and the baselines.
        """
        below = (f"{self._hidden}; {self._foot}", self.against_baselines)
        return (small_table(self.rows, self.k, above=self.advice, below=below),)

    def to_text(self) -> str:
        """Give everything in Markdown.

        Returns
        -------
        str
            The advice, and all systems by all metrics, with papers held out at random and, where dates are
            known, the newest.
        """
        tables = [self_test_table(self.rows, self.k, above=self._hidden)]
        if self.by_time:
            tables.append(self_test_table(self.by_time, self.k, above="The newest hidden, once"))
        parts = (self.advice, *(table.text() for table in tables), self._foot, self.against_baselines)
        return "\n\n".join(part for part in parts if part)

    @property
    def _hidden(self) -> str:
        return f"{pluralize(self.seeds, 'liked paper')}, part of them hidden {pluralize(self.splits, 'time')}"

    @property
    def _foot(self) -> str:
        return (
            "intervals: bootstrap over liked papers; p: paired randomisation test against "
            f"{self.rows[0].name}, Holm's correction for {len(self.rows) - 1}"
        )


def self_test(
    corpora: Corpus | Sequence[Corpus],
    profile: Profile,
    *,
    strategies: str | Sequence[str] = (),
    diversities: Sequence[float] = (),
    half_lives: Sequence[float | str] = (),
    k: int = 10,
    splits: int = 20,
    seed: int = 0,
) -> SelfTest:
    """Hold out part of a reader's liked papers, recommend from the rest, and measure how many come back.

    Every corpus (of another encoder) is tested with every strategy and diversity named, or, where none is,
    with all strategies by themselves and a few diversities of the default, against chance and against
    `lexical`, the TF-IDF mean. Intervals and tests are over the reader's papers. Once more, the newest are
    held out, where dates are known.

    Parameters
    ----------
    corpora : Corpus or sequence of Corpus
        One, or several of the same papers by other encoders.
    profile : Profile
        The reader.
    strategies : str or sequence of str, optional
        Names of `recommender.scoring`.
    diversities : sequence of float, optional
        Each in [0, 1].
    half_lives : sequence of float or str, optional
        Years, or ``6m``, ``90d``, in which a like comes to count half; each beside none.
    k : int, default 10
        The length of the lists.
    splits : int, default 20
        How often papers are held out.
    seed : int, default 0
        Of the splits, and of the draws of intervals and tests.

    Returns
    -------
    SelfTest
        What each system finds, and what to use.

    Raises
    ------
    ProfileError
        Where fewer than `MIN_SEEDS` liked papers are known to every corpus.
    ParameterError
        For an unknown strategy, and a k or splits below 1.
    MissingPackage
        Without scikit-learn, where the strategy linear is among them.

    Examples
    --------
    >>> from recommender import Corpus, read_profiles
    >>> from recommender.evaluation import self_test
    >>> from recommender.sample import PROFILES
    >>> mei = next(reader for reader in read_profiles(PROFILES) if reader.name == "Mei")
    >>> test = self_test(Corpus.sample(), mei, strategies="mean", splits=2)
    >>> [row.name for row in test.rows]
    ['minilm mean 0.2', 'TF-IDF mean', 'random']
    """
    for name, value in (("k", k), ("splits", splits)):
        if value < 1:
            raise ParameterError(f"{name} is {value}; it must be at least 1")
        refuse_beyond(name, value)
    # One state for all questions, whatever others write meanwhile.
    corpora = [one.pinned() for one in ([corpora] if isinstance(corpora, Corpus) else corpora)]
    strategies = [strategies] if isinstance(strategies, str) else strategies
    if not strategies or "linear" in strategies:
        require("sklearn", "evaluation", instead="name the strategies to compare, without linear")
    profile = with_ids(corpora[0].snapshot, profile)
    liked, warnings = _known(corpora, profile)
    systems = _systems(corpora, strategies, diversities, half_lives)
    works = _works(corpora, profile, liked, warnings)
    hidden = random_splits(len(works), splits=splits, seed=seed)
    warnings += _subsampled(corpora, profile, sum(map(len, works)) - len(hidden[0]))
    rows = _tested(systems, profile, works, hidden, k, seed)
    last = temporal_split([earliest(corpora[0][name].published for name in work) for work in works])
    by_time = _tested(systems, profile, works, [last], k, seed) if last is not None else ()
    results = [(row.name, row.system is not None, row.estimates) for row in rows]
    advice = recommend_settings(results, k, papers=len(works), default=systems[0].is_default)
    return SelfTest(
        k, len(works), len(hidden), rows, by_time, advice, against_baselines(results, k), tuple(warnings)
    )


def _systems(
    corpora: Sequence[Corpus],
    strategies: Sequence[str],
    diversities: Sequence[float],
    half_lives: Sequence[float | str],
) -> list[System]:
    """What is named, all with all; else the default, each other strategy, and each other diversity.

    The more are compared, the less any difference can be told from luck.
    """
    if strategies or diversities or half_lives:
        return system_grid(corpora, strategies, diversities, half_lives=half_lives)
    varied = [*system_grid(corpora), *system_grid(corpora, tuple(STRATEGIES))]
    varied += system_grid(corpora, diversities=_DIVERSITIES)
    return list(dict.fromkeys(varied))


def _known(corpora: Sequence[Corpus], profile: Profile) -> tuple[list[str], list[str]]:
    """The liked papers that every corpus holds, each once, and what is to be said of the others."""
    rows: dict[int, str] = {}
    warnings: list[str] = []
    lacked = [name for name in profile.liked if name in profile.papers]
    if lacked:
        first = f"{profile.papers[lacked[0]].title!r:.80}"
        count = f"{len(lacked):,} of {pluralize(len(profile.liked), 'liked paper')}"
        warnings.append(f"{count} not in the corpus, and so not tested: {first}{' ...' * (len(lacked) > 1)}")
    for name in profile.liked:
        if name in profile.papers:
            continue
        found = [find_rows(corpus.snapshot, name) for corpus in corpora]
        unclear = next((n for n, there in enumerate(found) if len(there) != 1), None)
        if unclear is None:
            rows.setdefault(found[0][0], name)
        else:
            warnings.append(ambiguous_paper(corpora[unclear].snapshot, name, found[unclear]))
    return list(rows.values()), warnings


def _works(
    corpora: Sequence[Corpus], profile: Profile, liked: Sequence[str], warnings: list[str]
) -> list[tuple[str, ...]]:
    """The liked papers, versions of one together, of which it warns. Raises ProfileError for too few."""
    works = library_works(corpora, liked)
    if len(works) < MIN_SEEDS:
        who = f"profile {profile.name!r}" if profile.name else "the profile"
        verb = "is" if len(warnings) == 1 else "are"
        several = f", in {len(liked):,} versions," if len(liked) > len(works) else ""
        raise ProfileError(
            f"{who} has {pluralize(len(works), 'liked paper')}{several} in the corpus; "
            f"a self-test needs {MIN_SEEDS} or more"
            + (f" ({len(warnings)} {verb} not in it: {warnings[0]})" if warnings else "")
        )
    if len(liked) > len(works):
        warnings.append(
            f"{pluralize(len(liked), 'liked paper')} are versions of {len(works):,}: "
            "those of one are hidden together and count once"
        )
    return works


def _subsampled(corpora: Sequence[Corpus], profile: Profile, left: int) -> list[str]:
    """One line where more papers are left, or disliked, than are compared with."""
    held = [normalise_ids(corpus, profile.disliked).ids.values() for corpus in corpora]
    most = max(left, *(len(set(ids)) for ids in held))
    if most <= MOST_SEEDS:
        return []
    return [f"{most:,} liked or disliked papers: {MOST_SEEDS} of them, drawn evenly, stand for all"]


def _tested(
    systems: Sequence[System],
    profile: Profile,
    works: Sequence[tuple[str, ...]],
    splits: Sequence[NDArray[np.int64]],
    k: int,
    seed: int,
) -> tuple[HoldoutResult, ...]:
    """All systems and the two baselines on these splits; each liked paper with its versions is one group."""
    lexical = System(systems[0].corpus, "lexical", 0.0)
    shown = [*systems, lexical]
    values = []
    with progress("self-test", len(shown) * len(splits), unit="rankings") as done:
        for system in shown:
            parts = []
            for split in splits:
                parts.append(_one(system, profile, works, split, k))
                done(1)
            values.append(_joined(parts))
    others = _may_come(systems[0].corpus, profile, [name for work in works for name in work])
    chance = _joined([expected_hit_metrics(len(s), others + len(s), k=k) for s in splits])
    nothing = np.full(sum(map(len, splits)), np.nan)
    values.append({measure: chance.get(measure, nothing) for measure in values[0]})
    figures = compare_values(values, groups=np.concatenate(splits), seed=seed)
    for of_system in figures:
        # A paper's part of nDCG may be above 1, and so may a draw in which that paper is twice.
        of_system[f"nDCG@{k}"] = _at_most_one(of_system[f"nDCG@{k}"])
    names = [*(system.label for system in systems), "TF-IDF mean", "random"]
    return tuple(map(HoldoutResult, names, [*systems, None, None], figures))


def _may_come(corpus: Corpus, profile: Profile, liked: Sequence[str]) -> int:
    """How many papers may be recommended beside the hidden ones: none that is liked, disliked or seen, nor a
    version of one, nor what is left out of every answer.
    """
    snapshot = corpus.snapshot
    rows_of = find_rows_of(snapshot, (*liked, *profile.disliked, *profile.seen))
    known = np.unique(np.array([*chain.from_iterable(rows_of.values())], np.int64))
    never = [snapshot.twins.of(known), *left_out(snapshot, Filters()).values()]
    return len(corpus) - len(np.unique(np.concatenate(never)))


def _at_most_one(figure: MetricEstimate) -> MetricEstimate:
    return replace(figure, high=min(figure.high, 1.0))


def _one(
    system: System, profile: Profile, works: Sequence[tuple[str, ...]], split: NDArray[np.int64], k: int
) -> dict[str, Values]:
    """The values of one split, each of shape (hidden,)."""
    corpus, snapshot = system.corpus, system.corpus.snapshot
    away = set(split.tolist())
    left = [name for place, work in enumerate(works) for name in work if place not in away]
    # A liked paper, or a version of it, is often among the seen ones too: then it could never come back.
    liked = snapshot.twins.of(np.unique(_rows(corpus, [*chain.from_iterable(works)])))
    rows, rows_of = set(liked.tolist()), find_rows_of(snapshot, profile.seen)
    seen = [name for name in profile.seen if not rows & set(rows_of[name])]
    reader = replace(profile, liked=tuple(left), seen=tuple(seen))
    found = [paper for paper, _ in system.rank(reader, k=max(MAX_RANK, k), rerank_depth=k)]
    hidden, counted = counted_once(corpus, found, [works[place] for place in split.tolist()])
    values = hit_metrics(hidden, counted, k=k)
    scale = snapshot.cosine_scale
    first, seeds = (snapshot.vectors(_rows(corpus, names)) for names in (found[:k], left))
    values[f"ILD@{k}"] = np.full(len(hidden), scale.distance(intra_list_distance(first)))
    values[f"novelty@{k}"] = np.full(len(hidden), scale.distance(novelty(first, seeds)))
    return values


def _rows(corpus: Corpus, names: Sequence[str]) -> NDArray[np.int64]:
    return np.array([corpus.row(name) for name in names], np.int64)


def _joined(parts: Sequence[dict[str, Values]]) -> dict[str, Values]:
    return {measure: np.concatenate([part[measure] for part in parts]) for measure in parts[0]}
