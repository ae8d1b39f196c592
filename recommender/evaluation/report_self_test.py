"""The tables of a self-test: a small one, and two with everything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .advice import ranks
from .estimates import HoldoutResult, system_fields
from .report import format_estimate, p_text
from .report_table import ReportTable

__all__ = ["result_dicts", "self_test_rows", "self_test_table", "small_table"]

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
