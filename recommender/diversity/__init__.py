"""Diversity: one rerank per file, each a way to choose the next paper of a list from a pool."""

from __future__ import annotations

from .base import Positions, Rerank, Scores, Selection, Vectors
from .dpp import dpp
from .duplicates import AreOne, Distinct
from .mmr import mmr
from .msd import msd
from .none import none
from .report import (
    POOL_OF_LIST,
    Displacement,
    DiversityReport,
    compare_with_plain,
    intra_list_distance,
    pool_is_large_enough,
)
from .ssd import ssd
from .xquad import xquad

__all__ = [
    "DEFAULT_DIVERSITY",
    "DEFAULT_RERANK",
    "POOL_OF_LIST",
    "RERANKS",
    "AreOne",
    "Displacement",
    "Distinct",
    "DiversityReport",
    "Positions",
    "Rerank",
    "Scores",
    "Selection",
    "Vectors",
    "compare_with_plain",
    "intra_list_distance",
    "pool_is_large_enough",
]

RERANKS: dict[str, Rerank] = {rerank.name: rerank for rerank in (dpp, mmr, msd, none, ssd, xquad)}
"""Every rerank by name; a new one is one file and one entry here."""

DEFAULT_RERANK = "msd"
"""The one that spreads a list most for what it costs. Lists of 10 from pools of 50, seeds half of a reading
list, static encoder, tuning part: at 0.3 `msd` loses 0.7% of nDCG@10 for 12.0% more intra-list distance,
`dpp` 1.4% for 10.1%, `ssd` 1.7% for 11.1%, `mmr` 13.7% for 19.9% (at 0.2 3.3% for 11.7%), `xquad`, which is
not after distance, 1.0% for 1.9% (`scripts/choose_diversity.py`)."""

DEFAULT_DIVERSITY = 0.2
"""Free where there are several seeds, bearable for a single one. Measured like the rerank, `msd` changes
nDCG and distance by +0.6% and +2.9% at 0.1, -0.2% and +6.7% at 0.2, -0.7% and +12.0% at 0.3, -8.7% and
+23.9% at 0.5; from a single seed by -2.4% and +3.5%, -5.5% and +7.6%, -9.2% and +13.5%, -17.5% and +25.8%."""
