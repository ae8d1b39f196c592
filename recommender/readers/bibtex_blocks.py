"""A BibTeX file cut into its blocks, and a block into its fields.

Both are done here and not by a library, which takes a whole text: memory would grow with the file, a line
of an abstract that begins with ``@word (`` would end its entry, and a doubled comma cost one. A file that is
broken at one place is read on from the next line that can only begin an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..option_values import too_large
from .base import Source
from .tagged import text_lines

_TYPES = (
    "article|book|booklet|inbook|incollection|inproceedings|conference|manual|mastersthesis|misc|phdthesis|"
    "proceedings|techreport|unpublished|online|string|preamble|comment"
)
_BEGINS = re.compile(rf"\s*@\s*(?:([A-Za-z][\w-]*)\s*(\{{)|({_TYPES})\s*(\())", re.IGNORECASE)
_TYPE_ALONE = re.compile(r"\s*@\s*[A-Za-z][\w-]*\s*")
# What can only begin a block, also where another one is open.
_CERTAIN = re.compile(
    r"\s*@\s*[A-Za-z][\w-]*\s*[{(][^,{}\"=#%\n]{0,200}(?:$|,\s*(?:$|[A-Za-z][\w:.+-]*\s*=))"
    r"|@(?:string|preamble|comment)\s*[{(]",
    re.IGNORECASE,
)
_BRACE = re.compile(r"[{}]")
_BARE_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACE_OR_QUOTE = re.compile(r'[{}()"]')


@dataclass(frozen=True)
class Block:
    """From ``@`` to the brace that closes it, or what is there of it and why it cannot be read."""

    line: int
    kind: str
    text: str
    wrong: str = ""
    skips_escaped: bool = False  # whether braces behind a backslash do not count


class Blocks:
    """The blocks of a file in their order; what lies between them is a comment."""

    def __init__(self, source: Source) -> None:
        self._limit = source.max_record
        self._lines = text_lines(source)
        self._again: list[tuple[int, str | None]] = []  # lines to be read once more, the next of them last

    def __iter__(self) -> Iterator[Block]:
        while (line := self._next()) is not None:
            number, text = line
            if text is None:  # nobody knows what it is, but an entry may stand in one line
                yield Block(number, "entry", "", too_large(self._limit))
                continue
            if _TYPE_ALONE.fullmatch(text) and (following := self._next()) is not None:
                text = text.rstrip() + (following[1] or "")
            if begins := _BEGINS.match(text):
                yield self._block(number, text, begins)

    def _next(self) -> tuple[int, str | None] | None:
        return self._again.pop() if self._again else next(self._lines, None)

    def _block(self, number: int, first: str, begins: re.Match[str]) -> Block:
        kind = (begins[1] or begins[3]).lower()
        if begins[2] and "\\" not in first and (text := self._tidy(number, first)):
            return Block(number, kind, text)
        open_block = _Open(first, begins.end(), is_in_parentheses=begins[4] is not None)
        while not open_block.is_closed:
            following = self._next()
            if following is None or following[1] is None or open_block.size > self._limit:
                self._put_back(following)
                is_long = following is not None
                return self._broken(number, kind, open_block, too_large(self._limit) if is_long else "")
            if not open_block.takes(following[1]):
                self._put_back(following)
                return self._broken(number, kind, open_block, "")
        return self._whole(number, kind, open_block.lines, open_block.end)

    def _tidy(self, number: int, first: str) -> str:
        """A block that ends with a brace in a line of its own, as nearly all do; where it is any other, or
        there may be two ways to count its braces, nothing, and its lines are read again.
        """
        lines, depth, size = [first], first.count("{") - first.count("}"), 0
        again, further = self._again, self._lines
        while depth > 0 and size <= self._limit:
            following = again.pop() if again else next(further, None)
            if following is None:
                break
            line = following[1]
            if line is None or "@" in line or "\\{" in line or "\\}" in line:
                self._again.append(following)
                break
            lines.append(line)
            size += len(line)
            closings = line.count("}")
            if closings >= depth:
                if depth == 1 and line.strip() == "}":
                    return "\n".join(lines)
                break
            depth += line.count("{") - closings
        self._again += [(number + offset, lines[offset]) for offset in range(len(lines) - 1, 0, -1)]
        return ""

    def _whole(self, number: int, kind: str, lines: list[str], end: _End) -> Block:
        """The block up to its end; what comes behind it is read again."""
        last, at, skips_escaped = end
        rest = lines[last][at:]
        for offset in range(len(lines) - 1, last, -1):
            self._again.append((number + offset, lines[offset]))
        if "@" in rest:
            self._again.append((number + last, rest))
        return Block(number, kind, "\n".join([*lines[:last], lines[last][:at]]), "", skips_escaped)

    def _broken(self, number: int, kind: str, block: _Open, wrong: str) -> Block:
        """The block, closed where braces behind a backslash do not count, if that closes it."""
        if end := block.other_end():
            return self._whole(number, kind, block.lines, end)
        if block.doubtful:
            for offset in range(len(block.lines) - 1, block.doubtful - 1, -1):
                self._again.append((number + offset, block.lines[offset]))
        text = "\n".join(block.lines[: block.doubtful or None])
        return Block(number, kind, text, wrong or "has braces that do not close")

    def _put_back(self, line: tuple[int, str | None] | None) -> None:
        if line is not None and line[1] is not None:
            self._again.append(line)


# The line, the place behind the last brace, and whether braces behind a backslash were not counted.
_End = tuple[int, int, bool]


class _Open:
    """A block whose end was not met yet.

    BibTeX counts a brace behind a backslash as any other, and so do most programs that write it; where that
    closes a block in the middle of a value, or never, such braces are not counted.
    """

    def __init__(self, first: str, start: int, *, is_in_parentheses: bool) -> None:
        self.lines = [first]
        self.size = len(first)
        self.is_closed = False
        self.end: _End = (0, 0, False)
        self.doubtful = 0  # the line within a value that looks like the beginning of another block
        self._closing = ")" if is_in_parentheses else "}"
        self._depth = 1
        self._quoted = False
        self._early_end: _End | None = None
        self._look(first, start)

    def takes(self, line: str) -> bool:
        """Add a line; not one that begins another block where only a broken one is still open."""
        if "@" in line and _CERTAIN.match(line):
            if self._depth <= 1 or self.doubtful:
                return False
            self.doubtful = len(self.lines)
        self.lines.append(line)
        self.size += len(line)
        self._look(line, 0)
        return True

    def other_end(self) -> _End | None:
        """Where the block ends if braces are counted in the other way."""
        if self._early_end or self._closing == ")":
            return self._early_end
        depth = 0
        for number, line in enumerate(self.lines):
            for found in _BARE_BRACE.finditer(line):
                depth += (found[0] == "{") - (found[0] == "}")
                if found[0] == "}" and depth <= 0:
                    return number, found.end(), True
        return None

    def _look(self, line: str, start: int) -> None:
        if self._closing == ")":
            self._look_for_parenthesis(line, start)
            return
        closings = line.count("}", start)
        if closings < self._depth and not self._early_end:
            self._depth += line.count("{", start) - closings
            return
        pattern = _BARE_BRACE if self._early_end else _BRACE
        for found in pattern.finditer(line, start):
            self._depth += (found[0] == "{") - (found[0] == "}")
            if self._depth == 0:
                self._close(found.end())
                return

    def _look_for_parenthesis(self, line: str, start: int) -> None:
        for found in _BRACE_OR_QUOTE.finditer(line, start):
            mark = found[0]
            self._depth += (mark == "{") - (mark == "}")
            if self._depth == 1 and mark == '"':
                self._quoted = not self._quoted
            elif self._depth == 1 and mark == ")" and not self._quoted:
                self._close(found.end())
                return

    def _close(self, at: int) -> None:
        here = (len(self.lines) - 1, at, self._early_end is not None)
        deeper = 0 if self._early_end or self._closing == ")" else self._depth_of_bare_braces(at)
        if deeper > 0:
            self._early_end, self._depth = here, deeper
            self._look(self.lines[-1], at)
        else:
            self.is_closed, self.end = True, here

    def _depth_of_bare_braces(self, at: int) -> int:
        text = "\n".join([*self.lines[:-1], self.lines[-1][:at]])
        if "\\{" not in text and "\\}" not in text:
            return 0
        marks = [found[0] for found in _BARE_BRACE.finditer(text)]
        return marks.count("{") - marks.count("}")


# Fields

_HEAD = re.compile(r"\s*@\s*[A-Za-z][\w-]*\s*[{(]\s*")
_KEY = re.compile(r"([^,={}\"#]*+)(?:,|$|(?=\}))")
_NAME = re.compile(r"(?:[\s,]|%[^\n]*\n)*+([^\s,={}\"#()%\\]+)\s*=\s*")
_RESUMES = re.compile(r"[,\n}\"][ \t]*(?=[A-Za-z][\w:.+-]*\s*=\s*[\"{\w])")
_ENDS = r"\s*(?:[,#)}]|$|[A-Za-z][\w:.+-]*\s*=)"
_PLAIN = re.compile(rf"\{{([^{{}}\\]*)\}}(?={_ENDS})|(?<!\\)([^\s,#{{}}\"()]+)")
_PLAIN_FIELD = re.compile(r"[\s,]*+([A-Za-z][\w-]*)\s*=\s*\{([^{}\\]*+)\}\s*(?:,|(?=\}\s*$))")
_JOINED = re.compile(r"\s*#\s*")
_QUOTE = re.compile(r"\\\"|[{}\"]")
_VALUE_ENDS = re.compile(_ENDS)

# A value is a list of pieces: what stands in braces or quotes, or the name of a string that was defined.
Piece = tuple[str, bool]


def split_block(block: Block) -> tuple[str, dict[str, list[Piece]]]:
    """The key of an entry, and its fields by their names in small letters; of two of one name the first
    that holds anything. A string has no key.
    """
    text = block.text
    head = _HEAD.match(text)
    at, key = (head.end() if head else 0), ""
    if block.kind != "string" and (found := _KEY.match(text, at)):
        at, key = found.end(), found[1].strip()
    fields: dict[str, list[Piece]] = {}
    while at < len(text):
        if plain := _PLAIN_FIELD.match(text, at):
            at = plain.end()
            if plain[2].strip():
                fields.setdefault(plain[1].lower(), [(plain[2], False)])
            continue
        name = _NAME.match(text, at)
        if name is None:
            resumes = _RESUMES.search(text, at)
            if resumes is None:
                break
            at = resumes.end()
            continue
        pieces, at = _value(text, name.end(), _BARE_BRACE if block.skips_escaped else _BRACE)
        if any(piece.strip() for piece, _ in pieces):
            fields.setdefault(name[1].lower(), pieces)
    return key, fields


def _value(text: str, at: int, braces: re.Pattern[str]) -> tuple[list[Piece], int]:
    pieces: list[Piece] = []
    while at < len(text):
        if found := _PLAIN.match(text, at):
            pieces.append((found[1], False) if found[2] is None else (found[2], True))
            at = found.end()
        elif text[at] == "{":
            end = _closing_brace(text, at, braces)
            pieces.append((text[at + 1 : end], False))
            at = end + 1
        elif text[at] == '"':
            end = _closing_quote(text, at + 1)
            pieces.append((text[at + 1 : end], False))
            at = end + 1
        else:
            break
        joined = _JOINED.match(text, at)
        if joined is None:
            break
        at = joined.end()
    return pieces, at


def _closing_brace(text: str, at: int, braces: re.Pattern[str]) -> int:
    """Where the value ends that begins with a brace; not before a word of the same sentence."""
    depth, first = 0, -1
    for found in braces.finditer(text, at):
        depth += (found[0] == "{") - (found[0] == "}")
        if depth == 0 and found[0] == "}":
            if _VALUE_ENDS.match(text, found.end()):
                return found.start()
            first = found.start() if first < 0 else first
        elif depth < 0:
            break
    return first if first >= 0 else len(text)


def _closing_quote(text: str, at: int) -> int:
    """Where a value in quotes ends: not within braces, and not before a word of the same sentence."""
    depth = 0
    for found in _QUOTE.finditer(text, at):
        depth += (found[0] == "{") - (found[0] == "}")
        if found[0] == '"' and depth <= 0 and _VALUE_ENDS.match(text, found.end()):
            return found.start()
    return len(text)


# Recognition

_LINE_OF_PROSE = re.compile(r"\s*(?:```|[A-Z][A-Z0-9]{1,3} {0,2}- )")
_MOST_LINES = 400
_FIELD = re.compile(r"[,\s][A-Za-z][\w:.+-]*\s*=\s*[\"{\w]")


def is_bibtex(head: bytes) -> bool:
    """Whether the first block that begins at a line of a file's beginning is one of BibTeX."""
    text = head[:_RECOGNISED].decode("utf-8", "replace").lstrip("\ufeff")
    at = 0
    for line in re.split(r"(?<=[\r\n])", text)[:_MOST_LINES]:
        if _LINE_OF_PROSE.match(line) or (at == 0 and _TABLE.search(line)):
            return False
        if begins := _BEGINS.match(text, at):
            kind = (begins[1] or begins[3]).lower()
            if kind in ("comment", "preamble", "string"):
                return True
            return _FIELD.search(text, begins.end(), begins.end() + 4096) is not None
        at += len(line)
    return False


_RECOGNISED = 64 * 1024
_TABLE = re.compile(r"(?i)(?:^|[,;\t\"])\s*title\s*[,;\t\"]")
