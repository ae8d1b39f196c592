"""The words in an XML element, with those of the markup inside."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

_BLOCKS = frozenset({"p", "sec", "title", "br", "break", "list-item", "li", "div", "AbstractText", "label"})
# What says a formula once more, in a language for programs.
_SAID_TWICE = frozenset({"annotation", "annotation-xml"})


def words(element: Element | None) -> str:
    """The text in an element and in all that is inside it, such as ``CO2`` of ``CO<sub>2</sub>``."""
    if element is None:
        return ""
    return "".join(_pieces(element)) if len(element) else element.text or ""


def _pieces(element: Element) -> Iterator[str]:
    formulas = 0  # that are open: their elements may stand on lines of their own, which are no spaces
    stack: list[tuple[Element, bool]] = [(element, False)]
    while stack:
        node, ended = stack.pop()
        if ended:
            formulas -= node.tag == "math"
            yield " " if node.tag in _BLOCKS else ""
            yield _kept(node.tail, formulas)
            continue
        if node is not element:
            stack.append((node, True))
            yield " " if node.tag in _BLOCKS else ""
        formulas += node.tag == "math"
        if node.tag not in _SAID_TWICE:
            yield _kept(node.text, formulas and len(node))
            stack.extend((child, False) for child in reversed(node))


def _kept(text: str | None, in_formula: int) -> str:
    return "" if text is None or (in_formula and text.isspace()) else text


def first(element: Element, *paths: str) -> str:
    """The words of the first of these elements that has any."""
    return next(filter(None, (words(element.find(path)).strip() for path in paths)), "")


def each(element: Element, path: str) -> list[str]:
    """The words of all elements there that have any."""
    return [found for node in element.iterfind(path) if (found := words(node).strip())]
