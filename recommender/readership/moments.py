"""Times as they are stored: ISO 8601 with a zone, to the second. Nothing here looks at a clock."""

from __future__ import annotations

from datetime import datetime

from ..errors import ParameterError


def moment(at: datetime | str) -> str:
    """The text of a time. Raises ParameterError for one without a zone, which is another moment elsewhere."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    if found.tzinfo is None:
        raise ParameterError(f"{at}: a time without a zone; give one such as datetime.now(UTC)")
    return found.isoformat(timespec="seconds")
