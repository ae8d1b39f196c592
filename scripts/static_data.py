"""The shared corpus as the static encoder's training and evaluation see it."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

from recommender.encoders.base import Vectors, unit_rows

__all__ = ["HELD_OUT", "held_out", "read_corpus", "teacher_vectors", "text_of"]

HELD_OUT = 20_000
"""How many arXiv papers no training sees."""


def read_corpus(folder: Path) -> pd.DataFrame:
    """Id, title and abstract of every paper, in the order of the teacher's vectors."""
    corpus = pd.read_parquet(folder / "corpus_ml.parquet", columns=["id", "title", "abstract"])
    return corpus.fillna("")


def text_of(papers: pd.DataFrame) -> list[str]:
    """What an encoder sees of each paper: ``title. abstract``, or the title alone."""
    pairs = zip(papers["title"].str.strip(), papers["abstract"].str.strip(), strict=True)
    return [f"{title}. {abstract}" if abstract else title for title, abstract in pairs]


def held_out(folder: Path, corpus: pd.DataFrame) -> list[str]:
    """Ids that no training sees: those of the reading lists and daily papers, then by the hash."""
    arxiv = [key for key in corpus["id"] if key.startswith("arxiv:")]
    topics = (folder / "topics_dev.jsonl").read_text("utf-8").splitlines()
    listed = {key for topic in topics for key in json.loads(topic)["ids"]}
    with gzip.open(folder / "hf_daily_papers.jsonl.gz", "rt", encoding="utf-8") as file:
        daily = {f"arxiv:{json.loads(line)['arxiv_id']}" for line in file}

    def turn(key: str) -> tuple[bool, bool, bytes]:
        return key not in listed, key not in daily, hashlib.sha256(key.encode()).digest()

    return sorted(arxiv, key=turn)[:HELD_OUT]


def teacher_vectors(folder: Path) -> Vectors:
    """MiniLM's unit vector of every paper, in the order of the corpus."""
    with np.load(folder / "corpus_ml_minilm.npz") as stored:
        return unit_rows(stored["vectors"] * stored["scale"][:, None])
