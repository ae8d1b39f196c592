"""The arXiv metadata dump, whatever holds its records: objects, a table's rows, an answer of the service."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from ..arxiv_ids import arxiv_month, mended_arxiv
from ..identifiers import parse_identifier
from ..retraction_marks import remark_says_withdrawn
from .base import Source
from .columns import refuse_mapping
from .fixed_fields import fixed_items
from .items import Item, Rejected
from .json_objects import NotAnObject, json_objects, leading_objects
from .latex import latex_to_text
from .lists import names, written_list
from .values import text

_ONLY_HERE = ("authors_parsed", "versions", "journal-ref", "update_date", "submitter", "report-no")


class Arxiv:
    """One object for each paper, with ``versions``, ``authors_parsed`` and ``journal-ref``, or fewer."""

    name = "arxiv"

    def recognises(self, head: bytes) -> bool:
        """Whether the first object has the dump's own fields."""
        first = next(leading_objects(head), {})
        return is_arxiv(first) and (_telling(first) >= 2 or _is_id(first.get("id")))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        for row, entry in json_objects(source):
            place = source.place(row)
            if isinstance(entry, NotAnObject):
                yield Rejected(place, entry)
            else:
                yield from fixed_items(arxiv_record(entry), place)


COLUMNS = frozenset(
    {
        *(
            "id",
            "title",
            "abstract",
            "authors",
            "authors_parsed",
            "versions",
            "categories",
            "journal-ref",
            "doi",
        ),
        *("update_date", "submitter", "comments", "report-no", "license"),
    }
)
"""What the dump says of a paper; the last of them are of no use here, and need not be named."""


def is_arxiv(columns: Collection[str]) -> bool:
    """Whether records with these keys, or a table with these columns, have the shape of the dump."""
    shape = {"id", "title", "update_date", "categories"} <= set(columns)
    return "title" in columns and (shape or _telling(columns) >= 2)


def _telling(columns: Collection[str]) -> int:
    return sum(field in columns for field in _ONLY_HERE)


def arxiv_record(entry: Mapping[str, object]) -> dict[str, object]:
    """The record of `fixed_items` for one of the dump; in a table's cell a list is the text of one."""
    written = text(entry.get("id")).strip()
    written = mended_arxiv(written) or written  # a spreadsheet may have made a number of it
    versions = _listed(entry.get("versions")) or []
    return {
        "id": written,
        "title": latex_to_text(text(entry.get("title"))),
        "abstract": latex_to_text(text(entry.get("abstract"))),
        "authors": _authors(entry),
        "published": _version_date(versions[:1]),
        "revised": _version_date(versions[-1:]),
        "date": arxiv_month(written),
        "categories": text(entry.get("categories")).split() or entry.get("categories"),
        "venue": latex_to_text(text(entry.get("journal-ref"))).strip() or "arXiv",
        "url": f"https://arxiv.org/abs/{written}" if written else "",
        "identifiers": {"doi": entry.get("doi")},
        "retracted": remark_says_withdrawn(text(entry.get("comments"))),
    }


def arxiv_row(record: Mapping[str, object]) -> dict[str, object] | None:
    """The record of a row in a table of the dump's shape; None where its id is not arXiv's."""
    return arxiv_record(record) if _is_id(record.get("id")) else None


def _is_id(written: object) -> bool:
    return (parse_identifier(text(written)) or "").startswith("arxiv:")


def _authors(entry: Mapping[str, object]) -> list[str]:
    parsed = _listed(entry.get("authors_parsed"))
    if parsed is None:
        bare = _without_remarks(text(entry.get("authors")))
        return [latex_to_text(name) for name in names(bare or entry.get("authors"))]
    people = (person[:3] for person in parsed if isinstance(person, list))
    return [latex_to_text(_full_name(*map(text, [*person, "", "", ""][:3]))) for person in people]


_REMARK = re.compile(r"\s*\([^()]*\)")


def _without_remarks(authors: str) -> str:
    """The authors as arXiv writes them in one text, without the affiliations, which stand in parentheses."""
    for _ in range(authors.count("(") and 3):
        authors = _REMARK.sub("", authors)
    return authors


def _full_name(last: str, first: str, suffix: str) -> str:
    return " ".join(part for part in (first, last, suffix) if part)


def _listed(value: object) -> list[object] | None:
    found = written_list(value) if isinstance(value, str) else value
    return found if isinstance(found, list) else None


def _version_date(versions: list[object]) -> object:
    """When a version appeared; ``update_date`` is when anything about the paper changed last."""
    version = versions[0] if versions else None
    return version.get("created") if isinstance(version, dict) else None
