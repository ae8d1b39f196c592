"""Diversity: one rerank per file, one signature, (vectors, scores, k, diversity) -> positions."""

from __future__ import annotations

from .base import Positions, Rerank, Scores, Vectors
from .mmr import mmr
from .none import none

__all__ = ["DEFAULT_DIVERSITY", "DEFAULT_RERANK", "RERANKS", "Positions", "Rerank", "Scores", "Vectors"]

RERANKS: dict[str, Rerank] = {"mmr": mmr, "none": none}
"""Every rerank by name; a new one is one file and one entry here."""

DEFAULT_RERANK = "mmr"

DEFAULT_DIVERSITY = 0.2
"""The last step that spreads a list more than it costs: from 0 to 0.2 a list of 10 loses 7% of its
nDCG for 8% more intra-list distance, from 0.2 to 0.3 it loses 10% for 6% (`scripts/choose_defaults.py`)."""
