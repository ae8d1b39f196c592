"""The rankings of one contender on a benchmark: every paper of a pool, or the best of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..corpus import Corpus, find_rows
from ..engine import Recommender
from ..errors import ProfileError, UnknownPaper
from ..identifiers import canonical
from ..progress import progress
from .benchmark import Benchmark, Query
from .contenders import Contender

__all__ = ["DEPTH", "Ranked", "known", "rank_all"]

DEPTH = 1000
"""How many papers are ranked where there is no pool."""


@dataclass(frozen=True)
class Ranked:
    """(paper, score), best first, of each query that could be served, in the benchmark's spelling.

    `failed` says of each other query why not.
    """

    rankings: Mapping[str, list[tuple[str, float]]]
    failed: Mapping[str, str]


def known(corpus: Corpus, names: Iterable[str]) -> set[str]:
    """Those of the names that are one paper's in the corpus."""
    snapshot = corpus.snapshot
    return {name for name in names if len(find_rows(snapshot, name)) == 1}


def rank_all(contender: Contender, benchmark: Benchmark, *, head: int = 10) -> Ranked:
    """Rank for each query its pool, or the best `DEPTH` papers of the corpus; never a liked paper.

    The first `head` come as in a list so long, varied and calibrated, the others by score. A paper of a
    pool that the corpus does not hold comes last.
    """
    recommender = contender.recommender()
    rankings: dict[str, list[tuple[str, float]]] = {}
    failed: dict[str, str] = {}
    with progress(contender.label, len(benchmark.queries), unit="queries") as done:
        for query in benchmark.queries:
            try:
                rankings[query.name] = _rank(recommender, query, contender.diversity, benchmark, head)
            except (UnknownPaper, ProfileError) as error:
                failed[query.name] = str(error)
            done(1)
    return Ranked(rankings, failed)


def _rank(
    recommender: Recommender, query: Query, diversity: float, benchmark: Benchmark, head: int
) -> list[tuple[str, float]]:
    if query.pool is None:
        found = recommender.rank(query.profile, k=DEPTH, diversity=diversity, head=head)
        return [(benchmark.spelled(paper), score) for paper, score in found]
    pool = _unknown(recommender.corpus, query)
    found = recommender.rank(query.profile, among=pool, diversity=diversity, head=head)
    return _spelled_as_in(pool, found, recommender.corpus)


def _unknown(corpus: Corpus, query: Query) -> list[str]:
    """The pool without the papers of the profile, however they are spelled."""
    rated = (*query.profile.liked, *query.profile.disliked)
    hidden = {_key(corpus, name) for name in rated} | {canonical(name) for name in rated}
    pool = query.pool or ()
    return [name for name in pool if canonical(name) not in hidden and _key(corpus, name) not in hidden]


def _key(corpus: Corpus, name: str) -> str:
    """The canonical id of the paper that `name` stands for, or of the name where it is no paper's."""
    rows = find_rows(corpus.snapshot, name)
    return canonical(corpus.snapshot.papers(rows)[0].id if len(rows) == 1 else name)


def _spelled_as_in(
    pool: Sequence[str], found: Sequence[tuple[str, float]], corpus: Corpus
) -> list[tuple[str, float]]:
    """The pool in the order found, each paper as often as the pool names it; then what was not found."""
    spellings: dict[str, list[str]] = {}
    keys = {canonical(paper) for paper, _ in found}
    for name in pool:
        # The name may be another identifier, a url or a title of the paper.
        key = canonical(name) if canonical(name) in keys else _key(corpus, name)
        spellings.setdefault(key, []).append(name)
    ranked = [(name, score) for paper, score in found for name in spellings.pop(canonical(paper), ())]
    last = min((score for _, score in ranked), default=0.0)
    rest = [name for names in spellings.values() for name in names]
    below = float(np.nextafter(np.float32(last), np.float32(-np.inf)))
    return [*ranked, *((name, below) for name in rest)]
