"""The rankings of one system on a benchmark: every paper of a pool, or the best of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ProfileError, UnknownPaper
from ..progress import progress
from .benchmark import Benchmark, Query
from .names import NormalisedIds, all_names, normalise_ids
from .systems import System

__all__ = ["DEPTH", "Rankings", "rank_all"]

DEPTH = 1000
"""How many papers are ranked where there is no pool."""

_STEP = 1e-6

Ranking = list[tuple[str, float]]


@dataclass(frozen=True)
class Rankings:
    """(paper, score), best first, of each query that could be served, in the benchmark's spelling.

    `own` are the papers of each query's pool that are its profile's: no answers, and so in no ranking.
    `failed` says of each other query why not.
    """

    rankings: Mapping[str, Ranking]
    own: Mapping[str, Sequence[str]]
    failed: Mapping[str, str]

    def whole(self) -> dict[str, Ranking]:
        """The rankings with the papers of the profile last, below every other: each pool is complete."""
        return {query: [*found, *_last(found, self.own[query])] for query, found in self.rankings.items()}


def rank_all(
    system: System, benchmark: Benchmark, *, rerank_depth: int = 10, names: NormalisedIds | None = None
) -> Rankings:
    """Rank for each query of a benchmark its pool, or the best `DEPTH` papers of the corpus.

    The first `rerank_depth` come as in a list so long, varied and calibrated, the others by score. Papers
    of a pool that the corpus does not hold come last, in no order. A paper of the profile is in no ranking.

    Parameters
    ----------
    system : System
        What ranks.
    benchmark : Benchmark
        The queries.
    rerank_depth : int, default 10
        How many are reranked.
    names : NormalisedIds, optional
        The benchmark's papers in the system's corpus, where they have been looked up already.

    Returns
    -------
    Rankings
        The rankings in the benchmark's spelling, and why other queries have none.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender import Corpus, Profile
    >>> from recommender.evaluation import Benchmark, Query, System, rank_all
    >>> query = Query("q1", Profile(liked=["2106.09685"]), pool=("2305.13245", "1706.03762"))
    >>> ranked = rank_all(System(Corpus.sample()), Benchmark(Path(), (query,), {}, {}))
    >>> len(ranked.rankings["q1"])
    2
    """
    names = names or normalise_ids(system.corpus, all_names(benchmark))
    rankings: dict[str, Ranking] = {}
    own: dict[str, Sequence[str]] = {}
    failed: dict[str, str] = {}
    with progress(system.label, len(benchmark.queries), unit="queries") as done:
        for query in benchmark.queries:
            try:
                pool, own[query.name] = _parted(query, names)
                held = [names.ids[name] for name in pool if name in names.ids]
                candidates = None if query.pool is None else held
                found = system.rank(query.profile, candidates=candidates, k=DEPTH, rerank_depth=rerank_depth)
            except (UnknownPaper, ProfileError) as error:
                failed[query.name] = str(error)
            else:
                if query.pool is None:
                    rankings[query.name] = [(benchmark.original_id(paper), score) for paper, score in found]
                else:
                    rankings[query.name] = _spelled_as_in(pool, found, names)
            done(1)
    return Rankings(rankings, own, failed)


def _parted(query: Query, names: NormalisedIds) -> tuple[list[str], list[str]]:
    """The pool without the papers of the profile, however they are spelled, and those.

    Raises ProfileError where nothing is left to rank.
    """
    own = {names.key(name) for name in query.own}
    parts: tuple[list[str], list[str]] = [], []
    for name in query.pool or ():
        parts[names.key(name) in own].append(name)
    if query.pool is not None and not any(name in names.ids for name in parts[0]):
        raise ProfileError(f"{_nothing(query.pool, *parts)}; it is not ranked, and not measured")
    return parts


def _nothing(pool: Sequence[str], others: Sequence[str], own: Sequence[str]) -> str:
    if not pool:
        return "the pool is empty"
    if not others:
        return f"the pool holds only papers of the profile ({len(own):,})"
    mine = f", but for {len(own):,} that are the profile's" if own else ""
    return f"none of the pool's {len(pool):,} papers is in the corpus{mine}"


def _spelled_as_in(pool: Sequence[str], found: Ranking, names: NormalisedIds) -> Ranking:
    """The pool in the order found, each paper as often as the pool names it; then what was not found."""
    spellings: dict[str, list[str]] = {}
    for name in pool:
        spellings.setdefault(names.key(name), []).append(name)
    ranked = [(name, score) for paper, score in found for name in spellings.pop(paper, ())]
    rest = (name for of_paper in spellings.values() for name in of_paper)
    return [*ranked, *_last(ranked, rest)]


def _last(ranking: Ranking, papers: Iterable[str]) -> Ranking:
    """The papers with one score, below every other of the ranking."""
    least = min((score for _, score in ranking), default=0.0)
    below = float(np.nextafter(np.float32(least - _STEP), np.float32(-np.inf)))
    return [(paper, below) for paper in papers]
