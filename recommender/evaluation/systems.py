"""The systems that are compared, and how one ranks: encoder, strategy, rerank and diversity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from ..corpus import Corpus, find_rows_of
from ..diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from ..engine import named_kind, request
from ..engine.answer import make_answer
from ..engine.candidates import find_candidates, given_candidates
from ..engine.taste import read_taste
from ..profile import Profile
from ..scoring import DEFAULT_STRATEGY, STRATEGIES

__all__ = ["System", "system_grid"]


@dataclass(frozen=True)
class System:
    """One way to recommend. Its corpus says which encoder."""

    corpus: Corpus
    strategy: str = DEFAULT_STRATEGY
    diversity: float = DEFAULT_DIVERSITY
    rerank: str = DEFAULT_RERANK

    @property
    def encoder(self) -> str:
        """The name of the corpus's encoder."""
        return self.corpus.snapshot.manifest.encoder

    @property
    def label(self) -> str:
        """Encoder, strategy and diversity, in one word each; the rerank where it is not the default."""
        rerank = "" if self.rerank == DEFAULT_RERANK else f" {self.rerank}"
        return f"{self.encoder} {self.strategy} {self.diversity:g}{rerank}"

    @property
    def is_default(self) -> bool:
        """Whether this is what is used where nothing else is said."""
        return self == System(self.corpus)

    def rank(
        self,
        profile: Profile,
        *,
        candidates: Sequence[str] | None = None,
        k: int = 1000,
        rerank_depth: int = 20,
    ) -> list[tuple[str, float]]:
        """Ids and scores of the papers named in `candidates`, all of them, best first; without it the best k.

        For judging a ranking: the first `rerank_depth` are those of a list so long, in its order, then come
        all others by score. Papers of the profile are left out, and so is what `candidates` names that the
        corpus does not hold.
        """
        scorer = named_kind(self.strategy, STRATEGIES, "strategy")
        rerank = named_kind(self.rerank, RERANKS, "rerank")
        asked, snapshot = request(k=k, diversity=self.diversity), self.corpus.snapshot
        taste = read_taste(self.corpus, snapshot, profile, scorer)
        if candidates is None:
            (found,) = find_candidates(snapshot, [taste], scorer, k, asked.filters)
        else:
            rows = list(chain.from_iterable(find_rows_of(snapshot, candidates).values()))
            found = given_candidates(snapshot, taste, np.unique(np.array(rows, np.int64)))
            k = len(found)
        depth = replace(asked, k=min(k, rerank_depth))
        answer = make_answer(snapshot, taste, found, scorer, rerank, depth)
        listed, scores = answer.ranked.positions, answer.scored.best
        order = np.argsort(-scores, kind="stable")
        order = np.concatenate([listed, order[~np.isin(order, listed)]])[:k]
        ranked = answer.rows[order].tolist()
        labels = snapshot.labels(ranked)
        return [(labels[row][0], float(score)) for row, score in zip(ranked, scores[order], strict=True)]


def system_grid(
    corpora: Sequence[Corpus],
    strategies: Sequence[str] = (),
    diversities: Sequence[float] = (),
    reranks: Sequence[str] = (),
) -> list[System]:
    """Each corpus with each strategy, rerank and diversity; where none is named, the product's default."""
    return [
        System(corpus, strategy, diversity, rerank)
        for corpus in corpora
        for strategy in dict.fromkeys(strategies or (DEFAULT_STRATEGY,))
        for rerank in dict.fromkeys(reranks or (DEFAULT_RERANK,))
        for diversity in dict.fromkeys(diversities or (DEFAULT_DIVERSITY,))
    ]
