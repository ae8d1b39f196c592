"""Batch: a job for many readers against a loop of single answers, and against what one writes by hand."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommender import Corpus, Profile, Recommender

from .data import make_vectors, papers
from .machine import missing
from .report import Cell, Section, Table
from .scale import REAL, Setting

__all__ = ["batch"]

_K, _POOL, _DIVERSITY = 10, 100, 0.2
_NOT_A_MODEL = "benchmark-vectors"


@dataclass(frozen=True)
class _Work:
    """A corpus, its readers as files of growing size, and how many of them each contender serves."""

    name: str
    folder: Path
    files: dict[int, Path]
    single: int
    compared: int


def batch(setting: Setting) -> Section:
    """Readers a second: single answers, jobs, and FAISS with pyversity in turn; then growing jobs."""
    facts: dict[str, float] = {}
    rows: list[list[Cell]] = []
    growth: list[list[Cell]] = []
    for work in _works(setting):
        rates = _compared(work)
        base = rates["single answers in a loop"]
        for name, rate in rates.items():
            rows.append([work.name, name, 1000 / rate, rate, rate / base])
            facts[f"{work.name}, {name}"] = rate / base
        peer = rates.get(_PEER)
        if peer:
            facts[f"{work.name}, job by mean / peer"] = rates["a job, strategy mean"] / peer
            facts[f"{work.name}, job / peer"] = rates["a job"] / peer
        if work.name != "minilm":
            growth = list(_growth(work))
        shutil.rmtree(work.folder)
    note = (
        "Readers with 1 to 3 subjects, 1 to 5 neighbouring papers of each; k = 10, default diversity and "
        "strategy unless named. 10,000 readers, 100 of them in the loop, half before and half after the "
        "others. A job is the command `recommender batch`, its seconds with the start of its two workers, "
        "without that of Python. The peer: IndexFlatIP over float32 vectors in memory, searched for all "
        "readers' means at once, then pyversity's MSD for each. "
    )
    columns = ["corpus", "contender", "ms a reader", "readers/s", "times the loop"]
    tables = [
        Table("Many readers", columns, rows, note + missing(("pyversity",))),
        Table(
            "Jobs of growing size",
            ["readers", "seconds", "readers/s", "MB at the peak, largest process", "MB of output"],
            growth,
            "static, the command as a whole, two workers' start and the joining of the output included.",
        ),
    ]
    return Section(tables, facts)


_PEER = "FAISS in one batch + pyversity for each"


def _works(setting: Setting) -> Iterator[_Work]:
    for name in ("static", "minilm") if setting.data is not None else ("random vectors",):
        folder = setting.work / f"batch-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        if setting.data is None:
            size = setting.scale.sizes[-1]
            Corpus.build(papers(size), folder, vectors=make_vectors(setting, size), encoder=_NOT_A_MODEL)
        else:
            vectors = setting.data / "corpus_ml_minilm.npz" if name == "minilm" else None
            Corpus.build(setting.data / "corpus_ml.parquet", folder, encoder=name, vectors=vectors)
        large = setting.scale.sizes[-1] > REAL
        counts = (1_000, 10_000, 100_000) if large and name == "static" else (10_000,) if large else (40,)
        single, compared = (100, 10_000) if large else (10, 40)
        files = _written(folder, {*counts, compared}, setting)
        yield _Work(name, folder, files, single, compared)


def _written(folder: Path, counts: set[int], setting: Setting) -> dict[int, Path]:
    """Files of so many readers each, the smaller ones the beginning of the largest."""
    files = {count: folder.with_name(f"{folder.name}-{count}.jsonl") for count in sorted(counts)}
    with Corpus.open(folder) as corpus:
        lines = [json.dumps(record) + "\n" for record in _readers(corpus, max(counts), setting.seed)]
    for count, path in files.items():
        path.write_text("".join(lines[:count]), encoding="utf-8")
    return files


def _readers(corpus: Corpus, count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Each with 1 to 3 subjects, and of each 1 to 5 of the 20 papers nearest to a paper drawn at random."""
    rng, snapshot = np.random.default_rng(seed), corpus.snapshot
    centres = rng.permutation(snapshot.size)[: min(3 * count, 3_000)]
    near = snapshot.search(snapshot.vectors(centres), 20)[0]
    ids = {row: label[0] for row, label in snapshot.labels(np.unique(near).tolist()).items()}
    for number in range(count):
        chosen = near[rng.integers(len(near), size=rng.integers(1, 4))]
        liked = [rng.choice(rows, rng.integers(1, 6), replace=False).tolist() for rows in chosen]
        yield {"user": f"reader {number}", "liked": list({ids[row]: 0 for row in itertools.chain(*liked)})}


def _compared(work: _Work) -> dict[str, float]:
    """Readers a second of each contender; the loop before and after the others."""
    records = [json.loads(line) for line in work.files[work.compared].read_text("utf-8").splitlines()]
    liked = [record["liked"] for record in records]
    half = work.single // 2
    loop = [_single(work.folder, liked[:half])]
    seconds = {"a job": _job(work, work.compared)}
    if not missing(("pyversity",)):
        seconds[_PEER] = _peer(work.folder, liked)
    seconds["a job, strategy mean"] = _job(work, work.compared, "--strategy", "mean")
    loop.append(_single(work.folder, liked[half : work.single]))
    seconds = {"single answers in a loop": float(np.mean(loop)), **seconds}
    return {name: 1 / taken for name, taken in seconds.items()}


def _single(folder: Path, liked: Sequence[Sequence[str]]) -> float:
    """Seconds a reader, one after the other."""
    with Corpus.open(folder) as corpus:
        recommender = Recommender(corpus)
        recommender.recommend(Profile(liked=tuple(liked[0])))
        begin = time.perf_counter()
        for papers_of_reader in liked:
            recommender.recommend(Profile(liked=tuple(papers_of_reader)), k=_K)
        return (time.perf_counter() - begin) / len(liked)


def _job(work: _Work, readers: int, *options: str) -> float:
    """Seconds a reader of a job, without the start of Python."""
    out = work.folder.with_name("job")
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "recommender", "batch", str(work.files[readers]), "--json"]
    command += ["--corpus", str(work.folder), "--out", str(out), "-k", str(_K), *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    shutil.rmtree(out)
    return float(json.loads(done.stdout)["timings"]["seconds"]) / readers


def _peer(folder: Path, liked: Sequence[Sequence[str]]) -> float:
    """Seconds a reader of what one would write by hand, reading and indexing not counted."""
    import faiss
    from pyversity import Strategy, diversify

    with Corpus.open(folder) as corpus:
        snapshot = corpus.snapshot
        vectors = snapshot.vectors(np.arange(snapshot.size))
        row_of = {paper_id: row for row, (paper_id, _) in snapshot.labels(range(snapshot.size)).items()}
    index: Any = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    begin = time.perf_counter()
    seeds = [[row_of[name] for name in names] for names in liked]
    means = np.stack([vectors[rows].mean(axis=0) for rows in seeds])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    cosines, found = index.search(means, _POOL + max(map(len, seeds)))
    lists = []
    for rows, scores, own in zip(found, cosines, seeds, strict=True):
        new = ~np.isin(rows, own)
        pool = rows[new][:_POOL]
        chosen = diversify(
            embeddings=vectors[pool],
            scores=scores[new][:_POOL],
            k=_K,
            strategy=Strategy.MSD,
            diversity=_DIVERSITY,
        )
        lists.append(pool[chosen.indices])
    return (time.perf_counter() - begin) / len(liked)


def _growth(work: _Work) -> Iterator[list[Cell]]:
    """A job of each size as a whole command."""
    import psutil

    out = work.folder.with_name("job")
    for readers, path in sorted(work.files.items()):
        shutil.rmtree(out, ignore_errors=True)
        command = [sys.executable, "-m", "recommender", "batch", str(path)]
        command += ["--corpus", str(work.folder), "--out", str(out)]
        begin, peak = time.perf_counter(), 0
        job = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while job.poll() is None:
            time.sleep(0.1)
            for process in _family(job):
                peak = max(peak, process)
        seconds = time.perf_counter() - begin
        size = sum(file.stat().st_size for file in out.iterdir())
        yield [readers, seconds, readers / seconds, peak / 1e6, size / 1e6]
    shutil.rmtree(out, ignore_errors=True)


def _family(job: Any) -> Iterator[int]:
    """Resident bytes of a process and of those that it started."""
    import psutil

    try:
        for process in [job, *job.children(recursive=True)]:
            yield process.memory_info().rss
    except psutil.Error:  # it has just ended
        return
