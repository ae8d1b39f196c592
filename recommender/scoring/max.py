"""`max`: the cosine to the one nearest seed."""

from __future__ import annotations

from .nearest import Nearest


class Max(Nearest):
    """`nearest` with one seed: what most "similar papers" pages do; it follows every odd seed."""

    name = "max"

    def __init__(self, *, margin: float = 0.1) -> None:
        super().__init__(m=1, margin=margin)
