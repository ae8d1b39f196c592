"""What is to be said of retracted papers: those that are liked, and those that a list is short of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..corpus import retracted_rows
from ..display import pluralize
from .candidates import given_candidates, near_retracted
from .pipeline import Answer
from .ranking import score

_LOOKED_AT = 100  # for each seed: the nearest ones


def retraction_warnings(answer: Answer, labels: Mapping[int, tuple[str, str]]) -> Iterator[str]:
    """A line for each liked paper that was retracted, and one on the retracted papers that would be listed.

    `labels` are the ids and titles of the liked rows.
    """
    retracted = retracted_rows(answer.snapshot)
    if not len(retracted):
        return
    known = set(retracted.tolist())
    for seed in answer.profile.liked:
        if isinstance(seed, int) and seed in known:
            name, title = labels[seed]
            yield f"{title!r} ({name}) was retracted"
    if not answer.options.retracted:
        missing = _left_out(answer)
        if missing:
            those, left = "it" if missing == 1 else "them", pluralize(missing, "retracted paper")
            yield f"{left} left out; retracted=True (--retracted) lists {those} as well"


def _left_out(answer: Answer) -> int:
    """How many retracted papers would be listed, by score alone."""
    snapshot, profile, options = answer.snapshot, answer.profile, answer.options
    near = near_retracted(snapshot, profile, answer.scorer, _LOOKED_AT, options.filters)
    # Of a list that is short for want of sure papers nobody knows whether these would be surer.
    places = options.k if options.min_confidence == 0 else len(answer.listed)
    if not len(near) or not places:
        return 0
    both = given_candidates(snapshot, profile, np.union1d(answer.listed, near))
    best = np.argsort(-score(both.similarities, answer.scorer).best, kind="stable")[:places]
    return int(np.count_nonzero(np.isin(both.rows[best], near)))
