"""From an answer in rows to the list that a reader sees."""

from __future__ import annotations

from collections.abc import Iterator

from ..corpus import filter_remarks
from ..recommendations import Recommendation, Recommendations
from .answer import Answer
from .reasons import ListReasons

__all__ = ["shown"]


def shown(answer: Answer) -> Recommendations:
    """The papers of the list, with the reasons that are worked out when somebody asks."""
    seeds = answer.taste.liked
    named = answer.snapshot.labels([seed for seed in seeds if isinstance(seed, int)])
    labels = tuple((seed, "") if isinstance(seed, str) else named[seed] for seed in seeds)
    reasons = ListReasons(answer, tuple(answer.snapshot.papers(answer.listed.tolist())), labels)
    filtered = filter_remarks(answer.snapshot, answer.asked.filters)
    return Recommendations(tuple(_items(reasons)), answer.taste.notes, reasons, filtered)


def _items(reasons: ListReasons) -> Iterator[Recommendation]:
    answer = reasons.answer
    closest = zip(answer.closest.tolist(), answer.closest_cosines.tolist(), strict=True)
    for place, (paper, (seed, cosine)) in enumerate(zip(reasons.papers, closest, strict=True)):
        score = float(answer.ranked.scores[place])
        name, title = reasons.seeds[seed]
        yield Recommendation(place + 1, paper, score, name, title, cosine, reasons)
