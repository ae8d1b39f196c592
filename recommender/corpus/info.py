"""CorpusInfo: counts, encoder, index, dates, categories and sizes of a corpus."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from indexes import PRECISIONS

from .database import size_of
from .schema import DATABASE
from .snapshot import Snapshot

__all__ = ["CorpusInfo", "describe"]


@dataclass(frozen=True)
class CorpusInfo:
    """Sizes are bytes, the database's with its log; `term_bytes` of them are its papers' counted terms.

    `removed` counts vectors that `compact` would drop, `without_vector` papers that have none.

    `index` is the kind that answers, `index_wanted` what was asked for. `recall` is its recall@10 against
    exact search over `recall_sample` papers; both say nothing of an exact index, whose recall is 1.
    `indexed` rows are in its file, the others are searched exactly.
    """

    path: str
    papers: int
    removed: int
    without_vector: int
    unfinished: int | None
    encoder: str
    fingerprint: str
    verified: bool
    dim: int
    precision: str
    index: str
    index_wanted: str
    index_problem: str
    recall: float
    recall_sample: int
    recall_wanted: float
    effort: int
    indexed: int
    segments: int
    format: int
    first_published: str
    last_published: str
    undated: int
    categories: tuple[tuple[str, int], ...]
    database_bytes: int
    vector_bytes: int
    index_bytes: int
    term_bytes: int
    sources: tuple[str, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return self.database_bytes + self.vector_bytes + self.index_bytes

    @property
    def bytes_per_paper(self) -> float:
        """Of all files together; 0 for an empty corpus."""
        return self.size_bytes / self.papers if self.papers else 0.0


def describe(snapshot: Snapshot) -> CorpusInfo:
    """The facts of one state."""
    folder = snapshot.path
    manifest = snapshot.manifest
    first, last, undated = snapshot.store.execute(
        "SELECT min(day), max(day), sum(day IS NULL) FROM papers"
    ).fetchone()
    index_file = snapshot.index_file
    measured = index_file.measured if index_file and not snapshot.index_problem else None
    bytes_per_vector = PRECISIONS[manifest.precision].itemsize * manifest.dim
    frequent = "SELECT category, count(*) FROM categories GROUP BY category ORDER BY 2 DESC, 1 LIMIT 10"
    return CorpusInfo(
        path=str(folder),
        papers=len(snapshot),
        removed=sum(segment.count for segment in snapshot.segments) - len(snapshot),
        without_vector=len(snapshot.vectorless),
        unfinished=manifest.unfinished,
        encoder=manifest.encoder,
        fingerprint=manifest.fingerprint,
        verified=manifest.verified,
        dim=manifest.dim,
        precision=manifest.precision,
        index=snapshot.index_kind,
        index_wanted=manifest.index,
        index_problem=snapshot.index_problem,
        recall=measured.recall if measured else 1.0,
        recall_sample=measured.sample if measured else 0,
        recall_wanted=manifest.recall,
        effort=measured.effort if measured else 0,
        indexed=measured.rows if measured else 0,
        segments=len(snapshot.segments),
        format=snapshot.format,
        first_published=_date(first),
        last_published=_date(last),
        undated=undated or 0,
        categories=tuple(snapshot.store.execute(frequent)),
        database_bytes=sum(size_of(folder / name) for name in (DATABASE, f"{DATABASE}-wal")),
        vector_bytes=bytes_per_vector * sum(segment.count for segment in snapshot.segments),
        index_bytes=size_of(folder / index_file.file) if index_file else 0,
        term_bytes=snapshot.term_bytes,
        sources=manifest.sources,
    )


def _date(day: int | None) -> str:
    return datetime.date.fromordinal(day).isoformat() if day else ""
