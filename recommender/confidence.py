"""How sure a paper is to be of the reader's kind: its score beside random papers' and held-out seeds'.

Scores are put in units of the random papers' spread, which makes encoders and scorers comparable. There
random papers and the reader's own each lie about like a normal distribution; of two normal distributions
the log odds are a + b z + c z m - d m**2, for the score z and the middle m of the reader's own (linear or
quadratic discriminant analysis; Hastie et al., 2009, 4.3). a, b, c, d were fitted by logistic regression on
the tuning parts of reading lists, citations and libraries, by static and by minilm, with 1 to 20 and more
seeds, in the default scorer's space, hidden papers of the reader against 10 times their weight in random
ones. Without m the loss was 1.877, with m in this form 1.838.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ODDS", "Confidence"]

ODDS = 10
"""For one paper of the reader's kind there are so many random ones where confidence is a probability."""

_CONSTANT, _SCORE, _SCORE_LEVEL, _LEVEL_SQUARED = -2.381, 0.510, 0.484, -0.303

# The middle of hidden papers on the tuning parts, and for how many held-out seeds it stands: what one to
# four seeds say of each other is little. With 2 in place of 4 the loss was the same.
_USUAL_LEVEL, _USUAL_COUNTS = 2.4, 4

# The fit knows levels from about 0 to 5; outside, its line is not continued.
_LOWEST, _HIGHEST = 0.0, 5.0

# Where there are no random papers to see: about what they had on the tuning parts.
_USUAL_CENTRE, _USUAL_SPREAD, _LEAST_SPREAD = 0.11, 0.05, 0.01


@dataclass(frozen=True)
class Confidence:
    """The chance that a paper with a score is of the reader's own kind, rather than a random paper.

    Of papers with a confidence of 0.7, seven in ten are of the reader's kind, if there are `ODDS` random
    papers for each one that is. Among many more random papers fewer are. On the final parts the expected
    calibration error was .019 and .027 (reading lists, static and minilm), .013 and .010 (citations), .010
    and .010 (libraries); at .5, 8 in 10 hidden papers of reading lists were kept (7 with one seed), 4 in 10
    of citations, 3 in 10 of libraries, and 5 to 23 in 1,000 random papers. Of the 20 best of 200 papers of
    other fields than the reader's .5 left .5 and .3 on average (reading lists, static and minilm), of the
    20 best of the whole corpus all.

    `centre` and `spread` are the mean and the standard deviation of random papers' scores; `level` is where
    the reader's own papers lie, in such deviations above the centre.
    """

    centre: float
    spread: float
    level: float

    @classmethod
    def fit(cls, random: NDArray[np.float32], held_out: NDArray[np.float32]) -> Confidence:
        """From the scores of random papers, shape (n,), and of seeds held out one by one, shape (m,).

        A few hundred random papers are enough. Few or no held-out seeds leave `level` at what it is for
        most readers. With less than 2 random papers their usual scores stand for them. Raises ValueError
        for a score that is no finite number.
        """
        for name, scores in (("random", random), ("held-out", held_out)):
            if not np.all(np.isfinite(scores)):
                wrong = scores[~np.isfinite(scores)][0]
                raise ValueError(f"a {name} paper has the score {wrong}; a score is a finite number")
        centre, spread = _USUAL_CENTRE, _USUAL_SPREAD
        if len(random) >= 2:
            centre = float(random.mean(dtype=np.float64))
            spread = max(float(random.std(dtype=np.float64)), _LEAST_SPREAD)
        above = float(((held_out - centre) / spread).sum(dtype=np.float64))
        level = (above + _USUAL_COUNTS * _USUAL_LEVEL) / (len(held_out) + _USUAL_COUNTS)
        return cls(centre, spread, min(max(level, _LOWEST), _HIGHEST))

    def of(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """The confidence in each score, same shape, in [0, 1], never lower for a higher score."""
        heights = (scores.astype(np.float64) - self.centre) / self.spread
        log_odds = self._offset + self._slope * heights
        return np.asarray(np.exp(-np.logaddexp(0, -log_odds)), np.float64)

    def threshold(self, confidence: float) -> float:
        """The score that has this confidence; raises ValueError unless it is above 0 and below 1."""
        if not 0 < confidence < 1:
            raise ValueError(f"confidence {confidence:g} has no score; right is above 0 and below 1")
        log_odds = math.log(confidence) - math.log1p(-confidence)
        return self.centre + self.spread * (log_odds - self._offset) / self._slope

    @property
    def _offset(self) -> float:
        return _CONSTANT + _LEVEL_SQUARED * self.level**2

    @property
    def _slope(self) -> float:
        return _SCORE + _SCORE_LEVEL * self.level
