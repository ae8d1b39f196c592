"""History: readers who have seen many papers, against the same readers without."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from recommender import Profile, Recommender

from .reasons import some_corpora, some_readers
from .report import Cell, Section, Table
from .scale import Setting
from .timing import in_turn

__all__ = ["history"]

_SEEN = (100, 1000, 3650)
"""Papers: ten days, a hundred days and a year of ten a day."""


def history(setting: Setting) -> Section:
    """p50 of an answer without history and with random papers seen; each known paper is read once before."""
    rows: list[list[Cell]] = []
    facts: dict[str, float] = {}
    for name, corpus in some_corpora(setting):
        recommender, chance = Recommender(corpus), np.random.default_rng(setting.seed)
        ids = np.array(corpus.snapshot.first_ids(len(corpus)), object)
        readers = [Profile(liked=reader.liked) for reader in some_readers(corpus, setting)]
        asked = {0: readers}
        for count in (count for count in _SEEN if count < len(ids)):
            asked[count] = [
                Profile(liked=reader.liked, seen=tuple(chance.choice(ids, count, replace=False)))
                for reader in readers
            ]
        for profiles in asked.values():
            for profile in profiles:
                recommender.recommend(profile)
        tasks: dict[str, Callable[[int], object]] = {
            str(count): partial(_answer, recommender, profiles) for count, profiles in asked.items()
        }
        times = in_turn(tasks, calls=setting.scale.queries, limit_s=60)
        for count in (count for count in asked if count):
            ratio = times[str(count)].median / times["0"].median
            facts[f"{name}, {count:,} seen"] = ratio
            rows.append([name, count, 1000 * times["0"].median, 1000 * times[str(count)].median, ratio])
    note = (
        f"k = 10, default diversity and strategy; {setting.scale.queries} questions of each kind in turn, in "
        "one process that has met every known paper once."
    )
    columns = ["corpus", "papers seen", "ms without", "ms with", "times"]
    return Section([Table("History", columns, rows, note)], facts)


def _answer(recommender: Recommender, profiles: list[Profile], number: int) -> object:
    return recommender.recommend(profiles[number % len(profiles)])
