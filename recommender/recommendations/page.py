"""A list of recommendations as a notebook shows it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..display import Column, bar, hint, link, paper_heading, shortened, small, stacked, table
from .recommendation import Recommendation

__all__ = ["page"]

_TITLE = 200
_LONGEST_WORDS = 160  # of a reader's own words, which may be a whole paragraph


def page(items: Sequence[Recommendation], warnings: Sequence[str]) -> str:
    """A table: score on a bar, the best one's full; title and facts; the closest liked paper; why, where the
    mouse rests.
    """
    heading = paper_heading([item.score for item in items])
    columns = (Column("#", figures=True), Column("score", whole=True), Column(heading), Column("closest to"))
    best = max((item.score for item in items), default=1.0)
    return table(columns, (_row(item, best) for item in items), notes=warnings)


def _row(item: Recommendation, best: float) -> tuple[str, ...]:
    why = item.explanation
    reason = why.to_text() if why else ""
    sure = "" if math.isnan(item.confidence) else f"confidence {item.confidence:.2f}"
    score = bar(item.score / best if best > 0 else 0.0, f"{item.score:.3f}", reason)
    interest = f"interest: {item.interest}" if item.interest not in ("", item.closest_title) else ""
    common = f"in common: {', '.join(why.terms)}" if why and why.terms else ""
    title = link(shortened(item.paper.title, _TITLE), item.paper.url)
    paper = stacked(title, small(_facts(item)), small(common))
    closest = stacked(
        hint(f"{_closest(item)} ({item.closest_cosine:.2f})", reason), small(interest), small(sure)
    )
    return str(item.rank), score, paper, closest


def _closest(item: Recommendation) -> str:
    return shortened(item.closest_title or item.closest, _LONGEST_WORDS)


def _facts(item: Recommendation) -> str:
    paper = item.paper
    return " · ".join(part for part in (paper.byline, paper.published, paper.id) if part)
