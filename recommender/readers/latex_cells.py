r"""LaTeX in the cells of any source: read where it is certain to be LaTeX, left alone where it may be text.

Reference managers write titles as ``{BERT}: {P}re-training`` and names as ``Erd{\H o}s``, whatever the
format; but ``{a, b}`` may be a set, ``$5`` a price, ``C:\temp`` a path and ``x~y`` a relation.
"""

from __future__ import annotations

import re

from .latex import readable

__all__ = ["plain_name", "plain_text", "plain_title"]

_ANY = re.compile(r"[\\{}$~]")

_ESCAPED = re.compile(r"\\([%&#_${}])")
# As programs escape quotation marks: don\'t, \"quoted\".
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])\\'(?=(?:s|t|d|m|ll|re|ve)\b)")
_QUOTATION = re.compile(r'\\"(?!\{?\\?[A-Za-z])')

# Macros that stand without an argument; of others the brace behind them tells.
_BARE = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|varphi|"
    "chi|psi|omega|Gamma|Delta|Theta|Lambda|Sigma|Phi|Psi|Omega|ell|hbar|infty|partial|nabla|sum|prod|int|times|"
    "cdot|cdots|ldots|dots|pm|mp|leq?|geq?|neq|ll|gg|sim|simeq|approx|equiv|propto|subset|subseteq|cup|cap|"
    "rightarrow|leftarrow|Rightarrow|lbrace|rbrace|langle|rangle|quad|circ|bullet|dagger|prime|star|"
    r"text[a-z]+|LaTeX|TeX|ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j|S|P|copyright|pounds|emph|em|it|bf|sc|tt|rm"
)
_MACRO = re.compile(
    r"(?<![:\\])\\(?:"
    r"[A-Za-z]+\*?\{"  # with an argument
    rf"|(?:{_BARE})(?![A-Za-z])"
    r"|(?<=[A-Za-z{]\\)[cvHukrbdt]\s[A-Za-z]"  # Fran\c cois; but \d is a pattern's digit
    r"|['`^\"~=.](?:\{?\\?[A-Za-z]\}?)"  # \'e, \"{o}, \'\i
    r"|(?:begin|end)\{)"
)
# Of the last two kinds no more than a line or so, that no text is slow.
_FORMULAS = re.compile(
    r"\$\$([^$]+)\$\$|\$([^\s$](?:\\.|[^\\$])*?)(?<!\s)\$(?!\d)|\\\((.{1,200}?)\\\)|\\\[(.{1,200}?)\\\]"
)
_WORD = re.compile(r"[A-Za-z]{3}")

_GROUP = re.compile(r"(?<![\\$])\{((?:[^\W_]|[ .+/'’&:*-])+)\}")
_DEEPEST = 4
_TIE = re.compile(r"(?<=[A-Za-z]\.)~(?=[\w\\\[({])|(?<=[A-Za-z]{2})~(?=\d)|(?<=[a-z]{2})~(?=[\[(\\])")
_NAME_TIE = re.compile(r"(?<!\\)~")


def plain_text(text: str) -> str:
    """An abstract without the LaTeX that is certain to be some. Never raises."""
    return _plain(text, title=False) if _ANY.search(text) else text


def plain_title(text: str) -> str:
    """A title or a venue, where braces also keep capitals: ``{B}ayesian {BERT}``. Never raises."""
    return _plain(text, title=True) if _ANY.search(text) else text


def plain_name(name: str) -> str:
    """A person's or an organisation's name, where braces and ties hold words together. Never raises."""
    return plain_title(_NAME_TIE.sub(" ", name)).strip() if _ANY.search(name) else name


def _plain(text: str, *, title: bool) -> str:
    text = _APOSTROPHE.sub("'", text)
    if _is_latex(text):
        return readable(text)
    text = _unwrapped(text)
    for _ in range(_DEEPEST):
        outer = text
        text = _GROUP.sub(lambda found: _without_braces(found, title=title), text)
        if text == outer:
            break
    return _ESCAPED.sub(r"\1", _TIE.sub(" ", text))


def _is_latex(text: str) -> bool:
    """Whether there is a macro or a formula in the text."""
    if "\\" in text and not _QUOTATION.search(text) and _MACRO.search(text):
        return True
    return any(_is_formula(next(filter(None, found), "")) for found in _FORMULAS.findall(text))


def _is_formula(inner: str) -> bool:
    """Whether what stands between dollars is mathematics, and no part of a sentence on money."""
    if re.search(r"[\\^_]", inner):
        return True
    return bool(inner) and not _WORD.search(inner) and (not inner[0].isdigit() or " " not in inner)


def _unwrapped(text: str) -> str:
    """A field that BibTeX's braces enclose whole, however often."""
    bare = text.strip()
    for _ in range(_DEEPEST):
        if not (bare.startswith("{") and bare.endswith("}") and _closes(bare) == len(bare) - 1):
            break
        if not re.match(r"[{ ]*\w", bare) or not re.search(r"[^\W\d_]{2}", bare):  # JSON, {0, 1}, {a, b}
            break
        bare = text = bare[1:-1].strip()
    return text


def _closes(text: str) -> int:
    """Where the brace is closed that the text begins with."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return at
    return len(text)


def _without_braces(found: re.Match[str], *, title: bool) -> str:
    """What braces hold together, without them where that is what they are for."""
    inner, whole = found[1], found[0]
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    touches = (before.isalpha() or before == "-") or (after.isalpha() or after == "-")
    capital = any(char.isupper() or ord(char) > 127 for char in inner)
    if inner != inner.strip() or not any(map(str.isalpha, inner)) or (":" in inner and not capital):
        return whole
    if title:
        return inner if len(inner) > 1 or touches or capital else whole
    return inner if capital and (len(inner) > 1 or touches) else whole
