"""Contenders on a benchmark: what each reaches, how sure that is, and whether it differs from the first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .._extras import extra, require
from ..counts import refuse_beyond
from ..errors import SourceError
from .benchmark import Benchmark, Query
from .contenders import Contender
from .figures import Figure, Row, Values, named_contender
from .gains import Grades, rounded
from .judged import no_relevant, usable_grades
from .metrics import judge
from .names import all_names, look_up
from .ranking import Ranked, rank_all
from .report import comparison_table, tidy
from .report_table import ReportTable, TabularReport
from .shortfalls import failed, not_held, subsampled
from .showing import beyond_accuracy, catalogue
from .significance import bootstrap_interval, holm, randomisation_test

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "compare", "compare_values"]


@dataclass(frozen=True, repr=False)
class Comparison(TabularReport):
    """The contenders in the order given. `problems` say in one line each what could not be done, `mismatches`
    what is odd but no fault; `warnings` are both.

    As a text it is a table in Markdown.
    """

    k: int
    queries: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[str, ...]
    mismatches: tuple[str, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that is to be said of the comparison, one line each."""
        return (*self.problems, *self.mismatches)

    def to_frame(self) -> pd.DataFrame:
        """One line for each contender and measure: `mean`, interval, and how it differs from the first."""
        with extra("frames"):
            import pandas as pd

        return pd.DataFrame(chain.from_iterable(map(tidy, self.rows)))

    def to_dict(self) -> dict[str, Any]:
        """Everything, for JSON: each contender's figures by measure, and what could not be done."""
        return {
            "queries": len(self.queries),
            "k": self.k,
            "contenders": [
                {
                    **named_contender(row.contender),
                    "measures": {name: figure.to_dict() for name, figure in row.figures.items()},
                }
                for row in self.rows
            ],
            "problems": list(self.problems),
            "warnings": list(self.warnings),
        }

    def tables(self) -> tuple[ReportTable]:
        """One table."""
        return (comparison_table(self.rows, k=self.k, queries=len(self.queries)),)


def compare(entrants: Sequence[Contender], benchmark: Benchmark, *, k: int = 10, seed: int = 0) -> Comparison:
    """Rank, measure, and compare each contender with the first.

    Judged papers that no contender's corpus holds, and papers of the profile, are left out of the
    judgements; papers of the profile that are in a pool are none of it: nDCG at a fifth of the pool is
    that of the others. All are measured on the queries that each of them served.

    Raises SourceError where no query can be measured, or none has a relevant paper nor papers of
    different grades.
    """
    refuse_beyond("k", k)
    require("ir_measures", "evaluation")
    corpora = {id(entrant.corpus): entrant.corpus for entrant in entrants}
    held = {key: look_up(corpus, all_names(benchmark)) for key, corpus in corpora.items()}
    known = list(held.values())
    ranked = [rank_all(e, benchmark, rerank_depth=k, names=held[id(e.corpus)]) for e in entrants]
    grades = usable_grades(benchmark, known)
    names = [
        q.name for q in benchmark.queries if grades[q.name] and all(q.name in r.rankings for r in ranked)
    ]
    unserved = failed(ranked)
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
        _measured(entrant, result, queries, grades, sizes, k)
        for entrant, result in zip(entrants, ranked, strict=True)
    ]
    figures = compare_values(values, seed=seed)
    rows = tuple(map(Row, entrants, figures, values, ranked))
    problems = (
        *benchmark.problems,
        *not_held(benchmark, known),
        *subsampled(benchmark, known),
        *unserved,
        *irrelevant,
    )
    rounding = rounded(grades)
    mismatches = (*benchmark.mismatches, *([rounding] if rounding else []))
    return Comparison(k, tuple(names), rows, problems, mismatches)


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


def _measured(
    entrant: Contender,
    ranked: Ranked,
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
    judged = judge(grades, papers, k=k, pool_sizes=pool_sizes, scores=scores)
    varied = beyond_accuracy(entrant, [query.profile for query in queries], lists, k=k)
    return judged | varied | catalogue(entrant, lists, k=k)


def _figure(values: Values, gap: Values, p: float, groups: ArrayLike | None, seed: int) -> Figure:
    there = int((~np.isnan(values)).sum())
    if not there:
        return Figure(math.nan, math.nan, math.nan, 0)
    interval = bootstrap_interval(values, groups=groups, seed=seed)
    if not gap.any():
        return Figure(float(np.nanmean(values)), *interval, there)
    apart = bootstrap_interval(gap, groups=groups, seed=seed)
    return Figure(float(np.nanmean(values)), *interval, there, float(np.nanmean(gap)), *apart, p)
