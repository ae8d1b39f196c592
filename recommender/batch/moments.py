"""When a rating was given, spelled so that the order of the texts is the order of the times."""

from __future__ import annotations

import datetime
import functools
import re

from ..readers.dates import published
from ..readers.values import is_missing, native, text

__all__ = ["moment"]

_ISO = re.compile(r"\d{4}[-/]\d{2}[-/]\d{2}(?:[T ].*)?", re.ASCII)
_UNIX = re.compile(r"(\d+)(?:\.\d*)?", re.ASCII)
# Digits of a Unix time -> how many of its units make a second: seconds, milli-, micro-, nanoseconds.
_UNITS = {9: 1, 10: 1, 12: 10**3, 13: 10**3, 15: 10**6, 16: 10**6, 18: 10**9, 19: 10**9}
_EPOCH = datetime.datetime(1970, 1, 1)
_LONGEST = 60  # characters


def moment(value: object) -> str | None:
    """``2024-05-01`` or ``2024-05-01T10:00:00`` (UTC); empty for a missing value, None for what is no date.

    Takes what `published` takes; times of day are kept where ISO 8601 or a Unix time spells them.
    """
    if isinstance(value, str):
        return _written(value) if len(value) <= _LONGEST else None
    value = native(value)
    if is_missing(value):
        return ""
    if isinstance(value, datetime.datetime):
        return _spelled(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    written = text(value)
    return _written(written) if 0 < len(written) <= _LONGEST else None


# Rows share their days; where each has a time of its own, little is kept of them.
@functools.lru_cache(maxsize=16384)
def _written(written: str) -> str | None:
    written = written.strip()
    if _ISO.fullmatch(written):
        try:
            return _spelled(datetime.datetime.fromisoformat(written.replace("/", "-")))
        except ValueError:
            return published(written)
    unix = _UNIX.fullmatch(written)
    if unix and len(unix[1]) in _UNITS:
        return _from_unix(int(unix[1]), _UNITS[len(unix[1])])
    return published(written)


def _from_unix(count: int, unit: int) -> str:
    return _spelled(_EPOCH + datetime.timedelta(microseconds=count * 10**6 // unit))


def _spelled(found: datetime.datetime) -> str:
    if found.tzinfo is not None:
        try:
            found = found.astimezone(datetime.UTC).replace(tzinfo=None)
        except OverflowError:  # in the first or last hours of Python's years
            found = found.replace(tzinfo=None)
    return found.isoformat().removesuffix("T00:00:00")
