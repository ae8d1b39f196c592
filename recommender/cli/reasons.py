"""Why a list is as it is, in lines below the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..recommendations import Recommendations

__all__ = ["told_reasons"]

# Seeds without which a paper's place is told.
_WITHOUT = 2


def told_reasons(recommendations: Recommendations, *, why: bool) -> Iterator[str]:
    """The interests, where there are several; with `why` also each paper's reasons and diversity's price."""
    interests = recommendations.interests
    if len(interests) > 1:  # those without a place are named by a warning, and not listed as promises
        yield "Your interests, each with its part of the list:\n"
        for report in (report for report in interests if report.quota or report.outcome):
            starved = "; no more papers are left for it" if report.starved else ""
            places = f"{report.outcome} of {report.quota} places"
            yield f"  {report.share:.0%} of the seeds, {places}: {report.name}{starved}\n"
    if why:
        yield from _told_papers(recommendations)
        yield from _told_diversity(recommendations)


def _told_papers(recommendations: Recommendations) -> Iterator[str]:
    for item in recommendations:
        explanation = item.explain(counterfactuals=_WITHOUT)
        if explanation is not None:
            yield f"\n{item.rank}. {item.paper.title}\n"
            yield from (f"   {line}\n" for line in explanation.to_text().split("\n"))
            displaced = item.displaced
            if displaced is not None:
                like = f"{displaced.too_like.title} ({displaced.cosine:.2f})"
                yield f"   here instead of {displaced.paper.title}, which is much like {like}\n"


def _told_diversity(recommendations: Recommendations) -> Iterator[str]:
    report = recommendations.diversity_report
    if report is None or len(recommendations) < 2:
        return
    gained, lost = report.distance_gained_share, report.relevance_lost_share
    yield f"Variety: intra-list distance {report.distance:.3f}, of the best by score alone "
    yield f"{report.plain_distance:.3f} ({gained:+.1%}), for {lost:.1%} of the mean score.\n"
