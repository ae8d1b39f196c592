"""Lists of papers in plain text, one a line: what is one, and what names the paper in a line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from ..identifiers import parse_identifier
from ..paper import clean_text
from ..readers.columns import normal_name
from ..readers.table_header import DELIMITERS
from .columns import FIELDS

_LOOKED_AT = 50  # lines
_LONGEST_TITLE = 300  # characters
_FEW_WORDS = 3  # of a title on average, where no line is an id or a url
_LONGEST_NAME, _MOST_WORDS = 30, 3  # characters and words of a column's name

# A column's name -> what its papers are.
_HEADINGS = {
    **dict.fromkeys((*FIELDS["paper"], "url", "urls", "link", "links"), "liked"),
    **dict.fromkeys(("ids", "dois", "pmid", "pmcid"), "liked"),
    **{name: label for label in ("liked", "disliked", "seen") for name in FIELDS[label]},
}
_BULLET = re.compile(r"(?:[-*\u2022\u2013\u2014]|\d{1,4}[.)]|\[\d{1,4}\])\s+(?=\S)")
_MARKDOWN = re.compile(r"\[[^\[\]]{0,500}\]\(https?://", re.IGNORECASE)  # [Title](address)
_BETWEEN = re.compile(r"[,;\s]+")
_URL = re.compile(r"(?:https?://|doi\.org/|doi:\s?10\.)\S+", re.IGNORECASE)
# How other formats begin.
_NEVER = ("{", "[", "<", "@", "%", "\\", "TY  -", "PMID-", "FN ", "%0 ")


def leading_lines(head: bytes) -> Iterator[str]:
    """The lines that are not empty at the beginning of a text, without what is not a paper's name."""
    return filter(None, map(bare_line, _whole_lines(head)))


def _whole_lines(head: bytes) -> list[str]:
    lines = head.decode("utf-8-sig", "replace").splitlines()
    return lines[:-1] if len(lines) > _LOOKED_AT else lines


def bare_line(line: str) -> str:
    """What names a paper in a line: without a comment, bullets, quotation marks and blanks."""
    if line.startswith("#"):
        return ""
    return _BULLET.sub("", clean_text(line.split(" #")[0]), 1).strip("\"' ").rstrip(",")


def heading_label(line: str) -> str:
    """What the papers are below a line that is their column's name: liked, disliked, seen; else nothing."""
    return _HEADINGS.get(normal_name(line), "") if len(line) <= _LONGEST_NAME else ""


def named_paper(line: str) -> str:
    """The one url or DOI in a line that says more, else the line itself."""
    if parse_identifier(line) is None and len(found := _URL.findall(line)) == 1:
        address = found[0].rstrip(".,;)>]")
        return address if parse_identifier(address) else line
    return line


def listed_ids(line: str) -> list[str]:
    """The ids and urls of a line that holds nothing else; empty for another line."""
    if parse_identifier(line):
        return [line]
    parts = [part for part in _BETWEEN.split(line) if part]
    return parts if len(parts) > 1 and all(map(parse_identifier, parts)) else []


def is_id_list(lines: Iterable[str]) -> bool:
    """Whether the first of these lines are ids, or the name of their column and then papers of any name."""
    first, *others = [*itertools.islice(lines, _LOOKED_AT)] or [""]
    if heading_label(first):
        return bool(others)
    return all(map(listed_ids, (first, *others)))


def is_title_list(head: bytes) -> bool:
    """Whether a text begins with lines that are titles, ids and urls, and is no table nor other format.

    Prose in short lines looks the same: none of it is the title of a paper, and that is what is said then.
    """
    some = [*itertools.islice(leading_lines(head), _LOOKED_AT)]
    if not some or (some[0].startswith(_NEVER) and not _MARKDOWN.match(some[0])):
        return False
    if any(len(line) > _LONGEST_TITLE for line in some):
        return False
    named = [line for line in some if parse_identifier(line) or _URL.search(line)]
    words = sum(len(line.split()) for line in some)
    table = _is_table([line for line in _whole_lines(head)[:_LOOKED_AT] if line.strip()])
    return not table and (bool(named) or words >= _FEW_WORDS * len(some) or all(map(_is_own_id, some)))


def _is_own_id(line: str) -> bool:
    """Whether a line may be an id that only its source understands: one word, not of letters alone."""
    return not line.isalpha() and not any(mark in line for mark in (" ", "_", "=", *DELIMITERS))


def _is_table(lines: list[str]) -> bool:
    """Whether the first line is one of columns' names, and most of the others have as many cells."""
    for delimiter in DELIMITERS:
        cells = lines[0].count(delimiter)
        names = [name.strip() for name in lines[0].split(delimiter)]
        short = all(len(name) <= _LONGEST_NAME and len(name.split()) <= _MOST_WORDS for name in names)
        alike = sum(line.count(delimiter) == cells for line in lines)
        if cells and short and 2 * alike > len(lines):
            return True
    return False
