"""Display: what a notebook shows of a thing, as HTML that is escaped, for dark pages and light ones; and what
a terminal may be given.
"""

from __future__ import annotations

from .address import safe_url, web_address
from .markup import Html, bar, counted, hint, joined, link, shortened, small, stacked
from .order import paper_heading
from .table import Column, facts, table
from .visible import is_visible, readable, visible

__all__ = [
    "Column",
    "Html",
    "bar",
    "counted",
    "facts",
    "hint",
    "is_visible",
    "joined",
    "link",
    "paper_heading",
    "readable",
    "safe_url",
    "shortened",
    "small",
    "stacked",
    "table",
    "visible",
    "web_address",
]
