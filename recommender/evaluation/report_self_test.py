"""A self-test for reading: two tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .figures import Tested, named_contender
from .report import p_text
from .sheet import Sheet

__all__ = ["records", "self_test_sheet", "tidy_tested"]


def self_test_sheet(rows: Sequence[Tested], k: int, *, above: str, below: Sequence[str] = ()) -> Sheet:
    """A line for each contender and baseline."""
    measures = (f"R@{k}", f"nDCG@{k}", "RR")
    names = ["encoder strategy diversity", f"recall@{k} (95%)", f"nDCG@{k} (95%)", "MRR (95%)", "p of nDCG"]
    lines = []
    for number, row in enumerate(rows):
        figures = [row.figures[measure] for measure in measures]
        cells = [f"{figure.mean:.3f} ({figure.low:.3f} to {figure.high:.3f})" for figure in figures]
        p = p_text(figures[1].p) if number else ""
        beyond = [row.figures[f"{measure}@{k}"].mean for measure in ("ILD", "novelty")]
        lines.append([row.name, *cells, p, *("" if math.isnan(mean) else f"{mean:.3f}" for mean in beyond)])
    return Sheet([*names, f"ILD@{k}", f"novelty@{k}"], lines, above, below)


def records(rows: Sequence[Tested]) -> list[dict[str, Any]]:
    """Everything, for JSON."""
    return [
        {
            "name": row.name,
            **named_contender(row.contender),
            "measures": {measure: figure.record() for measure, figure in row.figures.items()},
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
