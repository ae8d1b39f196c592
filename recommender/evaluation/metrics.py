"""How good rankings are by people's judgements: nDCG and the like, hits, rank correlation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._extras import extra
from ..errors import SourceError
from .benchmark import Benchmark, NormalisedIds, Query

Grades = Mapping[str, Mapping[str, float]]
"""Query -> paper -> grade, higher is better; a paper is relevant when its grade is above 0."""

_SCALES = (1, 2, 3, 4, 5, 6, 8, 10, 100, 1000)

# trec_eval's time grows with the square of the greatest one: at 100,000 it is seconds.
_MOST = 10_000


def integer_grades(grades: Grades) -> dict[str, dict[str, int]]:
    """Each grade times one factor for all, 0 for what is below 0, at least 1 for what is above.

    The factor makes all of them whole where one does that, else they are rounded: see `rounding_warning`.
    """
    values = _values(grades)
    scale = _exact(values) or _coarse(values)
    return {
        query: {paper: _gain(grade * scale) for paper, grade in papers.items()}
        for query, papers in grades.items()
    }


def rounding_warning(grades: Grades) -> str | None:
    """One line where no factor makes the grades whole, so that gains are not exactly them; else None."""
    values = _values(grades)
    if _exact(values):
        return None
    step = 1 / _coarse(values)
    odd = max(values, key=lambda value: abs(value / step - round(value / step)))
    return f"the gain in nDCG is the grade rounded to {step:g}, as the grade {odd:g} is not"


def _values(grades: Grades) -> set[float]:
    return {float(grade) for papers in grades.values() for grade in papers.values()}


def _exact(values: Iterable[float]) -> float | None:
    """A factor that makes all of them whole, and none too great."""
    return next((scale for scale in _SCALES if all(_whole(value * scale) for value in values)), None)


def _coarse(values: Iterable[float]) -> float:
    """The factor where none makes all whole: three decimals, fewer of great numbers."""
    return min(1000.0, _MOST / max(1.0, *map(abs, values)))


def _whole(value: float) -> bool:
    return value <= _MOST and abs(value - round(value)) < 1e-9


def _gain(scaled: float) -> int:
    return max(round(scaled), 1) if scaled > 0 else 0


_BLOCK = 1024


def weighted_kendall_loss(ratings: ArrayLike, scores: ArrayLike) -> float:
    """Weigh the pairs of a reader's ratings that scores put in the wrong order, over all pairs.

    Each pair of papers weighs the difference of its two ratings; a pair of equal score counts half.

    Parameters
    ----------
    ratings : array_like, shape (n,)
        The reader's ratings, higher is better.
    scores : array_like, shape (n,)
        The scores, higher is better.

    Returns
    -------
    float
        0 for the reader's own order, 1 for its reverse, 0.5 by chance; NaN where all ratings are equal.

    Raises
    ------
    ValueError
        For other shapes.

    Examples
    --------
    >>> from recommender.evaluation import weighted_kendall_loss
    >>> weighted_kendall_loss([3, 2, 1], [0.9, 0.5, 0.1])
    0.0
    >>> weighted_kendall_loss([3, 2, 1], [0.5, 0.9, 0.1])
    0.25
    """
    rated, scored = np.asarray(ratings, np.float64), np.asarray(scores, np.float64)
    if rated.ndim != 1 or rated.shape != scored.shape:
        raise ValueError(f"ratings have shape {rated.shape} and scores {scored.shape}; both must have (n,)")
    lost = weight = 0.0
    # Each pair is met twice, once from each side, which cancels out.
    for start in range(0, len(rated), _BLOCK):
        gap = rated[start : start + _BLOCK, None] - rated
        lead = scored[start : start + _BLOCK, None] - scored
        lost += float(np.abs(gap[gap * lead < 0]).sum() + np.abs(gap[lead == 0]).sum() / 2)
        weight += float(np.abs(gap).sum())
    return lost / weight if weight else float("nan")


MAX_RANK = 200
"""So many papers are ranked; what comes later counts as not found, in every measure."""

Values = dict[str, NDArray[np.float64]]


def hit_metrics(hidden: Sequence[str], ranking: Sequence[str], *, k: int) -> Values:
    """R@k, nDCG@k and RR@200 of a ranking, each of shape (hidden,): their means are the measures' values.

    A hidden paper counts for recall by whether it is among the first k, for nDCG by its part of the
    sum; the reciprocal rank is that of the first one found.
    """
    place = {paper: rank for rank, paper in enumerate(ranking, 1)}
    ranks = np.array([place.get(paper, 0) for paper in hidden], np.float64)
    among = (ranks > 0) & (ranks <= k)
    gains = np.where(among, 1 / np.log2(np.maximum(ranks, 1) + 1), 0)
    first = ranks[ranks > 0].min(initial=np.inf)
    return _hit_values(among.astype(np.float64), gains / _ideal(len(hidden), k) * len(hidden), 1 / first, k)


def expected_hit_metrics(hidden: int, papers: int, *, k: int) -> Values:
    """What all orders of `papers`, of which so many were hidden, give on average; shapes as above."""
    shown = min(k, papers)
    gain = float((1 / np.log2(np.arange(2, shown + 2))).sum()) / papers
    ranks = np.arange(1, min(MAX_RANK, papers - hidden + 1) + 1)
    # The chance that the first hidden paper comes at rank r: none before it, and then one.
    none_before = np.cumprod(np.concatenate([[1.0], 1 - hidden / (papers - ranks[:-1] + 1)]))
    first = float((none_before * hidden / (papers - ranks + 1) / ranks).sum())
    one = np.ones(hidden)
    return _hit_values(one * shown / papers, one * gain / _ideal(hidden, k) * hidden, first, k)


def _ideal(hidden: int, k: int) -> float:
    return float((1 / np.log2(np.arange(2, min(hidden, k) + 2))).sum())


def _hit_values(recall: NDArray[np.float64], ndcg: NDArray[np.float64], first: float, k: int) -> Values:
    return {f"nDCG@{k}": ndcg, f"R@{k}": recall, "RR@200": np.full(len(recall), first)}


def usable_grades(benchmark: Benchmark, corpora: Sequence[NormalisedIds]) -> dict[str, dict[str, float]]:
    """Query -> paper -> grade, of papers that some corpus holds and that the profile does not name.

    A liked, disliked or seen paper is no answer, however the judgements spell it: nobody is told of it
    again, and to find it would be no merit.
    """
    return {query.name: _of(query, benchmark, corpora) for query in benchmark.queries}


def no_relevant(benchmark: Benchmark, grades: Grades) -> list[str]:
    """One line where no query has a relevant paper. Raises SourceError where nothing else can be told."""
    if any(grade > 0 for papers in grades.values() for grade in papers.values()):
        return []
    count = sum(map(len, grades.values()))
    reason = (
        f"{benchmark.folder}: no query has a relevant paper; none of the {count:,} grades of known papers "
        "is above 0"
    )
    if all(len(set(papers.values())) == 1 for papers in grades.values()):
        raise SourceError(reason)
    return [f"{reason}, and only the order of the grades is measured"]


def _of(query: Query, benchmark: Benchmark, corpora: Sequence[NormalisedIds]) -> dict[str, float]:
    own = {names.key(name) for names in corpora for name in query.own}
    pool = query.pool or ()
    # Of several names of one paper the first, but what the pool writes in the same way stays.
    written = {names.key(name): name for names in corpora for name in reversed(pool)}
    written |= {name: name for name in pool}
    usable: dict[str, float] = {}
    for name, grade in benchmark.grades.get(query.name, {}).items():
        keys = [names.key(name) for names in corpora]
        held = next((names.ids[name] for names in corpora if name in names.ids), None)
        if held is None or own & set(keys):
            continue
        found = next((written[key] for key in (name, *keys) if key in written), name)
        spelled = found if query.pool is not None else benchmark.original_id(held)
        usable[spelled] = max(grade, usable.get(spelled, grade))
    return usable


POOL_NDCG, KENDALL = "nDCG@20%", "Kendall loss"

_POOL_SHARE = 0.2


def compute_metrics(
    grades: Grades,
    rankings: Mapping[str, Sequence[str]],
    *,
    k: int = 10,
    pool_sizes: Mapping[str, int] | None = None,
    scores: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Compute the metrics of rankings by people's judgements, for each query.

    They are nDCG@k, nDCG@20 and nDCG (the gain is the grade, see `integer_grades`; Järvelin and Kekäläinen,
    2002), AP, RR, R@k, R@50, R@100; for queries with a pool nDCG at a fifth of it, rounded up; and the
    weighted Kendall loss, lower is better, of queries whose graded papers differ in grade.

    Parameters
    ----------
    grades : mapping of str to mapping of str to float
        Query -> paper -> grade; a paper is relevant when its grade is above 0. Each ranked query has
        grades.
    rankings : mapping of str to sequence of str
        Query -> papers, best first.
    k : int, default 10
        The cutoff of nDCG@k and R@k.
    pool_sizes : mapping of str to int, optional
        How many papers the pool of a query has, for those that have one.
    scores : mapping of str to sequence of float, optional
        Those of each ranking, in its order: in the Kendall loss papers one after the other tie where their
        scores are equal. The other metrics, and without scores all, go by the order alone.

    Returns
    -------
    dict of str to ndarray of float64, shape (queries,)
        Metric -> the value of each query of `rankings`, in their order, in [0, 1]; NaN where a metric does
        not apply: all but the Kendall loss for a query without relevant papers.

    Examples
    --------
    >>> from recommender.evaluation import compute_metrics
    >>> values = compute_metrics({"q1": {"a": 1, "b": 0}}, {"q1": ["b", "a"]}, k=1)
    >>> values["RR"].tolist(), values["R@1"].tolist()
    ([0.5], [0.0])
    """
    with extra("evaluation"):
        import ir_measures
        from ir_measures import AP, RR, R, nDCG

    queries = list(rankings)
    measures = dict.fromkeys([nDCG @ k, nDCG @ 20, nDCG, AP, RR, R @ k, R @ 50, R @ 100])
    judged, run = integer_grades({query: grades[query] for query in queries}), _run(rankings)
    found = {measure: np.full(len(queries), np.nan) for measure in map(str, measures)}
    place = {query: number for number, query in enumerate(queries)}
    relevant = {query: of_query for query, of_query in judged.items() if any(of_query.values())}
    if relevant:
        for metric in ir_measures.iter_calc(
            list(measures), relevant, {query: run[query] for query in relevant}
        ):
            found[str(metric.measure)][place[metric.query_id]] = metric.value
    if pool_sizes:
        found[POOL_NDCG] = _pool_ndcg(relevant, run, queries, pool_sizes)
    losses = np.array(
        [_loss(grades[query], rankings[query], scores[query] if scores else None) for query in queries],
        np.float64,
    )
    return found if np.isnan(losses).all() else {**found, KENDALL: losses}


def _run(rankings: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Scores that keep the order: trec_eval would break ties by the papers' names."""
    return {
        query: {paper: float(len(papers) - place) for place, paper in enumerate(papers)}
        for query, papers in rankings.items()
    }


def _pool_ndcg(
    judged: Mapping[str, dict[str, int]],
    run: Mapping[str, dict[str, float]],
    queries: Sequence[str],
    pool_sizes: Mapping[str, int],
) -> NDArray[np.float64]:
    with extra("evaluation"):
        import ir_measures
        from ir_measures import nDCG

    cuts: dict[int, list[str]] = {}
    for query in queries:
        if query in judged and pool_sizes.get(query):
            cuts.setdefault(math.ceil(round(_POOL_SHARE * pool_sizes[query], 9)), []).append(query)
    values = np.full(len(queries), np.nan)
    place = {query: number for number, query in enumerate(queries)}
    for cut, names in cuts.items():
        qrels = {query: judged[query] for query in names}
        for metric in ir_measures.iter_calc([nDCG @ cut], qrels, {query: run[query] for query in names}):
            values[place[metric.query_id]] = metric.value
    return values


def _loss(grades: Mapping[str, float], ranking: Sequence[str], scores: Sequence[float] | None) -> float:
    """What is not in the ranking comes after all that is, in no order."""
    steps = range(len(ranking)) if scores is None else _steps(scores)
    place = dict(zip(ranking, steps, strict=True))
    return weighted_kendall_loss(list(grades.values()), [-place.get(paper, len(ranking)) for paper in grades])


def _steps(scores: Sequence[float]) -> list[int]:
    """For each paper of a ranking how many steps down it is; papers of one score stand on one step.

    A rerank puts the first papers out of the order of their scores: only neighbours share a step, so
    that its order counts, and not that of the scores.
    """
    values = np.asarray(scores, np.float64)
    return [0, *np.cumsum(values[1:] != values[:-1]).tolist()][: len(values)]
