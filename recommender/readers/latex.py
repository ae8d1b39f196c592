r"""LaTeX in titles, abstracts and names -> readable text, where it is certain to be LaTeX.

Reference managers write titles as ``{BERT}: {P}re-training`` and names as ``Erd{\H o}s``, whatever the
format; but ``{a, b}`` may be a set, ``$5`` a price, ``C:\temp`` a path and ``x~y`` a relation.
"""

from __future__ import annotations

import functools
import logging
import re
import unicodedata
from typing import Any

_LATEX = re.compile(r"[\\${}]")
_LONGEST = 100_000  # characters; whoever writes more is not writing an abstract
_CACHED = 60
_PRINTED = re.compile(r"[\u2000-\U0010ffff]+")  # letters of the Latin blocks are nobody's print form

# Most LaTeX in abstracts is no more than these.
_ESCAPED = re.compile(r"\\([%&#_])")
# The space that ends a macro which is itself a letter: S\o rensen.
_LETTER_MACRO = re.compile(r"\\(o|O|l|L|i|j|ss|ae|AE|oe|OE|aa|AA)\s+(?=[a-z])")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[A-Za-z]+\*?\}(?:\[[^\]]{0,40}\])?")
_TIE = re.compile(r"(?<=[A-Za-z.])~(?=[\\\w\[(])")

# Words without spaces of which a part is LaTeX. Quantifiers are possessive: no input makes them slow.
_GROUP = r"\{(?:\\.|[^\\{}]|\{(?:\\.|[^\\{}]|\{(?:\\.|[^\\{}]|\{(?:\\.|[^\\{}])*+\})*+\})*+\})*+\}"
# "$5 and $10" is no formula: as in Pandoc, a formula touches its dollar signs and no digit follows it,
# unless it begins with what only a formula has.
_FORMULA = (
    r"\$\$[^$]++\$\$|\$(?:\s*+(?=[\\^_{])(?:\\.|[^\\$])++\$|(?=[^\s$])(?:\\.|[^\\$])++(?<!\s)\$(?!\d))|"
    r"\\\((?:\\[^()]|[^\\])*+\\\)|\\\[(?:\\[^\[\]]|[^\\])*+\\\]"
)
_MACRO = r"\\[cvHukrbdt]\s[^\W\d_]|\\[A-Za-z]+\*?(?:\s*+(?=\{)|\[[^\]{}]{0,80}\](?=\{))?|\\."
_STRETCH = re.compile(rf"(?:[^\s\\${{}}]++|{_GROUP}|{_FORMULA}|{_MACRO})++", re.DOTALL)

_LANGUAGE = re.compile(r"\\foreignlanguage\s*\{[A-Za-z]{1,30}\}")
_LINK = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")

# Macros that only change how text looks.
_SILENT = re.compile(
    "xspace|tiny|small|large|Large|normalsize|footnotesize|scriptsize|it|bf|em|rm|sc|tt|sf|sl|itshape|scshape|"
    "bfseries|sffamily|ttfamily|noindent|newline|linebreak|par|centering|protect|displaystyle|textstyle|left|"
    "right|[bB]igg?[lr]?|limits|nolimits|(?:small|med|big)skip|unskip|hfill"
)
# Macros whose arguments are no words for a reader.
_DROPPED = (
    *("cite", "citep", "citet", "citealt", "citealp", "citeauthor", "citeyear", "label", "ref", "eqref"),
    *("cref", "Cref", "autoref", "vspace", "hspace", "includegraphics", "color"),
    *("phantom", "vphantom", "hphantom"),
)
# Macros that are one sign, which pylatexenc does not know, or gives as a letter of another kind.
_SIGNS = {
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textasciicircum": "^",
    "textasciitilde": "~",
    "textquotedbl": '"',
    "copyright": "\u00a9",
    "pounds": "\u00a3",
    "textperiodcentered": "\u00b7",
    "slash": "/",
    "DH": "\u00d0",
    "dh": "\u00f0",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textunderscore": "_",
    "textbardbl": "\u2016",
    "textminus": "\u2212",
    "euro": "\u20ac",
    "ij": "ij",
    "IJ": "IJ",
    "SS": "SS",
}
_OWN = (
    *(*_DROPPED, *_SIGNS, "url", "href", "footnote", "section", "subsection", "paragraph", "title"),
    *("author", "date", "chapter", "input", "include"),  # whose words would be lost or changed
    "today",  # the text would be another one each day
)


def latex_to_text(text: str) -> str:
    """The text with its LaTeX read: accents, Greek letters, formulas, emphasis without the marks.

    Keeps every word; what cannot be read as LaTeX stays as it is. Never raises.
    """
    if not _LATEX.search(text):
        return text
    plain = _ESCAPED.sub(r"\1", text)
    if not _LATEX.search(plain) or len(text) > _LONGEST:
        return plain
    text = _ENVIRONMENT.sub(" ", _LETTER_MACRO.sub(r"\\\1{}", _LANGUAGE.sub("", text)))
    text = _TIE.sub(" ", _LINK.sub(r"\2 (\1)", text))
    return _STRETCH.sub(_read_stretch, text)


def _read_stretch(found: re.Match[str]) -> str:
    stretch = found[0]
    if not _LATEX.search(stretch):
        return stretch
    return _read_cached(stretch) if len(stretch) <= _CACHED else _read(stretch)


def _read(stretch: str) -> str:
    # A bare percent sign is one in an abstract, not the beginning of a comment.
    escaped = re.sub(r"(?<!\\)%", r"\\%", stretch)
    converter, context = _converter()
    try:
        found = str(converter.latex_to_text(escaped, tolerant_parsing=True, latex_context=context))
    except Exception:  # whatever breaks it, the words are kept
        return stretch
    if "%s" in found and "%s" not in stretch:  # pylatexenc's mark for an argument that is missing
        return stretch
    return _PRINTED.sub(_as_typed, unicodedata.normalize("NFC", found))


def _as_typed(found: re.Match[str]) -> str:
    """Without compatibility forms, which are for printing: script letters are unknown to encoders."""
    return unicodedata.normalize("NFKC", found[0])


_read_cached = functools.lru_cache(maxsize=10_000)(_read)


@functools.cache
def _converter() -> tuple[Any, Any]:
    """The converter of pylatexenc and parsing rules, made once: making them takes longer than most texts."""
    from pylatexenc import latex2text, latexwalker

    # It logs the same warning for every incomplete macro in somebody's abstract.
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)
    own = [latex2text.MacroTextSpec(name, simplify_repl=_read_macro) for name in _OWN]
    meanings = latex2text.get_default_latex_context_db()
    meanings.add_context_category("own", prepend=True, macros=own)
    meanings.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=_read_macro))
    # Quotation marks and dashes stay as in texts without LaTeX.
    grammar = latexwalker.get_default_latex_context_db().filter_context(
        exclude_categories=["nonascii-specials"]
    )
    return latex2text.LatexNodes2Text(latex_context=meanings, math_mode="text", keep_comments=True), grammar


def _read_macro(node: Any, l2tobj: Any) -> str:
    """The text of a macro's arguments; for one of the author's own (`method`), its name."""
    name, space = node.macroname, str(node.macro_post_space)
    if name in _DROPPED:
        return space
    if name in _SIGNS:
        return f"{_SIGNS[name]}{space}"
    arguments = [argument for argument in (node.nodeargd.argnlist if node.nodeargd else ()) if argument]
    texts = [text for argument in arguments if (text := l2tobj.nodelist_to_text([argument]).strip())]
    if texts:
        return f" ({texts[-1]})" if name == "footnote" else " ".join(texts) + " " * (name == "href")
    after = node.parsing_state.s[node.pos + node.len :]
    is_word = name.isalpha() and not _SILENT.fullmatch(name) and not re.match(r"\s*\{[^}]", after)
    return f"{name}{space}" if is_word else space


_ANY = re.compile(r"[\\{}$~]")

_ESCAPED_SIGN = re.compile(r"\\([%&#_${}])")
# As programs escape quotation marks: don\'t, \"quoted\".
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])\\'(?=(?:s|t|d|m|ll|re|ve)\b)")
_QUOTATION = re.compile(r'\\"(?!\{?(?:\\[`\'^"~=.]\{?)?\\?[^\W\d_])')

# Macros that stand without an argument; of others the brace behind them tells.
_BARE = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|varphi|"
    "chi|psi|omega|Gamma|Delta|Theta|Lambda|Sigma|Phi|Psi|Omega|ell|hbar|infty|partial|nabla|sum|prod|int|times|"
    "cdot|cdots|ldots|dots|pm|mp|leq?|geq?|neq|ll|gg|sim|simeq|approx|equiv|propto|subset|subseteq|cup|cap|"
    "rightarrow|leftarrow|Rightarrow|lbrace|rbrace|langle|rangle|quad|circ|bullet|dagger|prime|star|"
    r"text[a-z]+|LaTeX|TeX|DH|dh|ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j|S|P|copyright|pounds|emph|em|it|bf|sc|tt|rm"
)
_CERTAIN_MACRO = re.compile(
    r"(?<![:\\])\\(?:"
    r"[A-Za-z]+\*?\{"  # with an argument
    rf"|(?:{_BARE})(?![A-Za-z])"
    r"|(?<=[A-Za-z{]\\)[cvHukrbdt]\s[^\W\d_]"  # Fran\c cois; but \d is a pattern's digit
    r"|['`^\"~=.](?:\{?(?:\\[`'^\"~=.]\{?)?\\?[^\W\d_]\}?)"  # \'e, \"{o}, \'\i
    r"|(?:begin|end)\{)"
)
# Of the last two kinds no more than a line or so, that no text is slow.
_FORMULAS = re.compile(
    r"\$\$([^$]+)\$\$|\$([^\s$](?:\\.|[^\\$])*?)(?<!\s)\$(?!\d)|\\\((.{1,200}?)\\\)|\\\[(.{1,200}?)\\\]"
)
_WORD = re.compile(r"[A-Za-z]{3}")

_WORD_GROUP = re.compile(r"(?<![\\$])\{((?:[^\W_]|[ .+/'’&:*-])+)\}")
_DEEPEST = 4
_CERTAIN_TIE = re.compile(r"(?<=[A-Za-z]\.)~(?=[\w\\\[({])|(?<=[A-Za-z]{2})~(?=\d)|(?<=[a-z]{2})~(?=[\[(\\])")
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
        return latex_to_text(text)
    text = _unwrapped(text)
    for _ in range(_DEEPEST):
        outer = text
        text = _WORD_GROUP.sub(lambda found: _without_braces(found, title=title), text)
        if text == outer:
            break
    return _ESCAPED_SIGN.sub(r"\1", _CERTAIN_TIE.sub(" ", text))


def _is_latex(text: str) -> bool:
    """Whether there is a macro or a formula in the text."""
    if "\\" in text and not _QUOTATION.search(text) and _CERTAIN_MACRO.search(text):
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
