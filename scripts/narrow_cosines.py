"""Whether lists depend on the range of an encoder's cosines: the same vectors, with a part in common.

    python scripts/narrow_cosines.py                       the embedded sample, by minilm
    python scripts/narrow_cosines.py my.corpus --papers 2000

Each vector gets one more coordinate, the same for all: cosine' = (1 - share) * cosine + share. Or, with
`--leaning`, a direction within the space is added and the sum scaled to length 1, which is how the vectors of
models lean to one side. From both corpora readers with one interest and with several get lists of 10 by each
strategy and rerank. Printed is how many papers of ten are the same as with the vectors as they are, how often
as many interests are made of a profile, how many papers fall away as near-duplicates, and how sure the answer
is of its first paper. Lists by the vectors as they are do not change where the offset is 0.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender import Corpus, Paper, Profile, Recommendations, Recommender
from recommender.diversity import RERANKS
from recommender.encoders import LookupEncoder
from recommender.engine import NEAR
from recommender.scoring import STRATEGIES

Vectors = NDArray[np.float32]

SHARES, SEED, K = (0.5, 0.8, 0.9), 4, 10


@dataclass(frozen=True)
class Lists:
    """The answers to each reader by one strategy and rerank."""

    answers: Sequence[Recommendations]

    def same(self, others: Lists) -> float:
        """How many papers of a list are in the other one, on average."""
        both = zip(self.answers, others.answers, strict=True)
        return float(np.mean([len({*one.ids} & {*other.ids}) for one, other in both]))

    @property
    def interests(self) -> list[int]:
        """How many interests each reader has."""
        return [max(len(one.interests), 1) for one in self.answers]

    @property
    def confidence(self) -> float:
        """How sure the first papers are, on average."""
        reasons = [one.reasons for one in self.answers if one.reasons is not None and len(one)]
        return float(np.mean([one.confidence(0) for one in reasons]))


def constant(vectors: Vectors, share: float) -> Vectors:
    """One more coordinate, the same for all."""
    added = np.full((len(vectors), 1), np.sqrt(share), np.float32)
    return np.hstack([np.sqrt(1 - share) * vectors, added]).astype(np.float32)


def leaning(vectors: Vectors, share: float) -> Vectors:
    """A direction within the space is added, more of it to some than to others."""
    chance = np.random.default_rng(SEED)
    direction = chance.standard_normal(vectors.shape[1])
    lengths = np.sqrt(share) * (1 + 0.02 * chance.standard_normal((len(vectors), 1)))
    mixed = np.sqrt(1 - share) * vectors + lengths * direction / np.linalg.norm(direction)
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)


def built(papers: Sequence[Paper], vectors: Vectors, precision: str, folder: Path) -> Corpus:
    """A corpus of these vectors."""
    digest = hashlib.sha256(vectors.tobytes()).hexdigest()
    encoder = LookupEncoder("given", digest, [paper.text for paper in papers], vectors)
    return Corpus.build(papers, folder, encoder=encoder, precision=precision)


def readers(papers: Sequence[Paper], vectors: Vectors, count: int) -> list[Profile]:
    """So many readers each with one, two and three interests of four papers near one another."""
    chance, found = np.random.default_rng(SEED), []
    for interests in (1, 2, 3):
        for _ in range(count):
            centres = chance.choice(len(papers), interests, replace=False)
            near = [chance.choice(np.argsort(-(vectors @ vectors[one]))[:12], 4, False) for one in centres]
            names = dict.fromkeys(papers[place].id for place in np.concatenate(near))
            found.append(Profile(liked=tuple(names)))
    return found


def duplicates(corpus: Corpus) -> int:
    """How many papers have another one that is worth a look at whether it is the same."""
    vectors = corpus.snapshot.vectors(corpus.snapshot.rows())
    limit = corpus.snapshot.cosine_scale.raw(NEAR)
    return int(sum(np.count_nonzero(vectors @ one > limit) > 1 for one in vectors))


def answered(corpus: Corpus, profiles: Sequence[Profile]) -> dict[tuple[str, str], Lists]:
    """The lists of each strategy and rerank."""
    return {
        (strategy, rerank): Lists(
            list(Recommender(corpus, strategy=strategy, rerank=rerank).recommend_many(profiles, k=K))
        )
        for strategy in STRATEGIES
        for rerank in RERANKS
    }


def show(share: float, corpus: Corpus, plain: dict[tuple[str, str], Lists], profiles: list[Profile]) -> None:
    """One table: a row for each strategy, a column for each rerank."""
    scale, found = corpus.snapshot.cosine_scale, answered(corpus, profiles)
    print(f"\nshare {share}: random papers {scale.typical:.3f}, spread {scale.spread:.3f}, ", end="")
    print(f"offset {scale.offset:.3f}; {duplicates(corpus)} papers with a near-duplicate\n")
    print(f"| strategy | {' | '.join(RERANKS)} | same interests | confidence |")
    print(f"|---{'|---' * (len(RERANKS) + 2)}|")
    same = {both: lists.same(plain[both]) for both, lists in found.items()}
    for strategy in STRATEGIES:
        lists, before = found[strategy, "none"], plain[strategy, "none"]
        figures = [f"{same[strategy, rerank]:.2f}" for rerank in RERANKS]
        equal = np.mean(np.equal(lists.interests, before.interests))
        figures += [f"{equal:.0%}", f"{before.confidence:.2f} -> {lists.confidence:.2f}"]
        print(f"| {strategy} | {' | '.join(figures)} |", flush=True)
    print(f"\nof {K} papers {np.mean([*same.values()]):.2f} are the same on average")


def main() -> None:
    """Print a table for each share."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="?", help="a corpus; by default the embedded sample")
    parser.add_argument("--papers", type=int, default=2000, help="so many of it at most, drawn evenly")
    parser.add_argument("--readers", type=int, default=10, help="of each number of interests")
    parser.add_argument("--precision", default="float16", help="of the stored vectors")
    parser.add_argument("--leaning", action="store_true", help="add a direction within the space")
    options = parser.parse_args()
    with Corpus.sample() if options.corpus is None else Corpus.open(options.corpus) as corpus:
        rows = np.sort(corpus.snapshot.comparable)
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), options.papers)).astype(np.int64)]
        papers, vectors = corpus.snapshot.papers(rows.tolist()), corpus.snapshot.vectors(rows)
        print(f"{len(papers):,} papers by {corpus.snapshot.encoder_name}, {3 * options.readers} readers")
    profiles = readers(papers, vectors, options.readers)
    narrowed = leaning if options.leaning else constant
    with tempfile.TemporaryDirectory() as folder:
        as_they_are = built(papers, vectors, options.precision, Path(folder) / "plain")
        scale = as_they_are.snapshot.cosine_scale
        print(f"as they are: random papers {scale.typical:.3f}, spread {scale.spread:.3f}, ", end="")
        print(f"offset {scale.offset:g}; {duplicates(as_they_are)} papers with a near-duplicate")
        plain = answered(as_they_are, profiles)
        for share in SHARES:
            corpus = built(papers, narrowed(vectors, share), options.precision, Path(folder) / f"{share}")
            show(share, corpus, plain, profiles)


if __name__ == "__main__":
    main()
