"""Whole answers: `Recommender.more_like` over corpora of growing size, also with a filter of 1%."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from recommender import Corpus, Recommender

from .data import MARKED, describe_vectors, make_vectors, papers
from .fresh import in_fresh_process, resident_bytes
from .index_kinds import K, ask
from .report import Cell, Section, Table
from .scale import REAL, Setting
from .timing import in_turn

__all__ = ["answers"]

_NOT_A_MODEL = "benchmark-vectors"


@dataclass(frozen=True)
class _Corpus:
    """A corpus on disk, some of its papers, and a category that about 1% of its papers have."""

    folder: Path
    seconds: float
    ids: list[str]
    category: str
    share: float


def answers(setting: Setting) -> Section:
    """p50 and p95 of a whole answer, all corpora in turn; opening and memory in a fresh process each."""
    corpora = {size: _built(setting, size) for size in setting.scale.sizes}
    tasks: dict[str, Callable[[int], object]] = {}
    opened = {size: Corpus.open(corpus.folder) for size, corpus in corpora.items()}
    for size, corpus in corpora.items():
        recommender = Recommender(opened[size])
        tasks[f"{size}"] = partial(_one, recommender, corpus.ids, None)
        tasks[f"{size} filtered"] = partial(_one, recommender, corpus.ids, corpus.category)
    times = in_turn(tasks, calls=setting.scale.queries, limit_s=60)
    rows: list[list[Cell]] = []
    facts: dict[str, float] = {}
    for size, corpus in corpora.items():
        served = in_fresh_process("answers:serve", folder=str(corpus.folder), ids=corpus.ids[:50])
        plain, filtered = times[f"{size}"], times[f"{size} filtered"]
        recall = _recall(setting, size, opened[size])
        rows.append(
            [
                f"{size:,}",
                opened[size].info().index,
                corpus.seconds,
                sum(file.stat().st_size for file in corpus.folder.iterdir()) / 1e6,
                1000 * served["open_s"],
                served["resident_bytes"] / 1e6,
                recall,
                1000 * plain.median,
                1000 * plain.quantile(0.95),
                1000 * filtered.median,
                filtered.median / plain.median,
                f"{corpus.share:.2%}",
            ]
        )
        facts |= {
            f"{size} p50 ms": 1000 * plain.median,
            f"{size} filtered ratio": filtered.median / plain.median,
            f"{size} resident MB": served["resident_bytes"] / 1e6,
            f"{size} open ms": 1000 * served["open_s"],
        }
        if recall is not None:
            facts[f"{size} recall@10"] = recall
    columns = ["papers", "index", "build s", "MB on disk", "open ms", "MB resident", "recall@10", "p50 ms"]
    columns += ["p95 ms", "p50 ms filtered", "filtered / not", "papers that pass"]
    note = (
        f"`more_like` of one stored paper, k = 10, default diversity, {setting.scale.queries} papers, all "
        f"corpora in turn in one process. Recall: of the {K} candidates' first 10, against brute force. "
        f"Papers: the real ones for {REAL:,} (vectors given, not encoded); else synthetic titles and "
        f"abstracts. "
        f"Vectors, at the largest size: {describe_vectors(setting, setting.scale.sizes[-1])}"
    )
    tables = [Table("Whole answers", columns, rows, note), _growth(setting.scale.sizes, facts)]
    for corpus in corpora.values():
        shutil.rmtree(corpus.folder)
    return Section(tables, facts)


def serve(folder: str, ids: list[str]) -> dict[str, float]:
    """Open the corpus in this process and answer."""
    begin = time.perf_counter()
    corpus = Corpus.open(folder)
    opened = time.perf_counter() - begin
    recommender = Recommender(corpus)
    for paper in ids:
        recommender.more_like(paper)
    return {"open_s": opened, "resident_bytes": resident_bytes()}


def _one(recommender: Recommender, ids: list[str], category: str | None, number: int) -> None:
    recommender.more_like(ids[number], categories=category)


def _built(setting: Setting, size: int) -> _Corpus:
    folder = setting.work / f"corpus-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    begin = time.perf_counter()
    if setting.data is not None and size == REAL:
        vectors = setting.data / "corpus_ml_minilm.npz"
        Corpus.build(setting.data / "corpus_ml.parquet", folder, vectors=vectors, encoder="minilm")
        seconds = time.perf_counter() - begin
        ids, category, share = _real_papers(setting)
        return _Corpus(folder, seconds, ids, category, share)
    file = make_vectors(setting, size)
    begin = time.perf_counter()
    Corpus.build(papers(size), folder, vectors=file, encoder=_NOT_A_MODEL)
    seconds = time.perf_counter() - begin
    rows = np.random.default_rng(setting.seed).choice(size, setting.scale.queries, replace=False)
    return _Corpus(folder, seconds, [f"bench:{row}" for row in rows], MARKED, 0.01)


def _real_papers(setting: Setting) -> tuple[list[str], str, float]:
    """Ids to ask for, and the category whose share is nearest to 1%."""
    import pandas as pd

    assert setting.data is not None
    frame = pd.read_parquet(setting.data / "corpus_ml.parquet", columns=["id", "categories"])
    shares = frame["categories"].str.split().explode().value_counts() / len(frame)
    category = str((shares - 0.01).abs().idxmin())
    ids = frame["id"].sample(setting.scale.queries, random_state=setting.seed).tolist()
    return ids, category, float(shares[category])


def _recall(setting: Setting, size: int, corpus: Corpus) -> float | None:
    """Recall@10 of the search for candidates; None where rows are not those of the vector file."""
    if size == REAL and setting.data is not None:
        return None
    question = ask(make_vectors(setting, size), setting.scale.queries, seed=setting.seed)
    found = [corpus.snapshot.search(query[np.newaxis], K, None)[0][0] for query in question.queries]
    return question.recall(found, 10)


def _growth(sizes: tuple[int, ...], facts: dict[str, float]) -> Table:
    rows: list[list[Cell]] = []
    for small, large in pairwise(sizes):
        cost = facts[f"{large} p50 ms"] / facts[f"{small} p50 ms"]
        rows.append([f"{small:,} to {large:,}", large / small, cost])
    largest = [size for size in sizes if size != REAL][-2:]
    if len(largest) == 2:
        cost = facts[f"{largest[1]} p50 ms"] / facts[f"{largest[0]} p50 ms"]
        facts["growth share"] = cost / (largest[1] / largest[0])
    return Table("Cost against size", ["papers", "times as many", "times the p50"], rows)
