"""Strategies: how a profile's seeds become a score. One strategy per file, arrays in, arrays out."""

from __future__ import annotations

from .base import Contributions, Cosines, Scorer, Scores, Similarities, Vectors
from .between import Between
from .but_not import ButNot
from .dates import SAME_YEARS, Dates
from .followed import FOLLOWED_WEIGHT, FollowedPapers, followed_contributions
from .half_life import half_life_weights, half_life_years
from .hybrid import Hybrid
from .interests import Interests, interest_contributions
from .lexical import Lexical
from .linear import Linear
from .max import Max
from .mean import Mean
from .nearest import Nearest
from .recency import Recency, recency_weights
from .recent import RECENT, RECENT_WEIGHT, recency

__all__ = [
    "BETWEEN",
    "BUT_NOT",
    "DEFAULT_STRATEGY",
    "FOLLOWED_WEIGHT",
    "RECENT",
    "RECENT_WEIGHT",
    "SAME_YEARS",
    "STRATEGIES",
    "UNWEIGHTED",
    "Contributions",
    "Cosines",
    "Dates",
    "FollowedPapers",
    "Scorer",
    "Scores",
    "Similarities",
    "Vectors",
    "followed_contributions",
    "half_life_weights",
    "half_life_years",
    "interest_contributions",
    "recency",
    "recency_weights",
]

_ALL: tuple[Scorer, ...] = (
    Hybrid(),
    Interests(),
    Lexical(),
    Linear(),
    Max(),
    Mean(),
    Nearest(),
    Recency(),
)

STRATEGIES: dict[str, Scorer] = {scorer.name: scorer for scorer in _ALL}
"""Every strategy by name; a new one is one file and one entry here."""

DEFAULT_STRATEGY = "interests"

UNWEIGHTED = ("max", "nearest")
"""Strategies in which each seed counts alike whatever its weight."""

BETWEEN: Scorer = Between()
BUT_NOT: Scorer = ButNot()
"""For two sets of seeds; no strategies for one reader, and so not in the list."""
