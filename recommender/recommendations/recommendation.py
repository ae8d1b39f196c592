"""Recommendation: one paper of a list."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..display import bar, facts, link, without_controls
from ..explain import Explanation
from ..frames import frame_of
from ..paper import Paper

if TYPE_CHECKING:
    import pandas as pd

    from ..engine.reasons import Displaced, RecommendationReasons


@dataclass(frozen=True)
class Recommendation:
    """One paper of a list, with its score and its reasons.

    Attributes
    ----------
    rank : int
        The place in the list, from 1.
    paper : Paper
        The paper.
    score : float
        Higher is better; in [-1, 1] but for terms that are told by themselves among the contributions.
    closest : str
        The id of the liked paper that this one is closest to; or the reader's own words, or whom the reader
        follows.
    closest_title : str
        Its title; empty for words.
    closest_cosine : float
        The cosine to it, in [-1, 1].
    reasons : RecommendationReasons or None
        Where the explanation comes from.
    """

    rank: int
    paper: Paper
    score: float
    closest: str
    closest_title: str
    closest_cosine: float
    reasons: RecommendationReasons | None = field(default=None, repr=False, compare=False)

    @property
    def interest(self) -> str:
        """The reader's interest that the paper serves, by its most central seed; "" where all are one."""
        return self.reasons.interest(self.rank - 1) if self.reasons is not None else ""

    @property
    def confidence(self) -> float:
        """How sure it is that the paper is of the reader's kind, in [0, 1]; NaN where it is unknown."""
        return self.reasons.confidence(self.rank - 1) if self.reasons is not None else math.nan

    @property
    def explanation(self) -> Explanation | None:
        """Why the paper is here."""
        return self.explain()

    def explain(self, *, counterfactuals: int = 0) -> Explanation | None:
        """Explain why the paper is here.

        Parameters
        ----------
        counterfactuals : int, default 0
            For so many seeds, those that contribute most: where the paper would be without each.

        Returns
        -------
        Explanation or None
            None where no reasons are known.
        """
        if self.reasons is None:
            return None
        return self.reasons.explanation(self.rank - 1, counterfactuals=counterfactuals)

    @property
    def displaced(self) -> Displaced | None:
        """The paper that would be here without diversity; None where this one is here by its score."""
        return self.reasons.displaced.get(self.rank - 1) if self.reasons is not None else None

    def to_dict(self) -> dict[str, Any]:
        """Give the recommendation and the paper's facts as one flat dict.

        Returns
        -------
        dict
            In the order of the columns of `to_frame`.
        """
        paper, why = self.paper, self.explanation
        return {
            "rank": self.rank,
            "id": paper.id,
            "title": paper.title,
            "score": self.score,
            "confidence": None if math.isnan(self.confidence) else self.confidence,
            "interest": self.interest,
            "closest": self.closest,
            "closest_title": self.closest_title,
            "closest_cosine": self.closest_cosine,
            "terms": list(why.terms) if why else [],
            "sentence": why.sentence if why else "",
            "contributions": {
                seed.id or seed.title: seed.contribution for seed in why.contributions if seed.contribution
            }
            if why
            else {},
            "authors": list(paper.authors),
            "published": paper.published,
            "categories": list(paper.categories),
            "venue": paper.venue,
            "url": paper.url,
            "abstract": paper.abstract,
            "identifiers": dict(paper.identifiers),
            "retracted": paper.retracted,
            "revised": paper.revised,
        }

    def to_frame(self, *, flat: bool = False) -> pd.DataFrame:
        """Give a frame of one line, as in that of a list.

        Parameters
        ----------
        flat : bool, default False
            As for `Recommendations.to_frame`.

        Returns
        -------
        DataFrame
            The columns of `Recommendations.to_frame`.
        """
        return records_frame([self.to_dict()], flat=flat)

    def __str__(self) -> str:
        why = self.explanation
        said = " · ".join(part for part in (self.paper.byline, self.paper.dates, self.paper.id) if part)
        return without_controls(
            "\n".join([f"{self.rank}. {self.paper.title}", said, *([why.to_text()] if why else [])])
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows where it cannot show a table."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        paper, why, sure = self.paper, self.explanation, self.confidence
        return facts(
            [
                ("paper", link(paper.title, paper.url)),
                ("rank", str(self.rank)),
                ("score", bar(self.score, f"{self.score:.3f}")),
                ("confidence", "" if math.isnan(sure) else bar(sure, f"{sure:.2f}")),
                ("closest to", f"{self.closest_title or self.closest} ({self.closest_cosine:.2f})"),
                ("interest", self.interest),
                ("in common", ", ".join(why.terms) if why else ""),
                ("it says", why.sentence if why else ""),
                ("published", paper.dates),
                ("authors", ", ".join(paper.authors)),
                ("id", paper.id),
            ]
        )


def records_frame(records: Sequence[Mapping[str, Any]], *, flat: bool = False) -> pd.DataFrame:
    """One line for each of some records; see `frames.frame_of`."""
    return frame_of({name: [record[name] for record in records] for name in _NAMES}, flat=flat)


_NAMES = tuple(Recommendation(0, Paper(title="none"), 0.0, "", "", 0.0).to_dict())
"""The fields of a record."""
