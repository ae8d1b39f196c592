"""Batch: many readers in one job; above the engine."""

from __future__ import annotations

from .entries import Entry, read_entries
from .given import GivenProfile
from .profile_store import ProfileStore
from .ratings import RatedPaper
from .rejection import Rejection

__all__ = ["Entry", "GivenProfile", "ProfileStore", "RatedPaper", "Rejection", "read_entries"]
