"""Topics of a corpus, their trends over time, which of them grow, and gaps between them."""

from __future__ import annotations

from ..corpus.group_names import disambiguate, name_groups
from ..corpus.topic_changes import TopicChange
from .growth import Growth, TopicGrowth, growing_topics
from .intervals import binomial_interval, growth_intervals
from .topics import Topic, Topics, find_topics
from .trends import PERIODS, Period, count_by_period, find_gaps

__all__ = [
    "PERIODS",
    "Growth",
    "Period",
    "Topic",
    "TopicChange",
    "TopicGrowth",
    "Topics",
    "binomial_interval",
    "count_by_period",
    "disambiguate",
    "find_gaps",
    "find_topics",
    "growing_topics",
    "growth_intervals",
    "name_groups",
]
