"""Display: what a notebook shows of a thing, as HTML that is escaped, for dark pages and light ones."""

from __future__ import annotations

from .markup import Html, bar, counted, hint, joined, link, shortened, small, stacked, web_address
from .order import paper_heading
from .table import Column, facts, table

__all__ = [
    "Column",
    "Html",
    "bar",
    "counted",
    "facts",
    "hint",
    "joined",
    "link",
    "paper_heading",
    "shortened",
    "small",
    "stacked",
    "table",
    "web_address",
]
