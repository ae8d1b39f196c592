"""Listings: what a page, a mail and a feed show, each by a writer of its own."""

from __future__ import annotations

from .listing import SPANS, CorpusState, Entry, InterestPlaces, Listing, Part, Span

__all__ = ["SPANS", "CorpusState", "Entry", "InterestPlaces", "Listing", "Part", "Span"]
