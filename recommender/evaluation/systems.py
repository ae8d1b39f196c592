"""The systems that are compared, and how one ranks: encoder, strategy, rerank and diversity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from ..corpus import Corpus, find_rows_of
from ..diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from ..engine import AnswerOptions, named_kind
from ..engine.answer import make_answers
from ..engine.candidates import find_candidates, given_candidates
from ..engine.profile_vectors import resolve_profile
from ..profiles import Profile
from ..scoring import DEFAULT_STRATEGY, STRATEGIES

__all__ = ["System", "system_grid"]


@dataclass(frozen=True)
class System:
    """One way to recommend: an encoder by its corpus, a strategy, a diversity and a rerank.

    Parameters
    ----------
    corpus : Corpus
        The papers; it says which encoder.
    strategy : str, default "interests"
        One of `recommender.scoring`.
    diversity : float, default 0.2
        In [0, 1]; 0 is the order of the scores.
    rerank : str, default "msd"
        One of `recommender.diversity`.

    Examples
    --------
    >>> from recommender import Corpus, Profile
    >>> from recommender.evaluation import System
    >>> system = System(Corpus.sample(), strategy="mean", diversity=0)
    >>> system.label
    'minilm mean 0'
    >>> len(system.rank(Profile(liked=["2106.09685"]), k=50))
    50
    """

    corpus: Corpus
    strategy: str = DEFAULT_STRATEGY
    diversity: float = DEFAULT_DIVERSITY
    rerank: str = DEFAULT_RERANK

    @property
    def encoder(self) -> str:
        """The name of the corpus's encoder."""
        return self.corpus.snapshot.encoder_name

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
        """Rank papers for a reader: those named in `candidates`, all of them, or the best k of the corpus.

        The first `rerank_depth` are those of a list so long, in its order, then come all others by score.

        Parameters
        ----------
        profile : Profile
            The reader; its own papers are in no ranking.
        candidates : sequence of str, optional
            Papers by name; what the corpus does not hold is left out. By default all papers.
        k : int, default 1000
            How many, where no candidates are named.
        rerank_depth : int, default 20
            How many are reranked.

        Returns
        -------
        list of tuple of (str, float)
            Ids and scores, best first.

        Raises
        ------
        ParameterError
            For an unknown strategy or rerank, a k below 1, and a diversity not in [0, 1].
        UnknownPaper
            Where the corpus has nothing that is liked.
        """
        scorer = named_kind(self.strategy, STRATEGIES, "strategy")
        rerank = named_kind(self.rerank, RERANKS, "rerank")
        options = AnswerOptions(k=k, diversity=self.diversity)
        snapshot = self.corpus.snapshot
        resolved = resolve_profile(self.corpus, snapshot, profile, scorer)
        if candidates is None:
            (found,) = find_candidates(snapshot, [resolved], scorer, k, options.filters)
        else:
            rows = list(chain.from_iterable(find_rows_of(snapshot, candidates).values()))
            found = given_candidates(snapshot, resolved, np.unique(np.array(rows, np.int64)))
            k = len(found)
        depth = replace(options, k=max(min(k, rerank_depth), 1))
        (answer,) = make_answers(snapshot, [resolved], scorer, rerank, depth, [found])
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
    """Combine corpora, strategies, diversities and reranks, each with each.

    Parameters
    ----------
    corpora : sequence of Corpus
        One for each encoder.
    strategies : sequence of str, optional
        By default the product's default alone; so with the others.
    diversities : sequence of float, optional
        Each in [0, 1].
    reranks : sequence of str, optional
        Their names.

    Returns
    -------
    list of System
        All combinations, corpus by corpus.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.evaluation import system_grid
    >>> [system.label for system in system_grid([Corpus.sample()], ["mean", "max"], [0, 0.5])]
    ['minilm mean 0', 'minilm mean 0.5', 'minilm max 0', 'minilm max 0.5']
    """
    return [
        System(corpus, strategy, diversity, rerank)
        for corpus in corpora
        for strategy in dict.fromkeys(strategies or (DEFAULT_STRATEGY,))
        for rerank in dict.fromkeys(reranks or (DEFAULT_RERANK,))
        for diversity in dict.fromkeys(diversities or (DEFAULT_DIVERSITY,))
    ]
