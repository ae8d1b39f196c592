"""The parts of a date of publication, as far as they are known."""

from __future__ import annotations

import re

__all__ = ["date_parts"]

_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d{2}))?)?", re.ASCII)


def date_parts(published: str) -> tuple[str, str, str]:
    """Year, month and day in digits, empty where unknown: ``("2024", "05", "")`` for ``2024-05``."""
    found = _DATE.fullmatch(published)
    if found is None:
        return "", "", ""
    year, month, day = found.groups(default="")
    return year, month, day
