"""The table of a comparison, and how its estimates are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .estimates import MetricEstimate, SystemResult, system_fields
from .metrics import KENDALL, POOL_NDCG
from .report_table import ReportTable

__all__ = ["comparison_table", "estimate_rows", "format_estimate", "p_text"]


def comparison_table(rows: Sequence[SystemResult], *, k: int, queries: int) -> ReportTable:
    """A line for each system; intervals and p are of the first measure of the table."""
    first = rows[0].estimates
    # What people judged comes first: ILD never heads a table.
    order = (f"nDCG@{k}", POOL_NDCG, "AP", "RR", f"R@{k}", "R@100", KENDALL, f"ILD@{k}")
    shown = [measure for measure in order if measure in first and not math.isnan(first[measure].mean)]
    head = ["encoder", "strategy", "diversity", shown[0], "95%", "against the first (95%)", "p", *shown[1:]]
    lines = []
    for number, row in enumerate(rows):
        figure = row.estimates[shown[0]]
        difference = [_difference(figure), p_text(figure.p)] if number else ["", ""]
        rest = [f"{row.estimates[measure].mean:.4f}" for measure in shown[1:]]
        system = row.system
        names = [system.encoder, system.strategy, f"{system.diversity:g}"]
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
