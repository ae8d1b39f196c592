"""Plain text written so that LaTeX shows it and BibTeX can hold it."""

from __future__ import annotations

import re

from ..paper import clean_text

__all__ = ["latex"]

# A title may come from anywhere, so nothing in it is taken for LaTeX: "$" is a dollar, not mathematics,
# and \input is a word. Letters outside ASCII stay: LaTeX, biber and every reference manager read UTF-8.
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # BibTeX counts braces even behind a backslash, so a lone \{ would swallow the rest of the file.
    "{": r"\ensuremath{\lbrace}",
    "}": r"\ensuremath{\rbrace}",
    **{char: f"\\{char}" for char in "&%$#_"},
}
_SPECIAL = re.compile("[" + re.escape("".join(_ESCAPES)) + "]")

# Pairs that LaTeX would join into another character: dashes, quotation marks, inverted marks, guillemets.
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=[`!?])(?=`)|(?<=<)(?=<)|(?<=>)(?=>)|(?<=,)(?=,)")


def latex(text: str) -> str:
    """One line of LaTeX, its braces balanced, that shows the text as it is."""
    kept_apart = _LIGATURE.sub("\0", clean_text(text))
    escapes = {**_ESCAPES, "{": r"\{", "}": r"\}"} if _is_balanced(text) else _ESCAPES
    escaped = _SPECIAL.sub(lambda found: escapes[found[0]], kept_apart)
    return escaped.replace("\0", "{}")


def _is_balanced(text: str) -> bool:
    depth = 0
    for brace in re.findall("[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
