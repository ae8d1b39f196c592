"""Who is compared: a corpus, which has an encoder, with a strategy and a diversity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..corpus import Corpus
from ..diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK
from ..engine import Recommender
from ..scoring import DEFAULT_STRATEGY

__all__ = ["Contender", "contenders"]


@dataclass(frozen=True)
class Contender:
    """One way to recommend. Its corpus says which encoder."""

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
        return self == Contender(self.corpus)

    def recommender(self) -> Recommender:
        """The recommender that this describes. Raises ParameterError for an unknown strategy."""
        return Recommender(self.corpus, strategy=self.strategy, rerank=self.rerank)


def contenders(
    corpora: Sequence[Corpus],
    strategies: Sequence[str] = (),
    diversities: Sequence[float] = (),
    reranks: Sequence[str] = (),
) -> list[Contender]:
    """Each corpus with each strategy, rerank and diversity; where none is named, the product's default."""
    return [
        Contender(corpus, strategy, diversity, rerank)
        for corpus in corpora
        for strategy in dict.fromkeys(strategies or (DEFAULT_STRATEGY,))
        for rerank in dict.fromkeys(reranks or (DEFAULT_RERANK,))
        for diversity in dict.fromkeys(diversities or (DEFAULT_DIVERSITY,))
    ]
