"""A Hugging Face Papers page saved as text: titles and abstracts between page furniture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..option_values import MAX_RECORD, too_large
from .base import Source, numbered_lines
from .columns import plan_columns, refuse_mapping
from .items import Item, Rejected
from .records import to_items

_PLAN = plan_columns(("title", "abstract"), {})
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_FURNITURE = re.compile(
    r"new|upvotes?|subscribe|previous|next|view (?:all|more)|github|arxiv page|get trending papers in .*|"
    r"[\d.,]+ ?[km]?|[·•|–—-]+|(?:[·•] ?)?[\d,]+ (?:authors?|comments?|upvotes?)|submitted by .*|"
    rf"(?:(?:published )?on )?(?:{_MONTHS})[a-z]*\.? \d{{1,2}}(?:, \d{{4}})?|.{{0,20}}\d .{{0,10}} ago|"
    r".{0,60}and the research community",
    re.IGNORECASE,
)
# What stands on such pages and hardly elsewhere: the first alone, or two of the others, tell one.
_TELLING = re.compile(r"get trending papers in .*|.{0,60}and the research community", re.IGNORECASE)
_MARKS = tuple(
    re.compile(mark, re.IGNORECASE)
    for mark in (
        r"submitted by .{1,60}",
        r"upvotes?",
        r"(?:[·•] ?)?\d+ authors?",
        r"(?:view )?arxiv page",
        rf"published on (?:{_MONTHS})[a-z]*\.? \d{{1,2}}(?:, \d{{4}})?",
        r"daily papers|trending papers",
    )
)
_SENTENCE_END = re.compile(r"[.!?…。]['\"”’)\]]*$")
_SHORTEST_ABSTRACT = 5  # words
_SHORTEST_TITLE = 4  # words
_MOST_PARAGRAPHS = 50
# How other text formats begin: JSON, HTML, BibTeX, RIS, PDF and LaTeX, Markdown, manual pages.
_NEVER = ("{", "[", "<", "@", "TY  -", "%", "\\", "#", ".", "'\\\"")


class HfPage:
    """Each title is the line before an abstract; they have no ids, authors or dates."""

    name = "hf-page"

    def recognises(self, head: bytes) -> bool:
        """Whether it has what stands around papers there, and is mostly titles and long paragraphs in turn.

        Headings and paragraphs alone are any essay's.
        """
        text = head.decode("utf-8-sig", "replace")
        if "\0" in text or text.lstrip().startswith(_NEVER):
            return False
        if not _is_page(text):
            return False
        entries = [entry for entry in _entries(enumerate(text.split("\n"), 1)) if isinstance(entry, _Entry)]
        paragraphs = [paragraph for entry in entries for paragraph in entry.abstract]
        return 0 < len(paragraphs) <= 1.5 * len(entries) and sum(map(len, paragraphs)) > len(text) / 2

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map. A row is the line of a title."""
        refuse_mapping(mapping, str(source.path), self.name)
        for entry in _entries(_text_lines(source), source.max_record):
            place = source.place(entry.row)
            if isinstance(entry, _Unpaired):
                yield Rejected(place, entry.reason)
            else:
                record = {"title": entry.title, "abstract": " ".join(entry.abstract)}
                yield from to_items(record, _PLAN, place)


def _is_page(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines() if len(line) < 200]
    if any(map(_TELLING.fullmatch, lines)):
        return True
    return sum(any(map(mark.fullmatch, lines)) for mark in _MARKS) > 1


@dataclass(frozen=True)
class _Entry:
    row: int
    title: str
    abstract: list[str]


@dataclass(frozen=True)
class _Unpaired:
    row: int
    reason: str


def _text_lines(source: Source) -> Iterator[tuple[int, str | _Unpaired]]:
    for row, line in numbered_lines(source):
        reason = too_large(source.max_record)
        yield row, _Unpaired(row, reason) if line is None else line.decode("utf-8", "replace")


def _entries(
    lines: Iterable[tuple[int, str | _Unpaired]], most: int = MAX_RECORD
) -> Iterator[_Entry | _Unpaired]:
    """Titles with their abstracts, and what looked like one of them without the other.

    A paragraph is an abstract; the line before it is its title. A second paragraph belongs to the
    abstract before it, up to `most` characters. Short lines wait: two of them may be a title and a short
    abstract.
    """
    paper: _Entry | None = None
    waiting: list[tuple[int, str]] = []
    begun = False
    for row, line in lines:
        if isinstance(line, _Unpaired):
            yield line
        elif not (line := line.strip()) or _FURNITURE.fullmatch(line):
            continue
        elif not _is_paragraph(line):
            if paper:
                yield paper
                paper = None
            waiting.append((row, line))
            if not begun:
                del waiting[:-1]
            elif len(waiting) > 2:
                yield from _settle(waiting)
        elif waiting:
            yield from _unpaired(waiting[:-1])
            paper, begun = _Entry(*waiting[-1], [line]), True
            waiting.clear()
        elif paper and _takes(paper, line, most):
            paper.abstract.append(line)
        else:
            yield _Unpaired(row, f"{line[:40]!r} is an abstract without a title before it")
    if paper:
        yield paper
    if begun and len(waiting) > 1:
        yield from _settle(waiting)
    yield from _unpaired(waiting if begun else [])


def _takes(paper: _Entry, line: str, most: int) -> bool:
    """Whether another paragraph may belong to the abstract."""
    few = len(paper.abstract) < _MOST_PARAGRAPHS
    return few and sum(map(len, paper.abstract)) + len(line) <= most


def _settle(waiting: list[tuple[int, str]]) -> Iterator[_Entry | _Unpaired]:
    """Takes the first two of the waiting lines if they are a paper, else the first alone."""
    (row, title), (_, abstract) = waiting[:2]
    if _SENTENCE_END.search(abstract) and len(abstract.split()) >= _SHORTEST_ABSTRACT:
        yield _Entry(row, title, [abstract])
        del waiting[:2]
    else:
        yield from _unpaired(waiting[:1])
        del waiting[:1]


def _unpaired(lines: list[tuple[int, str]]) -> Iterator[_Unpaired]:
    """Furniture that was not known as such is passed over when it is too short for a title."""
    for row, line in lines:
        if len(line.split()) >= _SHORTEST_TITLE:
            yield _Unpaired(row, f"{line[:60]!r} is followed by no abstract")


def _is_paragraph(line: str) -> bool:
    words = len(line.split())
    # A language without spaces has long "words".
    return words >= 40 or len(line) >= 300 or (words >= 20 and bool(_SENTENCE_END.search(line)))
