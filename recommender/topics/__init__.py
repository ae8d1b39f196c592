"""Topics of a corpus, their trends over time, and gaps between them."""

from __future__ import annotations

from ..corpus.group_names import disambiguate, name_groups
from ..corpus.topic_changes import TopicChange
from .topics import Topic, Topics, find_topics
from .trends import PERIODS, Period, count_by_period, find_gaps

__all__ = [
    "PERIODS",
    "Period",
    "Topic",
    "TopicChange",
    "Topics",
    "count_by_period",
    "disambiguate",
    "find_gaps",
    "find_topics",
    "name_groups",
]
