"""From what a person types to a paper: an id in any spelling, a url, an exact title."""

from __future__ import annotations

from collections.abc import Sequence

from ..identifiers import canonical, canonical_url, title_fingerprint
from ..paper import clean_text
from .snapshot import Snapshot

__all__ = ["find_rows", "nearest_spellings", "no_such_paper", "not_one_paper"]


def find_rows(snapshot: Snapshot, text: str) -> list[int]:
    """The rows of the papers that `text` names: none, one, or all that share the url or title it is."""
    text = clean_text(str(text))
    for statement, value in (
        ("SELECT row FROM papers WHERE key = ?", canonical(text)),
        ("SELECT row FROM names WHERE name = ?", canonical(text)),
        ("SELECT row FROM names WHERE name = ?", canonical_url(text)),
        ("SELECT row FROM papers WHERE fingerprint = ?", title_fingerprint(text)),
    ):
        rows: list[int] = snapshot.rows(statement, (value,)).tolist() if value else []
        if rows:
            return rows
    return []


def not_one_paper(snapshot: Snapshot, text: str, rows: Sequence[int]) -> str:
    """One line on a name that should be one paper's and is none's or several's."""
    if not rows:
        return no_such_paper(snapshot, text)
    ids = ", ".join(paper.id for paper in snapshot.papers(rows[:3]))
    return f"{_shown(text)!r} stands for {len(rows)} papers ({ids}{' ...' * (len(rows) > 3)}); give an id"


def no_such_paper(snapshot: Snapshot, text: str) -> str:
    """One line saying that nothing is named so, and the nearest spellings."""
    nearest = nearest_spellings(snapshot, text)
    hint = f"nearest: {', '.join(nearest)}" if nearest else "the corpus is empty"
    return f"no paper {_shown(text)!r} in this corpus; {hint}"


def nearest_spellings(snapshot: Snapshot, text: str, count: int = 3) -> list[str]:
    """The ids spelled most like `text`; for several words, the titles, each with its id."""
    from rapidfuzz import fuzz, process

    text = clean_text(text)
    if len(text.split()) > 1:
        titles = dict(snapshot.select("SELECT id, json_extract(record, '$.title') FROM papers ORDER BY row"))
        found = process.extract(
            text, titles, scorer=fuzz.WRatio, processor=str.casefold, limit=count, score_cutoff=1
        )
        return [f"{_shown(title)!r} ({paper_id})" for title, _, paper_id in found]
    ids = [paper_id for (paper_id,) in snapshot.select("SELECT id FROM papers ORDER BY row")]
    keys = {canonical(paper_id): paper_id for paper_id in ids}
    found = process.extract(canonical(text), list(keys), scorer=fuzz.ratio, limit=count)
    return [keys[key] for key, _, _ in found]


def _shown(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
