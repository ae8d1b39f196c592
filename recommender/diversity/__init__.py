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
from .dpp import dpp
from .duplicates import distinct
from .mmr import mmr, mmr_of_pools
from .msd import msd
from .none import none
from .proof import POOL_OF_LIST, Displacement, Proof, intra_list_distance, pool_is_large_enough, prove
from .ssd import ssd
from .xquad import xquad

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

RERANKS: dict[str, Rerank] = {
    "dpp": dpp,
    "mmr": mmr,
    "msd": msd,
    "none": none,
    "ssd": ssd,
    "xquad": xquad,
}
"""Every rerank by name; a new one is one file and one entry here."""

DEFAULT_RERANK = "msd"
"""The one that spreads a list most for what it costs (`scripts/choose_diversity.py`)."""

DEFAULT_DIVERSITY = 0.2
"""Variety that several liked papers pay next to nothing for; from 0.3 on a list for one paper pays dearly."""

_OF_POOLS: dict[str, RerankPools] = {"mmr": mmr_of_pools}


def rerank_pools(rerank: str) -> RerankPools:
    """The rerank of this name for many pools at once: the positions it gives for each pool alone."""
    return _OF_POOLS.get(rerank) or one_by_one(RERANKS[rerank])
