"""Queries: what somebody writes into the search box, and which texts it means."""

from __future__ import annotations

from .matching import ClausePattern
from .query import Clause, Query, parse_query

__all__ = ["Clause", "ClausePattern", "Query", "parse_query"]
