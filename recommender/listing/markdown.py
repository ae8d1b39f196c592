"""Markdown of a listing, for notes and issues: headings, numbered papers with links, quoted sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..writers.markdown import escaped
from .formulas import readable_formulas
from .listing import Listing
from .wording import EntryWords, words_of

# What Markdown would read at the beginning of a line: a list, a heading's underline.
_BEGINS = re.compile(r"(?:[-+=](?=[\s=-]|$)|\d{1,9}[.)](?=\s|$))")
_BREAK = "  \n"  # two blanks at its end: a line of its own


class MarkdownListingWriter:
    """CommonMark; whatever a title holds is shown as it is written."""

    name = "markdown"
    ending = ".md"

    def write(self, listing: Listing) -> bytes:
        """The listing; it says what the page says."""
        words = words_of(listing)
        blocks = [f"# {_text(words.title)}", _line(words.state)]
        for part in words.parts:
            interests = words.interests if part.kind == "personal" else ()
            blocks += [f"## {_text(part.title)}", _line(part.order), _list(interests), _line(part.nothing)]
            blocks += map(_entry, part.entries)
        blocks.append(_list((*words.notes, words.made)))
        return ("\n\n".join(filter(None, blocks)) + "\n").encode()


def _entry(entry: EntryWords) -> str:
    mark = f"{entry.place}. "
    indent = " " * len(mark)
    title = f"**{_text(entry.title)}**"
    first = f"[{title}]({_address(entry.page)})" if entry.page else title
    block = f"{mark}{first}" + "".join(f"{_BREAK}{indent}{line}" for line in _facts(entry))
    quoted = (entry.sentence, entry.abstract)
    return "".join([block, *(f"\n\n{indent}> {_line(text)}" for text in quoted if text)])


def _facts(entry: EntryWords) -> Iterator[str]:
    pdf = [f"[PDF]({_address(entry.pdf)})"] if entry.pdf else []
    facts = filter(None, (entry.byline, *entry.facts))
    yield " · ".join([*map(_line, facts), *pdf])
    yield from (f"*{_text(mark)}*" for mark in entry.marks)
    if entry.reasons:
        yield _line(" · ".join(entry.reasons))


def _list(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {_line(line)}" for line in lines)


def _text(text: str) -> str:
    return str(escaped(readable_formulas(text)))


def _line(text: str) -> str:
    """Escaped for the beginning of a line."""
    written = _text(text)
    found = _BEGINS.match(written)
    if found is None:
        return written
    at = found.end() - 1
    return f"{written[:at]}\\{written[at:]}"


def _address(address: str) -> str:
    return re.sub(r"[\s<>()\\]", lambda found: f"%{ord(found[0]):02X}", address)
