"""Train the matrix of the encoder `minilm-papers`, by papers that belong together.

    python scripts/train_papers.py ../shared/data --cache /tmp/vectors

Pairs of one author, seeds and another paper of one section of a reading list, pairs of which one cites the
other; of all of them the part `tune` only (see `evaluate_encoder.part_of`), and no pair that an author of
`final` has written. The cache is that of `evaluate_encoder.py`. One thread, one seed: the same machine and
versions give the same bytes. See `recommender/encoders/minilm_papers_model/MODEL_CARD.md`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import torch
from evaluate_encoder import VectorsOf, citations, lines, part_of, unit
from numpy.typing import NDArray
from static_data import read_corpus, text_of
from torch import Tensor
from torch.nn import functional

from recommender.encoders.minilm_papers import PAPERS_MAP, write_map

SEED = 0
SHARE_OF_STATIC = 0.3
RANK, STEPS, BATCH, RATE, WARM_UP = 64, 500, 64, 2e-3, 20
TEMPERATURE, STAYING, STAYING_ROWS = 0.07, 100.0, 128
KEPT = 0.75
"""How much of the learnt change is kept: less of it serves fields that no pair is from."""
DIM = 384
MOST_PAPERS, MOST_SEEDS, LEAST_OF_SECTION = 20, 5, 4

STARTED = time.perf_counter()

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Others = Callable[[Rows, np.random.Generator], Rows]


@dataclass(frozen=True)
class Batch:
    """Questions: seeds, whose question each is, and for each question a paper that should be found.

    It is to be told from the other questions' wanted papers and from `others`, except where `right`, of
    shape (questions, wanted + others), says that these belong to the question too.
    """

    seeds: Rows
    owner: Rows
    wanted: Rows
    others: Rows
    right: NDArray[np.bool_]


class Source(Protocol):
    """Where batches come from, and the vectors of the papers that their rows are of."""

    vectors: Vectors

    def draw(self, rng: np.random.Generator) -> Batch:
        """Make the next batch."""
        ...


class Pairs:
    """Pairs of rows, either of which should find the other."""

    def __init__(self, vectors: Vectors, pairs: Rows, others: Others) -> None:
        self.vectors, self._pairs, self._others = vectors, pairs, others
        self._near: dict[int, set[int]] = {}
        for one, other in pairs.tolist():
            self._near.setdefault(one, {one}).add(other)
            self._near.setdefault(other, {other}).add(one)

    def draw(self, rng: np.random.Generator) -> Batch:
        """Some pairs, turned at random."""
        chosen = self._pairs[rng.choice(len(self._pairs), min(BATCH, len(self._pairs)), replace=False)]
        turned = np.where(rng.random((len(chosen), 1)) < 0.5, chosen, chosen[:, ::-1])
        seeds, wanted = turned[:, 0], turned[:, 1]
        others = self._others(seeds, rng)
        keys = np.concatenate([wanted, others]).tolist()
        right = np.array([[key in self._near[seed] for key in keys] for seed in seeds.tolist()])
        return Batch(seeds, np.arange(len(seeds)), wanted, others, right)


class Sections:
    """Papers that stand in one section of a reading list: up to five of them should find another."""

    def __init__(self, vectors: Vectors, sections: Sequence[Rows], others: Others) -> None:
        self.vectors, self._sections, self._others = vectors, sections, others
        sizes = np.sqrt([len(section) for section in sections])
        self._chance = sizes / sizes.sum()

    def draw(self, rng: np.random.Generator) -> Batch:
        """Some sections, the large ones more often."""
        chosen = rng.choice(len(self._sections), BATCH, p=self._chance)
        mixed = [rng.permutation(self._sections[place]) for place in chosen]
        counts = [min(len(rows) - 1, int(rng.integers(1, MOST_SEEDS + 1))) for rows in mixed]
        wanted = np.array([rows[0] for rows in mixed])
        seeds = np.concatenate([rows[1 : 1 + count] for rows, count in zip(mixed, counts, strict=True)])
        others = self._others(wanted, rng)
        keys = np.concatenate([wanted, others])
        right = np.array([np.isin(keys, rows) for rows in mixed])
        return Batch(seeds, np.repeat(np.arange(len(chosen)), counts), wanted, others, right)


def loss_of(batch: Batch, papers: Tensor) -> Tensor:
    """InfoNCE (van den Oord et al., 2018): the cosine of the seeds' mean to the wanted paper, among all.

    `papers` are the unit rows of seeds, wanted and others, in this order.
    """
    seeds, keys = papers[: len(batch.seeds)], papers[len(batch.seeds) :]
    sums = torch.zeros(len(batch.wanted), papers.shape[1])
    readers = functional.normalize(sums.index_add(0, torch.from_numpy(batch.owner), seeds))
    own = np.arange(len(batch.wanted))
    right = batch.right.copy()
    right[own, own] = False
    logits = (readers @ keys.T / TEMPERATURE).masked_fill(torch.from_numpy(right), -1e4)
    return functional.cross_entropy(logits, torch.from_numpy(own))


def fit(sources: Sequence[Source], *, steps: int = STEPS, rank: int = RANK) -> Vectors:
    """The change of a vector, shape (d, d) and of the rank `rank`: a row x becomes x + x @ change.

    Beside finding what belongs together, cosines should stay what they were (their squared differences, as
    in relational distillation; Park et al., 2019), so that what no pair speaks of is left alone.
    """
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    dim = sources[0].vectors.shape[1]
    down = torch.nn.Parameter(torch.randn(dim, rank) / dim**0.5)
    up = torch.nn.Parameter(torch.zeros(rank, dim))
    adam = torch.optim.Adam([down, up], betas=(0.9, 0.99))
    for step in range(steps):
        rate = RATE * (0.51 + 0.49 * np.cos(np.pi * step / steps))
        adam.param_groups[0]["lr"] = rate * min(1, (step + 1) / WARM_UP)
        loss = torch.zeros(())
        for source in sources:
            batch = source.draw(rng)
            rows = np.concatenate([batch.seeds, batch.wanted, batch.others])
            before = torch.from_numpy(source.vectors[rows].astype(np.float32))
            after = functional.normalize(before + before @ down @ up)
            some, same = after[:STAYING_ROWS], functional.normalize(before[:STAYING_ROWS])
            moved = (some @ some.T - same @ same.T).square().mean()
            loss = loss + loss_of(batch, after) + STAYING * moved
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        if step % 50 == 0:
            say(f"step {step} of {steps}, loss {loss.item():.3f}")
    return (down @ up).detach().numpy()


def side_by_side(first: Vectors, second: Vectors) -> Vectors:
    """Rows of two encoders as one, each with its share of the cosine."""
    parts = (1 - SHARE_OF_STATIC) ** 0.5 * first, SHARE_OF_STATIC**0.5 * second
    return np.concatenate(parts, axis=1).astype(np.float16)


def best_first(change: Vectors, papers: Vectors, first_dim: int) -> Vectors:
    """The matrix over two encoders' unit rows, shape (d, DIM): the first dimensions say most (PCA)."""
    dim = len(change)
    whole = np.eye(dim) + KEPT * change.astype(np.float64)
    shares = np.where(np.arange(dim) < first_dim, 1 - SHARE_OF_STATIC, SHARE_OF_STATIC) ** 0.5
    changed = unit(papers.astype(np.float32) @ whole.astype(np.float32)).astype(np.float64)
    axes = np.linalg.eigh(changed.T @ changed)[1][:, ::-1][:, :DIM]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return (shares[:, None] * (whole @ axes)).astype(np.float32)


def pairs_of_authors(authors: Iterable[str]) -> Rows:
    """Rows of two papers of an author: one of `tune`, with 2 to 20 papers, and none of `final` wrote both.

    Who has more papers is often several people of one name. As many pairs an author as papers, at most.
    """
    written: dict[str, list[int]] = {}
    names: list[set[str]] = []
    for row, text in enumerate(authors):
        names.append({name.strip() for name in text.split(",")} - {""})
        for name in sorted(names[-1]):
            written.setdefault(name, []).append(row)
    final = {name for name in written if part_of("author" + name) == "final"}
    rng = np.random.default_rng(SEED)
    pairs = set()
    for name, rows in written.items():
        if name in final or not 2 <= len(rows) <= MOST_PAPERS or " " not in name:
            continue
        for _ in range(min(len(rows), len(rows) * (len(rows) - 1) // 2)):
            one, other = sorted(rng.choice(rows, 2, replace=False).tolist())
            if not names[one] & names[other] & final:
                pairs.add((one, other))
    return np.array(sorted(pairs))


def sections_of(folder: Path, ids: Sequence[str]) -> list[Rows]:
    """The rows of each section and tag of the reading lists that is of one subject and of `tune`."""
    row = {key: place for place, key in enumerate(ids)}
    return [
        np.array([row[key] for key in topic["ids"]])
        for topic in lines(folder / "topics_dev.jsonl")
        if not topic["generic"]
        and len(topic["ids"]) >= LEAST_OF_SECTION
        and part_of("topic" + topic["topic"]) == "tune"
    ]


def pairs_of_citations(folder: Path) -> Rows:
    """Rows of a paper of IEEE VIS, of `tune`, and of one that it cites."""
    row = {paper["id"]: place for place, paper in enumerate(lines(folder / "ieeevis_papers.jsonl.gz"))}
    pairs = pd.read_csv(folder / "ieeevis_citations.tsv.gz", sep="\t")
    found = {
        (row[citing], row[cited])
        for citing, cited in zip(pairs["src"], pairs["dst"], strict=True)
        if citing in row and cited in row and citing != cited and part_of(f"vis{citing}") == "tune"
    }
    return np.array(sorted(found))


def of_one_category(categories: Iterable[str]) -> Others:
    """For each row another one, at random, of the same primary category."""
    code, _ = pd.factorize(np.array([text.split(" ")[0] for text in categories], dtype=object))
    order = np.argsort(code, kind="stable")
    starts = np.searchsorted(code[order], np.arange(code.max() + 2))
    return lambda rows, rng: order[rng.integers(starts[code[rows]], starts[code[rows] + 1])]


def say(message: str) -> None:
    """Progress, with the seconds since the start."""
    print(f"{time.perf_counter() - STARTED:7.0f} s  {message}", file=sys.stderr, flush=True)


def main() -> None:
    """Read, train, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the shared data")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=PAPERS_MAP)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    corpus = read_corpus(options.data)
    more = pd.read_parquet(options.data / "corpus_ml.parquet", columns=["authors", "categories"]).fillna("")
    encoders = [VectorsOf(name, options.data, options.cache) for name in ("minilm", "static")]
    papers, cited = (
        side_by_side(*(vectors_of(key, texts) for vectors_of in encoders))
        for key, texts in (("lists", text_of(corpus)), ("citations", citations(options.data).texts))
    )
    say("both encoders have seen all papers")
    same_category = of_one_category(more["categories"])

    def any_cited(rows: Rows, rng: np.random.Generator) -> Rows:
        return rng.integers(0, len(cited), len(rows))

    written, cites = pairs_of_authors(more["authors"]), pairs_of_citations(options.data)
    sections = sections_of(options.data, corpus["id"].tolist())
    say(f"{len(written):,} pairs of authors, {len(sections)} sections, {len(cites):,} citations")
    sources: list[Source] = [
        Pairs(papers, written, same_category),
        Sections(papers, sections, same_category),
        Pairs(cited, cites, any_cited),
    ]
    change = fit(sources)
    write_map(options.out, best_first(change, papers[::5], 384))
    say(f"written to {options.out}")


if __name__ == "__main__":
    main()
