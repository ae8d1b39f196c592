"""People's judgements: a file of query, paper and grade, with or without a header, or TREC's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import SourceError

__all__ = ["read_qrels"]

_NAMES = (
    ("query", {"query", "query_id", "query-id", "qid", "user", "user_id", "topic", "topic_id"}),
    (
        "paper",
        {"paper", "paper_id", "doc", "doc_id", "docno", "docid", "corpus-id", "corpus_id", "id", "pid"},
    ),
    ("grade", {"grade", "rel", "relevance", "rating", "score", "label", "judgement", "judgment"}),
)


def read_qrels(path: Path, complain: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Query -> paper -> grade.

    Three columns, query, paper, grade, in this order or in that of a header; or TREC's four, of which
    the second is not used. Tabs part them, else blanks. Of two grades of one paper the higher holds.
    A line that cannot be read is told to `complain` and left out.

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
        if columns is None:
            header = _header(fields)
            columns = header or (0, len(fields) - 2, len(fields) - 1)
            if header:
                continue
        problem = _add(grades, fields, columns)
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
    """Where a header says that query, paper and grade are; a grade that is no number makes a header."""
    named = [next((i for i, f in enumerate(fields) if f.lower() in names), None) for _, names in _NAMES]
    query, paper, grade = named
    if query is not None and paper is not None and grade is not None:
        return query, paper, grade
    if len(fields) in (3, 4) and _number(fields[-1]) is None:
        return 0, len(fields) - 2, len(fields) - 1
    return None


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
