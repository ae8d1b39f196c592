"""Warnings of a comparison: papers that are missing, queries that could not be served, seeds left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..engine.profile_vectors import MOST_SEEDS
from .benchmark import Benchmark
from .names import NormalisedIds
from .ranking import Rankings

__all__ = ["missing_papers", "subsampled", "unserved_queries"]

_SHOWN = 5


def missing_papers(benchmark: Benchmark, corpora: Sequence[NormalisedIds]) -> Iterator[str]:
    """One line for each kind of names that no corpus holds."""
    queries = benchmark.queries
    kinds = {
        "liked or disliked": [n for q in queries for n in (*q.profile.liked, *q.profile.disliked)],
        "judged": [name for papers in benchmark.grades.values() for name in papers],
        "pooled": [name for query in queries for name in query.pool or ()],
    }
    done = {"liked or disliked": "not used", "judged": "left out", "pooled": "ranked last"}
    for kind, names in kinds.items():
        missing = [name for name in dict.fromkeys(names) if not any(name in held.ids for held in corpora)]
        if missing:
            yield f"{len(missing):,} {kind} papers are not in the corpus, {done[kind]}: {_shown(missing)}"


def unserved_queries(ranked: Sequence[Rankings]) -> list[str]:
    """One line for each query that some system could not serve."""
    reasons = {name: reason for result in ranked for name, reason in result.failed.items()}
    return [f"query {name!r}: {reason}" for name, reason in reasons.items()]


def subsampled(benchmark: Benchmark, corpora: Sequence[NormalisedIds]) -> list[str]:
    """One line where queries have more seeds than are compared with."""
    many = [
        query.name
        for query in benchmark.queries
        if any(
            _distinct(names, held) > MOST_SEEDS
            for held in corpora
            for names in (query.profile.liked, query.profile.disliked)
        )
    ]
    if not many:
        return []
    queries = "1 query has" if len(many) == 1 else f"{len(many):,} queries have"
    return [
        f"{queries} more than {MOST_SEEDS} liked or disliked papers: {MOST_SEEDS} of them, drawn evenly, "
        f"stand for all: {_shown(many)}"
    ]


def _distinct(names: Iterable[str], held: NormalisedIds) -> int:
    return len({held.ids[name] for name in names if name in held.ids})


def _shown(names: Sequence[str]) -> str:
    """The first few."""
    return ", ".join(names[:_SHOWN]) + ", ..." * (len(names) > _SHOWN)
