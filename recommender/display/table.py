"""Tables of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from .markup import Html, joined

__all__ = ["Column", "facts", "table"]

_LINE = "1px solid rgba(128, 128, 128, .4)"


@dataclass(frozen=True)
class Column:
    """A column by its name; figures stand to the right, what is to be `whole` is not broken into lines."""

    name: str
    figures: bool = False
    whole: bool = False

    @property
    def _style(self) -> str:
        side = "right" if self.figures else "left"
        digits = "; font-variant-numeric: tabular-nums" if self.figures else ""
        # A word without an end is broken; without a least width, in a narrow cell every word would be.
        words = "overflow-wrap: anywhere; min-width: 9em"
        breaks = "white-space: nowrap" if self.figures or self.whole else words
        return f"text-align: {side}; vertical-align: top; padding: .3em .7em; {breaks}{digits}"

    def head(self) -> Html:
        """The cell above the column."""
        return Markup('<th style="{}; border-bottom: {}">{}</th>').format(self._style, _LINE, self.name)

    def cell(self, content: str) -> Html:
        """A cell of the column."""
        return Markup('<td style="{}">{}</td>').format(self._style, content)


def table(
    columns: Sequence[Column | str],
    rows: Iterable[Sequence[str]],
    *,
    caption: str = "",
    notes: Iterable[str] = (),
) -> str:
    """A table, with a caption above and a paragraph for each note below."""
    kinds = [Column(column) if isinstance(column, str) else column for column in columns]
    head = _row(column.head() for column in kinds)
    body = joined(
        "", (_row(column.cell(text) for column, text in zip(kinds, row, strict=True)) for row in rows)
    )
    return _whole(Markup("<thead>{}</thead>").format(head), body, caption, notes)


def facts(named: Iterable[tuple[str, str]], *, caption: str = "", notes: Iterable[str] = ()) -> str:
    """What is known of one thing: a line for each fact that is not empty."""
    name, fact = Column("name", whole=True), Column("fact")
    lines = (
        _row((name.cell(Markup("<b>{}</b>").format(named_so)), fact.cell(text)))
        for named_so, text in named
        if text
    )
    return _whole(Markup(), joined("", lines), caption, notes)


def _whole(head: Html, body: Html, caption: str, notes: Iterable[str]) -> str:
    said = Markup('<caption style="text-align: left; padding: .3em .7em">{}</caption>')
    above = said.format(caption) if caption else Markup()
    below = joined("", (Markup("<p>{}</p>").format(note) for note in notes))
    whole = Markup('<table style="border-collapse: collapse">{}{}<tbody>{}</tbody></table>{}')
    return str(whole.format(above, head, body, below))


def _row(cells: Iterable[Html]) -> Html:
    return Markup("<tr>{}</tr>").format(joined("", cells))
