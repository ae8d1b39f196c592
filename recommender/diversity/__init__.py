"""Diversity: one rerank per file, one signature, (vectors, scores, k, diversity) -> positions."""

from __future__ import annotations

from .base import (
    PADDING,
    Pools,
    Positions,
    PositionsOfPools,
    Rerank,
    RerankPools,
    Scores,
    ScoresOfPools,
    Vectors,
    one_by_one,
)
from .duplicates import distinct
from .mmr import mmr, mmr_of_pools
from .none import none
from .proof import POOL_OF_LIST, Displacement, Proof, intra_list_distance, pool_is_large_enough, prove

__all__ = [
    "DEFAULT_DIVERSITY",
    "DEFAULT_RERANK",
    "PADDING",
    "POOL_OF_LIST",
    "RERANKS",
    "Displacement",
    "Pools",
    "Positions",
    "PositionsOfPools",
    "Proof",
    "Rerank",
    "RerankPools",
    "Scores",
    "ScoresOfPools",
    "Vectors",
    "distinct",
    "intra_list_distance",
    "pool_is_large_enough",
    "prove",
    "rerank_pools",
]

RERANKS: dict[str, Rerank] = {"mmr": mmr, "none": none}
"""Every rerank by name; a new one is one file and one entry here."""

DEFAULT_RERANK = "mmr"

DEFAULT_DIVERSITY = 0.2
"""The last step that spreads a list more than it costs: from 0 to 0.2 a list of 10 loses 7% of its
nDCG for 8% more intra-list distance, from 0.2 to 0.3 it loses 10% for 6% (`scripts/choose_defaults.py`)."""

_OF_POOLS: dict[str, RerankPools] = {"mmr": mmr_of_pools}


def rerank_pools(rerank: str) -> RerankPools:
    """The rerank of this name for many pools at once: the positions it gives for each pool alone."""
    return _OF_POOLS.get(rerank) or one_by_one(RERANKS[rerank])
