"""The scale of an encoder's cosines: what two random papers have, and the map that makes it the usual one.

Encoders differ in the range that they use. Two random papers have cosines of about .3 by some, and of .75
(E5) or .85 (SPECTER 2) by others, whose vectors all lean to one side: all that is said of papers then stands
in the digits behind. Such cosines are stretched away from 1 before anything is compared with a limit or added
to what the words say: c' = (c - b) / (1 - b), which is what is left of cosines that have a part b in common.

A corpus of one subject has a high typical cosine as well, by any encoder (of papers on point clouds .45, of
all machine learning .25). So the part b is what this encoder has more than another one, of a usual range, has
among the very same papers: `static`, which is always at hand. There minilm was .94 to 1.03 times as wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

# The mean and the standard deviation of the cosines of two random papers by static and by minilm: .24 to .26
# and .11 to .13 among papers of machine learning, .32 and .12 of visualization, .18 and .13 of biology and
# computer science.
_TYPICAL, _SPREAD = 0.25, 0.12

# The spread corrects what the typical value says of the width, by its third root and no more than so much.
_LEAST_CORRECTION, _MOST_CORRECTION = 3 / 4, 4 / 3

# In between, the map begins gently, so that no paper more or less turns it on.
_USUAL_WIDTH, _NARROW_WIDTH = 0.8, 0.7

# Less is left of no encoder that tells papers apart: the texts are all the same, or nearly so.
_LEAST_WIDTH = 0.05

# More are rounding, which differs from machine to machine.
_DIGITS = 5


_Float = TypeVar("_Float", np.float32, np.float64)


@dataclass(frozen=True)
class CosineScale:
    """Where the cosines of two random papers lie, and how they are put on the usual scale.

    On it 1 is the same paper, and a random paper has what it usually has, whatever the encoder; limits are
    stated on it.

    Attributes
    ----------
    typical, spread : float
        The mean and the standard deviation of the cosines of two random papers, by the encoder.
    usual_typical, usual_spread : float
        The same of the same papers by one whose range is a usual one.

    Raises
    ------
    ValueError
        For a mean outside [-1, 1], or a deviation outside [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.cosine_scale import CosineScale
    >>> narrow = CosineScale(typical=0.85, spread=0.024)
    >>> round(narrow.offset, 2), round(float(narrow.of(np.float32(0.85))), 2)
    (0.8, 0.25)
    >>> round(narrow.raw(0.97), 3)
    0.994
    """

    typical: float = _TYPICAL
    spread: float = _SPREAD
    usual_typical: float = _TYPICAL
    usual_spread: float = _SPREAD

    def __post_init__(self) -> None:
        for value in (self.typical, self.usual_typical):
            if not -1 <= value <= 1:
                raise ValueError(f"the typical cosine is {value}; it must be in [-1, 1]")
        for value in (self.spread, self.usual_spread):
            if not 0 <= value <= 1:
                raise ValueError(f"the spread of cosines is {value}; it must be in [0, 1]")

    @property
    def width(self) -> float:
        """How wide a part of the usual range cosines use: about 1 in a usual range, less in a narrow one."""
        if self.usual_typical == 1:  # papers with the same words
            return 1.0
        below_one = (1 - self.typical) / (1 - self.usual_typical)
        if below_one == 0 or self.usual_spread == 0:
            return below_one
        correction = float(np.cbrt(self.spread / self.usual_spread / below_one))
        return below_one * min(max(correction, _LEAST_CORRECTION), _MOST_CORRECTION)

    @cached_property
    def offset(self) -> float:
        """The part b that all cosines have in common, in [0, .95]; 0 where their range is a usual one."""
        width = max(self.width, _LEAST_WIDTH)
        if width >= _USUAL_WIDTH:
            return 0.0
        return (1 - width) * min((_USUAL_WIDTH - width) / (_USUAL_WIDTH - _NARROW_WIDTH), 1)

    def of(self, cosines: NDArray[_Float]) -> NDArray[_Float]:
        """Put an encoder's cosines on the usual scale.

        Parameters
        ----------
        cosines : ndarray of float32 or float64
            Of any shape; one that is exactly 0 is that of a paper without a vector.

        Returns
        -------
        ndarray
            The same array where the range is a usual one; else (c - b) / (1 - b) in [-1, 1], and 0 for 0.
        """
        if self.offset == 0:
            return cosines
        scaled = (np.asarray(cosines, np.float64) - self.offset) / (1 - self.offset)
        return np.where(cosines == 0, 0, np.clip(scaled, -1, 1)).astype(cosines.dtype)

    def raw(self, limit: float) -> float:
        """Return the encoder's cosine that has this value on the usual scale."""
        return limit if self.offset == 0 else self.offset + (1 - self.offset) * limit

    def distance(self, distance: float) -> float:
        """Put 1 - cosine, or a mean of such, on the usual scale; in [0, 2]."""
        return distance if self.offset == 0 else min(distance / (1 - self.offset), 2.0)

    def embed(self, vectors: NDArray[_Float]) -> NDArray[_Float]:
        """Return vectors whose products with each other's `dual` are the cosines on the usual scale.

        Parameters
        ----------
        vectors : ndarray of float32 or float64, shape (n, dim)
            Unit vectors by the encoder, or zeros.

        Returns
        -------
        ndarray
            The same array where the range is a usual one; else one of shape (n, dim + 1), whose last
            coordinate counts negative, as the time does in the space of Minkowski.

        Examples
        --------
        >>> import numpy as np
        >>> from recommender.cosine_scale import CosineScale
        >>> scale, unit = CosineScale(typical=0.85, spread=0.024), np.array([[1, 0], [0.97, 0.243]])
        >>> vectors = scale.embed(unit)
        >>> round(float(vectors[0] @ scale.dual(vectors[1])), 2)
        0.85
        """
        if self.offset == 0:
            return vectors
        common = np.full((len(vectors), 1), np.sqrt(self.offset)) * vectors.any(axis=1, keepdims=True)
        embedded: NDArray[_Float] = np.hstack([vectors, common]) / np.sqrt(1 - self.offset)
        return embedded.astype(vectors.dtype)

    def dual(self, vectors: NDArray[_Float]) -> NDArray[_Float]:
        """What `embed` gave, or sums of it, shape (..., dim + 1), to be multiplied with such."""
        if self.offset == 0:
            return vectors
        signs = np.ones(vectors.shape[-1], vectors.dtype)
        signs[-1] = -1
        product: NDArray[_Float] = vectors * signs
        return product


AS_IT_IS = CosineScale()
"""The scale of a usual range."""


def typical_and_spread(vectors: NDArray[np.float32]) -> tuple[float, float]:
    """Measure the mean and the standard deviation of the cosines of all pairs.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        Unit vectors of two papers at least.

    Returns
    -------
    tuple of (float, float)
        To five digits.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.cosine_scale import typical_and_spread
    >>> typical_and_spread(np.eye(3, dtype=np.float32))
    (0.0, 0.0)
    """
    cosines = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
    typical, spread = float(cosines.mean(dtype=np.float64)), float(cosines.std(dtype=np.float64))
    return round(min(max(typical, -1.0), 1.0), _DIGITS), round(spread, _DIGITS)
