"""Contenders on a benchmark: what each reaches, how sure that is, and whether it differs from the first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import SourceError
from ..identifiers import canonical
from .benchmark import Benchmark, Query
from .contenders import Contender
from .gains import Grades, rounded
from .metrics import judge
from .ranking import Ranked, known, rank_all
from .showing import beyond_accuracy, catalogue
from .significance import bootstrap_interval, holm, randomisation_test

__all__ = ["Comparison", "Figure", "Row", "compare", "compare_values"]

Values = NDArray[np.float64]

_SHOWN = 5


@dataclass(frozen=True)
class Figure:
    """A mean over queries with its 95% interval; against the first contender the mean of the paired
    differences, its interval, and the p value, corrected for the number of contenders.
    """

    mean: float
    low: float
    high: float
    queries: int
    difference: float = 0.0
    difference_low: float = 0.0
    difference_high: float = 0.0
    p: float = 1.0

    def record(self) -> dict[str, Any]:
        """As JSON; a figure that does not exist is null."""
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class Row:
    """One contender: its figures by measure, its values by measure and query, and its rankings."""

    contender: Contender
    figures: Mapping[str, Figure]
    values: Mapping[str, Values]
    ranked: Ranked


@dataclass(frozen=True)
class Comparison:
    """The contenders in the order given. `notes` say in one line each what could not be done."""

    k: int
    queries: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    remarks: tuple[str, ...]


def compare(entrants: Sequence[Contender], benchmark: Benchmark, *, k: int = 10, seed: int = 0) -> Comparison:
    """Rank, measure, and compare each contender with the first.

    Judged papers that no contender's corpus holds, and papers of the profile, are left out of the
    judgements. All are measured on the queries that each of them served.

    Raises SourceError where no query can be measured, or none has a relevant paper nor papers of
    different grades.
    """
    ranked = [rank_all(entrant, benchmark, head=k) for entrant in entrants]
    corpora = list({id(entrant.corpus): entrant.corpus for entrant in entrants}.values())
    held = {
        name: any(name in there for there in [known(c, [name]) for c in corpora])
        for name in _names(benchmark)
    }
    grades = {query.name: _usable(query, benchmark, held) for query in benchmark.queries}
    names = [
        q.name for q in benchmark.queries if grades[q.name] and all(q.name in r.rankings for r in ranked)
    ]
    if not names:
        raise SourceError(
            f"{benchmark.folder}: no query has both a known liked paper and a judged known paper"
        )
    missing = _no_relevant(benchmark, {name: grades[name] for name in names})
    asked = {query.name: query for query in benchmark.queries}
    sizes = {name: len(ranked[0].rankings[name]) for name in names if asked[name].pool is not None}
    values = []
    for entrant, result in zip(entrants, ranked, strict=True):
        papers = {name: [paper for paper, _ in result.rankings[name]] for name in names}
        scores = {name: [score for _, score in result.rankings[name]] for name in names}
        measured = judge(grades, papers, k=k, pool_sizes=sizes, scores=scores)
        lists = {name: papers[name][:k] for name in names}
        measured |= beyond_accuracy(
            entrant, [asked[name].profile for name in names], list(lists.values()), k=k
        )
        measured |= catalogue(entrant, list(lists.values()), k=k)
        values.append(measured)
    figures = compare_values(values, seed=seed)
    rows = tuple(map(Row, entrants, figures, values, ranked))
    notes = (*benchmark.notes, *_not_held(benchmark, held), *_failed(ranked), *missing)
    rounding = rounded({name: grades[name] for name in names})
    remarks = (*benchmark.remarks, *([rounding] if rounding else []))
    return Comparison(k, tuple(names), rows, notes, remarks)


def compare_values(
    contenders: Sequence[Mapping[str, Values]], *, groups: ArrayLike | None = None, seed: int = 0
) -> list[dict[str, Figure]]:
    """The figures of each contender, given its values by measure, each of shape (queries,).

    All are paired with the first one's; p values are Holm's over the contenders of a measure. Values
    of one group are not independent (see `bootstrap_interval`).
    """
    figures: list[dict[str, Figure]] = [{} for _ in contenders]
    for measure in contenders[0]:
        against = [values[measure] - contenders[0][measure] for values in contenders]
        tested = [randomisation_test(gap, groups=groups, seed=seed) for gap in against[1:]]
        p_values = [1.0, *holm(tested)]
        for row, values, gap, p in zip(figures, contenders, against, p_values, strict=True):
            row[measure] = _figure(values[measure], gap, p, groups, seed)
    return figures


def _figure(values: Values, gap: Values, p: float, groups: ArrayLike | None, seed: int) -> Figure:
    there = int((~np.isnan(values)).sum())
    if not there:
        return Figure(math.nan, math.nan, math.nan, 0)
    interval = bootstrap_interval(values, groups=groups, seed=seed)
    if not gap.any():
        return Figure(float(np.nanmean(values)), *interval, there)
    apart = bootstrap_interval(gap, groups=groups, seed=seed)
    return Figure(float(np.nanmean(values)), *interval, there, float(np.nanmean(gap)), *apart, p)


def _names(benchmark: Benchmark) -> list[str]:
    """All papers that the benchmark names, the liked ones first."""
    liked = (name for query in benchmark.queries for name in (*query.profile.liked, *query.profile.disliked))
    pooled = (name for query in benchmark.queries for name in query.pool or ())
    judged = (name for papers in benchmark.grades.values() for name in papers)
    return list(dict.fromkeys([*liked, *judged, *pooled]))


def _usable(query: Query, benchmark: Benchmark, held: Mapping[str, bool]) -> dict[str, float]:
    rated = {canonical(name) for name in (*query.profile.liked, *query.profile.disliked)}
    grades = benchmark.grades.get(query.name, {})
    return {paper: grade for paper, grade in grades.items() if held[paper] and canonical(paper) not in rated}


def _no_relevant(benchmark: Benchmark, grades: Grades) -> list[str]:
    """One line where no query has a relevant paper. Raises SourceError where nothing else can be told."""
    if any(grade > 0 for papers in grades.values() for grade in papers.values()):
        return []
    count = sum(map(len, grades.values()))
    told = (
        f"{benchmark.folder}: no query has a relevant paper; none of the {count:,} grades of known papers "
        "is above 0"
    )
    if all(len(set(papers.values())) == 1 for papers in grades.values()):
        raise SourceError(told)
    return [f"{told}, and only the order of the grades is measured"]


def _not_held(benchmark: Benchmark, held: Mapping[str, bool]) -> Iterable[str]:
    """One line for each kind of names that no corpus holds."""
    queries = benchmark.queries
    kinds = {
        "liked or disliked": [n for q in queries for n in (*q.profile.liked, *q.profile.disliked)],
        "judged": [name for papers in benchmark.grades.values() for name in papers],
        "pooled": [name for query in queries for name in query.pool or ()],
    }
    done = {"liked or disliked": "not used", "judged": "left out", "pooled": "ranked last"}
    for kind, names in kinds.items():
        missing = [name for name in dict.fromkeys(names) if not held[name]]
        if missing:
            shown = ", ".join(missing[:_SHOWN]) + ", ..." * (len(missing) > _SHOWN)
            yield f"{len(missing):,} {kind} papers are not in the corpus, {done[kind]}: {shown}"


def _failed(ranked: Sequence[Ranked]) -> Iterable[str]:
    failed = {name: reason for result in ranked for name, reason in result.failed.items()}
    return [f"query {name!r}: {reason}" for name, reason in failed.items()]
