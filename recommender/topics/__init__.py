"""Topics of a corpus, their trends over time, and gaps between them."""

from __future__ import annotations

from .topics import Topic, Topics, disambiguate, find_topics, name_groups
from .trends import PERIODS, Period, count_by_period, find_gaps

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
