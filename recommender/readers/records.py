"""One record of named values -> one paper, or the reason why not; records that are in memory already."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..arxiv_ids import arxiv_month, arxiv_version
from ..errors import InvalidPaper
from ..iso_dates import contradict, latest
from ..paper import Paper
from ..paper_names import as_paper
from ..retraction_marks import RETRACTED_TAGS
from .abstracts import stands_for_none, without_heading
from .base import Source
from .columns import FIELDS, SCHEMES, Plan, check_columns, normal_name, plan_columns
from .dates import published
from .items import Item, ReadWarning, Rejected
from .json_objects import NotAnObject, json_objects
from .latex import plain_name, plain_text, plain_title
from .library_columns import with_facts
from .lists import MOST_NAMES, categories, names, written_dict
from .markup import plain_markup
from .own_tables import AS_WRITTEN, own_paper
from .schemes import LONGEST, identifier_of, identifier_text
from .values import says_nothing, text, to_int, to_python

if TYPE_CHECKING:
    import pandas


LONG_ABSTRACT = 100_000  # characters
_MOST_IDENTIFIERS = 50
_LONGEST_LIST = 2**16  # characters of identifiers in one text
_YES = frozenset({"true", "1", "yes"})

_SCHEME_OF = {alias: scheme for scheme, aliases in SCHEMES.items() for alias in aliases}


def to_items(record: Mapping[str, object], plan: Plan, place: str) -> Iterator[Item]:
    """The paper in a record, after the warnings about it; or a Rejected. Raises nothing, whatever the values.

    `place` is where the record stands, as messages name it.
    """
    if AS_WRITTEN in plan and (own := own_paper(record)) is not None:
        yield own
        return
    wrong: list[str] = []
    paper_id = _id(record, plan["id"], wrong)
    date, wrong_date = _date(record, plan["published"])
    revised, wrong_revised = _revised(record, plan, paper_id)
    date, revised = first_and_last(paper_id, date, revised)
    authors, tags = _first_names(record, plan["authors"]), _first_categories(record, plan["categories"])
    try:
        paper = Paper(
            id=paper_id,
            title=plain_title(plain_markup(_title(record, plan["title"]))),
            abstract=_abstract(record, plan["abstract"]),
            authors=tuple(plain_name(plain_markup(name)) for name in authors[:MOST_NAMES]),
            published=date,
            categories=tags,
            venue=plain_title(plain_markup(_first(record, plan["venue"]))),
            url=_first(record, plan["url"]).replace("&amp;", "&"),
            identifiers=_identifiers(record, plan, wrong),
            upvotes=next((n for c in plan["upvotes"] if (n := to_int(record.get(c))) is not None), None),
            retracted=any(_is_yes(record.get(column)) for column in plan["retracted"])
            or any(tag.casefold() in RETRACTED_TAGS for tag in tags),
            revised=revised,
        )
    except InvalidPaper as error:
        yield Rejected(place, f"{error} (id {paper_id[:60]!r})" if paper_id else str(error))
        return
    for problem in dict.fromkeys(wrong):
        yield ReadWarning(place, problem)
    for date in filter(None, (wrong_date, wrong_revised)):
        yield ReadWarning(place, f"{date} is no date: kept without one; write YYYY, YYYY-MM or YYYY-MM-DD")
    if "\ufffd" in paper.title or "\ufffd" in paper.abstract:
        yield ReadWarning(
            place, "holds characters that could not be read, shown as \ufffd; is the file UTF-8?"
        )
    if len(authors) > MOST_NAMES:
        yield ReadWarning(place, f"has more than {MOST_NAMES:,} authors: kept with the first of them")
    if len(paper.abstract) > LONG_ABSTRACT:
        length = f"{len(paper.abstract):,} characters"
        yield ReadWarning(place, f"an abstract of {length}: kept whole, encoded from its beginning")
    yield paper


def object_items(
    source: Source, to_record: Callable[[dict[str, object]], Mapping[str, object]], plan: Plan
) -> Iterator[Item]:
    """The items of a JSON source whose objects `to_record` turns into records with the columns of `plan`."""
    for row, entry in json_objects(source):
        place = source.place(row)
        if isinstance(entry, NotAnObject):
            yield Rejected(place, entry)
        else:
            yield from to_items(to_record(entry), plan, place)


def _first(record: Mapping[str, object], columns: tuple[str, ...]) -> str:
    for column in columns:
        found = text(record.get(column)).strip()
        if found and not says_nothing(found):
            return found
    return ""


def _title(record: Mapping[str, object], columns: tuple[str, ...]) -> str:
    """Of titles only what programs write is none: a paper may be called "Unknown"."""
    return next(filter(None, (text(record.get(column)).strip() for column in columns)), "")


def _abstract(record: Mapping[str, object], columns: tuple[str, ...]) -> str:
    for column in columns:
        found = text(record.get(column))
        if found:
            found = plain_text(plain_markup(without_heading(found) if "\n" in found else found)).strip()
            if not stands_for_none(found):
                return without_heading(found)
    return ""


@functools.lru_cache(maxsize=1024)
def _scheme(column: str) -> str:
    """The scheme of the identifiers in a column of this name, empty where it may hold any."""
    return _SCHEME_OF.get(normal_name(column), "")


def _id(record: Mapping[str, object], columns: tuple[str, ...], wrong: list[str]) -> str:
    for column in columns:
        found = identifier_text(record.get(column))
        if found:
            scheme = _scheme(column)
            found, problem = identifier_of(scheme, found) if scheme else (found, "")
            wrong += [problem] * bool(problem)
        if len(found) > LONGEST:
            wrong.append(f"{found[:60]!r}... has {len(found):,} characters and is no id: kept without it")
        elif found:
            return found
    return ""


def _first_names(record: Mapping[str, object], columns: tuple[str, ...]) -> tuple[str, ...]:
    return next(filter(None, (names(record.get(column)) for column in columns)), ())


def _first_categories(record: Mapping[str, object], columns: tuple[str, ...]) -> tuple[str, ...]:
    return next(filter(None, (categories(record.get(column)) for column in columns)), ())[:MOST_NAMES]


def _is_yes(value: object) -> bool:
    value = to_python(value)
    return value is True or text(value).strip().casefold() in _YES


def _date(record: Mapping[str, object], columns: tuple[str, ...]) -> tuple[str, str]:
    """The date (or nothing), and the spelling of a value that is none (or nothing)."""
    wrong = ""
    for column in columns:
        value = record.get(column)
        found = published(value)
        if found:
            return found, ""
        if found is None:
            wrong = wrong or repr(text(value)[:40] or f"a {type(value).__name__}")
    return "", wrong


_UPDATED = "updated"  # as arXiv's own programs say it; elsewhere it is of the record


def _revised(record: Mapping[str, object], plan: Plan, paper_id: str) -> tuple[str, str]:
    """The date of the last version, as `_date`."""
    columns = plan["revised"]
    if not columns and _UPDATED in record and arxiv_month(paper_id):
        columns = (_UPDATED,)
    return _date(record, columns)


def first_and_last(paper_id: str, date: str, revised: str) -> tuple[str, str]:
    """When a paper appeared and when its last version did.

    Where the id is that of an arXiv paper's later version, and the date is of after the month that the id
    tells, the date is that version's.
    """
    if not date or arxiv_version(paper_id) < 2:
        return date, revised
    month = arxiv_month(paper_id)
    return (month, latest((revised, date))) if contradict(month, date) and date > month else (date, revised)


def _named_identifiers(value: object) -> list[tuple[object, object]]:
    """Schemes and values of a dict, also a written one, of pairs as Parquet has them, or of a text
    ``doi:10.1/x; pmid:7``.
    """
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = written_dict(value[:_LONGEST_LIST])
    if isinstance(value, str):
        value = [part.strip().partition(":")[::2] for part in value[:_LONGEST_LIST].split("; ")]
    if isinstance(value, dict):
        value = list(value.items())
    if not isinstance(value, list):
        return []
    # Arrow's maps are lists of tuples, or in other libraries of objects.
    value = [(pair["key"], pair["value"]) if _is_entry(pair) else pair for pair in value]
    pairs = [(pair[0], pair[1]) for pair in value if isinstance(pair, tuple) and len(pair) == 2]
    return pairs[:_MOST_IDENTIFIERS]


def _is_entry(pair: object) -> bool:
    return isinstance(pair, dict) and pair.keys() == {"key", "value"}


def _identifiers(record: Mapping[str, object], plan: Plan, wrong: list[str]) -> dict[str, str]:
    cells: dict[str, list[object]] = {
        scheme: [record.get(column) for column in plan[scheme]] for scheme in SCHEMES if plan[scheme]
    }
    for column in plan["identifiers"]:
        for key, value in _named_identifiers(record.get(column)):
            name = text(key).strip()
            cells.setdefault(_scheme(name) or name.lower(), []).append(value)
    found: dict[str, str] = {}
    for scheme, values in cells.items():
        for value in values:
            written = identifier_text(value) if scheme else ""
            if not written:
                continue
            good, problem = identifier_of(scheme, written)
            wrong += [problem] * bool(problem)
            if good:
                found[scheme] = good
                break
    return found


_IN_MEMORY = "papers"
_NAMED = 'mapping={"title": KEY}'


def read_iterable(papers: Iterable[object], mapping: Mapping[str, str]) -> Iterator[Item]:
    """Each Paper as it is, also a recommended one, and for each dict what a `Reader` gives; `mapping` goes
    from fields to keys.

    Raises SourceError when the first dict has not the keys that the mapping names.
    """
    checked = not mapping
    for position, item in enumerate(papers, start=1):
        place, paper = f"{_IN_MEMORY}, item {position}", as_paper(item)
        if isinstance(paper, Paper):
            yield paper
        elif isinstance(paper, Mapping):
            record = {str(key): value for key, value in paper.items()}
            if not checked:
                check_columns(record, mapping, place, named=_NAMED)
                checked = True
            yield from _of_record(record, mapping, place)
        else:
            yield Rejected(place, f"is a {type(paper).__name__}, neither a Paper nor a dict")


def _of_record(record: Mapping[str, object], mapping: Mapping[str, str], place: str) -> Iterator[Item]:
    plan = plan_columns(tuple(record), mapping)
    if plan["title"]:
        yield from to_items(record, plan, place)
        return
    keys = ", ".join(repr(key[:40]) for key in list(record)[:20]) or "no keys"
    yield Rejected(place, f"has no title among {keys}; name the key that has it with {_NAMED}")


_FRAME = "DataFrame"


def read_frame(frame: pandas.DataFrame, mapping: Mapping[str, str]) -> Iterator[Item]:
    """A paper for each row, as a `Reader` gives them; `mapping` goes from fields to columns.

    The index counts only where it is named like an id and no column is. Raises SourceError when no
    column holds the title.
    """
    columns = tuple(map(str, frame.columns))
    if not columns and not len(frame):  # nothing came today
        return
    with_index = _is_id(frame.index.name) and not any(map(_is_id, columns))
    if with_index:
        columns = (str(frame.index.name), *columns)
    check_columns(columns, mapping, _FRAME, named='mapping={"title": COLUMN}')
    plan = plan_columns(columns, mapping)
    for number, values in enumerate(frame.itertuples(index=with_index, name=None), start=1):
        record = dict(zip(columns, values, strict=True))
        yield from with_facts(to_items(record, plan, f"{_FRAME}, row {number}"), columns, record)


def _is_id(name: object) -> bool:
    return isinstance(name, str) and normal_name(name) in FIELDS["id"]
