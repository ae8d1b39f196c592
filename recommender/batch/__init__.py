"""Batch: many readers in one job; above the engine."""

from __future__ import annotations

from .asked import Asked, asked
from .entries import Entry, read_entries
from .frame import recommend_frame
from .given import GivenProfile
from .ledger import Ledger
from .output import COLUMNS, DEFAULT_FORMAT, FORMATS
from .profile_store import ProfileStore
from .ratings import RatedPaper
from .rejection import Rejection
from .run import LEDGER, BatchReport, run_batch
from .verdicts import choose_thresholds

__all__ = [
    "COLUMNS",
    "DEFAULT_FORMAT",
    "FORMATS",
    "LEDGER",
    "Asked",
    "BatchReport",
    "Entry",
    "GivenProfile",
    "Ledger",
    "ProfileStore",
    "RatedPaper",
    "Rejection",
    "asked",
    "choose_thresholds",
    "read_entries",
    "recommend_frame",
    "run_batch",
]
