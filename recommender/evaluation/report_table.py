"""A table of results as Markdown and as HTML."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..display import Column, table

__all__ = ["ReportTable", "TabularReport"]


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
