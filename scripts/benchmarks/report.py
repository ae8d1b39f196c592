"""What a section found: tables for people, facts for the bars; as JSON, as Markdown, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Cell", "Section", "Table", "markdown", "print_section"]

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows of values under their columns; `note` says how they were measured."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


@dataclass(frozen=True)
class Section:
    """The result of one section. `facts` are the numbers that bars are held against, by name."""

    tables: Sequence[Table]
    facts: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and dictionaries."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Section:
        """The section that `to_json` wrote."""
        return cls([Table(**table) for table in stored["tables"]], stored["facts"])


def shown(cell: Cell) -> str:
    """A value with three significant digits, whole numbers in full."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= 1000:
        return f"{cell:,.0f}"
    return f"{cell:.3g}" if abs(cell) < 100 else f"{cell:.0f}"


def markdown(title: str, section: Section) -> str:
    """The section under its title."""
    parts = [f"## {title}"]
    for table in section.tables:
        lines = [list(table.columns), ["---"] * len(table.columns)]
        lines += [[shown(cell).replace("|", "\\|") for cell in row] for row in table.rows]
        parts.append(f"### {table.title}")
        if table.note:
            parts.append(table.note)
        parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(parts) + "\n"


def print_section(title: str, section: Section) -> None:
    """The section on the terminal."""
    from rich.console import Console
    from rich.table import Table as RichTable

    console = Console(width=None if sys.stdout.isatty() else 140)
    console.rule(title)
    for table in section.tables:
        drawn = RichTable(title=table.title, caption=table.note or None, caption_justify="left")
        for number, column in enumerate(table.columns):
            drawn.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
        for row in table.rows:
            drawn.add_row(*map(shown, row))
        console.print(drawn)
