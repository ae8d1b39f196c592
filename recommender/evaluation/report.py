"""A comparison for reading: a table, and one sentence on what differs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .comparison import Comparison, Figure
from .metrics import KENDALL, POOL_NDCG

__all__ = ["as_record", "as_table", "p_text"]


def as_table(comparison: Comparison) -> str:
    """Markdown: a line for each contender; intervals and p are of the first measure of the table."""
    k = comparison.k
    first = comparison.rows[0].figures
    # What people judged comes first: ILD never heads a table.
    order = (f"nDCG@{k}", POOL_NDCG, "AP", "RR", f"R@{k}", "R@100", KENDALL, f"ILD@{k}")
    shown = [measure for measure in order if measure in first and not math.isnan(first[measure].mean)]
    head = ["encoder", "strategy", "diversity", shown[0], "95%", "against the first (95%)", "p", *shown[1:]]
    lines = [_line(["MAP" if name == "AP" else name for name in head]), _line(["---"] * len(head))]
    for number, row in enumerate(comparison.rows):
        figure = row.figures[shown[0]]
        difference = [_difference(figure), p_text(figure.p)] if number else ["", ""]
        rest = [f"{row.figures[measure].mean:.4f}" for measure in shown[1:]]
        contender = row.contender
        names = [contender.encoder, contender.strategy, f"{contender.diversity:g}"]
        interval = f"{figure.low:.4f} to {figure.high:.4f}"
        lines.append(_line([*names, f"{figure.mean:.4f}", interval, *difference, *rest]))
    return "\n".join([*lines, "", _foot(comparison), ""])


def as_record(comparison: Comparison) -> dict[str, Any]:
    """Everything, for JSON: each contender's figures by measure, and what could not be done."""
    return {
        "queries": len(comparison.queries),
        "k": comparison.k,
        "contenders": [
            {
                "encoder": row.contender.encoder,
                "strategy": row.contender.strategy,
                "diversity": row.contender.diversity,
                "rerank": row.contender.rerank,
                "measures": {name: figure.record() for name, figure in row.figures.items()},
            }
            for row in comparison.rows
        ],
        "notes": list(comparison.notes),
        "remarks": list(comparison.remarks),
    }


def p_text(p: float) -> str:
    """A p value as it is read."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _difference(figure: Figure) -> str:
    return f"{figure.difference:+.4f} ({figure.difference_low:+.4f} to {figure.difference_high:+.4f})"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _foot(comparison: Comparison) -> str:
    tested = len(comparison.rows) - 1
    paired = f"; p: paired randomisation test, Holm's correction for {tested}" if tested else ""
    lower = "; Kendall loss: lower is better" if KENDALL in comparison.rows[0].figures else ""
    return f"{len(comparison.queries):,} queries; intervals: bootstrap over queries{paired}{lower}"
