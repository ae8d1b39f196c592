"""Display: what a notebook shows of a thing, as HTML that is escaped, for dark pages and light ones."""

from __future__ import annotations

from .markup import Html, bar, hint, joined, link, small, stacked
from .table import Column, facts, table

__all__ = ["Column", "Html", "bar", "facts", "hint", "joined", "link", "small", "stacked", "table"]
