"""Listings: what a page, a mail and a feed show, each by a writer of its own."""

from __future__ import annotations

from .atom import atom_of
from .base import ListingWriter
from .by_topic import topic_listing
from .choice import edition_confidence
from .community import day_listing, in_pages
from .curated import curated_parts
from .digest import DigestReport, make_editions
from .folders import folder_name
from .formulas import html_formulas, readable_formulas
from .json_feed import json_feed_of
from .links import identifier_links, page_address, pdf_address
from .listing import (
    PART_KINDS,
    SPANS,
    CorpusState,
    Entry,
    InterestPlaces,
    Listing,
    Part,
    PartKind,
    Span,
    placed,
)
from .mail_page import MailTexts, mail_texts
from .picked import picked_part
from .similar import similar_listings
from .style import html_page
from .trending import HALF_LIFE, newest_part, trending_listing, trending_part
from .wording import long_day, words_of
from .writers import LISTING_WRITERS

__all__ = [
    "HALF_LIFE",
    "LISTING_WRITERS",
    "PART_KINDS",
    "SPANS",
    "CorpusState",
    "DigestReport",
    "Entry",
    "InterestPlaces",
    "Listing",
    "ListingWriter",
    "MailTexts",
    "Part",
    "PartKind",
    "Span",
    "atom_of",
    "curated_parts",
    "day_listing",
    "edition_confidence",
    "folder_name",
    "html_formulas",
    "html_page",
    "identifier_links",
    "in_pages",
    "json_feed_of",
    "long_day",
    "mail_texts",
    "make_editions",
    "newest_part",
    "page_address",
    "pdf_address",
    "picked_part",
    "placed",
    "readable_formulas",
    "similar_listings",
    "topic_listing",
    "trending_listing",
    "trending_part",
    "words_of",
]
