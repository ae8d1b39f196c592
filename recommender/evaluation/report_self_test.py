"""A self-test for reading: a small table, and all of it in two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .advice import ranks
from .figures import Tested, named_contender
from .report import p_text
from .report_table import ReportTable

__all__ = ["records", "self_test_table", "small_table", "tidy_tested"]

# Contenders of the small table: so many are read at one look.
_FEW, _BEST = 5, 3


def small_table(rows: Sequence[Tested], k: int, *, above: str, below: Sequence[str] = ()) -> ReportTable:
    """The first contender, the best few in their order, and the baselines, by what the advice is about."""
    measure = f"nDCG@{k}"
    entered = [row for row in rows if row.contender is not None]
    places = ranks([row.figures[measure].mean for row in entered])
    order = sorted(range(len(entered)), key=lambda number: places[number])
    listed = order if len(order) <= _FEW else [n for n in order if n == 0 or n in order[:_BEST]]
    lines = [[str(places[n]), *_small_cells(entered[n], measure, first=n == 0)] for n in listed]
    lines += [["", *_small_cells(row, measure, first=False)] for row in rows if row.contender is None]
    return ReportTable(["#", "encoder strategy diversity", f"{measure} (95%)", "p"], lines, above, below)


def _small_cells(row: Tested, measure: str, *, first: bool) -> list[str]:
    figure, contender = row.figures[measure], row.contender
    default = " (the default)" if contender is not None and contender.is_default else ""
    interval = f"{figure.mean:.3f} ({figure.low:.3f} to {figure.high:.3f})"
    return [row.name + default, interval, "" if first else p_text(figure.p)]


def self_test_table(rows: Sequence[Tested], k: int, *, above: str, below: Sequence[str] = ()) -> ReportTable:
    """A line for each contender and baseline."""
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
        figures = [row.figures[measure] for measure in measures]
        cells = [f"{figure.mean:.3f} ({figure.low:.3f} to {figure.high:.3f})" for figure in figures]
        p = p_text(figures[1].p) if number else ""
        beyond = [row.figures[f"{measure}@{k}"].mean for measure in ("ILD", "novelty")]
        lines.append([row.name, *cells, p, *("" if math.isnan(mean) else f"{mean:.3f}" for mean in beyond)])
    return ReportTable([*names, f"ILD@{k}", f"novelty@{k}"], lines, above, below)


def records(rows: Sequence[Tested]) -> list[dict[str, Any]]:
    """Everything, for JSON."""
    return [
        {
            "name": row.name,
            **named_contender(row.contender),
            "measures": {measure: figure.to_dict() for measure, figure in row.figures.items()},
        }
        for row in rows
    ]


def tidy_tested(rows: Sequence[Tested], hidden: str) -> list[dict[str, Any]]:
    """A line of a frame for each contender and measure; `hidden` says how the papers were chosen."""
    return [
        {"hidden": hidden, "name": row.name, "measure": measure, **vars(figure)}
        for row in rows
        for measure, figure in row.figures.items()
    ]
