"""People's judgements: a file of query, paper and grade, with or without a header, or TREC's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import SourceError

__all__ = ["read_qrels"]

_NAMES = (
    ("query", {"query", "query_id", "query-id", "qid", "user", "user_id", "reader", "topic", "topic_id"}),
    (
        "paper",
        {"paper", "paper_id", "paper-id", "doc", "doc_id", "docno", "docid", "document", "document_id"}
        | {"corpus-id", "corpus_id", "id", "pid", "item", "item_id"},
    ),
    ("grade", {"grade", "rel", "relevance", "rating", "score", "label", "judgement", "judgment"}),
)

_ITERATION = {"iter", "iteration", "q0"}  # the column of TREC's that is not used


def read_qrels(path: Path, complain: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Query -> paper -> grade.

    Three columns, query, paper, grade, in this order or in that of a header; or TREC's four, of which
    the second is not used. Tabs part them, else blanks. A first line is a header where it has the name
    of a column and no grade. Of two grades of one paper the higher holds. A line that cannot be read is
    told to `complain` and left out.

    Raises SourceError when the file cannot be read, or holds no judgement at all.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: no judgements can be read from it ({reason})") from error
    grades: dict[str, dict[str, float]] = {}
    columns: tuple[int, int, int] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        fields = _fields(line)
        if not fields:
            continue
        if columns is None and len(fields) >= 3:
            header = _header(fields)
            columns = header or _by_place(fields)
            if header:
                continue
        problem = _add(grades, fields, columns or _by_place(("",) * 3))
        if problem:
            complain(f"{path}, line {number}: {problem}")
    if not grades:
        raise SourceError(
            f"{path}: holds no judgement; a line is a query, a paper and a grade, parted by tabs"
        )
    return grades


def _fields(line: str) -> list[str]:
    line = line.strip("\r\n ")
    return [field.strip() for field in line.split("\t")] if "\t" in line else line.split()


def _header(fields: Sequence[str]) -> tuple[int, int, int] | None:
    """Where a header says that query, paper and grade are; None for a line that is no header."""
    names = [field.lower() for field in fields]
    query, paper, grade = (
        next((place for place, name in enumerate(names) if name in known), None) for _, known in _NAMES
    )
    if query is not None and paper is not None and grade is not None:
        return query, paper, grade
    if {query, paper, grade} == {None} and not _ITERATION & set(names):
        return None
    by_place = _by_place(fields)
    if _number(fields[by_place[2] if grade is None else grade]) is not None:
        return None
    return _filled((query, paper, grade), by_place, len(fields))


def _by_place(fields: Sequence[str]) -> tuple[int, int, int]:
    """Where query, paper and grade are when nothing says so."""
    return 0, len(fields) - 2, len(fields) - 1


def _filled(
    named: tuple[int | None, int | None, int | None], by_place: tuple[int, int, int], count: int
) -> tuple[int, int, int]:
    """The named places; what has no name has its usual place, else the first that is free."""
    taken = {place for place in named if place is not None}
    places: list[int] = []
    for place, usual in zip(named, by_place, strict=True):
        if place is None:
            place = usual if usual not in taken else min(set(range(count)) - taken)
            taken.add(place)
        places.append(place)
    query, paper, grade = places
    return query, paper, grade


def _add(
    grades: dict[str, dict[str, float]], fields: Sequence[str], columns: tuple[int, int, int]
) -> str | None:
    """Take one line in; what is wrong with it otherwise."""
    if len(fields) <= max(columns):
        return f"{len(fields)} columns, expected query, paper and grade"
    query, paper, text = (fields[column] for column in columns)
    grade = _number(text)
    if not query or not paper:
        return "the query or the paper is empty"
    if grade is None:
        return f"the grade {text!r:.40} is no number"
    of_query = grades.setdefault(query, {})
    of_query[paper] = max(grade, of_query.get(paper, grade))
    return None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
