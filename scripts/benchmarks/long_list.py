"""A long list: what 3,000 papers take beside 100, in time and memory."""

from __future__ import annotations

import tracemalloc
from functools import partial

from recommender import Corpus, Recommender

from .data import describe_vectors, make_vectors, papers
from .report import Section, Table
from .scale import Setting
from .timing import in_turn

__all__ = ["long_list"]

SHORT, LONG = 100, 3000
_CALLS, _SEEDS = 30, 12


def long_list(setting: Setting) -> Section:
    """Both lists of the same papers in turn, and the most that each has in memory at a time."""
    size = setting.scale.sizes[-2]
    folder = setting.work / "long-list"
    source = make_vectors(setting, size)
    with Corpus.build(papers(size), folder, vectors=source, encoder="benchmark-vectors") as corpus:
        return measure(corpus, f"{size:,} papers, {describe_vectors(setting, size)}")


def measure(corpus: Corpus, of: str) -> Section:
    """The figures of a corpus."""
    recommender = Recommender(corpus)
    ids = [paper.id for paper, _ in zip(corpus, range(_SEEDS), strict=False)]
    tasks = {str(k): partial(_one, recommender, ids, k) for k in (SHORT, LONG)}
    times = in_turn(tasks, calls=_CALLS)
    peaks = {k: _peak(recommender, ids[0], k) for k in (SHORT, LONG)}
    short, long = times[str(SHORT)].median, times[str(LONG)].median
    rows = [[k, 1000 * times[str(k)].median, peaks[k] / 1e6] for k in (SHORT, LONG)]
    ratio = long / short
    note = f"{of}; medians of calls in turn. {LONG:,} take {ratio:.1f} times as long as {SHORT}."
    facts = {"time ratio": ratio, "memory ratio": peaks[LONG] / peaks[SHORT]}
    return Section([Table("A long list", ["k", "ms", "peak MB"], rows, note)], facts)


def _one(recommender: Recommender, ids: list[str], k: int, number: int) -> None:
    recommender.more_like(ids[number % len(ids)], k=k)


def _peak(recommender: Recommender, name: str, k: int) -> int:
    """Bytes that one answer has at most beside what the corpus holds."""
    tracemalloc.start()
    recommender.more_like(name, k=k)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
