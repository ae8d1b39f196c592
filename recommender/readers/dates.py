"""Dates as people and programs write them, as far as they say one.

What is uncertain is left out and the rest is kept: of ``12/05/2019`` nobody can tell the day from the
month, so that only the year counts; ``22/08/2000`` and ``22.08.2000`` have one meaning.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator

from ..dois import unwrapped
from .values import is_missing, says_nothing, text, to_int, to_python

_EARLIEST, _LATEST = 1450, 2100  # years in which papers are printed; 1402 is of another calendar
_LONGEST = 200  # characters of a text that is a date, with what stands around it

_MONTHS = (
    "january jan januar jaenner janner janvier janv januari enero ene janeiro gennaio gen января "
    "январь янв stycznia styczen ocak leden ledna",
    "february feb februar fevrier fevr fev februari febrero fevereiro febbraio февраля февраль фев "
    "февр lutego luty subat unor unora",
    "march mar marz maerz mrz mars maart mrt marzo marco marts марта март мар marca marzec mart "
    "brezen brezna",
    "april apr avril avr abril abr aprile апреля апрель апр kwietnia kwiecien nisan duben dubna",
    "may mai mei mayo maio maggio mag maj мая май maja mayis kveten kvetna",
    "june jun juni juin junio junho giugno giu июня июнь июн czerwca czerwiec haziran cerven cervna",
    "july jul juli juillet juil julio julho luglio lug июля июль июл lipca lipiec temmuz cervenec cervence",
    "august aug aout augustus agosto ago augusti августа август авг sierpnia sierpien agustos srpen srpna",
    "september sep sept septembre septiembre setiembre setembro set settembre sett сентября сентябрь "
    "сен сент wrzesnia wrzesien eylul zari",
    "october oct oktober okt octobre octubre outubro out ottobre ott октября октябрь окт pazdziernika "
    "pazdziernik ekim rijen rijna",
    "november nov novembre noviembre novembro ноября ноябрь ноя нояб listopada kasim listopadu",
    "december dec dezember dez decembre diciembre dic dezembro dicembre desember des декабря декабрь "
    "дек grudnia grudzien aralik prosinec prosince",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}

_NO_DATE = re.compile(
    r"n\.?\s?d\.?|s\.?\s?[ad]\.?|o\.?\s?j\.?|no date|sin fecha|sans date|undated|date unknown|unknown date"
    r"|in (?:press|print|preparation|review)|forthcoming|to appear|submitted|accepted|under review|im druck"
    r"|im erscheinen|sous presse|en prensa|present|current|ongoing",
    re.IGNORECASE,
)

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ].*)?)?)?", re.ASCII | re.DOTALL)
_YEAR = r"(?<!\d)(1[4-9]\d\d|20\d\d|2100)(?!\d)"
_OTHER_CALENDAR = r"(?!\s*(?:a\.?\s?h\b|s\.?\s?h\b|h\.?\s?q\b|b\.?\s?e\b))"
_YEARS = re.compile(_YEAR + _OTHER_CALENDAR, re.IGNORECASE | re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")
_POWER = re.compile(r"\d\.\d{1,3}[eE]\+?0?3", re.ASCII)
# Days from 1990 to 2049, as a spreadsheet counts them; 20213 is none, for it begins like a year.
_SERIAL = re.compile(r"(?:3[3-9]|4\d|5[0-3])\d{3}(?:\.\d+)?", re.ASCII)
_DAY = r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th|er|re|\.|º|ª|°)?(?![\d:])"
_DAY_BEFORE = re.compile(
    rf"{_DAY}(?:\s*[-–/]\s*\d{{1,2}}\.?)?[\s./-]*(?:(?:of|de|di|den)\s+)?$", re.IGNORECASE | re.ASCII
)
_DAY_AFTER = re.compile(rf"[\s./-]*{_DAY}", re.IGNORECASE | re.ASCII)
# Year first: ISO within a text, 2019/05//, 2021.03.26, 2021年3月26日. An empty part is no part.
_YEAR_FIRST = re.compile(
    _YEAR[:-6] + r"(?!\d)(?:\s*[-–/]\s*(\d{1,2})(?!\d)(?:\s*[-–/]\s*(\d{1,2})(?!\d))?"
    r"|\.(\d\d)(?!\d)(?:\.(\d{1,2})(?!\d))?"
    r"|\s*[年년]\s*(\d{1,2})\s*[月월](?:\s*(\d{1,2})\s*[日일])?)",
    re.ASCII,
)
_YEAR_LAST = re.compile(rf"(?<!\d)(?:(\d{{1,2}})\s?([./-])\s?)?(\d{{1,2}})\s?[./-]\s?{_YEAR}", re.ASCII)
_PUBLISHED = re.compile(r"\b(?:publi|epub|online|issued|appeared)", re.IGNORECASE)

_DICT_KEYS = (
    "date-parts",
    "dateparts",
    "raw",
    "literal",
    "date-time",
    "datetime",
    "date",
    "value",
    "$date",
    "start",
)


def published(value: object) -> str | None:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty for a missing value, None for what is no date.

    Takes what people and programs write, of which no year in sight is lost: dates and times, years and
    spreadsheets' floats, months by name in a dozen languages, seasons, ranges (their beginning), e-mail
    dates, CSL's objects, and Unix time in seconds or milliseconds.
    """
    value = to_python(value)
    if is_missing(value):
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, dict):
        return _of_dict(value)
    if isinstance(value, (list, tuple)):
        return _of_list(value)
    written = text(value)
    return _of_text(written) if written else None


def _of_text(written: str) -> str | None:
    iso = _ISO.fullmatch(written)
    if iso is not None:
        return _date(*iso.groups())
    written = " ".join(unwrapped(written[:_LONGEST]).split())
    if says_nothing(written) or _NO_DATE.fullmatch(written):
        return ""
    number = written.partition(".")[0] if re.fullmatch(r"\d+\.\d*0", written, re.ASCII) else written
    if _POWER.fullmatch(number):  # 2.021E+03
        number = f"{float(number):.0f}"
    if number.isascii() and number.isdigit():
        return _of_digits(number)
    if _SERIAL.fullmatch(number):
        return _of_serial(number)
    found = _PUBLISHED.search(written)
    return (_of_words(written[found.start() :]) if found else None) or _of_words(written)


def _of_serial(written: str) -> str:
    """The day that a spreadsheet counts from the end of 1899; what is behind the point is its hour."""
    return (datetime.date(1899, 12, 30) + datetime.timedelta(int(written[:5]))).isoformat()


def _of_digits(written: str) -> str | None:
    if _SERIAL.fullmatch(written):
        return _of_serial(written)
    if len(written) in (4, 6, 8):
        found = _date(written[:4], written[4:6] or None, written[6:] or None)
        # What is not wholly a date is any number.
        return found if found is None or len(found.replace("-", "")) == len(written) else None
    if len(written) in (10, 13):  # Unix time, which pandas writes into JSON
        return datetime.datetime.fromtimestamp(int(written[:10]), datetime.UTC).date().isoformat()
    return None


def _of_words(written: str) -> str | None:
    years = [found for found in _YEARS.finditer(written) if _EARLIEST <= int(found[1]) <= _LATEST]
    if not years:
        return None
    first = _YEAR_FIRST.search(written)
    numbered = None if first is None else _year_first(first)
    if numbered is not None and len(numbered) > 4 and written.startswith(numbered[:4]):
        return numbered
    named = _named_month(written)
    if named is not None:
        month, day = named
        return _date(years[0][1], str(month), day)
    if numbered is not None:
        return numbered
    last = _YEAR_LAST.search(written)
    if last is not None:
        one, mark, other, year = last.groups()
        return _date(year, *_day_and_month(one, mark, other))
    return years[0][1]


def _year_first(found: re.Match[str]) -> str | None:
    year, *parts = found.groups()
    return _date(year, *[part for part in parts if part is not None][:2])


def _day_and_month(one: str | None, mark: str | None, other: str) -> tuple[str | None, str | None]:
    """Month and day of ``one/other/YEAR``; none where they might as well be day and month."""
    if one is None:
        return other, None
    if mark == "." or int(one) > 12 or one == other:
        return other, one
    return (one, other) if int(other) > 12 else (None, None)


def _named_month(written: str) -> tuple[int, str | None] | None:
    """The first month that is named in the text, and the day beside it."""
    for word in _WORD.finditer(written):
        month = _MONTH_OF.get(_bare(word[0]))
        if month is None:
            continue
        day = _DAY_BEFORE.search(written[: word.start()]) or _DAY_AFTER.match(written, word.end())
        return month, None if day is None else day[1]
    return None


def _bare(word: str) -> str:
    """A word in lower case and without accents."""
    word = word.casefold()
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return word if word in _MONTH_OF else bare.replace("ı", "i")  # й is a letter of its own


def _date(year: str | None, month: str | None = None, day: str | None = None) -> str | None:
    """The date as far as its parts are some; None without a year in which papers are printed."""
    if year is None or not _EARLIEST <= int(year) <= _LATEST:
        return None
    if not month or not 1 <= int(month) <= 12:
        return year
    if day:
        try:
            return datetime.date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            pass
    return f"{year}-{int(month):02d}"


def _of_dict(value: dict[object, object]) -> str | None:
    """CSL's objects (date-parts, raw, literal) and those with year, month and day."""
    known = {str(key).lower().replace("_", "-"): inner for key, inner in value.items()}
    if "year" in known:
        month = text(known.get("month"))
        found = _of_text(f"{text(known['year'])} {month} {text(known.get('day'))}".strip())
        numbers = (to_int(known["year"]), to_int(known.get("month")), to_int(known.get("day")))
        parts = [None if number is None else str(number) for number in numbers]
        return _date(*parts) if parts[0] and (parts[1] or not month) else found
    said = [published(known[key]) for key in _DICT_KEYS if key in known]
    return next(filter(None, said), "" if said and None not in said else None)


def _of_list(value: list[object] | tuple[object, ...]) -> str | None:
    """``[2021, 3, 26]``, a list of such, or of dates: the first that is one."""
    if not any(isinstance(part, (list, tuple, dict)) for part in value):
        numbers = [to_int(part) for part in value[:3]]
        if numbers and numbers[0] is not None:
            return _date(*(None if number is None else str(number) for number in numbers))
    said = list(_each(value))
    return next(filter(None, said), "" if None not in said else None)


def _each(value: list[object] | tuple[object, ...], most: int = 20) -> Iterator[str | None]:
    for part in value[:most]:
        try:
            yield published(part)
        except RecursionError:  # of a list in a list, thousands deep
            yield None
