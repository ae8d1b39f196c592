"""Widths: a picture is as wide as its page, and its labels are placed for each span of widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fit", "Size"]

# A span's widest is so many times its narrowest: labels are placed for the narrowest, and drift little.
_SPAN = 1.3

_NARROWEST, _WIDEST = 220, 1600


@dataclass(frozen=True)
class Size:
    """Pixels of the drawn field, which stands for all widths from its own up to `below`.

    Things lie in [0, 1] from the left and from below, `padding` pixels off the edges.
    """

    width: float
    height: float
    below: float
    first: bool = False
    padding: float = 0.0

    def pixels(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of places, shape (n, 2), from the left and from the top."""
        left = self.padding + places[:, 0] * (self.width - 2 * self.padding)
        top = self.padding + (1 - places[:, 1]) * (self.height - 2 * self.padding)
        return np.column_stack([left, top])

    def place(self, left: float, top: float) -> tuple[float, float]:
        """The place of a pixel; what `pixels` undoes."""
        x = (left - self.padding) / (self.width - 2 * self.padding)
        y = 1 - (top - self.padding) / (self.height - 2 * self.padding)
        return round(x, 5), round(y, 5)

    @property
    def span(self) -> dict[str, float]:
        """For a datum that is drawn at these widths only; see `Fit.AT_WIDTH`."""
        return {"from": 0.0 if self.first else round(self.width, 2), "below": round(self.below, 2)}


@dataclass(frozen=True)
class Fit:
    """How a picture of this size is fitted to a page: wider or narrower, and how high it is then.

    Without `ratio` it keeps its height; with one it is `ratio` times as high as wide, but neither lower than
    `least` nor higher than `most`, and it grows no wider than `widest`.
    """

    width: float
    height: float
    ratio: float | None = None
    least: float = 0.0
    most: float = 10_000.0
    widest: float = 10_000.0

    AT_WIDTH = "datum.from <= width && width < datum.below"
    """Filters what is drawn at the width that the picture has."""

    @property
    def meta(self) -> dict[str, Any]:
        """For `usermeta` of a chart: what the script of a page reads."""
        rules = {"ratio": self.ratio, "least": self.least, "most": self.most, "widest": self.widest}
        return {"fit": rules}

    def height_at(self, width: float) -> float:
        """The height of the field at this width."""
        return self.height if self.ratio is None else min(max(self.ratio * width, self.least), self.most)

    def sizes(self, *, padding: float = 0.0) -> list[Size]:
        """All spans of widths, the narrowest first; the picture's own width begins one of them."""
        down = int(np.log(self.width / _NARROWEST) / np.log(_SPAN))
        up = int(np.log(_WIDEST / self.width) / np.log(_SPAN))
        widths = [self.width * _SPAN**step for step in range(-down, up + 1)]
        ends = [*widths[1:], 100.0 * _WIDEST]
        return [
            Size(width, self.height_at(width), below, number == 0, padding)
            for number, (width, below) in enumerate(zip(widths, ends, strict=True))
        ]
