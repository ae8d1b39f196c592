"""Indexes: building, opening, memory, latency and recall of our kinds and of other libraries."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexes import restore

from .data import describe_vectors, make_vectors
from .engines import ENGINES, Engine, Mask, Rows, Search
from .fresh import in_fresh_process
from .machine import missing
from .report import Cell, Section, Table
from .scale import Setting
from .timing import Times, in_turn

__all__ = ["indexes"]

K = 200
SELECTIVITIES = (0.001, 0.01, 0.1, 0.5)
_BLOCK = 50_000


@dataclass(frozen=True)
class Question:
    """Stored vectors as queries, and the true K nearest rows of each, itself among them."""

    own: Rows
    queries: NDArray[np.float32]
    truth: Rows
    allowed: Mask = None

    def recall(self, found: list[Rows], depth: int) -> float:
        """The share of the true nearest `depth`, itself left out, among the first that were found."""
        shares = []
        for own, true, rows in zip(self.own, self.truth, found, strict=False):
            wanted = true[true != own][:depth]
            if len(wanted):
                shares.append(len(np.intersect1d(wanted, rows[rows != own][:depth])) / len(wanted))
        return float(np.mean(shares)) if shares else 1.0


def indexes(setting: Setting) -> Section:
    """Tables for each size, then filters and effort for the largest ones."""
    tables: list[Table] = []
    facts: dict[str, float] = {}
    build_times: dict[str, tuple[int, float]] = {}
    for size in setting.scale.sizes:
        tables += _at_size(setting, size, build_times, facts)
    return Section(tables, facts)


def _at_size(
    setting: Setting, size: int, build_times: dict[str, tuple[int, float]], facts: dict[str, float]
) -> list[Table]:
    vectors = make_vectors(setting, size)
    question = ask(vectors, setting.scale.queries, seed=setting.seed)
    np.save(setting.work / "queries.npy", question.queries)
    rows: list[list[Cell]] = []
    files: dict[str, Path] = {}
    for name, engine in ENGINES.items():
        why_not = _left_out(setting, engine, size, build_times)
        if why_not is None:
            file = setting.work / f"{size}-{len(files)}.index"
            begin = time.perf_counter()
            engine.build(vectors, file)
            build_times[name] = size, time.perf_counter() - begin
            files[name] = file
        elif why_not:
            rows.append([name, why_not, *[None] * 8])
    searches = {name: ENGINES[name].open(vectors, file, 0) for name, file in files.items()}
    times, found = _timed(searches, question)
    quickest = "ours, exact"
    for name, file in files.items():
        served = in_fresh_process(
            "engines:serve",
            name=name,
            vectors=str(vectors),
            index=str(file),
            queries=str(setting.work / "queries.npy"),
            k=K,
        )
        recalls = [question.recall(found[name], depth) for depth in (10, K - 1)]
        rows.append(
            [
                name,
                build_times[name][1],
                ENGINES[name].size(vectors, file) / 1e6,
                served["resident_bytes"] / 1e6,
                1000 * served["open_s"],
                *recalls,
                1000 * times[name].median,
                1000 * times[name].quantile(0.95),
                times[quickest].median / times[name].median,
            ]
        )
        facts |= {
            f"{size} {name} recall@10": recalls[0],
            f"{size} {name} p50 ms": 1000 * times[name].median,
            f"{size} {name} open ms": 1000 * served["open_s"],
            f"{size} {name} resident MB": served["resident_bytes"] / 1e6,
        }
    columns = ["index", "build s", "MB on disk", "MB resident", "open ms", "recall@10", f"recall@{K - 1}"]
    columns += ["p50 ms", "p95 ms", "times as fast as ours, exact"]
    note = (
        f"{describe_vectors(setting, size)} Single queries, k = {K}, {len(question.queries)} stored vectors "
        "as queries (themselves not counted), the engines in turn in one process, each with its own default "
        "threads; slow ones fewer queries. Opening and memory in a fresh process."
    )
    tables = [Table(f"{size:,} vectors", columns, rows, note)]
    if size >= setting.scale.sizes[-2]:
        tables.append(_filters(size, searches, vectors, question, setting.seed, facts))
        tables.append(_efforts(size, files, vectors, question))
    del searches
    for file in files.values():
        file.unlink(missing_ok=True)
    return tables


def _left_out(
    setting: Setting, engine: Engine, size: int, build_times: dict[str, tuple[int, float]]
) -> str | None:
    """Why an engine is not built at this size: "" where it is not meant to be, None where it is built."""
    if engine.ours:
        return None
    if size not in setting.scale.peer_sizes:
        return ""
    if absent := missing(engine.packages):
        return absent
    built, seconds = build_times.get(engine.name, (size, 0.0))
    # A graph takes a little longer a vector the larger it is.
    expected = seconds * (size / built) ** 1.15
    if expected > setting.scale.longest_build_s:
        return f"left out: its build would take about {expected / 60:.0f} minutes"
    return None


def ask(vectors: Path, count: int, *, seed: int, allowed: Mask = None, block_size: int = _BLOCK) -> Question:
    """So many stored vectors as queries; the truth by comparing with every allowed vector."""
    stored = np.load(vectors, mmap_mode="r")
    own = np.random.default_rng([seed, len(stored)]).choice(len(stored), count, replace=False)
    queries = restore(stored[own])
    depth = min(K, len(stored) if allowed is None else int(allowed.sum()))
    rows = np.empty((count, 0), np.int64)
    cosines = np.empty((count, 0), np.float32)
    for start in range(0, len(stored), block_size):
        part = queries @ restore(stored[start : start + block_size]).T
        if allowed is not None:
            part[:, ~allowed[start : start + block_size]] = -2
        rows = np.hstack([rows, np.broadcast_to(np.arange(start, start + part.shape[1]), part.shape)])
        cosines = np.hstack([cosines, part])
        best = np.argpartition(-cosines, min(depth, cosines.shape[1]) - 1, axis=1)[:, :depth]
        rows, cosines = np.take_along_axis(rows, best, 1), np.take_along_axis(cosines, best, 1)
    order = np.argsort(-cosines, axis=1, kind="stable")
    return Question(own, queries, np.take_along_axis(rows, order, 1), allowed)


def _timed(searches: dict[str, Search], question: Question) -> tuple[dict[str, Times], dict[str, list[Rows]]]:
    found: dict[str, list[Rows]] = {name: [] for name in searches}

    def one(name: str, number: int) -> None:
        found[name].append(searches[name](question.queries[number], K, question.allowed))

    tasks: dict[str, Callable[[int], object]] = {name: partial(one, name) for name in searches}
    times = in_turn(tasks, calls=len(question.queries), limit_s=20)
    # The first answer is that of the untimed call.
    return times, {name: answers[1:] for name, answers in found.items()}


def _filters(
    size: int,
    searches: dict[str, Search],
    vectors: Path,
    question: Question,
    seed: int,
    facts: dict[str, float],
) -> Table:
    rows: list[list[Cell]] = []
    filtering = {name: search for name, search in searches.items() if ENGINES[name].filters}
    for selectivity in SELECTIVITIES:
        allowed = np.random.default_rng([seed, size]).random(size) < selectivity
        filtered = ask(vectors, len(question.queries), seed=seed, allowed=allowed)
        times, found = _timed(filtering, filtered)
        for name, taken in times.items():
            recall = filtered.recall(found[name], 10)
            short = sum(int((answer >= 0).sum()) < min(K, int(allowed.sum())) for answer in found[name])
            rows.append(
                [f"{selectivity:.1%}", name, recall, 1000 * taken.median, 1000 * taken.quantile(0.95), short]
            )
            facts[f"{size} {name} recall@10 filter {selectivity:g}"] = recall
            facts[f"{size} {name} p50 ms filter {selectivity:g}"] = 1000 * taken.median
    columns = ["rows allowed", "index", "recall@10", "p50 ms", "p95 ms", "answers with fewer than k"]
    note = "A random mask given to the search; recall against exact search among the allowed rows."
    return Table(f"Filters, {size:,} vectors", columns, rows, note)


def _efforts(size: int, files: dict[str, Path], vectors: Path, question: Question) -> Table:
    """Each engine's own curve, its efforts in turn."""
    rows: list[list[Cell]] = []
    for name, file in files.items():
        if not ENGINES[name].efforts:
            continue
        curve = {str(effort): ENGINES[name].open(vectors, file, effort) for effort in ENGINES[name].efforts}
        times, found = _timed(curve, question)
        for effort, taken in times.items():
            recalls = [question.recall(found[effort], depth) for depth in (10, K - 1)]
            rows.append([name, int(effort), *recalls, 1000 * taken.median])
    columns = ["index", "effort", "recall@10", f"recall@{K - 1}", "p50 ms"]
    note = f"Effort: the length of the candidate list, or the lists looked into; k = {K}."
    return Table(f"Recall against latency, {size:,} vectors", columns, rows, note)
