"""Papers in the file of readers: each known by its identity, in whatever corpus it stands.

A paper is known by every identifier that a corpus has for it (an arXiv id without its version, a DOI, a url),
the fingerprint of its title and the number of its abstract. So it is the same paper when it comes back as
another version, from another source, or in a corpus that was built anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from ..corpus import Snapshot, find_rows_of, names_by_id
from ..identifiers import canonical, parse_identifier, title_fingerprint
from ..identity import says_nothing
from .database import Database, naming

ABSTRACT = "abstract:"
"""What a paper's name begins with that is the number of its abstract."""


def add_papers(
    file: Database,
    titles: Mapping[str, str],
    snapshot: Snapshot | None,
    names: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, int]:
    """The numbers of papers by their ids, given with their titles; those that are new are added.

    `names` are what is known of papers that no corpus has. Within a transaction.
    """
    there = numbers_of(file, titles)
    missing = {paper: title for paper, title in titles.items() if paper not in there}
    if not missing:
        return there
    called = _names(missing, snapshot, names or {})
    file.many(
        "INSERT INTO papers (id, names) VALUES (?, ?)",
        ((paper, json.dumps(called[paper], ensure_ascii=False)) for paper in missing),
    )
    return there | numbers_of(file, missing)


def numbers_of(file: Database, papers: Iterable[str]) -> dict[str, int]:
    """The numbers of those papers, by their ids, that are in the file."""
    # One by one: to SQLite's functions of JSON a text ends at its first NUL.
    statement = "SELECT number FROM papers WHERE id = ?"
    found = ((paper, file.row(statement, (paper,))) for paper in papers)
    return {paper: line[0] for paper, line in found if line is not None}


def ids_of(file: Database, papers: Iterable[int]) -> dict[int, str]:
    """The ids of papers by their numbers."""
    statement = "SELECT number, id FROM papers WHERE number IN (SELECT value FROM json_each(?))"
    return dict(file.rows(statement, (json.dumps(list(papers)),)))


def names_of(file: Database, papers: Iterable[int]) -> dict[int, list[str]]:
    """All names of papers by their numbers. Raises the file's error where one is not there."""
    wanted = list(papers)
    statement = "SELECT number, names FROM papers WHERE number IN (SELECT value FROM json_each(?))"
    with naming(file.path, file.called):
        found = {number: _listed(names) for number, names in file.rows(statement, (json.dumps(wanted),))}
    if missing := {*wanted} - found.keys():
        raise file.called.error(f"{file.path}: is damaged (no paper {min(missing)}); name another file")
    return found


def rows_of_papers(file: Database, papers: Iterable[int], snapshot: Snapshot) -> dict[int, tuple[int, ...]]:
    """By number, the rows of the papers of a corpus that each is.

    An identifier that papers have come to share since is none of theirs, where others tell, and neither is a
    title such as "Editorial", or "Deep learning" of somebody else.
    """
    return rows_by_names(names_of(file, papers), snapshot)


def rows_by_names(names: Mapping[int, Sequence[str]], snapshot: Snapshot) -> dict[int, tuple[int, ...]]:
    """The same of papers whose names are given by their numbers."""
    rows = _rows_of({name for of_paper in names.values() for name in of_paper}, snapshot)
    found = {}
    for paper, of_paper in names.items():
        shared = {
            name
            for name in of_paper
            if len(rows[name]) > 1 and (parse_identifier(name) or says_nothing(name))
        }
        telling = [name for name in of_paper if rows[name] and name not in shared] or of_paper
        those = list(dict.fromkeys(row for name in telling for row in rows[name]))
        if len(those) > 1:
            ids = (name for name in telling if name == of_paper[0] or parse_identifier(name))
            by_id = {row for name in ids for row in rows[name]}
            those = [row for row in those if not by_id or _is_one_of(snapshot, row, by_id)]
        found[paper] = tuple(those)
    return found


def _is_one_of(snapshot: Snapshot, row: int, others: Collection[int]) -> bool:
    """Whether a row that a title led to is one of the papers that identifiers tell, or a twin of one."""
    return row in others or any(snapshot.twins.are(row, other) for other in others)


def _rows_of(names: Iterable[str], snapshot: Snapshot) -> dict[str, list[int]]:
    """The rows of the papers that each name stands for."""
    abstracts = {name: int(name.removeprefix(ABSTRACT)) for name in names if _is_abstract(name)}
    having = snapshot.versions.abstracts.rows_of(abstracts.values())
    found = find_rows_of(snapshot, (name for name in names if name not in abstracts))
    return found | {name: having.get(code, []) for name, code in abstracts.items()}


def _is_abstract(name: str) -> bool:
    return name.startswith(ABSTRACT) and name.removeprefix(ABSTRACT).isdecimal()


def _names(
    titles: Mapping[str, str], snapshot: Snapshot | None, names: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """By id, all that a paper is called by: what the corpus knows, the id itself, title and abstract."""
    found: dict[str, list[str]] = {paper: [canonical(paper), *names.get(paper, ())] for paper in titles}
    rows: dict[str, int] = {}
    for paper, (row, known) in names_by_id(snapshot, titles).items() if snapshot is not None else ():
        rows[paper] = row
        found[paper] += known
    for paper, title in titles.items():
        found[paper].append(title_fingerprint(title))
    if snapshot is not None:
        codes = snapshot.versions.abstracts.codes(np.array([*rows.values()], np.int64)).tolist()
        for paper, code in zip(rows, codes, strict=True):
            found[paper] += [f"{ABSTRACT}{code}"] if code >= 0 else []
    return {paper: list(dict.fromkeys(filter(None, known))) for paper, known in found.items()}


def _listed(names: str) -> list[str]:
    found = json.loads(names)
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise sqlite3.DataError(f"a paper is called {names:.40}")
    return found
