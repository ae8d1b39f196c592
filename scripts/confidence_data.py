"""Lists that the engine makes over corpora of several sizes and fields, with what people listed marked.

Corpora of one field hold some reading lists of that field and random papers of it, mixed ones hold all
lists of a part and random papers, the largest is all there is. The sizes of `tune` are others than those
of `final`, but for the largest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from evaluate_encoder import lines, part_of
from numpy.typing import NDArray
from static_data import teacher_vectors

from recommender import Corpus, Profile, Recommender
from recommender.encoders.base import Vectors
from recommender.errors import EncoderMismatch
from recommender.identifiers import canonical

__all__ = ["ENCODERS", "SEED_COUNTS", "K", "ListedPapers", "corpora", "listed_papers"]

ENCODERS = ("static", "minilm")
SEED, K = 5, 20
SEED_COUNTS = (1, 3, 5, 10)
FIELD_SIZES = {"tune": (250, 2_000), "final": (400,)}
MIXED_SIZES = {"tune": (20_000,), "final": (5_000,)}
MOST_FIELD_CORPORA, LISTED_SHARE = 6, 0.3
ALL, ATTEMPTS = "all", 6
EVERY_UP_TO = 10_000  # in larger corpora each list is looked for by one number of seeds, in turn


@dataclass(frozen=True)
class ListedPapers:
    """One answer as a reader sees it: how far its papers' scores lie above those of random papers, in their
    standard deviations, and which of them people listed.

    `circumstances` are those of `engine.confidence`. `seeds` is how many papers were liked, 0 for a text;
    `group` is the reading list.
    """

    corpus: str
    encoder: str
    size: int
    group: str
    source: str
    seeds: int
    circumstances: dict[str, float]
    heights: NDArray[np.float64]
    own: NDArray[np.bool_]


@dataclass(frozen=True)
class CorpusPlan:
    """Which papers of the shared corpus are in a corpus, None for all, and which lists are looked for."""

    name: str
    rows: NDArray[np.int64] | None
    sections: tuple[Any, ...]


def sections(folder: Path, part: str) -> list[Any]:
    """The part's sections that are of one subject, with four papers or more."""
    return [
        topic
        for topic in lines(folder / "topics_dev.jsonl")
        if topic["kind"] == "section"
        and not topic["generic"]
        and len(topic["ids"]) >= 4
        and part_of("topic" + topic["topic"]) == part
    ]


def plans(folder: Path, part: str, papers: pd.DataFrame) -> list[CorpusPlan]:
    """The corpora of a part, small ones first."""
    row = {canonical(paper): place for place, paper in enumerate(papers["id"])}
    field = papers["categories"].fillna("").str.split().str[0].fillna("").to_numpy()
    lists = sections(folder, part)
    rng = np.random.default_rng(SEED)
    rows_of = {topic["topic"]: [row[canonical(one)] for one in topic["ids"]] for topic in lists}
    by_field: dict[str, list[Any]] = {}
    for place in rng.permutation(len(lists)).tolist():
        topic = lists[place]
        counted = Counter(field[one] for one in rows_of[topic["topic"]] if field[one])
        if counted:
            by_field.setdefault(counted.most_common(1)[0][0], []).append(topic)
    found = []
    for size in FIELD_SIZES[part]:
        made: list[CorpusPlan] = []
        for name, topics in sorted(by_field.items(), key=lambda one: (-len(one[1]), one[0])):
            for number, few in enumerate(batches(topics, int(LISTED_SHARE * size))):
                own = np.unique([one for topic in few for one in rows_of[topic["topic"]]])
                others = np.setdiff1d(np.flatnonzero(field == name), own)
                filled = rng.choice(others, min(size - len(own), len(others)), replace=False)
                rows = np.sort(np.concatenate([own, filled]))
                made.append(CorpusPlan(f"{part}-{size}-{name}-{number}", rows, tuple(few)))
        # One corpus of each field first, then the second ones.
        made.sort(key=lambda plan: int(plan.name.rsplit("-", 1)[1]))
        found += made[:MOST_FIELD_CORPORA]
    every = np.unique([one for rows in rows_of.values() for one in rows])
    for size in MIXED_SIZES[part]:
        others = np.setdiff1d(np.arange(len(papers)), every)
        filled = rng.choice(others, size - len(every), replace=False)
        found.append(CorpusPlan(f"{part}-{size}", np.sort(np.concatenate([every, filled])), tuple(lists)))
    return [*found, CorpusPlan(ALL, None, tuple(lists))]


def batches(topics: Sequence[Any], most: int) -> Iterator[list[Any]]:
    """The lists in groups of not more than so many papers; a longer one is left out."""
    group: list[Any] = []
    for topic in topics:
        if len(topic["ids"]) > most:
            continue
        if group and sum(len(one["ids"]) for one in group) + len(topic["ids"]) > most:
            yield group
            group = []
        group.append(topic)
    if group:
        yield group


def corpora(folder: Path, cache: Path, part: str, encoder: str) -> Iterator[tuple[CorpusPlan, Corpus]]:
    """Each corpus of a part, built in the cache folder where it is not there yet."""
    papers = pd.read_parquet(folder / "corpus_ml.parquet")
    vectors = None
    for plan in plans(folder, part, papers):
        path = cache / f"{plan.name}-{encoder}"
        if path.exists():
            with Corpus.open(path) as corpus:
                yield plan, corpus
            continue
        if encoder == "minilm" and vectors is None:
            vectors = teacher_vectors(folder)
        with build(papers, vectors, plan, path, encoder) as corpus:
            yield plan, corpus


def build(
    papers: pd.DataFrame, vectors: Vectors | None, plan: CorpusPlan, path: Path, encoder: str
) -> Corpus:
    """The corpus of a plan. Some given vectors are of the first words of long abstracts alone: where the
    sample that is compared has several of them, the papers come in another order.
    """
    rows = np.arange(len(papers)) if plan.rows is None else plan.rows
    for attempt in range(ATTEMPTS):
        order = np.random.default_rng(attempt).permutation(rows) if attempt else rows
        own = None if vectors is None else vectors[order]
        try:
            return Corpus.build(papers.iloc[order], path, encoder=encoder, vectors=own)
        except EncoderMismatch:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("there are attempts")


def listed_papers(plan: CorpusPlan, corpus: Corpus, encoder: str) -> Iterator[ListedPapers]:
    """The first papers for each list of a corpus: by some of its papers, and by its name."""
    recommender = Recommender(corpus)
    for place, topic in enumerate(plan.sections):
        rng = np.random.default_rng([SEED, *topic["topic"].encode()])
        ids = [topic["ids"][place] for place in rng.permutation(len(topic["ids"]))]
        profiles = {n: Profile(ids[:n]) for n in SEED_COUNTS if len(ids) >= n + 2}
        if len(corpus) > EVERY_UP_TO:
            counts = [*profiles]
            profiles = {n: profiles[n] for n in counts[place % len(counts) :][:1]}
        profiles[0] = Profile(interests=[text_of(topic)])
        for seeds, profile in profiles.items():
            found = recommender.recommend(profile, k=K)
            if not len(found) or found.reasons is None:
                continue
            estimator = found.reasons.answer.confidence
            sure = estimator.calibrated
            own = {canonical(one) for one in ids[seeds:]}
            yield ListedPapers(
                plan.name,
                encoder,
                len(corpus),
                topic["topic"],
                topic["source"],
                seeds,
                sure.circumstances,
                (found.scores.astype(np.float64) - sure.centre) / sure.spread,
                np.array([canonical(one) in own for one in found.ids]),
            )


def text_of(topic: Any) -> str:
    """What a reader would write: the section's name without the list's, and without what it stands under."""
    name = topic["topic"].split(" / ", 1)[-1]
    return " ".join(name.split(" > ")[-2:])
