"""A corpus as HTML, for notebooks."""

from __future__ import annotations

from ..display import Column, Html, bar, facts, joined, link, shortened, table
from .info import CorpusInfo
from .snapshot import Snapshot

__all__ = ["to_html"]

_TITLE = 200

_SHOWN = 5  # of the papers, and of the categories


def to_html(name: str, info: CorpusInfo, snapshot: Snapshot) -> str:
    """What there is, how it is searched, and its first papers."""
    undated = f"; {info.undated:,} without a date" if info.undated else ""
    dates = f"{info.first_published} to {info.last_published}" if info.first_published else ""
    recall = f", recall {info.recall:.3f} on {info.recall_sample:,} papers" if info.recall_sample else ""
    unfinished = f" of {info.unfinished:,}: the same build goes on" if info.unfinished is not None else ""
    removed = f", {info.removed:,} removed ones not yet dropped" if info.removed else ""
    vectorless = f", {info.without_vector:,} without a dense vector" if info.without_vector else ""
    known = facts(
        [
            ("papers", f"{info.papers:,}{unfinished}{vectorless}{removed}"),
            ("published", f"{dates}{undated}".removeprefix("; ")),
            ("categories", _categories(info)),
            ("encoder", f"{info.encoder}, {info.dim} dimensions as {info.precision}"),
            ("index", f"{info.index}{recall}"),
            ("size", f"{info.size_bytes / 1e6:,.1f} MB"),
        ],
        caption=name,
        notes=[info.index_problem] if info.index_problem else [],
    )
    return known + _first_papers(snapshot)


def _categories(info: CorpusInfo) -> Html:
    papers, shown = max(info.papers, 1), info.categories[:_SHOWN]
    return joined("", (bar(count / papers, f"{category}: {count:,}") for category, count in shown))


def _first_papers(snapshot: Snapshot) -> str:
    rows = snapshot.store.column("SELECT row FROM papers ORDER BY row LIMIT ?", (_SHOWN,))
    papers = snapshot.papers(rows.tolist())
    lines = [(paper.id, paper.published, link(shortened(paper.title, _TITLE), paper.url)) for paper in papers]
    more = [f"the first {len(lines)} of {len(snapshot):,}"] if len(lines) < len(snapshot) else []
    return (
        table((Column("id"), Column("published", whole=True), Column("title")), lines, notes=more)
        if lines
        else ""
    )
