"""Topics of a corpus, their trends over time, and gaps between them."""

from __future__ import annotations

from .gaps import find_gaps
from .naming import disambiguate, name_groups
from .topics import Topic, Topics, find_topics
from .trends import PERIODS, Period, count_by_period

__all__ = [
    "PERIODS",
    "Period",
    "Topic",
    "Topics",
    "count_by_period",
    "disambiguate",
    "find_gaps",
    "find_topics",
    "name_groups",
]
