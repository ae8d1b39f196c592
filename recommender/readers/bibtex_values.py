"""The values of BibTeX's fields: LaTeX as text, names, dates, and what is no text and is not decoded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from . import tagged
from .dates import published
from .latex import latex_to_text

_MARKUP = re.compile(r"[\\${}~`]")
_FORMULA_OR_MACRO = re.compile(r"[\\$]")
# A tie holds two words together; "~50 people" and an address hold none.
_TIE = re.compile(r"(?<=[\w.,:;)}])~(?=[\w({\\])")
_QUOTED = re.compile(r"``([^`]{0,1000}?)''")
_BRACES = str.maketrans("", "", "{}")


def plain(value: str) -> str:
    """A title, an abstract or a name as text. LaTeX is decoded only where there is any, which takes long."""
    if not _MARKUP.search(value):
        return value
    value = _QUOTED.sub("\u201c\\1\u201d", _TIE.sub(" ", value))
    return latex_to_text(value) if _FORMULA_OR_MACRO.search(value) else value.translate(_BRACES)


# Identifiers

_ESCAPED = re.compile(r"(?<!\\)\\+([%&#_{}~$])(?:\{\})?")
_TILDE = re.compile(r"\{?\\(?:textasciitilde|sim)(?:\{\}|\s|\b)\}?|\$\\sim\$")
_NAMED_SIGN = re.compile(r"\{?\\text(less|greater)(?:\{\}|\s|(?![a-zA-Z]))\}?|\$\s*([<>])\s*\$")
_UNDERSCORE = re.compile(r"\{?\\textunderscore(?:\{\}|\s|\b)\}?")
_URL = re.compile(r"\\(?:url|href|path)\s*\{([^{}]*)\}.*", re.DOTALL)


def identifier_text(value: str) -> str:
    """A DOI, a link or a number as it is: only what programs escape is put back, and nothing is decoded."""
    if "\\" not in value and "{" not in value:
        return value.strip()
    if link := _URL.search(value):
        value = link[1]
    value = _UNDERSCORE.sub("_", _TILDE.sub("~", value))
    value = _NAMED_SIGN.sub(lambda found: found[2] or ("<" if found[1].lower() == "less" else ">"), value)
    return _ESCAPED.sub(r"\1", value).replace("{", "").replace("}", "").strip()


# Names

_AND = re.compile(r" and |[{}]", re.IGNORECASE)
_COMMA = re.compile(r"[,{}]")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|I{2,3}|IV|V", re.IGNORECASE)
_OTHERS = re.compile(r"others|et\.? al\.?", re.IGNORECASE)
_PARTS_BY_NAME = re.compile(r"\s*(family|given|prefix|suffix)\s*=\s*(.*)", re.IGNORECASE | re.DOTALL)


def people(value: str) -> list[str]:
    """The persons and groups of a list, given names first. They are told apart before LaTeX is decoded."""
    value = " ".join(value.split())
    if not value:
        return []
    found = [_person(name) for name in _split(value, _AND)]
    if len(found) == 1 and found[0] and _is_list(value):
        return tagged.people([plain(value)])
    return [name for name in found if name and not _OTHERS.fullmatch(name)]


def _is_list(value: str) -> bool:
    """Whether one "name" is a list of several without "and": Smith, J.; Doe, A. or A Bee, B Cee, C Dee."""
    return "{" not in value and (";" in value or value.count(",") > 2)


def _person(name: str) -> str:
    if _MARKUP.search(name):
        parts = [" ".join(plain(part).split()) for part in _split(name, _COMMA)]
    else:
        parts = [part.strip() for part in name.split(",")]
    named = [found.groups() for part in parts if "=" in part and (found := _PARTS_BY_NAME.fullmatch(part))]
    if named and len(named) == len(parts) and any(key.lower() == "family" for key, _ in named):
        by_name = {key.lower(): text.strip('" ') for key, text in named}
        parts = [by_name.get(key, "") for key in ("given", "prefix", "family", "suffix")]
    elif len(parts) == 2:
        parts.reverse()
    elif len(parts) == 3:
        family, second, third = parts
        parts = [second, family, third] if _SUFFIX.fullmatch(third) else [third, family, second]
    return " ".join(part for part in parts if part)


def _split(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """The parts of a text between what matches outside of braces."""
    if "{" not in text:
        yield from map(str.strip, pattern.split(text.replace("}", "")))
        return
    depth = start = 0
    for found in pattern.finditer(text):
        if found[0] in "{}":
            depth = max(0, depth + (1 if found[0] == "{" else -1))
        elif depth == 0:
            yield text[start : found.start()].strip()
            start = found.end()
    yield text[start:].strip()


# Dates

_PLAIN_YEAR = re.compile(r"1[4-9]\d\d|20\d\d")
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2}|[Xu]{2}))?(?:-(\d{1,2}|[Xu]{2}))?(?=$|[/~?%T ])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(rf"({'|'.join(_MONTHS)})[a-z]*\.?", re.IGNORECASE)
_NUMBER_OF_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])(?!\d)")
_DAY = re.compile(r"(?<!\d)(3[01]|[12]\d|0?[1-9])(?!\d)")


def publication_date(fields: Mapping[str, str]) -> str:
    """BibLaTeX's ``date``, else the year with the month and the day where they can be read; a year is never
    lost for what stands beside it.
    """
    date, year, month = fields.get("date", ""), fields.get("year", ""), fields.get("month", "")
    if not date and _PLAIN_YEAR.fullmatch(year) and "day" not in fields:  # as nearly all are
        if not month:
            return year
        if month.lower() in _MONTHS:
            return f"{year}-{_MONTHS.index(month.lower()) + 1:02d}"
    date, year = _bare(date), _bare(year)
    if found := _of_date(date) or _of_date(year):
        if len(found) > 4 or not month:
            return found
        year = found
    if not year or not (number := _YEAR.search(year)):
        return year or date
    month, day = _month_and_day(_bare(month), _bare(fields.get("day", "")))
    full = "-".join(filter(None, [number[1], month, day]))
    return published(full) or published(f"{number[1]}-{month}") or number[1]


def _bare(value: str) -> str:
    """A value without braces and ties, which programs set around parts of dates."""
    return " ".join(value.translate(_BRACES).replace("~", " ").split()) if value else ""


def _of_date(written: str) -> str:
    """A date as BibLaTeX writes it, which may be the first of a span, uncertain, or a season (21 to 24)."""
    found = _ISO.match(written)
    if found is None:
        return (published(written) or "") if written else ""
    year, month, day = found.groups()
    for parts in ((year, month, day), (year, month)):
        if all(part is None or part.isdigit() for part in parts) and (
            known := published("-".join(filter(None, parts)))
        ):
            return known
    return year


def _month_and_day(month: str, day: str) -> tuple[str, str]:
    """The first month of a value, and the day that stands beside it or in a field of its own."""
    found = _MONTH.search(month) or _NUMBER_OF_MONTH.search(month)
    if found is None:
        return "", ""
    number = int(found[1]) if found[1].isdigit() else _MONTHS.index(found[1].lower()) + 1
    rest = month[: found.start()] + " " + month[found.end() :]
    of_several = re.search("[a-z]{3}", rest, re.IGNORECASE)  # Mar 26 -- Apr 2
    days = [] if of_several and not day else _DAY.findall(day or rest)
    return f"{number:02d}", f"{int(days[0]):02d}" if days else ""


def added(written: str) -> str:
    """When an entry came into a library: 2020.01.02, 2020-01-02 12:00:00 +0000."""
    dotted = re.match(r"(\d{4})\.(\d{2})\.(\d{2})", written)
    return published("-".join(dotted.groups()) if dotted else written) or ""
