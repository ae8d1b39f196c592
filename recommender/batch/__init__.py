"""Batch: many readers in one job; above the engine."""

from __future__ import annotations

from .asked import Asked, asked
from .frame import recommend_frame
from .ledger import Ledger
from .output import COLUMNS, DEFAULT_FORMAT, FORMATS
from .run import LEDGER, BatchReport, run_batch

__all__ = [
    "COLUMNS",
    "DEFAULT_FORMAT",
    "FORMATS",
    "LEDGER",
    "Asked",
    "BatchReport",
    "Ledger",
    "asked",
    "recommend_frame",
    "run_batch",
]
