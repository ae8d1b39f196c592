"""What the words of a corpus cost: bytes a paper, looking words up, adding papers and removing them.

python scripts/word_index.py CORPUS [--papers 200]

The corpus is copied to a temporary folder before anything is written to it. Times are of this machine:
compare them with others of the same run only. docs/words.md holds them against other full-text indexes.
"""

from __future__ import annotations

import argparse
import dataclasses
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from indexes import Rows
from recommender import Corpus
from recommender.corpus.words import WordIndex
from recommender.lexical import search_words

TABLES = ("terms", "postings", "words", "sqlite_autoindex_words_1", "word_segments", "term_statistics")
NAMES = ("name_words",)
SEED = 13


def bytes_a_paper(folder: Path, papers: int) -> dict[str, float]:
    """By table, the bytes that it takes for each paper of the corpus in this folder."""
    with sqlite3.connect(f"file:{folder / 'corpus.sqlite'}?mode=ro", uri=True) as connection:
        sizes = dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    return {table: sizes.get(table, 0) / papers for table in (*TABLES, *NAMES)}


def milliseconds(call: Callable[[str], object], inputs: Sequence[str]) -> tuple[float, float]:
    """The median and the 95th percentile of a call's time over these inputs."""
    times = []
    for one in inputs:
        start = time.perf_counter()
        call(one)
        times.append(1000 * (time.perf_counter() - start))
    low, high = np.percentile(times, [50, 95])
    return float(low), float(high)


def questions(corpus: Corpus, count: int) -> tuple[list[str], list[str]]:
    """Words of random papers, and four neighbouring words of their titles."""
    papers = corpus.snapshot.papers(corpus.snapshot.random_rows(count, seed=SEED).tolist())
    words = [word for paper in papers for word, _ in search_words(paper.words)[:3]]
    return words, [" ".join(paper.title.split()[:4]) for paper in papers]


def looked_up(folder: Path) -> None:
    """Print how long words take to be looked up, one by one and four together."""
    words, titles = questions(Corpus.open(folder), 200)
    for name, inputs in (("a word", words), ("four words", titles)):
        corpus = Corpus.open(folder)
        index = corpus.snapshot.words
        if index is None:
            raise SystemExit(f"{folder} is of a format before 8: `recommender compact` brings it up")
        first, again = (milliseconds(lambda text, index=index: found(index, text), inputs) for _ in range(2))
        print(f"{name}: p50 {first[0]:.2f} ms, p95 {first[1]:.2f} ms; again {again[0]:.2f}, {again[1]:.2f}")


def found(index: WordIndex, text: str) -> Rows:
    """The papers that hold all words of a text."""
    return index.holding([word for word, _ in search_words(text)])


def changed(folder: Path, count: int) -> None:
    """Print how long papers take to be added and removed."""
    corpus = Corpus.open(folder, encoder="static")
    some = corpus.snapshot.papers(corpus.snapshot.random_rows(count, seed=SEED).tolist())
    fresh = [
        dataclasses.replace(
            paper, id=f"word-index:{number}", title=f"{paper.title} {number}", identifiers={}, url=""
        )
        for number, paper in enumerate(some)
    ]
    start = time.perf_counter()
    corpus.add(fresh)
    print(f"{count} papers added: {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    corpus.remove([paper.id for paper in fresh])
    print(f"{count} papers removed: {time.perf_counter() - start:.2f} s")


def main() -> None:
    """Print a few lines on a corpus."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, help="a corpus of format 8 or later, encoded by static")
    parser.add_argument("--papers", type=int, default=200, help="how many are added and removed")
    options = parser.parse_args()
    papers = len(Corpus.open(options.corpus))
    sizes = bytes_a_paper(options.corpus, papers)
    print(f"{papers:,} papers; bytes a paper: " + ", ".join(f"{t} {size:.0f}" for t, size in sizes.items()))
    looked_up(options.corpus)
    with tempfile.TemporaryDirectory() as root:
        changed(Path(shutil.copytree(options.corpus, Path(root) / "copy")), options.papers)


if __name__ == "__main__":
    main()
