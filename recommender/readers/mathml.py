"""MathML as a line of text: ``x^2``, ``a_i``, ``(a+b)/c``."""

from __future__ import annotations

import re

_TAG = re.compile(r"<(/?)(?:\w{1,8}:)?([A-Za-z-]{1,20})\b[^<>]*?(/?)>|([^<]+)|<")
_NO_TEXT = frozenset({"annotation", "annotation-xml", "mphantom"})
_ALT = re.compile(r"""\balttext\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SIMPLE = re.compile(r"[\w.∞√′]+")


def math_text(attributes: str, inner: str) -> str:
    """What stands between ``<math ATTRIBUTES>`` and ``</math>``, once and in one line; where that is nothing,
    the text that stands for it. Never raises.
    """
    stack: list[tuple[str, list[str]]] = [("", [])]
    silent = 0
    for end, name, single, text in _TAG.findall(inner):
        if text:
            if not silent and text.strip():
                stack[-1][1].append(" ".join(text.split()))
            continue
        name = name.lower()
        if name in _NO_TEXT and not single:
            silent = max(0, silent + (-1 if end else 1))
        elif single and name == "mspace":
            stack[-1][1].append(" ")
        elif name and not end and not single:
            stack.append((name, []))
        elif end and name and len(stack) > 1:
            opened, parts = stack.pop()
            stack[-1][1].append(_said(opened, parts))
    while len(stack) > 1:  # what nobody closed
        opened, parts = stack.pop()
        stack[-1][1].append(_said(opened, parts))
    found = _joined(stack[0][1]).strip()
    alternative = _ALT.search(attributes)
    if found or alternative is None:
        return found
    said = (alternative[1] or alternative[2] or "").strip()
    return f"${said}$" if "\\" in said and not said.startswith("$") else said


def _said(name: str, parts: list[str]) -> str:
    if name == "msup" and len(parts) == 2:
        return f"{_held(parts[0])}^{_held(parts[1])}"
    if name == "msub" and len(parts) == 2:
        return f"{_held(parts[0])}_{_held(parts[1])}"
    if name == "msubsup" and len(parts) == 3:
        return f"{_held(parts[0])}_{_held(parts[1])}^{_held(parts[2])}"
    if name == "mfrac" and len(parts) == 2:
        return f"{_held(parts[0])}/{_held(parts[1])}"
    if name == "msqrt":
        return f"√{_held(_joined(parts))}"
    return _joined(parts)


def _held(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) or len(text) < 2 or text[0] in "-−" else f"({text})"


def _joined(parts: list[str]) -> str:
    """The parts in a row, words apart."""
    found = ""
    for part in parts:
        both = found[-1:].isalpha() and part[:1].isalpha()
        found += (
            f" {part}" if both and (found[-2:].isalpha() > (len(found) < 2) or part[1:2].isalpha()) else part
        )
    return found
