"""Times as they are stored: ISO 8601 with a zone, to the second, and days. Nothing here looks at a clock."""

from __future__ import annotations

import re
from datetime import date, datetime

from ..errors import ParameterError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def moment(at: datetime | str) -> str:
    """The text of a time. Raises ParameterError for one without a zone, which is another moment elsewhere."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    if found.tzinfo is None:
        raise ParameterError(f"{at}: a time without a zone; give one such as datetime.now(UTC)")
    return found.isoformat(timespec="seconds")


def checked_day(day: str) -> str:
    """A day as it is stored, YYYY-MM-DD. Raises ParameterError for what is none."""
    try:
        return date.fromisoformat(day if _DAY.fullmatch(day) else "").isoformat()
    except ValueError as error:
        raise ParameterError(f"{day!r:.40} is no day; write one such as 2026-11-30") from error
