"""The self-test: does it work for this reader? Part of what they like is hidden and looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._extras import extra, require
from ..corpus import Corpus, ambiguous_paper, find_rows, find_rows_of
from ..counts import refuse_beyond
from ..display import counted
from ..diversity import DEFAULT_DIVERSITY
from ..engine import Recommender
from ..engine.profile_vectors import MOST_SEEDS
from ..errors import ParameterError, ProfileError
from ..profiles import Profile
from ..progress import progress
from ..scoring import STRATEGIES
from .advice import advise, against_baselines
from .beyond import intra_list_distance, novelty
from .comparison import compare_values
from .contenders import Contender, contenders
from .figures import Figure, Tested, Values
from .found import LOOKED_AT, found_by_chance, found_of
from .hiding import newest, random_splits
from .names import look_up
from .report_self_test import records, self_test_table, small_table, tidy_tested
from .report_table import ReportTable, TabularReport

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MIN_SEEDS", "SelfTest", "self_test"]

MIN_SEEDS = 4
"""Of fewer liked papers nothing can be hidden that would tell anything."""

_DIVERSITIES = (0.0, DEFAULT_DIVERSITY, 0.5)


@dataclass(frozen=True, repr=False)
class SelfTest(TabularReport):
    """What became of the hidden papers. The first contender is the default where none is named, the last
    two are baselines.

    `by_time` is the same for the newest papers hidden, empty where dates are not known. `advice` says
    in one sentence what to use, or that this many papers cannot tell; `against_baselines` how the first
    does against the baselines. `warnings` say what could not be done. It shows the advice and a small table;
    `to_text` has all of it.
    """

    k: int
    seeds: int
    splits: int
    rows: tuple[Tested, ...]
    by_time: tuple[Tested, ...]
    advice: str
    against_baselines: str
    warnings: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One line for each contender and measure, with papers hidden at random, then with the newest."""
        with extra("frames"):
            import pandas as pd

        return pd.DataFrame(tidy_tested(self.rows, "at random") + tidy_tested(self.by_time, "newest"))

    def to_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "k": self.k,
            "seeds": self.seeds,
            "splits": self.splits,
            "contenders": records(self.rows),
            "by_time": records(self.by_time),
            "advice": self.advice,
            "against_baselines": self.against_baselines,
            "warnings": list(self.warnings),
        }

    def tables(self) -> tuple[ReportTable]:
        """The advice, and below it a small table: the best ones, the first, and the baselines."""
        below = (f"{self._hidden}; {self._foot}", self.against_baselines)
        return (small_table(self.rows, self.k, above=self.advice, below=below),)

    def to_text(self) -> str:
        """Everything in Markdown: the advice, and all contenders by all measures, with papers hidden at
        random and, where dates are known, the newest.
        """
        tables = [self_test_table(self.rows, self.k, above=self._hidden)]
        if self.by_time:
            tables.append(self_test_table(self.by_time, self.k, above="The newest hidden, once"))
        parts = (self.advice, *(table.text() for table in tables), self._foot, self.against_baselines)
        return "\n\n".join(part for part in parts if part)

    @property
    def _hidden(self) -> str:
        return f"{counted(self.seeds, 'liked paper')}, part of them hidden {counted(self.splits, 'time')}"

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
    k: int = 10,
    splits: int = 20,
    seed: int = 0,
) -> SelfTest:
    """Hide part of the liked papers again and again, recommend from the rest, and look how many come back.

    Every corpus (of another encoder) with every strategy and diversity named, or, where none is, all
    strategies by themselves and a few diversities of the default, against chance and against `lexical`,
    the TF-IDF mean. Intervals and tests are over the reader's papers. Once more, the newest are hidden,
    where dates are known.

    Raises ProfileError where fewer than `MIN_SEEDS` liked papers are known to every corpus,
    ParameterError for an unknown strategy, and a k or splits below 1, MissingPackage without scikit-learn
    where the strategy linear is among them.
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
    liked, warnings = _known(corpora, profile)
    entrants = _entrants(corpora, strategies, diversities)
    hidden = random_splits(len(liked), splits=splits, seed=seed)
    warnings += _subsampled(corpora, profile, len(liked) - len(hidden[0]))
    rows = _tested(entrants, profile, liked, hidden, k, seed)
    last = newest([corpora[0][name].published for name in liked])
    by_time = _tested(entrants, profile, liked, [last], k, seed) if last is not None else ()
    results = [(row.name, row.contender is not None, row.figures) for row in rows]
    advice = advise(results, k, papers=len(liked), default=entrants[0].is_default)
    return SelfTest(
        k, len(liked), len(hidden), rows, by_time, advice, against_baselines(results, k), tuple(warnings)
    )


def _entrants(
    corpora: Sequence[Corpus], strategies: Sequence[str], diversities: Sequence[float]
) -> list[Contender]:
    """What is named, all with all; else the default, each other strategy, and each other diversity.

    The more are compared, the less any difference can be told from luck.
    """
    if strategies or diversities:
        return contenders(corpora, strategies, diversities)
    varied = [*contenders(corpora), *contenders(corpora, tuple(STRATEGIES))]
    varied += contenders(corpora, diversities=_DIVERSITIES)
    return list(dict.fromkeys(varied))


def _known(corpora: Sequence[Corpus], profile: Profile) -> tuple[list[str], list[str]]:
    """The liked papers that every corpus holds, each once, and what is to be said of the others."""
    rows: dict[int, str] = {}
    warnings: list[str] = []
    for name in profile.liked:
        found = [find_rows(corpus.snapshot, name) for corpus in corpora]
        unclear = next((n for n, there in enumerate(found) if len(there) != 1), None)
        if unclear is None:
            rows.setdefault(found[0][0], name)
        else:
            warnings.append(ambiguous_paper(corpora[unclear].snapshot, name, found[unclear]))
    if len(rows) < MIN_SEEDS:
        who = f"profile {profile.name!r}" if profile.name else "the profile"
        raise ProfileError(
            f"{who} has {counted(len(rows), 'liked paper')} in the corpus; "
            f"a self-test needs {MIN_SEEDS} or more"
            + (f" ({len(warnings)} are not in it: {warnings[0]})" if warnings else "")
        )
    return list(rows.values()), warnings


def _subsampled(corpora: Sequence[Corpus], profile: Profile, left: int) -> list[str]:
    """One line where more papers are left, or disliked, than are compared with."""
    held = [look_up(corpus, profile.disliked).ids.values() for corpus in corpora]
    most = max(left, *(len(set(ids)) for ids in held))
    if most <= MOST_SEEDS:
        return []
    return [f"{most:,} liked or disliked papers: {MOST_SEEDS} of them, drawn evenly, stand for all"]


def _tested(
    entrants: Sequence[Contender],
    profile: Profile,
    liked: Sequence[str],
    splits: Sequence[NDArray[np.int64]],
    k: int,
    seed: int,
) -> tuple[Tested, ...]:
    """All entrants and the two baselines on these splits; each liked paper is one group."""
    lexical = Contender(entrants[0].corpus, "lexical", 0.0)
    shown = [*entrants, lexical]
    values = []
    with progress("self-test", len(shown) * len(splits), unit="rankings") as done:
        for entrant in shown:
            recommender = entrant.recommender()
            parts = []
            for split in splits:
                parts.append(_one(recommender, entrant.diversity, profile, liked, split, k))
                done(1)
            values.append(_joined(parts))
    others = _may_come(entrants[0].corpus, profile, liked)
    chance = _joined([found_by_chance(len(s), others + len(s), k=k) for s in splits])
    nothing = np.full(sum(map(len, splits)), np.nan)
    values.append({measure: chance.get(measure, nothing) for measure in values[0]})
    figures = compare_values(values, groups=np.concatenate(splits), seed=seed)
    for of_entrant in figures:
        # A paper's part of nDCG may be above 1, and so may a draw in which that paper is twice.
        of_entrant[f"nDCG@{k}"] = _at_most_one(of_entrant[f"nDCG@{k}"])
    names = [*(entrant.label for entrant in entrants), "TF-IDF mean", "random"]
    return tuple(map(Tested, names, [*entrants, None, None], figures))


def _may_come(corpus: Corpus, profile: Profile, liked: Sequence[str]) -> int:
    """How many papers may be recommended beside the hidden ones: none that is liked, disliked or seen."""
    rows_of = find_rows_of(corpus.snapshot, (*liked, *profile.disliked, *profile.seen))
    return len(corpus) - len(set(chain.from_iterable(rows_of.values())))


def _at_most_one(figure: Figure) -> Figure:
    return replace(figure, high=min(figure.high, 1.0))


def _one(
    recommender: Recommender,
    diversity: float,
    profile: Profile,
    liked: Sequence[str],
    split: NDArray[np.int64],
    k: int,
) -> dict[str, Values]:
    """The values of one split, each of shape (hidden,)."""
    snapshot = recommender.corpus.snapshot
    away = set(split.tolist())
    left = [name for place, name in enumerate(liked) if place not in away]
    hidden = [recommender.corpus[liked[place]].id for place in split]
    # A liked paper is often among the seen ones too: then it could never come back.
    rows_of = find_rows_of(snapshot, (*liked, *profile.seen))
    rows = {row for name in liked for row in rows_of[name]}
    seen = [name for name in profile.seen if not rows & set(rows_of[name])]
    reader = Profile(tuple(left), profile.disliked, tuple(seen), profile.interests)
    found = [
        paper
        for paper, _ in recommender.rank(reader, k=max(LOOKED_AT, k), diversity=diversity, rerank_depth=k)
    ]
    values = found_of(hidden, found, k=k)
    first, seeds = (snapshot.vectors(_rows(recommender.corpus, names)) for names in (found[:k], left))
    values[f"ILD@{k}"] = np.full(len(hidden), intra_list_distance(first))
    values[f"novelty@{k}"] = np.full(len(hidden), novelty(first, seeds))
    return values


def _rows(corpus: Corpus, names: Sequence[str]) -> NDArray[np.int64]:
    return np.array([corpus.row(name) for name in names], np.int64)


def _joined(parts: Sequence[dict[str, Values]]) -> dict[str, Values]:
    return {measure: np.concatenate([part[measure] for part in parts]) for measure in parts[0]}
