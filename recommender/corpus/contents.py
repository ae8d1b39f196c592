"""What a state of a corpus holds, as one number: two states with the same one give the same answers."""

from __future__ import annotations

import dataclasses
import hashlib
import json

from .snapshot import Snapshot

__all__ = ["content_hash"]

_TABLES = (
    "SELECT first_row, count, sha256 FROM segments ORDER BY first_row",
    "SELECT row FROM tombstones ORDER BY row",
    "SELECT row, hex(record_hash) FROM papers ORDER BY row",
)


def content_hash(snapshot: Snapshot) -> str:
    """SHA-256, in hex digits, of papers, vectors, removed rows, encoder and index.

    Where the papers came from and what the files are called does not count: a copy of a corpus has the same.
    """
    digest = hashlib.sha256()
    manifest = dataclasses.asdict(snapshot.manifest)
    for name in ("sources", "unfinished"):
        del manifest[name]
    index = None if snapshot.index_kind == "exact" or snapshot.derived is None else snapshot.derived.sha256
    digest.update(json.dumps([snapshot.format, manifest, index], sort_keys=True).encode())
    for statement in _TABLES:
        for line in snapshot.select(statement):
            digest.update(json.dumps(line).encode())
    return digest.hexdigest()
