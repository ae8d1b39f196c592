"""What is said of retracted papers and of notices: of those that are liked, and those a list is short of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from indexes import Rows

from ..corpus import left_out
from ..display import pluralize
from .candidates import given_candidates, near_among
from .pipeline import Answer
from .ranking import score

_LOOKED_AT = 100  # for each seed: the nearest ones

# By the option that lets them come: what they are.
_LEFT_OUT = {"retracted": "retracted paper", "notices": "notice"}


def left_out_warnings(answer: Answer, labels: Mapping[int, tuple[str, str]]) -> Iterator[str]:
    """A line for each liked paper that was retracted, and one each on the retracted papers and on the notices
    of other papers that would be listed.

    `labels` are the ids and titles of the liked rows.
    """
    yield from _retracted_seeds(answer, labels)
    for option, rows in left_out(answer.snapshot, answer.options.filters).items():
        missing = _would_be_listed(answer, rows)
        if missing:
            those, left = "it" if missing == 1 else "them", pluralize(missing, _LEFT_OUT[option])
            what = " of other papers" if option == "notices" else ""
            yield f"{left}{what} left out; {option}=True (--{option}) lists {those} as well"


def _retracted_seeds(answer: Answer, labels: Mapping[int, tuple[str, str]]) -> Iterator[str]:
    said = dict(answer.snapshot.retractions.tolist())
    for seed in answer.profile.liked:
        if isinstance(seed, int) and seed in said:
            name, title = labels[seed]
            notice = answer.snapshot.labels([said[seed]])[said[seed]]
            by = "" if said[seed] == seed else f", as {notice[1]!r} ({notice[0]}) says"
            yield f"{title!r} ({name}) was retracted{by}"


def _would_be_listed(answer: Answer, rows: Rows) -> int:
    """How many of these papers, which are left out, would be listed, by score alone."""
    snapshot, profile, options = answer.snapshot, answer.profile, answer.options
    near = near_among(snapshot, profile, answer.scorer, _LOOKED_AT, options.filters, rows)
    # Of a list that is short for want of sure papers nobody knows whether these would be surer.
    places = options.last if options.min_confidence == 0 else len(answer.listed)
    if not len(near) or not places:
        return 0
    both = given_candidates(snapshot, profile, np.union1d(answer.listed, near))
    best = np.argsort(-score(both.similarities, answer.scorer).best, kind="stable")[:places]
    return int(np.count_nonzero(np.isin(both.rows[best], near)))
