"""Look up papers by id in any spelling, url, or exact title."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from ..identifiers import canonical, canonical_url, title_fingerprint
from ..paper import clean_text
from .snapshot import Snapshot

__all__ = [
    "ambiguous_paper",
    "find_rows",
    "find_rows_of",
    "names_by_id",
    "nearest_spellings",
    "unknown_paper",
]


_AMONG = "IN (SELECT value FROM json_each(?))"
_BY_NAME = f"SELECT name, row FROM names WHERE name {_AMONG}"

# In this order, each with the spelling that it looks for.
_WAYS: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    (f"SELECT key, row FROM papers WHERE key {_AMONG}", canonical),
    (_BY_NAME, canonical),
    (_BY_NAME, canonical_url),
    (f"SELECT fingerprint, row FROM papers WHERE fingerprint {_AMONG}", title_fingerprint),
)


def find_rows(snapshot: Snapshot, text: str) -> list[int]:
    """The rows of the papers that `text` names: none, one, or all that share the url or title it is."""
    return find_rows_of(snapshot, [text])[text]


def find_rows_of(snapshot: Snapshot, texts: Iterable[str]) -> dict[str, list[int]]:
    """What `find_rows` finds for each of many texts, in a few questions to the database."""
    found: dict[str, list[int]] = {text: [] for text in texts}
    cleaned = {text: clean_text(str(text)) for text in found}
    for statement, spelling in _WAYS:
        spelled = {text: spelling(cleaned[text]) for text, rows in found.items() if not rows}
        wanted = json.dumps(list(dict.fromkeys(value for value in spelled.values() if value)))
        rows_of: defaultdict[str, list[int]] = defaultdict(list)
        for value, row in snapshot.store.execute(statement, (wanted,)):
            rows_of[value].append(row)
        for text, value in spelled.items():
            found[text] = sorted(rows_of.get(value or "", []))
        if all(found.values()):
            break
    return found


def names_by_id(snapshot: Snapshot, ids: Iterable[str]) -> dict[str, tuple[int, list[str]]]:
    """By id, spelled as it is stored, the row of the paper and all names that it has, in their order."""
    statement = (
        "SELECT papers.row, papers.id, names.name FROM papers JOIN names USING (row) "
        f"WHERE papers.key {_AMONG} ORDER BY papers.row, names.name"
    )
    wanted = dict.fromkeys(ids)
    found: dict[str, tuple[int, list[str]]] = {}
    for row, paper_id, name in snapshot.store.execute(statement, (json.dumps(list(map(canonical, wanted))),)):
        if paper_id in wanted:
            found.setdefault(paper_id, (row, []))[1].append(name)
    return found


def ambiguous_paper(snapshot: Snapshot, text: str, rows: Sequence[int], *, suggest: bool = True) -> str:
    """One line on a name that should be one paper's and is none's or several's.

    `suggest`: with the nearest spellings, which takes a look at all papers.
    """
    if not rows:
        return unknown_paper(snapshot, text) if suggest else f"no paper {_shown(text)!r} in this corpus"
    first = snapshot.by_key(np.array(rows, np.int64))[:3].tolist()
    ids = ", ".join(_shown(paper.id) for paper in snapshot.papers(first))
    return f"{_shown(text)!r} stands for {len(rows)} papers ({ids}{' ...' * (len(rows) > 3)}); give an id"


def unknown_paper(snapshot: Snapshot, text: str) -> str:
    """One line saying that nothing is named so, and the nearest spellings."""
    nearest = nearest_spellings(snapshot, text)
    hint = f"nearest: {', '.join(nearest)}" if nearest else "the corpus is empty"
    return f"no paper {_shown(text)!r} in this corpus; {hint}"


def nearest_spellings(snapshot: Snapshot, text: str, count: int = 3) -> list[str]:
    """The ids spelled most like `text`; for words, the titles most like it, each with its id."""
    from rapidfuzz import fuzz, process, utils

    text = clean_text(text)
    if len(text.split()) == 1 and any(c.isdigit() for c in text):
        ids = [paper_id for (paper_id,) in snapshot.store.execute("SELECT id FROM papers ORDER BY key")]
        keys = {canonical(paper_id): paper_id for paper_id in ids}
        near = process.extract(canonical(text), list(keys), scorer=fuzz.ratio, limit=count)
        return [_shown(keys[key]) for key, _, _ in near]
    titles = dict(
        snapshot.store.execute("SELECT id, json_extract(record, '$.title') FROM papers ORDER BY key")
    )
    # Titles that hold the words come first, among them those that hold little else.
    wanted = utils.default_process(text)
    found = process.extract(
        wanted, titles, scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=10 * count
    )
    best = sorted(found, key=lambda hit: (-hit[1], -fuzz.ratio(wanted, utils.default_process(hit[0]))))
    return [f"{_shown(title)!r} ({_shown(paper_id)})" for title, _, paper_id in best[:count]]


def _shown(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
