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
    ids = ", ".join(_shown(paper.id) for paper in snapshot.papers(rows[:3]))
    return f"{_shown(text)!r} stands for {len(rows)} papers ({ids}{' ...' * (len(rows) > 3)}); give an id"


def no_such_paper(snapshot: Snapshot, text: str) -> str:
    """One line saying that nothing is named so, and the nearest spellings."""
    nearest = nearest_spellings(snapshot, text)
    hint = f"nearest: {', '.join(nearest)}" if nearest else "the corpus is empty"
    return f"no paper {_shown(text)!r} in this corpus; {hint}"


def nearest_spellings(snapshot: Snapshot, text: str, count: int = 3) -> list[str]:
    """The ids spelled most like `text`; for words, the titles most like it, each with its id."""
    from rapidfuzz import fuzz, process, utils

    text = clean_text(text)
    if len(text.split()) == 1 and any(c.isdigit() for c in text):
        ids = [paper_id for (paper_id,) in snapshot.select("SELECT id FROM papers ORDER BY row")]
        keys = {canonical(paper_id): paper_id for paper_id in ids}
        near = process.extract(canonical(text), list(keys), scorer=fuzz.ratio, limit=count)
        return [_shown(keys[key]) for key, _, _ in near]
    titles = dict(snapshot.select("SELECT id, json_extract(record, '$.title') FROM papers ORDER BY row"))
    # Titles that hold the words come first, among them those that hold little else.
    wanted = utils.default_process(text)
    found = process.extract(
        wanted, titles, scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=10 * count
    )
    best = sorted(found, key=lambda hit: (-hit[1], -fuzz.ratio(wanted, utils.default_process(hit[0]))))
    return [f"{_shown(title)!r} ({_shown(paper_id)})" for title, _, paper_id in best[:count]]


def _shown(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
