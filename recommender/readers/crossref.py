"""Works of Crossref: answers of its API, and its public data files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .base import Source
from .columns import refuse_mapping
from .dates import published
from .fixed_fields import fields, listed, service_items
from .items import Item
from .json_objects import Record
from .json_wrapped import first_records
from .values import text

_ONLY_HERE = frozenset(
    {
        *("indexed", "deposited", "prefix", "member", "reference-count", "references-count", "score"),
        *("is-referenced-by-count", "content-domain", "published-print", "published-online", "resource"),
    }
)
_DATES = ("issued", "published", "published-print", "published-online", "posted")
_RETRACTIONS = frozenset({"retraction", "withdrawal", "removal", "partial_retraction"})
_NOTICES = {
    **dict.fromkeys(("correction", "corrigendum", "erratum", "clarification", "addendum"), "corrects"),
    **dict.fromkeys(("expression_of_concern", "concern"), "concerns"),
}
# What the publisher says of another record, of which this is the same paper.
_SAME = {"has-preprint": "preprint", "is-preprint-of": "published", "is-identical-to": "same"}


class Crossref:
    """Works in ``{"message": {"items": [...]}}``, ``{"items": [...]}``, one a line, or one alone."""

    name = "crossref"

    def recognises(self, head: bytes) -> bool:
        """Whether a first record has a DOI, its title in a list, and fields that only Crossref has."""
        answers, records = first_records(head)
        if "message-type" in answers.beside and any("DOI" in record for record in records):
            return True  # of which the fields were chosen
        return any(map(_is_work, records))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        return service_items(source, _record)


def _is_work(record: Record) -> bool:
    titled = isinstance(record.get("title"), list) or isinstance(record.get("container-title"), list)
    return "DOI" in record and titled and bool(_ONLY_HERE & record.keys())


def _record(work: Record) -> dict[str, object]:
    doi = text(work.get("DOI")).strip()
    institution = next((text(fields(one).get("name")) for one in listed(work.get("institution"))), "")
    return {
        "id": doi,
        "title": _title(work),
        "abstract": work.get("abstract"),
        "authors": _people(work.get("author")) or _people(work.get("editor")),
        "published": _earliest(work),
        "date": work.get("created"),
        "categories": work.get("subject"),
        "venue": _only(work.get("container-title"))
        or institution
        or text(fields(work.get("event")).get("name"))
        or text(work.get("group-title"))
        or text(work.get("publisher")),
        "url": work.get("URL"),
        "identifiers": {"doi": doi, **_same(work.get("relation")), **_noticed(work, doi)},
        "retracted": any(kind in _RETRACTIONS for kind, _ in _updates(work.get("updated-by")))
        or any(kind in _RETRACTIONS and its == doi.lower() for kind, its in _updates(work.get("update-to"))),
    }


def _updates(value: object) -> list[tuple[str, str]]:
    """Of each update its kind and a DOI: of the notice in `updated-by`, of the paper in `update-to`."""
    found = (fields(update) for update in listed(value))
    return [(text(one.get("type")).lower(), text(one.get("DOI")).strip().lower()) for one in found]


def _noticed(work: Record, doi: str) -> dict[str, str]:
    """The paper of which this work is a notice, by what the notice does; a work may be its own record."""
    found: dict[str, str] = {}
    for kind, other in _updates(work.get("update-to")):
        scheme = "retracts" if kind in _RETRACTIONS else _NOTICES.get(kind, "")
        if scheme and other and other != doi.lower():
            found.setdefault(scheme, other)
    return found


def _only(value: object) -> str:
    """The first of several, as one journal may have two names."""
    return next(filter(None, map(text, value)), "") if isinstance(value, list) else text(value)


def _title(work: Record) -> str:
    title, subtitle = _only(work.get("title")), _only(work.get("subtitle"))
    joined = title if not subtitle or subtitle.casefold() in title.casefold() else f"{title}: {subtitle}"
    return joined if title else _only(work.get("original-title"))


def _people(people: object) -> list[object]:
    return [_person(one) if isinstance(one, dict) else one for one in listed(people)]


def _person(person: Record) -> dict[str, str]:
    if family := text(person.get("family")).strip():
        family = f"{family} {text(person.get('suffix')).strip()}".strip()
        return {"given": text(person.get("given")).strip(), "family": family}
    whole = text(person.get("name")).strip() or text(person.get("given")).strip()
    return {"name": whole, "literal": whole}


def _earliest(work: Record) -> str:
    """The earliest day of print or screen; of one year, or one month, the date that says more."""
    dates = [found for name in _DATES if (found := published(work.get(name)))]
    return min(dates, key=lambda date: (date.ljust(10, "~"), date), default="")


def _same(relation: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, scheme in _SAME.items():
        others = (fields(other) for other in listed(fields(relation).get(kind)))
        dois = [text(other.get("id")) for other in others if text(other.get("id-type")) == "doi"]
        if dois:
            found[scheme] = dois[0]
    return found
