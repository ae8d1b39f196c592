"""Lookup of papers by id, url or title, nearest spellings, and the days of papers."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..identifiers import canonical, canonical_url, title_fingerprint, title_id
from ..lexical import plain_text, spellings
from ..paper import clean_text
from .removal import removed_by_name, removed_line
from .snapshot import Snapshot

_NUMBER = re.compile(r"[1-9]\d{3,11}", re.ASCII)
_AMONG = "IN (SELECT value FROM json_each(?))"
_BY_NAME = f"SELECT name, row FROM names WHERE name {_AMONG}"


def _number_of(scheme: str) -> Callable[[str], str | None]:
    """The spelling of a bare number as an identifier of this scheme; None for another text."""
    return lambda text: f"{scheme}:{text}" if _NUMBER.fullmatch(text) else None


_BY_KEY = f"SELECT key, row FROM papers WHERE key {_AMONG}"

# In this order, each with the spelling that it looks for.
_WAYS: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    (_BY_KEY, canonical),
    (_BY_NAME, canonical),
    (_BY_NAME, canonical_url),
    (f"SELECT fingerprint, row FROM papers WHERE fingerprint {_AMONG}", title_fingerprint),
    (_BY_NAME, title_id),  # the title of another of a paper's records
    (_BY_NAME, _number_of("pmid")),  # which most people who give a bare number mean
    (_BY_NAME, _number_of("corpusid")),
)


def find_rows(snapshot: Snapshot, text: str) -> list[int]:
    """The rows of the papers that `text` names: none, one, or all that share the url or title it is."""
    return find_rows_of(snapshot, [text])[text]


def find_rows_of(snapshot: Snapshot, texts: Iterable[str]) -> dict[str, list[int]]:
    """What `find_rows` finds for each of many texts, in a few questions to the database."""
    found = _as_stored(snapshot, texts)
    cleaned = {text: clean_text(str(text)) for text, rows in found.items() if not rows}
    for statement, spelling in _WAYS:
        if all(found.values()):
            break
        spelled = {text: spelling(cleaned[text]) for text, rows in found.items() if not rows}
        wanted = json.dumps(list(dict.fromkeys(value for value in spelled.values() if value)))
        rows_of: defaultdict[str, list[int]] = defaultdict(list)
        for value, row in snapshot.store.execute(statement, (wanted,)):
            rows_of[value].append(row)
        for text, value in spelled.items():
            found[text] = sorted(rows_of.get(value or "", []))
    return found


def _as_stored(snapshot: Snapshot, texts: Iterable[str]) -> dict[str, list[int]]:
    """By text, the row of the paper whose key it is to the letter, as that of an id is that we have written:
    putting a text into its canonical spelling takes longer than to look it up.
    """
    found: dict[str, list[int]] = {text: [] for text in texts}
    keys = [text for text in found if isinstance(text, str)]
    for key, row in snapshot.store.execute(_BY_KEY, (json.dumps(keys),)):
        if key in found:  # to SQLite a text ends at its first NUL
            found[key] = [row]
    return found


def name_spellings(text: str) -> list[str]:
    """All spellings under which a paper that `text` names has it among its names."""
    cleaned = clean_text(str(text))
    found = (spelling(cleaned) for _, spelling in _WAYS if spelling is not title_fingerprint)
    return list(dict.fromkeys(filter(None, found)))


def names_by_id(snapshot: Snapshot, ids: Iterable[str]) -> dict[str, tuple[int, list[str]]]:
    """By id, spelled as it is stored, the row of the paper and all names that are its alone, sorted."""
    wanted = dict.fromkeys(ids)
    keys = json.dumps([*map(canonical, wanted)])
    papers = snapshot.store.execute(f"SELECT row, id FROM papers WHERE key {_AMONG}", (keys,))
    stored = {row: paper_id for row, paper_id in papers if paper_id in wanted}
    if not stored:
        return {}
    # The rows first: whose names they are is asked of a few then, and not of all that there are.
    others = "SELECT 1 FROM names AS o WHERE o.name = names.name AND o.row <> names.row"
    statement = f"SELECT row, name FROM names WHERE row {_AMONG} AND NOT EXISTS ({others}) ORDER BY row, name"
    found: dict[str, tuple[int, list[str]]] = {}
    for row, name in snapshot.store.execute(statement, (json.dumps([*stored]),)):
        found.setdefault(stored[row], (row, []))[1].append(name)
    return found


def ambiguous_paper(snapshot: Snapshot, text: str, rows: Sequence[int], *, suggest: bool = True) -> str:
    """One line on a name that should be one paper's and is none's or several's.

    `suggest`: with the nearest spellings, which takes a look at all papers.
    """
    if not rows and (removed := removed_by_name(snapshot, {text: name_spellings(text)})):
        return removed_line(_shown(text), removed[text])
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


def content_hash(snapshot: Snapshot) -> str:
    """SHA-256, in hex digits, of papers, vectors, removed rows, encoder and index.

    Where the papers came from, when they arrived and what the files are called does not count: a copy of a
    corpus has the same.
    """
    digest = hashlib.sha256()
    manifest = dataclasses.asdict(snapshot.manifest)
    for name in ("sources", "unfinished", "newest_arrival"):
        del manifest[name]
    index = (
        None if snapshot.index_kind == "exact" or snapshot.index_file is None else snapshot.index_file.sha256
    )
    segments = [(segment.first_row, segment.count, segment.sha256) for segment in snapshot.segments]
    digest.update(json.dumps([snapshot.format, manifest, index, segments], sort_keys=True).encode())
    digest.update(snapshot.store.column("SELECT row FROM tombstones ORDER BY row").tobytes())
    papers = list(snapshot.store.execute("SELECT row, record_hash FROM papers ORDER BY row"))
    digest.update(np.array([row for row, _ in papers], np.int64).tobytes())
    digest.update(b"".join(record_hash for _, record_hash in papers))
    return digest.hexdigest()


def is_held(word: str, lowered: str) -> bool:
    """Whether a text of `plain_text` holds a word, given by its stem; a part of a longer one where its script
    has no capitals, as Chinese has no spaces either.
    """
    return any(True for _ in spellings((word,), lowered)) or (
        word.upper() == word.lower() and word in lowered
    )


def holds_word(snapshot: Snapshot, words: Sequence[str]) -> bool:
    """Whether a paper's title or abstract holds any of these words, given by their stems.

    Reads all papers where none does.
    """
    return bool(snapshot.cached(("holds", *words), lambda: _is_there(snapshot, words)))


def _is_there(snapshot: Snapshot, words: Sequence[str]) -> bool:
    heads = [word.removesuffix("y") for word in words]  # memory, memories
    records = snapshot.store.execute("SELECT record, row FROM papers")
    rows = (row for record, row in records if any(map(plain_text(record).__contains__, heads)))
    # A record names authors and addresses as well: what holds a head is read as a paper.
    texts = (plain_text(text) for row in rows for text in snapshot.texts([row], whole=True))
    return any(is_held(word, text) for text in texts for word in words)


def days(snapshot: Snapshot) -> NDArray[np.int32]:
    """The day of each vector's paper as a proleptic Gregorian ordinal; 0 where there is none."""

    def read() -> NDArray[np.int32]:
        lines = snapshot.store.execute("SELECT row, day FROM papers WHERE day IS NOT NULL")
        rows, dated = _columns(lines, 2)
        found = np.zeros(snapshot.size, np.int32)
        found[snapshot.place(rows)] = dated
        return found

    return np.asarray(snapshot.cached("days", read))


def _columns(lines: Iterable[tuple[Any, ...]], count: int) -> NDArray[np.int64]:
    """The columns of lines of integers, shape (count, number of lines)."""
    return np.fromiter(itertools.chain.from_iterable(lines), np.int64).reshape(-1, count).T
