"""The content hash of a corpus: two states with the same one give the same answers."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import numpy as np

from .snapshot import Snapshot

__all__ = ["content_hash"]


def content_hash(snapshot: Snapshot) -> str:
    """SHA-256, in hex digits, of papers, vectors, removed rows, encoder and index.

    Where the papers came from and what the files are called does not count: a copy of a corpus has the same.
    """
    digest = hashlib.sha256()
    manifest = dataclasses.asdict(snapshot.manifest)
    for name in ("sources", "unfinished"):
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
