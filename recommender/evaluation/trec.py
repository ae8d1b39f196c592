"""TREC's formats: people's judgements (qrels) and rankings (runs)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..errors import SourceError
from ..files import write_whole

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


_SHOWN = 5

# Around 0 the next float32 below is of a size that few tools read as they should.
_STEP = np.float32(1e-9)


def write_run(
    path: str | Path, rankings: Mapping[str, Sequence[tuple[str, float]]], *, tag: str
) -> tuple[str, ...]:
    """Write a run in TREC's format: ``query Q0 paper rank score tag`` for each paper of each query.

    Tools sort a run by its scores: where a score is not below the one before, as a rerank leaves it, the
    nearest float32 below that is written, around 0 one that is a little further away. A blank within a name
    is written as ``_``, with a number behind it where another name is written so.

    Parameters
    ----------
    path : str or Path
        The file.
    rankings : mapping of str to sequence of tuple of (str, float)
        Query -> papers with their scores, best first.
    tag : str
        The name of the run.

    Returns
    -------
    tuple of str
        One line each on names that are written otherwise.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender.evaluation import write_run
    >>> write_run("my.run", {"q1": [("a", 0.5), ("b", 0.25)]}, tag="mine")
    ()
    >>> print(Path("my.run").read_text(), end="")
    q1 Q0 a 1 0.5 mine
    q1 Q0 b 2 0.25 mine
    """
    queries = _words(rankings)
    papers = _words(paper for ranking in rankings.values() for paper, _ in ranking)
    lines = []
    for query, ranking in rankings.items():
        scores = _falling(score for _, score in ranking)
        for rank, ((paper, _), score) in enumerate(zip(ranking, scores, strict=True), 1):
            lines.append(f"{queries[query]} Q0 {papers[paper]} {rank} {score:.9g} {_word(tag)}\n")
    write_whole(path, "".join(lines))
    return (*_changed(path, "query", queries), *_changed(path, "paper", papers))


def _falling(scores: Iterable[float]) -> Iterator[float]:
    """The scores as float32, each below the one before, none of them denormal."""
    last = np.float32(np.inf)
    for score in scores:
        below = min(np.nextafter(last, np.float32(-np.inf)), last - _STEP)
        last = min(np.float32(score), below)
        # A step leads to 0 or well past it, so that 0 is below the one before, too.
        last = last if abs(last) >= np.finfo(np.float32).tiny else np.float32(0)
        yield float(last)


def _words(names: Iterable[str]) -> dict[str, str]:
    """Each name as one word, no two alike; a name that is one word already stays as it is."""
    words = {name: _word(name) for name in names}
    taken = {name for name, word in words.items() if name == word}
    for name, word in words.items():
        if name != word:
            words[name] = _free(word, taken)
            taken.add(words[name])
    return words


def _free(word: str, taken: set[str]) -> str:
    """The word, or with the first number behind it that nobody has."""
    free, number = word, 1
    while free in taken:
        number += 1
        free = f"{word}_{number}"
    return free


def _changed(path: str | Path, kind: str, words: Mapping[str, str]) -> Iterator[str]:
    changed = [f"{name!r} as {word}" for name, word in words.items() if name != word]
    if changed:
        shown = ", ".join(changed[:_SHOWN]) + ", ..." * (len(changed) > _SHOWN)
        ids = f"1 {kind} id is" if len(changed) == 1 else f"{len(changed):,} {kind} ids are"
        yield f"{path}: TREC's format has no blanks within an id; {ids} written otherwise: {shown}"


def _word(text: str) -> str:
    return "_".join(text.split())
