"""Lists as Python and numpy print them, which is what ``to_csv`` writes for a cell that is a list."""

from __future__ import annotations

import ast
import re

# 'bees-0', "O'Hara", 7; between them a comma, or as numpy prints arrays only blanks.
_ITEM = re.compile(
    r"""\s*(?:(?P<text>[uU]?'(?:[^'\\]|\\.)*'|[uU]?"(?:[^"\\]|\\.)*")|(?P<number>-?\d{1,30}))\s*(?P<comma>,?)""",
    re.ASCII | re.DOTALL,
)
_OPENS = {"[": "]", "(": ")", "{": "}"}


def printed_list(cell: str) -> list[str] | None:
    """The texts of a list, tuple or set of texts and whole numbers as it is printed; None for anything else.

    Nothing is evaluated but each text by itself. An array that numpy has shortened (``...``) is none.

    >>> printed_list("['bees-0', 'bees-1']"), printed_list("['bees-0' 'bees-1']")
    (['bees-0', 'bees-1'], ['bees-0', 'bees-1'])
    """
    written = cell.strip()
    if len(written) < 2 or _OPENS.get(written[0]) != written[-1]:
        return None
    found, at, end = [], 1, len(written) - 1
    while written[at:end].strip():
        item = _ITEM.match(written, at, end)
        if item is None:
            return None
        text = item["number"] if item["text"] is None else _evaluated(item["text"])
        if text is None:
            return None
        found.append(text)
        at = item.end()
    return found


def _evaluated(literal: str) -> str | None:
    """What a text in quotation marks says; None where its escapes are none."""
    if "\\" not in literal:
        return literal.lstrip("uU")[1:-1]
    try:
        found = ast.literal_eval(literal)
    except (ValueError, SyntaxError):
        return None
    return found if isinstance(found, str) else None
