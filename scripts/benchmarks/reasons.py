"""Reasons: an answer with all that its frame says, against the answer alone."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from recommender import Corpus, Profile, Recommender
from recommender.profiles import load_profiles
from recommender.sample import PROFILES

from .data import make_vectors, papers
from .report import Cell, Section, Table
from .scale import REAL, Setting
from .timing import in_turn

__all__ = ["reasons", "some_corpora", "some_readers"]

_READERS = 40
_NOT_A_MODEL = "benchmark-vectors"


def reasons(setting: Setting) -> Section:
    """p50 of an answer, and of an answer with its frame, for one paper and for readers with several."""
    rows: list[list[Cell]] = []
    facts: dict[str, float] = {}
    for name, corpus in some_corpora(setting):
        recommender = Recommender(corpus)
        for what, profiles in (
            ("one paper", _single(corpus, setting)),
            ("readers", some_readers(corpus, setting)),
        ):
            tasks: dict[str, Callable[[int], object]] = {
                "alone": partial(_answer, recommender, profiles),
                "with its frame": partial(_framed, recommender, profiles),
            }
            times = in_turn(tasks, calls=setting.scale.queries, limit_s=60)
            alone, framed = times["alone"].median, times["with its frame"].median
            facts[f"{name}, {what}"] = framed / alone
            rows.append([name, what, 1000 * alone, 1000 * framed, framed / alone])
    note = (
        f"k = 10, default diversity and strategy; {setting.scale.queries} questions of each kind, with and "
        "without the frame in turn. The frame has confidence, terms in common, the sentence that carries the "
        "match and each seed's share; an answer alone works none of these out. Readers: those of the sample; "
        "elsewhere 1 to 3 subjects with 1 to 5 neighbouring papers each."
    )
    columns = ["corpus", "question", "ms alone", "ms with its frame", "times"]
    return Section([Table("Reasons", columns, rows, note)], facts)


def some_corpora(setting: Setting) -> Iterator[tuple[str, Corpus]]:
    """The sample, and the real papers or made-up ones; each is gone when the next is asked for."""
    with Corpus.sample() as sample:
        yield "sample", sample
    folder = setting.work / "reasons"
    shutil.rmtree(folder, ignore_errors=True)
    size = setting.scale.sizes[-1]
    if setting.data is not None and size > REAL:
        built = Corpus.build(setting.data / "corpus_ml.parquet", folder, encoder="static")
    else:
        built = Corpus.build(papers(size), folder, vectors=make_vectors(setting, size), encoder=_NOT_A_MODEL)
    with built as corpus:
        yield f"{len(corpus):,}", corpus
    shutil.rmtree(Path(folder))


def _single(corpus: Corpus, setting: Setting) -> list[Profile]:
    """Of so many papers drawn at random, each a reader who likes it."""
    drawn = np.random.default_rng(setting.seed).permutation(len(corpus))[: setting.scale.queries]
    chosen = set(drawn.tolist())
    return [Profile(liked=(paper.id,)) for place, paper in enumerate(corpus) if place in chosen]


def some_readers(corpus: Corpus, setting: Setting) -> list[Profile]:
    """Those of the sample; elsewhere made-up ones of 1 to 3 subjects."""
    if corpus.name == "the embedded sample":
        return load_profiles(PROFILES)
    rng, snapshot = np.random.default_rng(setting.seed), corpus.snapshot
    centres = rng.permutation(snapshot.size)[: 3 * _READERS]
    near = snapshot.search(snapshot.vectors(centres), 20)[0]
    ids = {row: label[0] for row, label in snapshot.labels(np.unique(near).tolist()).items()}
    subjects = [near[rng.integers(len(near), size=rng.integers(1, 4))] for _ in range(_READERS)]
    liked = (
        itertools.chain(*(rng.choice(rows, rng.integers(1, 6), replace=False) for rows in chosen))
        for chosen in subjects
    )
    return [Profile(liked=tuple({ids[int(row)]: 0 for row in rows})) for rows in liked]


def _answer(recommender: Recommender, profiles: Sequence[Profile], number: int) -> None:
    recommender.recommend(profiles[number % len(profiles)])


def _framed(recommender: Recommender, profiles: Sequence[Profile], number: int) -> None:
    recommender.recommend(profiles[number % len(profiles)]).to_frame()
