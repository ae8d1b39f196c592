"""A strategy around another: all as it has it, but for the contributions to scores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scoring import Contributions, Scorer, Similarities, Vectors


@dataclass(frozen=True)
class WrappedScorer(ABC):
    """A strategy that changes what another one says of scores."""

    scorer: Scorer

    @property
    def name(self) -> str:
        """That of the strategy."""
        return self.scorer.name

    @property
    def lexical(self) -> float:
        """That of the strategy."""
        return self.scorer.lexical

    @property
    def calibrated(self) -> bool:
        """That of the strategy."""
        return self.scorer.calibrated

    @property
    def background(self) -> int:
        """That of the strategy."""
        return self.scorer.background

    @property
    def dated(self) -> bool:
        """That of the strategy."""
        return self.scorer.dated

    def queries(
        self, liked: Vectors, disliked: Vectors, weights: NDArray[np.float32], interests: NDArray[np.int64]
    ) -> Vectors:
        """Those of the strategy."""
        return self.scorer.queries(liked, disliked, weights, interests)

    def weights(self, days: NDArray[np.float64]) -> NDArray[np.float32]:
        """Those of the strategy."""
        return self.scorer.weights(days)

    def contributions(self, similarities: Similarities) -> Contributions:
        """Those of the strategy, changed."""
        return self.changed(self.scorer.contributions(similarities), similarities, None)

    def of_interest(self, similarities: Similarities, interest: int) -> Contributions:
        """Those of the strategy, changed."""
        return self.changed(self.scorer.of_interest(similarities, interest), similarities, interest)

    @abstractmethod
    def changed(
        self, found: Contributions, similarities: Similarities, interest: int | None
    ) -> Contributions:
        """What becomes of the strategy's contributions under an interest, or under the whole profile."""
