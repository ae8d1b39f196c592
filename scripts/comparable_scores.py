"""How far the scores of two readers of one subject lie apart, who like 5 and 100 papers of it.

    python scripts/comparable_scores.py CORPUS

For some subjects, each the papers nearest to a random one: the mean score of its other papers and of random
ones, as scores come and as `rank` gives them, in units of the random papers' spread.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender import Corpus, Profile, Recommender
from recommender.engine.ranked_among import StandardScores

SUBJECTS, PAPERS, RANKED = 12, 600, 150
SMALL, LARGE = 5, 100


def means(ask: Recommender, subject: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
    """The mean scores, shape (2 ways, 2 kinds of papers, 2 readers): as they come, then ranked."""
    found = np.zeros((2, 2, 2))
    kinds = subject[LARGE : LARGE + RANKED], others
    for reader, size in enumerate((SMALL, LARGE)):
        ranked = ask.rank(Profile(liked=subject[:size]), [*kinds[0], *kinds[1]])
        assert ranked.reasons is not None
        scorer = ranked.reasons.answer.scorer
        assert isinstance(scorer, StandardScores)
        scores = dict(zip(ranked.ids, ranked.scores.tolist(), strict=True))
        for kind, papers in enumerate(kinds):
            mean = np.mean([scores[name] for name in papers if name in scores])
            found[:, kind, reader] = mean * scorer.spread + scorer.centre, mean
    return found


def main(arguments: Sequence[str]) -> None:
    """Print the means."""
    (folder,) = arguments
    with Corpus.open(folder) as corpus:
        snapshot, chance = corpus.snapshot, np.random.default_rng(1)
        ask, rows, found = Recommender(corpus), snapshot.rows(), []
        for _ in range(SUBJECTS):
            near = snapshot.search(snapshot.vectors(chance.choice(rows, 1)), PAPERS)[0][0]
            far = np.setdiff1d(chance.choice(rows, RANKED), near)
            both = [*chance.permutation(near).tolist(), *far.tolist()]
            labels = snapshot.labels(both)
            ids = [labels[row][0] for row in both]
            found.append(means(ask, ids[:PAPERS], ids[PAPERS:]))
    for way, of_way in zip(("as they come", "ranked"), np.mean(found, axis=0), strict=True):
        for kind, (small, large) in zip(("of the subject", "random"), of_way, strict=True):
            print(f"{way}, {kind}: {small:.3f} with {SMALL} papers, {large:.3f} with {LARGE}")


if __name__ == "__main__":
    main(sys.argv[1:])
