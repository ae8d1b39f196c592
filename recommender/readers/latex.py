"""LaTeX in titles, abstracts and names -> readable text."""

from __future__ import annotations

import functools
import logging
import re
import unicodedata
from typing import Any

__all__ = ["readable"]

_LATEX = re.compile(r"[\\${}]")
_LONGEST = 100_000  # characters; whoever writes more is not writing an abstract
_CACHED = 60

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
_MACRO = r"\\[cvHukrbdt]\s[A-Za-z]|\\[A-Za-z]+\*?(?:\s*+(?=\{)|\[[^\]{}]{0,80}\](?=\{))?|\\."
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
}
_OWN = (
    *(*_DROPPED, *_SIGNS, "url", "href", "footnote", "section", "subsection", "paragraph", "title"),
    *("author", "date", "chapter", "input", "include"),  # whose words would be lost or changed
    "today",  # the text would be another one each day
)


def readable(text: str) -> str:
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
    # Compatibility forms are for printing: script letters and the like are unknown to encoders.
    return unicodedata.normalize("NFKC", found)


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
