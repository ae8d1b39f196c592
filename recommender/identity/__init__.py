"""Identity: which records are one paper."""

from __future__ import annotations

from .grouping import Grouping, Link, group
from .keys import keys
from .record import Record
from .titled import may_be_one_work, tells_its_paper
from .titles import says_nothing
from .twins import are_twins

__all__ = [
    "Grouping",
    "Link",
    "Record",
    "are_twins",
    "group",
    "keys",
    "may_be_one_work",
    "says_nothing",
    "tells_its_paper",
]
