"""HTML, JATS and MathML in a field -> the text that a reader sees. Only what is known to be a tag is one.

``p < 0.05`` and ``a<b and c>d`` stay; so does any tag that belongs to no such language (``<mask>``).
"""

from __future__ import annotations

import html
import html.entities
import re
import unicodedata

from .abstracts import ABSTRACT_HEADINGS
from .mathml import math_text

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DEEPEST = 4  # how often a text is escaped, by one program after another

_INLINE = (
    "i b em strong sub sup sc scp inf italic bold span u font tt small big monospace underline overline "
    "roman sans-serif styled-content named-content ext-link xref uri email a code abbr cite q del ins "
    "strike inline-formula disp-formula alternatives tex-math inline-graphic graphic img label fn "
    "fixed-case url abstracttext article-title math mi mo mn mrow msub msup msubsup mfrac msqrt mroot "
    "mtext mspace mstyle mover munder munderover mtable mtr mtd mfenced semantics annotation "
    "annotation-xml mpadded mphantom menclose"
)
_BLOCK = (
    "p br div hr li ul ol dl dt dd table thead tbody tr td th h1 h2 h3 h4 h5 h6 sec section title abstract "
    "list list-item break disp-quote blockquote pre trans-abstract trans-title caption"
)
# These are tags where they touch a word; others, which a text on markup may name, where they are closed.
_ALWAYS = frozenset("i b em strong sub sup sc scp inf italic bold p br span div".split())
_BLOCKS = frozenset(_BLOCK.split())
_KNOWN = frozenset(_INLINE.split()) | _BLOCKS

_ATTRIBUTE = r"""\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+)"""
_TAG = re.compile(rf"<(/?)((?:[A-Za-z]\w{{0,8}}:)?)([A-Za-z][\w-]{{0,20}})((?:{_ATTRIBUTE}){{0,20}})\s*(/?)>")
_PREFIXES = frozenset({"jats:", "mml:", "m:", "ce:", "xhtml:", "html:", "sb:"})
_COMMENT = re.compile(r"<!--.{0,10000}?-->|<\?xml[^<>]{0,200}\?>", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)

_HEADING = re.compile(
    r"<((?:jats:)?title|h[1-6])(?:\s[^<>]*)?>\s*((?:(?!</\1)[^\x00]){0,200}?)\s*</\1\s*>\s*", re.IGNORECASE
)
_LABELLED = re.compile(
    r"""<((?:jats:)?(?:abstracttext|sec))\s[^<>]*\blabel\s*=\s*["']([^"'<>]{1,100})["'][^<>]*>""",
    re.IGNORECASE,
)
_NO_HEADINGS = frozenset(ABSTRACT_HEADINGS)

_TEX = re.compile(
    r"<((?:jats:)?tex-math)\b[^<>]*>([^<]*)</\1\s*>"
    r"(\s*(?:</?(?:jats:)?[a-z-]+\b[^<>]*>\s*)?(?=<(?:mml:|m:)?math\b))?",
    re.I | re.DOTALL,
)
_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_MATH = re.compile(r"<((?:mml:|m:)?math)\b([^<>]*)>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_MOST_FORMULAS = 4000  # in one text: tags that nobody closes are looked for to its end
_POWER = re.compile(r"(?<=\d)<((?:jats:)?sup)>(?=\s*[-+−–]?\d)", re.IGNORECASE)

_INVISIBLE = re.compile("\u00ad(?:[ \\t]*\\n[ \\t]*)?|[\u200b\u200e\u200f\u2060\ufeff]")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_ODD = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff\ufb00-\ufb06]")


def plain_markup(text: str) -> str:
    """The text without tags and with the letters that entities stand for, in composed letters; as it is where
    it holds none of these. Every word is kept, and read again it stays the same. Never raises.
    """
    if "<" in text or "&" in text:
        text = _without_markup(text)
    return text if text.isascii() else _composed(text)


def _composed(text: str) -> str:
    """One spelling for letters with marks and for ligatures; without what nobody sees."""
    if _ODD.search(text):
        text = _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), _INVISIBLE.sub("", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _without_markup(text: str) -> str:
    for _ in range(_DEEPEST):
        before = text
        if "<" in text and ">" in text:
            text = _without_tags(text)
        if "&" in text:
            text = _ENTITY.sub(_letter, text)
        if text == before:
            break
    return text


def _letter(found: re.Match[str]) -> str:
    if found[0][1] != "#" and found[0][1:] not in html.entities.html5:
        return found[0]
    letter = html.unescape(found[0])
    return " " if letter == "\xa0" else letter


def _without_tags(text: str) -> str:
    if "<!" in text or "<?" in text:
        text = _CDATA.sub(r"\1", _COMMENT.sub("", text))
    if not _TAG.search(text):
        return text
    lower = text.lower()
    if "</script" in lower or "</style" in lower:
        text = _SCRIPT.sub(" ", text)
    if "tex-math" in lower:
        text = _TEX.sub(_tex, text)
    if "math>" in lower and lower.count("math") < _MOST_FORMULAS:
        text = _MATH.sub(lambda found: math_text(found[2], found[3]), text)
    text = _LABELLED.sub(lambda found: f"{found[0]}{found[2].strip().rstrip(':')}: ", text)
    text = _POWER.sub("^", _HEADING.sub(_heading, text))
    closed = {f"{prefix}{name}".lower() for end, prefix, name, _, its in _TAG.findall(text) if end or its}
    return _TAG.sub(lambda found: _tag(found, closed), text)


def _tag(found: re.Match[str], closed: set[str]) -> str:
    """What a reader sees in the place of a tag: nothing, or a space between blocks."""
    prefix, name = found[2].lower(), found[3].lower()
    if prefix not in _PREFIXES and (prefix or name not in _KNOWN):
        return found[0]
    # "the <b> tag" is about one; a text that was cut off has one that nobody closed.
    near = found.string[found.start() - 1 : found.start()] + found.string[found.end() : found.end() + 1]
    alone = found.start() > 0 and near.isspace() and len(near) == 2
    sure = bool(prefix) or f"{prefix}{name}" in closed or (name in _ALWAYS and not alone)
    return found[0] if not sure else " " if name in _BLOCKS else ""


def _heading(found: re.Match[str]) -> str:
    """``Aim: `` for the title of a section; nothing for that of the whole abstract."""
    title = " ".join(_TAG.sub("", found[2]).split())
    if title.strip(" .:").casefold() in _NO_HEADINGS or not title:
        return " "
    return f" {title} " if title[-1] in ".:?!" else f" {title}: "


def _tex(found: re.Match[str]) -> str:
    """TeX beside MathML says the same again; by itself it is a formula, whose preamble is none."""
    if found[3] is not None:
        return ""
    inner = _DOCUMENT.search(found[2])
    return found[2] if inner is None else inner[1]
