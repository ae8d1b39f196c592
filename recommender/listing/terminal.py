"""A listing on a terminal: as wide as it is, in colour where that shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..writers.table import terminal_lines, terminal_width
from .formulas import readable_formulas
from .listing import Listing
from .wording import EntryWords, PartWords, words_of

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text


class TerminalWriter:
    """The listing as `recommender digest` prints it."""

    name = "terminal"
    ending = ""

    def write(self, listing: Listing, *, width: int | None = None, color: bool = False) -> bytes:
        """Write a listing for a terminal.

        Parameters
        ----------
        listing : Listing
            The listing.
        width : int, optional
            Columns of the terminal, 40 to 160; 100 where it is unknown or 0.
        color : bool, default False
            Whether the text holds the escape sequences of a terminal.

        Returns
        -------
        bytes
            The text in UTF-8.
        """
        from rich.console import Group

        words = words_of(listing)
        blocks: list[RenderableType] = [
            _text(readable_formulas(words.title), "bold"),
            _text(words.state, "dim"),
        ]
        for part in words.parts:
            blocks += _part(part, words.interests if part.kind == "personal" else ())
        blocks += ["", *(_text(readable_formulas(note), "dim") for note in (*words.notes, words.made))]
        return terminal_lines(Group(*blocks), terminal_width(width), color).encode()


def _part(part: PartWords, interests: tuple[str, ...]) -> Iterator[RenderableType]:
    from rich.table import Table

    yield ""
    yield _text(part.title, "bold underline")
    yield from (_text(line, "dim") for line in (part.order, *interests) if line)
    if part.nothing:
        yield _text(readable_formulas(part.nothing))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False, expand=True)
    table.add_column("place", justify="right", no_wrap=True)
    table.add_column("paper", ratio=1, overflow="fold")
    for entry in part.entries:
        table.add_row()
        table.add_row(_text(str(entry.place), "dim"), _paper(entry))
    if part.entries:
        yield table


def _paper(entry: EntryWords) -> Text:
    from rich.text import Text

    facts = " · ".join(filter(None, (entry.byline, *entry.facts)))
    lines = (
        (readable_formulas(entry.title), "bold"),
        (facts, ""),
        *((mark, "yellow") for mark in entry.marks),
        (" · ".join(map(readable_formulas, entry.reasons)), "cyan"),
        (f"“{readable_formulas(entry.sentence)}”" if entry.sentence else "", "italic"),
        (entry.page, "dim"),
    )
    return Text("\n").join(_text(line, style) for line, style in lines if line)


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(text, style=style)  # never a bare str: rich would read "[bold]" in a title as its own markup
