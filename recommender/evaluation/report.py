"""Results for reading: tables, sentences and advice."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..display import Column, pluralize, table
from .metrics import KENDALL, POOL_NDCG
from .systems import Rankings, System

Values = NDArray[np.float64]
"""A measure's value for each query."""


@dataclass(frozen=True)
class MetricEstimate:
    """The mean of a metric over queries, its 95% interval, and how it differs from the first system.

    Attributes
    ----------
    mean : float
        The mean over queries.
    low : float
        The lower end of its interval.
    high : float
        The upper end.
    queries : int
        How many queries have a value.
    difference : float
        The mean of the paired differences from the first system.
    difference_low : float
        The lower end of its interval.
    difference_high : float
        The upper end.
    p : float
        The p value, corrected for the number of systems.
    """

    mean: float
    low: float
    high: float
    queries: int
    difference: float = 0.0
    difference_low: float = 0.0
    difference_high: float = 0.0
    p: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        """Give the numbers by name for JSON.

        Returns
        -------
        dict of str to float
            The fields; None for a number that does not exist.
        """
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class SystemResult:
    """The results of one system on a benchmark.

    Attributes
    ----------
    system : System
        The system.
    estimates : mapping of str to MetricEstimate
        By metric.
    values : mapping of str to ndarray of float64, shape (queries,)
        The value of each query, by metric.
    ranked : Rankings
        Its rankings.
    """

    system: System
    estimates: Mapping[str, MetricEstimate]
    values: Mapping[str, Values]
    ranked: Rankings


@dataclass(frozen=True)
class HoldoutResult:
    """The results of one system of a self-test, or of a baseline.

    Attributes
    ----------
    name : str
        The system's label, or the baseline's name.
    system : System or None
        The system; None for a baseline.
    estimates : mapping of str to MetricEstimate
        By metric.
    """

    name: str
    system: System | None
    estimates: Mapping[str, MetricEstimate]


def system_fields(system: System | None) -> dict[str, Any]:
    """What tells a system from others; empty for a baseline."""
    if system is None:
        return {}
    fields = {
        "encoder": system.encoder,
        "strategy": system.strategy,
        "diversity": system.diversity,
        "rerank": system.rerank,
    }
    return fields if system.half_life is None else fields | {"half_life": system.half_life}


@dataclass(frozen=True)
class ReportTable:
    """Names of columns, the cells of each line, and what is said above and below."""

    head: Sequence[str]
    lines: Sequence[Sequence[str]]
    above: str = ""
    below: Sequence[str] = ()

    def text(self) -> str:
        """Markdown."""
        rows = [_line(self.head), _line(["---"] * len(self.head)), *map(_line, self.lines)]
        return "\n\n".join(part for part in (self.above, "\n".join(rows), *self.below) if part)

    def html(self) -> str:
        """A table of HTML; a column of numbers stands to the right."""
        cells = list(zip(*self.lines, strict=True)) or [()] * len(self.head)
        columns = [
            Column(name, figures=_of_numbers(column)) for name, column in zip(self.head, cells, strict=True)
        ]
        return table(columns, self.lines, caption=self.above, notes=[note for note in self.below if note])


class TabularReport(ABC):
    """A result that shows itself by its tables: in a notebook as HTML, elsewhere in Markdown."""

    @abstractmethod
    def tables(self) -> Sequence[ReportTable]:
        """What there is to be seen, in order."""

    def __str__(self) -> str:
        return "\n\n".join(table.text() for table in self.tables())

    def __repr__(self) -> str:
        return str(self)  # what a notebook or a prompt shows where it cannot show a table

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _of_numbers(cells: Iterable[str]) -> bool:
    there = [cell for cell in cells if cell]
    return bool(there) and all(cell[0].isdigit() or cell[0] in "+-<" for cell in there)


def comparison_table(rows: Sequence[SystemResult], *, k: int, queries: int) -> ReportTable:
    """A line for each system; intervals and p are of the first measure of the table."""
    first = rows[0].estimates
    # What people judged comes first: ILD never heads a table.
    order = (f"nDCG@{k}", POOL_NDCG, "AP", "RR", f"R@{k}", "R@100", KENDALL, f"ILD@{k}")
    shown = [measure for measure in order if measure in first and not math.isnan(first[measure].mean)]
    weighed = any(row.system.half_life is not None for row in rows)
    figures = [shown[0], "95%", "against the first (95%)", "p", *shown[1:]]
    head = ["encoder", "strategy", "diversity", *(["half-life"] if weighed else []), *figures]
    lines = []
    for number, row in enumerate(rows):
        figure = row.estimates[shown[0]]
        difference = [_difference(figure), p_text(figure.p)] if number else ["", ""]
        rest = [f"{row.estimates[measure].mean:.4f}" for measure in shown[1:]]
        system = row.system
        names = [system.encoder, system.strategy, f"{system.diversity:g}"]
        if weighed:
            names.append("none" if system.half_life is None else f"{system.half_life:.3g} y")
        interval = f"{figure.low:.4f} to {figure.high:.4f}"
        lines.append([*names, f"{figure.mean:.4f}", interval, *difference, *rest])
    return ReportTable(
        ["MAP" if name == "AP" else name for name in head],
        lines,
        below=[_foot(queries, len(rows) - 1, KENDALL in first)],
    )


def estimate_rows(row: SystemResult) -> list[dict[str, Any]]:
    """A line of a frame for each measure of a system."""
    named = system_fields(row.system)
    return [{**named, "measure": measure, **vars(figure)} for measure, figure in row.estimates.items()]


def format_estimate(estimate: MetricEstimate) -> str:
    """The mean and its interval as they are read."""
    return f"{estimate.mean:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def p_text(p: float) -> str:
    """A p value as it is read."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _difference(figure: MetricEstimate) -> str:
    return f"{figure.difference:+.4f} ({figure.difference_low:+.4f} to {figure.difference_high:+.4f})"


def _foot(queries: int, tested: int, has_loss: bool) -> str:
    paired = f"; p: paired randomisation test, Holm's correction for {tested}" if tested else ""
    lower = "; Kendall loss: lower is better" if has_loss else ""
    asked = "1 query" if queries == 1 else f"{queries:,} queries"
    return f"{asked}; intervals: bootstrap over queries{paired}{lower}"


SURE = 0.05
"""A difference counts where its p value, corrected for all comparisons, is below this."""

Result: TypeAlias = tuple[str, bool, Mapping[str, MetricEstimate]]
"""A name, whether it may be advised or is a baseline, and its figures, compared with those of the first."""

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
_NAMED = 2  # of several that share a place


def recommend_settings(results: Sequence[Result], k: int, *, papers: int, default: bool = True) -> str:
    """One sentence on `results`, measured on so many liked papers; `default`: the first is the product's own.

    Another than the first is advised only where it is significantly better, and the first only where it
    is significantly better than all others: the highest of many is often so by luck.
    """
    measure = f"nDCG@{k}"
    first, *others = results
    rivals = [result for result in others if result[1]]
    name = f"the default, {first[0]}" if default else first[0]
    own = first[2][measure]
    if not rivals:
        return _alone(first[0], own, others, measure, papers)
    better = [result for result in rivals if _is_better(result[2][measure])]
    if better:
        return _rather(better, rivals, name, own, measure, papers)
    if all(_is_worse(figures[measure]) for _, _, figures in others):
        p = max(figures[measure].p for _, _, figures in others)
        return (
            f"Use {name}: {measure} {own.mean:.3f}, significantly better than "
            f"{_all_of(len(others))} with {pluralize(papers, 'paper')} (p {p_text(p)} at most)."
        )
    return f"Cannot tell with {pluralize(papers, 'paper')}; {_highest(first, rivals, others, name, measure)}."


def against_baselines(results: Sequence[Result], k: int) -> str:
    """How the first does against each baseline; empty where there is none."""
    said = []
    for name, contends, figures in results:
        if not contends:
            figure = figures[f"nDCG@{k}"]
            how = "better" if figure.difference < 0 else "worse"
            if not figure.difference:
                said.append(f"as good as {name} ({figure.mean:.3f})")
            elif figure.p < SURE:
                said.append(f"significantly {how} than {name} ({figure.mean:.3f})")
            else:
                said.append(f"{how} than {name} ({figure.mean:.3f}, not significantly)")
    return f"{results[0][0]} is {' and '.join(said)}." if said else ""


def ranks(means: Sequence[float]) -> list[int]:
    """The place of each, the highest first; equal ones share the first of theirs."""
    return [1 + sum(other > mean for other in means) for mean in means]


def _is_better(figure: MetricEstimate) -> bool:
    return figure.difference > 0 and figure.p < SURE


def _is_worse(figure: MetricEstimate) -> bool:
    return figure.difference < 0 and figure.p < SURE


def _alone(name: str, own: MetricEstimate, baselines: Sequence[Result], measure: str, papers: int) -> str:
    """Of one system there is to say only whether it finds more than chance does, the last baseline."""
    if not baselines:
        return f"{name} alone was measured: {measure} {own.mean:.3f}; there is nothing to compare it with."
    chance, _, figures = baselines[-1]
    figure = figures[measure]
    against = f"{measure} {own.mean:.3f} against {figure.mean:.3f}, p {p_text(figure.p)}"
    if _is_worse(figure):
        return f"{name} finds significantly more than {chance} with {pluralize(papers, 'paper')}: {against}."
    if _is_better(figure):
        return f"{name} finds significantly less than {chance} with {pluralize(papers, 'paper')}: {against}."
    return (
        f"Cannot tell with {pluralize(papers, 'paper')} whether {name} finds more than {chance}: {against}."
    )


def _rather(
    better: Sequence[Result],
    rivals: Sequence[Result],
    name: str,
    own: MetricEstimate,
    measure: str,
    papers: int,
) -> str:
    best, _, figures = max(better, key=lambda result: result[2][measure].mean)
    figure = figures[measure]
    also = f"; so is {pluralize(len(better) - 1, 'other')}" if len(better) == 2 else ""
    also = f"; so are {pluralize(len(better) - 1, 'other')}" if len(better) > 2 else also
    top, _, of_top = max(rivals, key=lambda result: result[2][measure].mean)
    if of_top[measure].mean > figure.mean:
        also += f"; {top} is higher ({of_top[measure].mean:.3f}), but not significantly better"
    return (
        f"Use {best} rather than {name}: {measure} {figure.mean:.3f} against {own.mean:.3f}, "
        f"p {p_text(figure.p)}, significantly better with {pluralize(papers, 'paper')}{also}."
    )


def _highest(
    first: Result, rivals: Sequence[Result], others: Sequence[Result], name: str, measure: str
) -> str:
    """Which reaches most, and where the first is among them."""
    entered = [first, *rivals]
    means = [figures[measure].mean for _, _, figures in entered]
    top = [result for result, mean in zip(entered, means, strict=True) if mean == max(means)]
    reached = f"{measure} {max(means):.3f}"
    if len(top) == len(entered):
        return f"{'both' if len(entered) == 2 else f'all {_number(len(entered))}'} reach {reached}"
    if top == [first]:
        surely = _number(sum(_is_worse(figures[measure]) for _, _, figures in others))
        beaten = f"{surely} of the {_number(len(others))} others" if len(others) > 1 else "the other"
        how = "" if len(others) > 1 else "not "
        return f"highest here: {name} ({reached}), {how}significantly better than {beaten}"
    p = "" if first in top else f", p {p_text(min(figures[measure].p for _, _, figures in top))}"
    ordinal, of = _ordinal(ranks(means)[0]), f"of {_number(len(entered))} ({first[2][measure].mean:.3f})"
    place = f"shares {ordinal} place" if means.count(means[0]) > 1 else f"is {ordinal}"
    comma = "," * (name != first[0])
    return f"highest here: {_joined(top)} ({reached}{p}); {name}{comma} {place} {of}"


def _joined(results: Sequence[Result]) -> str:
    names = [name for name, _, _ in results]
    more = len(names) - _NAMED
    *most, last = names[:_NAMED] + ([f"{_number(more)} more"] if more > 0 else [])
    return f"{', '.join(most)} and {last}" if most else last


def _all_of(others: int) -> str:
    return "the other" if others == 1 else f"each of the {_number(others)} others"


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def _ordinal(place: int) -> str:
    return _ORDINALS[place - 1] if place <= len(_ORDINALS) else f"{place}th"


# Systems of the small table: so many are read at one look.
_FEW, _BEST = 5, 3


def small_table(
    rows: Sequence[HoldoutResult], k: int, *, above: str, below: Sequence[str] = ()
) -> ReportTable:
    """The first system, the best few in their order, and the baselines, by what the advice is about."""
    measure = f"nDCG@{k}"
    entered = [row for row in rows if row.system is not None]
    places = ranks([row.estimates[measure].mean for row in entered])
    order = sorted(range(len(entered)), key=lambda number: places[number])
    listed = order if len(order) <= _FEW else [n for n in order if n == 0 or n in order[:_BEST]]
    lines = [[str(places[n]), *_small_cells(entered[n], measure, first=n == 0)] for n in listed]
    lines += [["", *_small_cells(row, measure, first=False)] for row in rows if row.system is None]
    return ReportTable(["#", "encoder strategy diversity", f"{measure} (95%)", "p"], lines, above, below)


def _small_cells(row: HoldoutResult, measure: str, *, first: bool) -> list[str]:
    figure, system = row.estimates[measure], row.system
    default = " (the default)" if system is not None and system.is_default else ""
    return [row.name + default, format_estimate(figure), "" if first else p_text(figure.p)]


def self_test_table(
    rows: Sequence[HoldoutResult], k: int, *, above: str, below: Sequence[str] = ()
) -> ReportTable:
    """A line for each system and baseline."""
    measures = (f"R@{k}", f"nDCG@{k}", "RR@200")
    names = [
        "encoder strategy diversity",
        f"recall@{k} (95%)",
        f"nDCG@{k} (95%)",
        "MRR@200 (95%)",
        "p of nDCG",
    ]
    lines = []
    for number, row in enumerate(rows):
        figures = [row.estimates[measure] for measure in measures]
        cells = [format_estimate(figure) for figure in figures]
        p = p_text(figures[1].p) if number else ""
        beyond = [row.estimates[f"{measure}@{k}"].mean for measure in ("ILD", "novelty")]
        lines.append([row.name, *cells, p, *("" if math.isnan(mean) else f"{mean:.3f}" for mean in beyond)])
    return ReportTable([*names, f"ILD@{k}", f"novelty@{k}"], lines, above, below)


def result_dicts(rows: Sequence[HoldoutResult]) -> list[dict[str, Any]]:
    """Everything, for JSON."""
    return [
        {
            "name": row.name,
            **system_fields(row.system),
            "measures": {measure: figure.to_dict() for measure, figure in row.estimates.items()},
        }
        for row in rows
    ]


def self_test_rows(rows: Sequence[HoldoutResult], hidden: str) -> list[dict[str, Any]]:
    """A line of a frame for each system and measure; `hidden` says how the papers were chosen."""
    return [
        {"hidden": hidden, "name": row.name, "measure": measure, **vars(figure)}
        for row in rows
        for measure, figure in row.estimates.items()
    ]
