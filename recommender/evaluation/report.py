"""A comparison for reading: a table, and one sentence on what differs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .figures import Figure, Row, named_contender
from .metrics import KENDALL, POOL_NDCG
from .report_table import ReportTable

__all__ = ["comparison_table", "p_text", "tidy"]


def comparison_table(rows: Sequence[Row], *, k: int, queries: int) -> ReportTable:
    """A line for each contender; intervals and p are of the first measure of the table."""
    first = rows[0].figures
    # What people judged comes first: ILD never heads a table.
    order = (f"nDCG@{k}", POOL_NDCG, "AP", "RR", f"R@{k}", "R@100", KENDALL, f"ILD@{k}")
    shown = [measure for measure in order if measure in first and not math.isnan(first[measure].mean)]
    head = ["encoder", "strategy", "diversity", shown[0], "95%", "against the first (95%)", "p", *shown[1:]]
    lines = []
    for number, row in enumerate(rows):
        figure = row.figures[shown[0]]
        difference = [_difference(figure), p_text(figure.p)] if number else ["", ""]
        rest = [f"{row.figures[measure].mean:.4f}" for measure in shown[1:]]
        contender = row.contender
        names = [contender.encoder, contender.strategy, f"{contender.diversity:g}"]
        interval = f"{figure.low:.4f} to {figure.high:.4f}"
        lines.append([*names, f"{figure.mean:.4f}", interval, *difference, *rest])
    return ReportTable(
        ["MAP" if name == "AP" else name for name in head],
        lines,
        below=[_foot(queries, len(rows) - 1, KENDALL in first)],
    )


def tidy(row: Row) -> list[dict[str, Any]]:
    """A line of a frame for each measure of a contender."""
    named = named_contender(row.contender)
    return [{**named, "measure": measure, **vars(figure)} for measure, figure in row.figures.items()]


def p_text(p: float) -> str:
    """A p value as it is read."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _difference(figure: Figure) -> str:
    return f"{figure.difference:+.4f} ({figure.difference_low:+.4f} to {figure.difference_high:+.4f})"


def _foot(queries: int, tested: int, has_loss: bool) -> str:
    paired = f"; p: paired randomisation test, Holm's correction for {tested}" if tested else ""
    lower = "; Kendall loss: lower is better" if has_loss else ""
    asked = "1 query" if queries == 1 else f"{queries:,} queries"
    return f"{asked}; intervals: bootstrap over queries{paired}{lower}"
