"""Dates as people and programs write them, as far as they say one."""

from __future__ import annotations

import datetime
import email.utils
import re
from collections.abc import Iterator

from ..errors import ParameterError
from ..paper import first_day
from .values import is_missing, text, to_python

_WORDS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%B %Y", "%b %Y")
_WORDS_AFTER_YEAR = ("%Y %b %d", "%Y %B %d", "%Y %b", "%Y %B")
_MAIL = re.compile(r"(?:[A-Za-z]{3}, +)?\d{1,2} [A-Za-z]{3} \d{4} .*")


def published(value: object) -> str | None:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty for a missing value, None for what is no date.

    Takes dates, times, years, spelled months, e-mail dates, and Unix time in seconds or milliseconds.
    """
    value = to_python(value)
    if is_missing(value):
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    written = " ".join(text(value).split())[:100]
    for spelling in _spellings(written):
        try:
            first_day(spelling)
        except ParameterError:
            continue
        return re.split("[T ]", spelling)[0]
    return None


def _spellings(written: str) -> Iterator[str]:
    yield written
    if re.match(r"\d{4}-", written):
        yield re.sub(r"(?:-0?0)+$", "", written)  # 2023-00-00 means that only the year is known
    if re.fullmatch(r"\d{4}/\d{1,2}(?:/\d{1,2})?(?: .*)?", written):
        yield written.replace("/", "-")
    if written.isascii() and written.isdigit():
        yield _from_digits(written)
    elif written[-4:].isdigit() or written[:4].isdigit() or _MAIL.fullmatch(written):
        yield _from_words(written)


def _from_digits(written: str) -> str:
    if len(written) == 8:
        return f"{written[:4]}-{written[4:6]}-{written[6:]}"
    if len(written) in (10, 13):  # Unix time, which pandas writes into JSON
        seconds = int(written[:10])
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()
    return ""


def _from_words(written: str) -> str:
    if _MAIL.fullmatch(written):
        parts = email.utils.parsedate_tz(written)
        return f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}" if parts else ""
    for form in (*_WORDS, *_WORDS_AFTER_YEAR):
        try:
            found = datetime.datetime.strptime(written, form)
        except ValueError:
            continue
        return found.date().isoformat()[: 10 if "%d" in form else 7]
    return ""
