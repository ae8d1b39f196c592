"""How much is tried."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FAMILIES", "SCALE", "SHORT", "Scale"]

FAMILIES = ("beside", "kills", "faults", "damages", "lost-log")
"""What can be tried by itself."""


@dataclass(frozen=True)
class Scale:
    """`kills` in all; one boundary in `every`; `flips` of each kind in each file of corpora with these
    `indexes` and of jobs in these `formats`, and of all these one in `every_damage`; `rounds` of a writer
    beside readers.
    """

    kills: int = 320
    every: int = 1
    all_of_a_run: bool = False
    flips: int = 6
    every_damage: int = 1
    rounds: int = 60
    indexes: tuple[str, ...] = ("exact", "hnsw", "ivf")
    formats: tuple[str, ...] = ("jsonl", "csv", "parquet")
    seed: int = 0


SCALE = Scale()

SHORT = Scale(kills=20, every=40, flips=1, every_damage=3, rounds=3, indexes=("ivf",), formats=("jsonl",))
