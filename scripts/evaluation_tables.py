"""The tables of scripts/evaluate.py, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from recommender.evaluation import MetricEstimate

__all__ = ["Bar", "Table", "as_markdown"]

SHOWN = ("nDCG@20", "RR", "R@10", "R@50", "R@100", "ILD@10")


@dataclass(frozen=True)
class Bar:
    """What was asked, what was measured, and whether that is enough."""

    name: str
    asked: str
    measured: str
    reached: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Table:
    """One set: the figures of each system by its label, and the mean nDCG@10 of the lists' means."""

    name: str
    queries: int
    papers: int
    rows: Mapping[str, Mapping[str, MetricEstimate]]
    by_list: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        rows = {
            label: {"nDCG@10 by list": self.by_list[label]}
            | {measure: figure.to_dict() for measure, figure in figures.items()}
            for label, figures in self.rows.items()
        }
        return {"name": self.name, "queries": self.queries, "papers": self.papers, "rows": rows}


def as_markdown(tables: Sequence[Table], bars: Sequence[Bar], k: int, diversity: float, quick: bool) -> str:
    """The bars, then a table for each set."""
    parts = [
        "# Evaluation",
        "Made by `scripts/evaluate.py`" + " --quick: too few queries to say anything" * quick + ". "
        "Only the final part of each set, on which nothing was chosen. A line is encoder, strategy, "
        f"diversity and rerank; the first is the default (diversity {diversity:g}). Intervals: 95%, "
        "bootstrap over lists, readers or citing papers; p: paired randomisation test against the first "
        "line, Holm's correction within a table.",
        "## Bars",
        markdown_table(
            ["bar", "asked", "measured", "reached"],
            [[bar.name, bar.asked, bar.measured, "yes" if bar.reached else "**no**"] for bar in bars],
        ),
    ]
    for table in tables:
        parts += [f"## {table.name}: {table.queries:,} queries, {table.papers:,} papers", rows_of(table, k)]
    return "\n\n".join(parts) + "\n"


def rows_of(table: Table, k: int) -> str:
    """One line for each system."""
    head = ["", f"nDCG@{k}", "95%", "default minus this", "default's gain", "p", "by list", *SHOWN]
    default = next(iter(table.rows.values()))[f"nDCG@{k}"].mean
    lines = []
    for number, (label, figures) in enumerate(table.rows.items()):
        figure = figures[f"nDCG@{k}"]
        against = ["", "", ""]
        if number:
            apart = (figure.difference, figure.difference_high, figure.difference_low)
            middle, low, high = (round(-value, 4) + 0.0 for value in apart)  # no -0.0
            gap = f"{middle:+.4f} ({low:+.4f} to {high:+.4f})"
            gain = f"{default / figure.mean - 1:+.1%}" if figure.mean else ""
            against = [gap, gain, "<0.001" if figure.p < 0.001 else f"{figure.p:.3f}"]
        others = ["" if figures[m].queries == 0 else f"{figures[m].mean:.4f}" for m in SHOWN]
        interval = f"{figure.low:.4f} to {figure.high:.4f}"
        lines.append(
            [label, f"{figure.mean:.4f}", interval, *against, f"{table.by_list[label]:.4f}", *others]
        )
    return markdown_table(head, lines)


def markdown_table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *lines))
