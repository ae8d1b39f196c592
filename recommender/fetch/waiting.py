"""How long to wait: between two requests, after a failure, and as a service itself asks."""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime

FIRST_WAIT, LONGEST_BACK_OFF = 2.0, 60.0
"""Seconds after the first failure, and at most after a later one."""

LONGEST_ASKED = 600.0
"""Seconds: whoever is asked to wait longer is told so, and comes back later."""


def back_off(failures: int, random: float) -> float:
    """Seconds to wait after so many failures: twice as long each time, a random half of it left out.

    `random` is a number from 0 to 1: many clients that failed together do not come back together.
    """
    longest = min(FIRST_WAIT * 2.0 ** (failures - 1), LONGEST_BACK_OFF)
    return longest * (1 + random) / 2


def asked_wait(header: str | None, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` asks for, by a number or a date; None where it says neither."""
    text = (header or "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d*)?", text, re.ASCII):
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:  # HTTP knows GMT only
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
