"""Queries: what somebody writes into the search box, and which texts it means."""

from __future__ import annotations

from .followed import Followed, followed_in
from .matching import ClausePattern
from .query import Clause, Query, parse_query

__all__ = ["Clause", "ClausePattern", "Followed", "Query", "followed_in", "parse_query"]
