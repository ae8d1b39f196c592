"""An answer as the list that a reader gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..corpus import filter_warnings
from ..paper import Paper
from ..recommendations import Recommendation, Recommendations
from .pipeline import Answer
from .profile_vectors import seed_label
from .reasons import RecommendationReasons
from .retractions import left_out_warnings


def to_recommendations(
    answer: Answer,
    *,
    labels: Mapping[int, tuple[str, str]] | None = None,
    papers: Mapping[int, Paper] | None = None,
    told: bool = True,
) -> Recommendations:
    """The papers of the list, with the reasons that are worked out when somebody asks.

    `labels` of the liked rows and `papers` of the listed ones may be given by whoever has them already.
    Nothing is said of retracted papers where nobody would be `told`.
    """
    seeds, listed, offset = answer.profile.liked, answer.listed.tolist(), answer.options.offset
    if labels is None:
        labels = answer.snapshot.labels([seed for seed in seeds if isinstance(seed, int)])
    found = answer.snapshot.papers(listed) if papers is None else [papers[row] for row in listed]
    names = tuple(seed_label(seed, labels) for seed in seeds)
    reasons = RecommendationReasons(answer, tuple(found), names)
    filtered = filter_warnings(answer.snapshot, answer.options.filters)
    if told:
        filtered = (*filtered, *left_out_warnings(answer, labels))
    problems = (*answer.profile.problems, *answer.options.banned.problems(answer.snapshot))
    items = tuple(_items(reasons))[offset:]
    return Recommendations(items, problems, reasons, filtered, answer.profile.notes, offset)


def _items(reasons: RecommendationReasons) -> Iterator[Recommendation]:
    answer = reasons.answer
    closest = zip(answer.closest.tolist(), answer.closest_cosines.tolist(), strict=True)
    for place, (paper, (seed, cosine)) in enumerate(zip(reasons.papers, closest, strict=True)):
        score = float(answer.ranked.scores[place])
        name, title = reasons.seeds[seed]
        yield Recommendation(place + 1, paper, score, name, title, cosine, reasons)
