r"""Formulas in titles and abstracts: MathML for pages, readable text for all else.

A title comes from anybody. What latex2mathml makes of a formula is written with every sign escaped, which
its own text is not, and is then cleaned by a list of tags: no address, style or script of a formula gets into
a page. What cannot be converted, and what is too long for a line, stays the text that it is.
"""

from __future__ import annotations

import functools
import html
import importlib.util
import re
from xml.etree.ElementTree import Element, tostring

from markupsafe import Markup, escape

from .._extras import extra
from ..display import Html
from ..readers.latex import latex_to_text
from .wording import plain

LONGEST_FORMULA = 200
"""Characters of a formula that is converted; a longer one stays text."""

# "$5 and $10" is no formula: as in Pandoc, a formula touches its dollar signs and no digit follows it.
_FORMULA = re.compile(
    r"\$\$([^$]+)\$\$|\$(?=[^\s$])((?:\\.|[^\\$])+)(?<!\s)\$(?!\d)|\\\(((?:\\[^()]|[^\\])+)\\\)|"
    r"\\\[((?:\\[^\[\]]|[^\\])+)\\\]"
)
MATHML_TAGS = frozenset(
    """math mrow mi mn mo mtext mspace ms mfrac msqrt mroot msub msup msubsup munder mover munderover
    mmultiscripts mprescripts mtable mtr mtd mphantom mpadded menclose mstyle""".split()
)
"""What a formula may be made of."""

_ATTRIBUTES = {"math": {"display", "xmlns"}}
# How many parts each has: a fraction without a denominator is drawn as an error.
_PARTS = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}


def readable_formulas(text: str) -> str:
    r"""The text with its formulas as readable text.

    Parameters
    ----------
    text : str
        With formulas between dollar signs, or in ``\(...\)``.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> from recommender.listing import readable_formulas
    >>> readable_formulas(r"Sorting in $O(n \log n)$ for $5")
    'Sorting in O(n log n) for $5'
    """
    return plain(_FORMULA.sub(lambda found: latex_to_text(found[0]), text)) if _may_hold(text) else text


def html_formulas(text: str) -> Html:
    r"""The text as HTML, with its formulas in MathML.

    Parameters
    ----------
    text : str
        With formulas between dollar signs, or in ``\(...\)``.

    Returns
    -------
    Markup
        Escaped, but for the formulas. Without the extra ``pages``, and where a formula cannot be converted,
        its readable text.

    Examples
    --------
    >>> from recommender.listing import html_formulas
    >>> str(html_formulas("<b> for $5"))
    '&lt;b&gt; for $5'
    """
    if not _may_hold(text):
        return escape(text)
    parts, at = [], 0
    for found in _FORMULA.finditer(text):
        parts += [escape(text[at : found.start()]), _converted(found)]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def _may_hold(text: str) -> bool:
    return "$" in text or "\\(" in text or "\\[" in text


def _converted(found: re.Match[str]) -> Html:
    formula = next(filter(None, found.groups())).strip()
    made = _mathml(formula) if len(formula) <= LONGEST_FORMULA and _is_installed() else ""
    return Markup(made) if made else escape(plain(latex_to_text(found[0])))


@functools.cache
def _is_installed() -> bool:
    return all(importlib.util.find_spec(package) for package in ("latex2mathml", "nh3"))


@functools.lru_cache(maxsize=2_000)
def _mathml(formula: str) -> str:
    """MathML with nothing in it but MathML; "" where the formula cannot be read."""
    with extra("pages"):
        import nh3
        from latex2mathml.converter import convert_to_element

    try:
        tree = convert_to_element(formula)
        if not _is_whole(tree):
            return ""
        for node in tree.iter():  # signs are written as character references inside its texts
            node.text, node.tail = html.unescape(node.text or ""), html.unescape(node.tail or "")
        written = tostring(tree, encoding="unicode", short_empty_elements=False)
        return nh3.clean(written, tags=set(MATHML_TAGS), attributes=_ATTRIBUTES)
    except Exception:  # whatever breaks it, RecursionError too, the text is still there
        return ""


def _is_whole(tree: Element) -> bool:
    """Whether every fraction, root and index has all its parts, and some sign is in it."""
    if any(len(node) != _PARTS[node.tag] for node in tree.iter() if node.tag in _PARTS):
        return False
    return any((node.text or "").strip() for node in tree.iter())
