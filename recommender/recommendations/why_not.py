"""WhyNot: why one paper is not in a list, or at which place it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..display import facts, shortened, stacked, without_controls
from ..explain import Explanation
from ..paper import Paper
from .recommendation import Recommendation

REASONS = {
    "listed": "it is in the list",
    "skipped": "it is in the list, before the papers that are shown",
    "unknown": "nothing in the corpus is named so",
    "several": "several papers of the corpus are named so",
    "removed": "it was removed from the corpus",
    "no words": "there is no list, as no paper holds a word of what is looked for",
    "liked": "the reader likes it",
    "disliked": "the reader dislikes it",
    "seen": "the reader has seen it",
    "banned": "it is banned, or a version of a paper that is",
    "version": "it is a version of a paper that the reader knows",
    "filtered": "filters leave it out",
    "incomparable": "it has no vector, and shares no word with what is liked",
    "confidence": "it is less probable to be of the reader's kind than is asked for",
    "duplicate": "it is one paper with a better one of the list",
    "diversity": "variety put it behind the papers that are shown",
    "quota": "the places of its interest have better papers",
    "place": "its place in the list comes after the papers that are shown",
    "beyond": "it is deeper than was looked",
}
"""What may be the reason, and what each says."""

_TITLE = 200


@dataclass(frozen=True)
class WhyNot:
    """Why one paper is not in a list, or at which place it is.

    Attributes
    ----------
    name : str
        What the paper was named by.
    reason : str
        One of `REASONS`: the first that holds, in their order. Without it the paper would be in the list, or
        there would be another reason.
    says : str
        The reason in a sentence, with its numbers and the names of other papers.
    paper : Paper or None
        The paper; None where the corpus does not tell which.
    place : int or None
        Its place in the list, from 1, also where it comes after those that are shown; None where it has none.
    by_score : int or None
        Its place by score alone, where variety or the interests' places put it behind that.
    other : Paper or None
        The paper that it is a version of, one with, or too like.
    cosine : float or None
        The cosine to that paper, in [-1, 1].
    filters : tuple of str
        By name, the filters that leave it out.
    score, confidence : float or None
        The paper's own, as if the reason did not hold; None for what the reader has named, and where nothing
        is known.
    explanation : Explanation or None
        What the score is the sum of.
    last : Recommendation or None
        The last paper that is listed, to hold the score against.
    problems : tuple of str
        What could not be done as asked, one line each, as of the list.

    Examples
    --------
    >>> from recommender import Corpus, Profile, Recommender
    >>> reader = Profile(liked=["2106.09685"])
    >>> why = Recommender(Corpus.sample()).why_not(reader, "2005.14165", until="2019")
    >>> why.reason, why.filters
    ('filtered', ('until',))
    """

    name: str
    reason: str
    says: str
    paper: Paper | None = None
    place: int | None = None
    by_score: int | None = None
    other: Paper | None = None
    cosine: float | None = None
    filters: tuple[str, ...] = ()
    score: float | None = None
    confidence: float | None = None
    explanation: Explanation | None = field(default=None, repr=False)
    last: Recommendation | None = field(default=None, repr=False)
    problems: tuple[str, ...] = ()

    @property
    def listed(self) -> bool:
        """Whether the paper is in the list after all."""
        return self.reason == "listed"

    def to_text(self, *, seeds: int = 3) -> str:
        """Return a few lines for a reader.

        Parameters
        ----------
        seeds : int, default 3
            So many of the largest contributions to a score have a line each.

        Returns
        -------
        str
            The reason, then the parts of the score beside those of the last paper that is listed.
        """
        lines = [self.says]
        if self.explanation is not None and not self.listed:
            lines.append(f"its {_sum(self.explanation, seeds)}")
            beside = self.last.explanation if self.last is not None else None
            if self.last is not None and beside is not None:
                lines.append(
                    f"the last that is listed, at place {self.last.rank:,}: {named(self.last.paper)}"
                )
                lines.append(f"its {_sum(beside, seeds)}")
        return without_controls("\n".join(lines))

    def to_dict(self) -> dict[str, Any]:
        """Return a record for JSON.

        Returns
        -------
        dict
            The attributes, papers by `id` and `title`, and the contributions to both scores by id.
        """
        last = self.last
        return {
            "name": self.name,
            "id": self.paper.id if self.paper else None,
            "title": self.paper.title if self.paper else None,
            "listed": self.listed,
            "reason": self.reason,
            "says": self.says,
            "place": self.place,
            "by_score": self.by_score,
            "other": self.other.id if self.other else None,
            "other_title": self.other.title if self.other else None,
            "cosine": self.cosine,
            "filters": list(self.filters),
            "score": self.score,
            "confidence": self.confidence,
            "contributions": _parts(self.explanation),
            "last": None
            if last is None
            else {
                "rank": last.rank,
                "id": last.paper.id,
                "title": last.paper.title,
                "score": last.score,
                "contributions": _parts(last.explanation),
            },
        }

    def __str__(self) -> str:
        return self.to_text()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows where it cannot show a table."""
        printer.text(self.to_text())

    def _repr_html_(self) -> str:
        first, *others = self.to_text().split("\n")
        return facts([("why not", first), ("", stacked(*others) if others else "")])


def _sum(explanation: Explanation, seeds: int) -> str:
    """The score and its parts, and nothing of the words in common."""
    bare = Explanation(explanation.score, explanation.contributions)
    return bare.to_text(seeds=seeds)


def _parts(explanation: Explanation | None) -> dict[str, float]:
    if explanation is None:
        return {}
    parts = explanation.first(len(explanation.contributions))
    return {seed.id or seed.title: seed.contribution for seed in parts}


def named(paper: Paper) -> str:
    """A paper's title and id, as sentences name it."""
    return f"{shortened(paper.title, _TITLE)} [{paper.id}]"
