"""Batch: many readers in one job; above the engine."""

from __future__ import annotations

from .asked import BatchOptions
from .frame import recommend_frame
from .output import COLUMNS, DEFAULT_FORMAT, FORMATS
from .report import BatchReport
from .run import LEDGER, run_batch

__all__ = [
    "COLUMNS",
    "DEFAULT_FORMAT",
    "FORMATS",
    "LEDGER",
    "BatchOptions",
    "BatchReport",
    "recommend_frame",
    "run_batch",
]
