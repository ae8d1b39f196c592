"""What `info` tells of a corpus."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from indexes.precision import PRECISIONS

from .database import DATABASE
from .snapshot import Snapshot

__all__ = ["CorpusInfo", "describe"]


@dataclass(frozen=True)
class CorpusInfo:
    """Sizes are bytes, the database's with its log; `removed` counts vectors that `compact` would drop."""

    path: str
    papers: int
    removed: int
    unfinished: int | None
    encoder: str
    fingerprint: str
    verified: bool
    dim: int
    precision: str
    index: str
    segments: int
    format: int
    first_published: str
    last_published: str
    undated: int
    categories: tuple[tuple[str, int], ...]
    database_bytes: int
    vector_bytes: int
    sources: tuple[str, ...]

    @property
    def bytes_per_paper(self) -> float:
        """Of database and vectors together; 0 for an empty corpus."""
        return (self.database_bytes + self.vector_bytes) / self.papers if self.papers else 0.0


def describe(folder: Path, snapshot: Snapshot) -> CorpusInfo:
    """The facts of one state."""
    manifest = snapshot.manifest
    first, last, undated = next(snapshot.select("SELECT min(day), max(day), sum(day IS NULL) FROM papers"))
    bytes_per_vector = PRECISIONS[manifest.precision].itemsize * manifest.dim
    frequent = "SELECT category, count(*) FROM categories GROUP BY category ORDER BY 2 DESC, 1 LIMIT 10"
    return CorpusInfo(
        path=str(folder),
        papers=len(snapshot),
        removed=sum(segment.count for segment in snapshot.segments) - len(snapshot),
        unfinished=manifest.unfinished,
        encoder=manifest.encoder,
        fingerprint=manifest.fingerprint,
        verified=manifest.verified,
        dim=manifest.dim,
        precision=manifest.precision,
        index=manifest.index,
        segments=len(snapshot.segments),
        format=snapshot.format,
        first_published=_date(first),
        last_published=_date(last),
        undated=undated or 0,
        categories=tuple(snapshot.select(frequent)),
        database_bytes=sum(
            path.stat().st_size for path in (folder / DATABASE, folder / f"{DATABASE}-wal") if path.exists()
        ),
        vector_bytes=bytes_per_vector * sum(segment.count for segment in snapshot.segments),
        sources=manifest.sources,
    )


def _date(day: int | None) -> str:
    return datetime.date.fromordinal(day).isoformat() if day else ""
