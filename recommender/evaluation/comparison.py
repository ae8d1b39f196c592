"""Systems on a benchmark: what each reaches, how sure that is, and whether it differs from the first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._extras import extra, require
from ..errors import SourceError
from ..option_values import refuse_beyond
from .benchmark import Benchmark, Query, all_names, normalise_ids
from .beyond_accuracy import beyond_accuracy, catalogue
from .metrics import Grades, compute_metrics, no_relevant, rounding_warning, usable_grades
from .report import (
    MetricEstimate,
    ReportTable,
    SystemResult,
    TabularReport,
    Values,
    comparison_table,
    estimate_rows,
    system_fields,
)
from .systems import Rankings, System, missing_papers, rank_all, subsampled, unserved_queries

if TYPE_CHECKING:
    import pandas as pd


_BLOCK = 1_000_000  # numbers drawn at a time

Samples = NDArray[np.float64]


def bootstrap_interval(
    values: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
) -> tuple[float, float]:
    """Estimate the interval of a mean by the percentile bootstrap (Efron, 1979).

    For a paired interval give the differences. The same seed draws the same.

    Parameters
    ----------
    values : array_like, shape (n,)
        The values; NaN are left out.
    groups : array_like, shape (n,), optional
        Values of one group are drawn together, because they are not independent: queries of one list,
        splits of one library. By default each is its own.
    confidence : float, default 0.95
        How often such intervals hold the mean.
    draws : int, default 10000
        How many samples are drawn.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    low : float
        The lower end; NaN where there are no values.
    high : float
        The upper end.

    Examples
    --------
    >>> from recommender.evaluation import bootstrap_interval
    >>> bootstrap_interval([0.5, 0.5, 0.5])
    (0.5, 0.5)
    """
    sums, counts = _by_group(values, groups)
    if not len(sums):
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    means: list[Samples] = []
    for size in _blocks(draws, len(sums)):
        drawn = rng.integers(len(sums), size=(size, len(sums)))
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return float(low), float(high)


def randomisation_test(
    differences: ArrayLike, *, groups: ArrayLike | None = None, draws: int = 10_000, seed: int = 0
) -> float:
    """Test whether the mean of paired differences is 0, by random signs.

    Fisher's randomisation test, advised for comparing rankings by Smucker, Allan and Carterette (2007).

    Parameters
    ----------
    differences : array_like, shape (n,)
        The differences; NaN are left out.
    groups : array_like, shape (n,), optional
        Differences of one group change sign together. By default each is its own.
    draws : int, default 10000
        How many signs are drawn.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    float
        The two-sided p value, in (0, 1]: how often random signs give a mean as large.

    Examples
    --------
    >>> from recommender.evaluation import randomisation_test
    >>> randomisation_test([1.0] * 12) < 0.01 < randomisation_test([1.0, -1.0])
    True
    """
    sums, _ = _by_group(differences, groups)
    if not len(sums):
        return 1.0
    rng = np.random.default_rng(seed)
    reached = abs(float(sums.sum())) * (1 - 1e-12)
    extreme = 0
    for size in _blocks(draws, len(sums)):
        signs = rng.integers(0, 2, size=(size, len(sums)), dtype=np.int8) * 2 - 1
        extreme += int((np.abs(signs @ sums) >= reached).sum())
    # The order that was seen is one of those that could be: p is never 0.
    return (1 + extreme) / (1 + draws)


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct the p values of many comparisons by Holm's step-down method (1979).

    Parameters
    ----------
    p_values : sequence of float
        The p values.

    Returns
    -------
    list of float
        The corrected ones, in the same order, at most 1.

    Examples
    --------
    >>> from recommender.evaluation import holm
    >>> holm([0.02, 0.01])
    [0.02, 0.02]
    """
    corrected = [0.0] * len(p_values)
    least = 0.0
    for place, number in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        least = max(least, min(1.0, (len(p_values) - place) * p_values[number]))
        corrected[number] = least
    return corrected


def _by_group(values: ArrayLike, groups: ArrayLike | None) -> tuple[Samples, Samples]:
    """Sum and count of the values of each group, NaN left out."""
    numbers = np.asarray(values, np.float64)
    there = ~np.isnan(numbers)
    if groups is None:
        return numbers[there], np.ones(int(there.sum()))
    _, number = np.unique(np.asarray(groups)[there], return_inverse=True)
    return np.bincount(number, numbers[there]).astype(np.float64), np.bincount(number).astype(np.float64)


def _blocks(draws: int, width: int) -> list[int]:
    size = max(1, _BLOCK // width)
    return [min(size, draws - start) for start in range(0, draws, size)]


@dataclass(frozen=True, repr=False)
class Comparison(TabularReport):
    """Systems on a benchmark: their metrics, and how each differs from the first.

    As a text it is a table in Markdown.

    Attributes
    ----------
    k : int
        The length of the lists.
    queries : tuple of str
        The queries that were measured.
    rows : tuple of SystemResult
        The systems, in the order given.
    problems : tuple of str
        One line each on what could not be done.
    mismatches : tuple of str
        One line each on what is odd but no fault.
    """

    k: int
    queries: tuple[str, ...]
    rows: tuple[SystemResult, ...]
    problems: tuple[str, ...]
    mismatches: tuple[str, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that is to be said of the comparison, one line each."""
        return (*self.problems, *self.mismatches)

    def to_frame(self) -> pd.DataFrame:
        """Give all estimates as a table.

        Returns
        -------
        DataFrame
            One line for each system and `measure`: `mean`, its interval, and how it differs from the first.
        """
        with extra("frames"):
            import pandas as pd

        return pd.DataFrame(chain.from_iterable(map(estimate_rows, self.rows)))

    def to_dict(self) -> dict[str, Any]:
        """Give everything as a dict for JSON.

        Returns
        -------
        dict
            `queries`, `k`, `contenders` (each system's `measures`), `problems` and `warnings`.
        """
        return {
            "queries": len(self.queries),
            "k": self.k,
            "contenders": [
                {
                    **system_fields(row.system),
                    "measures": {name: figure.to_dict() for name, figure in row.estimates.items()},
                }
                for row in self.rows
            ],
            "problems": list(self.problems),
            "warnings": list(self.warnings),
        }

    def tables(self) -> tuple[ReportTable]:
        """Give what it shows.

        Returns
        -------
        tuple of ReportTable
            One table.
        """
        return (comparison_table(self.rows, k=self.k, queries=len(self.queries)),)


def compare(systems: Sequence[System], benchmark: Benchmark, *, k: int = 10, seed: int = 0) -> Comparison:
    """Rank the queries of a benchmark by several systems, measure them, and compare each with the first.

    Judged papers that no system's corpus holds, and papers of the profile, are left out of the judgements;
    papers of the profile that are in a pool are none of it: nDCG at a fifth of the pool is that of the
    others. All are measured on the queries that each of them served.

    Parameters
    ----------
    systems : sequence of System
        The systems; the first is what the others are compared with.
    benchmark : Benchmark
        The queries and judgements.
    k : int, default 10
        The length of the lists.
    seed : int, default 0
        Of the draws of intervals and tests.

    Returns
    -------
    Comparison
        Each system's metrics, in the order given.

    Raises
    ------
    SourceError
        Where no query can be measured, or none has a relevant paper nor papers of different grades.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender import Corpus, Profile
    >>> from recommender.evaluation import Benchmark, Query, System, compare
    >>> query = Query("q1", Profile(liked=["2106.09685"]))
    >>> benchmark = Benchmark(Path(), (query,), {"q1": {"2305.13245": 1}}, {})
    >>> comparison = compare([System(Corpus.sample())], benchmark)
    >>> comparison.to_frame().query("measure == 'nDCG@10'")["queries"].tolist()
    [1]
    """
    refuse_beyond("k", k)
    require("ir_measures", "evaluation")
    corpora = {id(system.corpus): system.corpus for system in systems}
    held = {key: normalise_ids(corpus, all_names(benchmark)) for key, corpus in corpora.items()}
    known = list(held.values())
    ranked = [rank_all(e, benchmark, rerank_depth=k, names=held[id(e.corpus)]) for e in systems]
    grades = usable_grades(benchmark, known)
    names = [
        q.name for q in benchmark.queries if grades[q.name] and all(q.name in r.rankings for r in ranked)
    ]
    unserved = unserved_queries(ranked)
    if not names:
        why = f"; {unserved[0]}" if unserved else ""
        raise SourceError(
            f"{benchmark.folder}: no query has both a known liked paper and a judged known paper{why}"
        )
    grades = {name: grades[name] for name in names}
    irrelevant = no_relevant(benchmark, grades)
    queries = [query for query in benchmark.queries if query.name in grades]
    sizes = {query.name: len(ranked[0].rankings[query.name]) for query in queries if query.pool is not None}
    values = [
        _measured(system, result, queries, grades, sizes, k)
        for system, result in zip(systems, ranked, strict=True)
    ]
    estimates = compare_values(values, seed=seed)
    rows = tuple(map(SystemResult, systems, estimates, values, ranked))
    problems = (
        *benchmark.problems,
        *missing_papers(benchmark, known),
        *subsampled(benchmark, known),
        *unserved,
        *irrelevant,
    )
    rounding = rounding_warning(grades)
    mismatches = (*benchmark.mismatches, *([rounding] if rounding else []))
    return Comparison(k, tuple(names), rows, problems, mismatches)


def compare_values(
    values: Sequence[Mapping[str, Values]], *, groups: ArrayLike | None = None, seed: int = 0
) -> list[dict[str, MetricEstimate]]:
    """Estimate the mean of each metric, and compare each system with the first.

    Differences are paired; p values are Holm's over the systems of a metric.

    Parameters
    ----------
    values : sequence of mapping of str to ndarray of float64, shape (queries,)
        For each system its values by metric; the first is what the others are compared with.
    groups : array_like, shape (queries,), optional
        Values of one group are not independent (see `bootstrap_interval`); by default each is its own.
    seed : int, default 0
        Of the draws of intervals and tests.

    Returns
    -------
    list of dict of str to MetricEstimate
        The estimates of each system, by metric.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.evaluation import compare_values
    >>> first, second = compare_values([{"AP": np.zeros(9)}, {"AP": np.ones(9)}])
    >>> second["AP"].difference, second["AP"].p < 0.05
    (1.0, True)
    """
    estimates: list[dict[str, MetricEstimate]] = [{} for _ in values]
    for measure in values[0]:
        against = [of_system[measure] - values[0][measure] for of_system in values]
        tested = [randomisation_test(gap, groups=groups, seed=seed) for gap in against[1:]]
        p_values = [1.0, *holm(tested)]
        for row, of_system, gap, p in zip(estimates, values, against, p_values, strict=True):
            row[measure] = _estimate(of_system[measure], gap, p, groups, seed)
    return estimates


def _measured(
    system: System,
    ranked: Rankings,
    queries: Sequence[Query],
    grades: Grades,
    pool_sizes: Mapping[str, int],
    k: int,
) -> dict[str, Values]:
    """Measure -> the value of each query, by the judgements and by what the lists are besides right."""
    rankings = {query.name: ranked.rankings[query.name] for query in queries}
    papers = {name: [paper for paper, _ in ranking] for name, ranking in rankings.items()}
    scores = {name: [score for _, score in ranking] for name, ranking in rankings.items()}
    lists = [of_query[:k] for of_query in papers.values()]
    judged = compute_metrics(grades, papers, k=k, pool_sizes=pool_sizes, scores=scores)
    varied = beyond_accuracy(system, [query.profile for query in queries], lists, k=k)
    return judged | varied | catalogue(system, lists, k=k)


def _estimate(values: Values, gap: Values, p: float, groups: ArrayLike | None, seed: int) -> MetricEstimate:
    there = int((~np.isnan(values)).sum())
    if not there:
        return MetricEstimate(math.nan, math.nan, math.nan, 0)
    interval = bootstrap_interval(values, groups=groups, seed=seed)
    if not gap.any():
        return MetricEstimate(float(np.nanmean(values)), *interval, there)
    apart = bootstrap_interval(gap, groups=groups, seed=seed)
    return MetricEstimate(float(np.nanmean(values)), *interval, there, float(np.nanmean(gap)), *apart, p)
