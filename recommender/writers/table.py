"""A table for a person at a terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeGuard

from ..display import paper_heading, without_controls
from ..option_values import read_part
from ..paper import clean_text
from .base import AnyRecord, Record, dates_of, without_unsafe_url

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text


_USUAL_WIDTH = 100
_LEAST_WIDTH = 40  # narrower terminals break the lines themselves
_GREATEST_WIDTH = 160  # longer lines are hard to follow
_WIDE = 140  # from here on the facts stand in columns of their own
_LONGEST_CLOSEST = 160  # the reader's own words may be a whole paragraph


class TableWriter:
    r"""Tables for a terminal: title, facts, what each paper is closest to; of papers by themselves all facts.

    Titles are wrapped, and like all texts not cut before `READ_CHARACTERS`: wrapping megabytes takes
    minutes.

    Examples
    --------
    >>> from recommender.writers import TableWriter
    >>> TableWriter().write([])
    'nothing to recommend\n'
    """

    name = "table"

    def write(self, records: Sequence[AnyRecord], *, width: int | None = None, color: bool = False) -> str:
        """Write records as a table.

        Parameters
        ----------
        records : sequence of Record or of PaperRecord
            All of one kind.
        width : int, optional
            Columns of the terminal, 40 to 160; 100 where it is unknown or 0.
        color : bool, default False
            Whether the text holds the escape sequences of a terminal.

        Returns
        -------
        str
            The table.
        """
        if not records:
            return "nothing to recommend\n"
        width = terminal_width(width)
        if not _are_ranked(records):
            table = _paper_table(records)
        else:
            table = _wide_table(records) if width >= _WIDE else _narrow_table(records)
        return terminal_lines(table, width, color)


def _are_ranked(records: Sequence[AnyRecord]) -> TypeGuard[Sequence[Record]]:
    return "rank" in records[0]


def _paper_table(records: Sequence[AnyRecord]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False, expand=True)
    table.add_column("paper", overflow="fold")
    for record in map(without_unsafe_url, records):
        if table.row_count:
            table.add_row()
        identifiers = [f"{scheme}:{value}" for scheme, value in record["identifiers"].items()]
        facts = (
            ", ".join(filter(None, record["authors"])),
            " · ".join(filter(None, (dates_of(record), record["venue"], record["id"]))),
            ", ".join(record["categories"]),
            ", ".join(identifiers),
            record["url"],
            record["abstract"],
        )
        table.add_row(_stacked(_title(record), *map(_text, map(clean_text, facts))))
    return table


def _narrow_table(records: Sequence[Record]) -> Table:
    table = _empty_table()
    table.add_column(_heading(records), ratio=1, overflow="fold")
    for record in records:
        facts = " · ".join(filter(None, (_authors(record), dates_of(record), clean_text(record["id"]))))
        _add(table, record, _stacked(_title(record), _text(facts), _closest(record), _shared(record)))
    return table


def _wide_table(records: Sequence[Record]) -> Table:
    table = _empty_table()
    table.add_column(_heading(records), ratio=5, overflow="fold")
    table.add_column("authors", ratio=2, overflow="fold")
    table.add_column("date", no_wrap=True)
    table.add_column("id", max_width=24, overflow="fold")
    for record in records:
        paper = _stacked(_title(record), _closest(record), _shared(record))
        facts = (_authors(record), dates_of(record), clean_text(record["id"]))
        _add(table, record, paper, *map(_text, facts))
    return table


def _heading(records: Sequence[Record]) -> str:
    return paper_heading([record["score"] for record in records if record["score"] is not None])


def _empty_table() -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    return table


def _add(table: Table, record: Record, *cells: Text) -> None:
    if table.row_count:
        table.add_row()  # a blank line, so that the eye finds where a paper begins
    score = "" if record["score"] is None else f"{record['score']:.3f}"
    table.add_row(str(record["rank"]), _text(score, "cyan"), *cells)


def _title(record: AnyRecord) -> Text:
    title = clean_text(record["title"]) or "(no title)"
    return _text(f"{title} (retracted)" if record["retracted"] else title, "bold")


def _authors(record: AnyRecord) -> str:
    names = [name for name in map(clean_text, record["authors"]) if name]
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"


def _closest(record: Record) -> Text:
    name = clean_text(record["closest_title"]) or clean_text(record["closest"])
    if not name:
        return _text("")
    if len(name) > _LONGEST_CLOSEST and not record["closest_title"]:
        name = name[: _LONGEST_CLOSEST - 1].rstrip() + "…"
    return _text(f"closest to: {name} ({record['closest_cosine']:.2f})", "dim")


def _shared(record: Record) -> Text:
    """What the paper has in common with the reader's, and how sure it is."""
    terms = ", ".join(clean_text(term) for term in record["terms"])
    confidence = record["confidence"]
    sure = "" if confidence is None else f"confidence {confidence:.2f}"
    return _text(" · ".join(filter(None, (f"in common: {terms}" if terms else "", sure))), "dim")


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    # Never a bare str: rich would read "[bold]" and ":smile:" in a title as its own markup.
    shown = read_part(text)
    more = len(text) - len(shown)
    note = f"… and {more:,} characters more; another format has them all" if more else ""
    return Text(without_controls(shown) + note, style=style)


def _stacked(*lines: Text) -> Text:
    from rich.text import Text

    return Text("\n").join(line for line in lines if line)


def terminal_width(columns: int | None) -> int:
    """The columns that are written for a terminal of so many; the usual ones where that is unknown or 0."""
    return min(max(columns or _USUAL_WIDTH, _LEAST_WIDTH), _GREATEST_WIDTH)


def terminal_lines(content: RenderableType, width: int, color: bool) -> str:
    """What rich makes of the content, in lines without blanks at their ends."""
    from rich.console import Console

    # All is said here, so that no environment variable (NO_COLOR, COLUMNS, TERM) changes the text; a
    # height too, because rich takes a "dumb" terminal of unknown height for 80 columns wide.
    console = Console(
        file=io.StringIO(),
        width=width,
        height=25,
        color_system="standard" if color else None,
        no_color=not color,
        force_terminal=color,
        force_jupyter=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        console.print(content)
    return "".join(line.rstrip() + "\n" for line in capture.get().rstrip("\n").split("\n"))
