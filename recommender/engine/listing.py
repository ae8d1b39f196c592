"""From an answer in rows to the list that a reader sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..corpus import filter_warnings
from ..paper import Paper
from ..recommendations import Recommendation, Recommendations
from .answer import Answer
from .reasons import RecommendationReasons

__all__ = ["to_recommendations"]


def to_recommendations(
    answer: Answer,
    *,
    labels: Mapping[int, tuple[str, str]] | None = None,
    papers: Mapping[int, Paper] | None = None,
) -> Recommendations:
    """The papers of the list, with the reasons that are worked out when somebody asks.

    `labels` of the liked rows and `papers` of the listed ones may be given by whoever has them already.
    """
    seeds, listed = answer.profile.liked, answer.listed.tolist()
    if labels is None:
        labels = answer.snapshot.labels([seed for seed in seeds if isinstance(seed, int)])
    found = answer.snapshot.papers(listed) if papers is None else [papers[row] for row in listed]
    names = tuple((seed, "") if isinstance(seed, str) else labels[seed] for seed in seeds)
    reasons = RecommendationReasons(answer, tuple(found), names)
    filtered = filter_warnings(answer.snapshot, answer.options.filters)
    return Recommendations(tuple(_items(reasons)), answer.profile.problems, reasons, filtered)


def _items(reasons: RecommendationReasons) -> Iterator[Recommendation]:
    answer = reasons.answer
    closest = zip(answer.closest.tolist(), answer.closest_cosines.tolist(), strict=True)
    for place, (paper, (seed, cosine)) in enumerate(zip(reasons.papers, closest, strict=True)):
        score = float(answer.ranked.scores[place])
        name, title = reasons.seeds[seed]
        yield Recommendation(place + 1, paper, score, name, title, cosine, reasons)
