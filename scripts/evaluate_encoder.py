"""How well encoders rank: reading lists, citations, readers' libraries, titles against abstracts.

    python scripts/evaluate_encoder.py ../shared/data static minilm --cache /tmp/vectors --part final

Every reading list, citing paper and reader belongs to one of two parts by a hash of its name; choose
on `tune`, report `final`. The lexical arm is TF-IDF (sublinear, English stop words, terms in two papers
or more) and the mean of the seeds; `+ TF-IDF` adds the two cosines. The vectors of a slow encoder are
kept in the cache folder. `NAME@N` takes the first N dimensions of encoder NAME.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from static_data import held_out, read_corpus, teacher_vectors, text_of

from recommender.encoders import load_encoder
from recommender.encoders.base import encode_documents
from recommender.encoders.minilm_papers import MappedPair

SEED, SEEDS, DRAWS, DEEPEST, NEIGHBOURS_OF = 5, 5, 3, 100, 2000

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Score = Callable[["Query"], NDArray[np.float32]]


@dataclass(frozen=True)
class Query:
    """The seeds, the rows that should be found, the list it comes from (lists count alike)."""

    number: int
    seeds: Rows
    wanted: Rows
    source: str
    part: str


@dataclass(frozen=True)
class Task:
    """Papers to rank and who asks."""

    name: str
    texts: list[str]
    queries: list[Query]


def part_of(name: str) -> str:
    """`tune` or `final`, by the hash of a name."""
    return "final" if hashlib.sha256(name.encode()).digest()[0] % 2 else "tune"


def lines(path: Path) -> list[Any]:
    """The records of a JSON Lines file, gzipped or not."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in raw.decode().splitlines()]


def drawn(name: str, rows: Rows, source: str, rng: np.random.Generator, number: int) -> Query:
    """Five seeds, or half where there are fewer than ten; the rest is what should be found."""
    mixed = rng.permutation(rows)
    cut = min(SEEDS, len(rows) // 2)
    return Query(number, mixed[:cut], mixed[cut:], source, part_of(name))


def reading_lists(folder: Path, corpus: pd.DataFrame) -> Task:
    """Sections of six papers or more, three draws each, against the whole corpus."""
    row = {key: place for place, key in enumerate(corpus["id"])}
    rng = np.random.default_rng(SEED)
    sections = [
        topic
        for topic in lines(folder / "topics_dev.jsonl")
        if topic["kind"] == "section" and not topic["generic"] and len(topic["ids"]) >= 6
    ]
    queries = [
        drawn("topic" + topic["topic"], np.array([row[key] for key in topic["ids"]]), topic["source"], rng, 0)
        for topic in sections
        for _ in range(DRAWS)
    ]
    return Task("lists", text_of(corpus), numbered(queries))


def citations(folder: Path) -> Task:
    """A paper of IEEE VIS should find the three or more papers that it cites."""
    papers = pd.DataFrame(lines(folder / "ieeevis_papers.jsonl.gz")).fillna("")
    row = {key: place for place, key in enumerate(papers["id"])}
    pairs = pd.read_csv(folder / "ieeevis_citations.tsv.gz", sep="\t")
    pairs = pairs[pairs["src"].isin(row) & pairs["dst"].isin(row) & (pairs["src"] != pairs["dst"])]
    queries = [
        Query(0, np.array([row[src]]), np.unique([row[key] for key in cited]), "vis", part_of(f"vis{src}"))
        for src, cited in pairs.groupby("src")["dst"]
        if cited.nunique() >= 3
    ]
    return Task("citations", text_of(papers), numbered(queries))


def libraries(folder: Path) -> Task:
    """Readers with five papers or more."""
    papers = pd.DataFrame(lines(folder / "libraries_dev_papers.jsonl.gz")).fillna("")
    row = {key: place for place, key in enumerate(papers["id"])}
    rng = np.random.default_rng(SEED)
    readers = [
        (user["user"], np.array(sorted({row[key] for key in user["liked"] if key in row})))
        for user in lines(folder / "libraries_dev_users.jsonl.gz")
    ]
    queries = [drawn("user" + user, liked, "libraries", rng, 0) for user, liked in readers if len(liked) >= 5]
    return Task("libraries", text_of(papers), numbered(queries))


def numbered(queries: list[Query]) -> list[Query]:
    """The queries with their place in the list."""
    return [Query(place, q.seeds, q.wanted, q.source, q.part) for place, q in enumerate(queries)]


def unit(rows: NDArray[Any]) -> Vectors:
    """Rows of length 1."""
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def mean_of_seeds(vectors: Vectors) -> Score:
    """Cosine to the mean of the seeds."""
    return lambda query: vectors @ unit(vectors[query.seeds].mean(axis=0, keepdims=True))[0]


def three_nearest(vectors: Vectors) -> Score:
    """Mean cosine to the three nearest seeds."""
    return lambda query: np.sort(vectors @ vectors[query.seeds].T, axis=1)[:, -3:].mean(axis=1)


def lexical(texts: list[str]) -> Score:
    """TF-IDF cosine to the mean of the seeds."""
    tfidf = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2, dtype=np.float32)
    matrix = tfidf.fit_transform(texts)

    def score(query: Query) -> NDArray[np.float32]:
        mean = normalize(np.asarray(matrix[query.seeds].mean(axis=0)))
        return np.asarray(matrix @ mean[0].astype(np.float32))

    return score


def sum_of(first: Score, second: Score) -> Score:
    """Both scores, added."""
    return lambda query: first(query) + second(query)


def measure(task: Task, score: Score, part: str) -> dict[str, float]:
    """nDCG@10, nDCG@20, recall@50, recall@100 and nDCG@20 as the mean of the lists' means."""
    discount = 1 / np.log2(np.arange(2, DEEPEST + 2))
    found: dict[str, list[list[float]]] = {}
    for query in (query for query in task.queries if query.part == part):
        scores = np.array(score(query), dtype=np.float32)
        scores[query.seeds] = -np.inf
        best = np.argpartition(-scores, DEEPEST)[:DEEPEST]
        hits = np.isin(best[np.lexsort((best, -scores[best]))], query.wanted)
        ndcg = [(hits[:k] @ discount[:k]) / discount[: min(k, len(query.wanted))].sum() for k in (10, 20)]
        recall = [hits[:k].sum() / len(query.wanted) for k in (50, 100)]
        found.setdefault(query.source, []).append([*ndcg, *recall])
    mean = np.concatenate(list(map(np.array, found.values()))).mean(axis=0)
    by_list = float(np.mean([np.mean(rows, axis=0)[1] for rows in found.values()]))
    return dict(zip(("nDCG@10", "nDCG@20", "R@50", "R@100"), mean.tolist(), strict=True)) | {
        "nDCG@20 by list": by_list
    }


def titles_to_abstracts(titles: Vectors, abstracts: Vectors) -> dict[str, float]:
    """Mean reciprocal rank and recall@10 of a title's own abstract among all."""
    ranks: list[int] = []
    for start in range(0, len(titles), 1000):
        cosines = titles[start : start + 1000] @ abstracts.T
        own = cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))]
        ranks += (cosines > own[:, None]).sum(axis=1).tolist()
    rank = np.array(ranks)
    return {"MRR": float((1 / (rank + 1)).mean()), "R@10": float((rank < 10).mean())}


def ten_nearest(vectors: Vectors) -> Rows:
    """The ten nearest of the first papers among all given."""
    cosines = vectors[:NEIGHBOURS_OF] @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    return np.argpartition(-cosines, 10, axis=1)[:, :10]


def agreement(ours: Rows, theirs: Rows) -> float:
    """The share of the ten nearest neighbours that two encoders have in common."""
    return float(
        np.mean([len(set(a) & set(b)) / 10 for a, b in zip(ours.tolist(), theirs.tolist(), strict=True)])
    )


class VectorsOf:
    """The vectors of an encoder, those of a slow one kept in a folder."""

    def __init__(self, name: str, folder: Path, cache: Path) -> None:
        self._base, _, cut = name.partition("@")
        self._cut = int(cut) if cut else None
        self._folder, self._cache = folder, cache
        self._encoder = load_encoder(self._base)
        pair = isinstance(self._encoder, MappedPair)
        self._parts = [VectorsOf(part, folder, cache) for part in ("minilm", "static") if pair]

    def __call__(self, key: str, texts: list[str]) -> Vectors:
        """Unit rows of these texts; `key` names them in the cache."""
        if self._base == "minilm" and key == "lists":
            return unit(teacher_vectors(self._folder)[:, : self._cut])
        if isinstance(self._encoder, MappedPair):
            first, second = (part(key, texts) for part in self._parts)
            return unit(self._encoder.mapped(first, second)[:, : self._cut])
        path = self._cache / f"{self._base}-{self._encoder.fingerprint[:12]}-{key}.npy"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, encode_documents(self._encoder, texts))
        return unit(np.load(path)[:, : self._cut])


def main() -> None:
    """Print one line of Markdown for each task, scorer and encoder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the shared data")
    parser.add_argument("encoders", nargs="+", help="NAME or NAME@DIMENSIONS")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--part", choices=("tune", "final"), default="tune")
    options = parser.parse_args()
    corpus = read_corpus(options.data)
    tasks = [reading_lists(options.data, corpus), citations(options.data), libraries(options.data)]
    encoders = {name: VectorsOf(name, options.data, options.cache) for name in options.encoders}
    for task in tasks:
        asked = sum(query.part == options.part for query in task.queries)
        print(f"\n**{task.name}**: {asked} queries over {len(task.texts):,} papers\n")
        tfidf = lexical(task.texts)
        show("TF-IDF", measure(task, tfidf, options.part))
        for name, vectors_of in encoders.items():
            vectors = vectors_of(task.name, task.texts)
            mean = mean_of_seeds(vectors)
            show(name, measure(task, mean, options.part))
            if task.name != "citations":
                show(f"{name}, three nearest", measure(task, three_nearest(vectors), options.part))
            show(f"{name} + TF-IDF", measure(task, sum_of(mean, tfidf), options.part))
    rows = np.flatnonzero(corpus["id"].isin(held_out(options.data, corpus)))
    held = corpus.iloc[rows]
    print(f"\n**titles to abstracts**: {len(held):,} papers that no training saw\n")
    nearest = ten_nearest(VectorsOf("minilm", options.data, options.cache)("lists", [])[rows])
    for name, vectors_of in encoders.items():
        titles = vectors_of("titles", held["title"].tolist())
        abstracts = vectors_of("abstracts", held["abstract"].tolist())
        found = titles_to_abstracts(titles, abstracts)
        ours = ten_nearest(vectors_of("lists", tasks[0].texts)[rows])
        show(name, found | {"10-NN agreement with minilm": agreement(ours, nearest)})


def show(name: str, figures: dict[str, float]) -> None:
    """One line of the report."""
    print(f"- {name}: " + ", ".join(f"{key} {value:.4f}" for key, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
