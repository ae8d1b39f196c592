"""The topics of a corpus as they are stored: numbers, names, centres, and what became of them last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from indexes import Vectors

from ..errors import CorpusDamaged
from .store import CorpusStore
from .topic_changes import TopicChange

_FORMAT = 7  # the first with topics


@dataclass(frozen=True)
class StoredTopic:
    """A topic's number, which no other ever has, its name and the terms that this is made of."""

    number: int
    name: str
    terms: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class StoredTopics:
    """The topics, with their centres, shape (topics, dim); of how many papers and rows they are.

    `next_number` is of the next topic that is born.
    """

    topics: tuple[StoredTopic, ...]
    centres: Vectors
    papers: int
    next_row: int
    next_number: int
    changes: tuple[TopicChange, ...] = ()


def load_topics(store: CorpusStore, dim: int) -> StoredTopics | None:
    """The topics of the state that a store holds, None where there are none.

    Raises CorpusDamaged where they are not what was written.
    """
    if store.format < _FORMAT:
        return None
    line = store.execute("SELECT document, centres, sha256 FROM topics").fetchone()
    if line is None:
        return None
    document, centres, digest = line
    if _digest(document, centres) != digest:
        raise CorpusDamaged(f"{store.path}: table topics is not what was written; run `recommender verify`")
    fields: dict[str, Any] = json.loads(document)
    topics = tuple(
        StoredTopic(one["number"], one["name"], tuple(one["terms"])) for one in fields.pop("topics")
    )
    changes = tuple(TopicChange(**change) for change in fields.pop("changes"))
    vectors = np.frombuffer(centres, np.dtype("<f4")).astype(np.float32).reshape(len(topics), dim)
    return StoredTopics(topics, vectors, **fields, changes=changes)


def topic_problems(store: CorpusStore) -> Iterator[str]:
    """What is wrong with the stored topics."""
    try:
        load_topics(store, store.manifest().dim)
    except (CorpusDamaged, ValueError, TypeError, KeyError):
        yield "table topics: its line is not what was written"


def store_topics(store: CorpusStore, found: StoredTopics) -> None:
    """Store these in place of what was stored."""
    document = json.dumps(
        {
            "topics": [asdict(topic) for topic in found.topics],
            "papers": found.papers,
            "next_row": found.next_row,
            "next_number": found.next_number,
            "changes": [asdict(change) for change in found.changes],
        },
        ensure_ascii=False,
    )
    centres = np.ascontiguousarray(found.centres, "<f4").tobytes()
    with store.transaction():
        line = (document, centres, _digest(document, centres))
        store.execute("INSERT OR REPLACE INTO topics VALUES (1, ?, ?, ?)", line)


def _digest(document: str, centres: bytes) -> bytes:
    return hashlib.sha256(str(document).encode() + b"\0" + bytes(centres)).digest()


def note_moved_rows(store: CorpusStore) -> None:
    """Say that what is there now is not new, wherever it stood before.

    Topics that are damaged are dropped: those of the next change are made anew.
    """
    manifest = store.manifest()
    try:
        found = load_topics(store, manifest.dim)
    except CorpusDamaged:
        with store.transaction():
            store.execute("DELETE FROM topics")
        return
    if found is not None:
        store_topics(store, replace(found, next_row=manifest.next_row))
