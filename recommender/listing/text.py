"""Plain text of a listing: for a mail's text part, and for whoever reads in a terminal or a diff."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from .formulas import readable_formulas
from .listing import Listing
from .wording import EntryWords, ListingWords, PartWords, words_of

_WIDTH = 76
_INDENT = " " * 5


class TextWriter:
    """The whole listing in lines of at most 76 characters; addresses stay whole."""

    name = "text"
    ending = ".txt"

    def write(self, listing: Listing) -> bytes:
        """The listing; it says what the page says."""
        return plain_text(words_of(listing)).encode()


def plain_text(words: ListingWords, foot: Sequence[str] = ()) -> str:
    """A listing's words as lines, with more lines below.

    No line begins with "From ", which mailboxes would take for the next mail.
    """
    title = readable_formulas(words.title)
    blocks = [
        [*_wrapped(title), "=" * min(len(title), _WIDTH), *_wrapped(words.state)],
        *(block for part in words.parts for block in _part(part, words)),
        [line for note in (*map(readable_formulas, words.notes), words.made) for line in _wrapped(note)],
        [line for text in foot for line in _wrapped(text)],
    ]
    text = "\n\n".join("\n".join(map(_no_mailbox_line, block)) for block in blocks if block)
    return f"{text}\n"


def _part(part: PartWords, words: ListingWords) -> Iterator[list[str]]:
    interests = words.interests if part.kind == "personal" else ()
    head = [*_wrapped(part.title), "-" * min(len(part.title), _WIDTH), *_wrapped(part.order)]
    yield ["", *head, *(line for text in interests for line in _wrapped(f"- {text}", "", "  "))]
    if part.nothing:
        yield [*_wrapped(readable_formulas(part.nothing))]
    yield from map(_entry, part.entries)


def _entry(entry: EntryWords) -> list[str]:
    first = f"{entry.place}.".rjust(len(_INDENT) - 1) + " "
    lines = (
        " · ".join((entry.byline, *entry.facts)) if entry.byline else " · ".join(entry.facts),
        *(f"[{mark}]" for mark in entry.marks),
        " · ".join(map(readable_formulas, entry.reasons)),
        f"“{readable_formulas(entry.sentence)}”" if entry.sentence else "",
        entry.page,
        f"PDF: {entry.pdf}" if entry.pdf else "",
    )
    abstract = readable_formulas(entry.abstract)
    return [
        *_wrapped(readable_formulas(entry.title), first, _INDENT),
        *(line for text in lines for line in _wrapped(text, _INDENT, _INDENT)),
        *(["", *_wrapped(abstract, _INDENT, _INDENT)] if abstract else ()),
    ]


def _wrapped(text: str, first: str = "", others: str = "") -> Iterable[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _no_mailbox_line(line: str) -> str:
    return f" {line}" if line.startswith("From ") else line
