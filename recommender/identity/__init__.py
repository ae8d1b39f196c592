"""Identity: which records are one paper."""

from __future__ import annotations

from .grouping import Grouping, Link, group
from .keys import keys
from .titled import may_be_one_work, tells_its_paper

__all__ = ["Grouping", "Link", "group", "keys", "may_be_one_work", "tells_its_paper"]
