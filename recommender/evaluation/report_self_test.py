"""A self-test for reading: two tables and the advice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .report import p_text
from .self_test import SelfTest, Tested

__all__ = ["self_test_record", "self_test_text"]


def self_test_text(result: SelfTest) -> str:
    """Markdown; intervals over the reader's papers, p against the first line."""
    head = f"{result.seeds} liked papers, part of them hidden {result.splits} times"
    parts = [head, _table(result.rows, result.k)]
    if result.by_time:
        parts += ["The newest hidden, once", _table(result.by_time, result.k)]
    foot = "intervals: bootstrap over liked papers; p: paired randomisation test against the first line"
    return "\n\n".join([*parts, f"{foot}, Holm's correction for {len(result.rows) - 1}", result.advice])


def self_test_record(result: SelfTest) -> dict[str, Any]:
    """Everything, for JSON."""
    return {
        "k": result.k,
        "seeds": result.seeds,
        "splits": result.splits,
        "contenders": _records(result.rows),
        "by_time": _records(result.by_time),
        "advice": result.advice,
        "notes": list(result.notes),
    }


def _records(rows: Sequence[Tested]) -> list[dict[str, Any]]:
    return [
        {"name": row.name}
        | (
            {
                "encoder": row.contender.encoder,
                "strategy": row.contender.strategy,
                "diversity": row.contender.diversity,
            }
            if row.contender
            else {}
        )
        | {"measures": {measure: figure.record() for measure, figure in row.figures.items()}}
        for row in rows
    ]


def _table(rows: Sequence[Tested], k: int) -> str:
    measures = (f"R@{k}", f"nDCG@{k}", "RR")
    names = ["encoder strategy diversity", f"recall@{k} (95%)", f"nDCG@{k} (95%)", "MRR (95%)", "p of nDCG"]
    lines = [[*names, f"ILD@{k}", f"novelty@{k}"], ["---"] * (len(names) + 2)]
    for number, row in enumerate(rows):
        figures = [row.figures[measure] for measure in measures]
        cells = [f"{figure.mean:.3f} ({figure.low:.3f} to {figure.high:.3f})" for figure in figures]
        p = p_text(figures[1].p) if number else ""
        beyond = [row.figures[f"{measure}@{k}"].mean for measure in ("ILD", "novelty")]
        lines.append([row.name, *cells, p, *("" if math.isnan(mean) else f"{mean:.3f}" for mean in beyond)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
