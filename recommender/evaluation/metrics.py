"""How good rankings are by people's judgements; the measures are those of ir-measures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from .gains import Grades, integer_grades
from .kendall import weighted_kendall_loss

__all__ = ["KENDALL", "POOL_NDCG", "compute_metrics"]

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
