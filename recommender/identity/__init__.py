"""Identity: which records are one paper."""

from __future__ import annotations

from .grouping import Grouping, Link, group
from .keys import keys

__all__ = ["Grouping", "Link", "group", "keys"]
