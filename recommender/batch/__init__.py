"""Batch: many readers in one job; above the engine."""

from __future__ import annotations

from ..option_values import LEDGER
from .dataframe import recommend_frame
from .formats import COLUMNS, DEFAULT_FORMAT, FORMATS
from .job import BatchOptions
from .preview import preview_batch
from .run import BatchReport, run_batch

__all__ = [
    "COLUMNS",
    "DEFAULT_FORMAT",
    "FORMATS",
    "LEDGER",
    "BatchOptions",
    "BatchReport",
    "preview_batch",
    "recommend_frame",
    "run_batch",
]
