"""A mutant: one guarantee taken out of the code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """`old`, which stands once in `file`, becomes `new`; one of the `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: str
