"""The ids in one corpus of the papers that a benchmark names; each is looked up once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..corpus import Corpus, find_rows_of
from ..identifiers import canonical
from .benchmark import Benchmark

__all__ = ["NormalisedIds", "all_names", "normalise_ids"]


@dataclass(frozen=True)
class NormalisedIds:
    """`ids`: the id in the corpus of each name that is one paper's; `others`: the canonical spelling of
    each that is none's, or several papers'.
    """

    ids: Mapping[str, str]
    others: Mapping[str, str]

    def key(self, name: str) -> str:
        """The same for all names of one paper: its id, else the canonical spelling."""
        return self.ids.get(name) or self.others[name]


def normalise_ids(corpus: Corpus, names: Iterable[str]) -> NormalisedIds:
    """Look all names up in a few questions."""
    snapshot = corpus.snapshot
    found = find_rows_of(snapshot, names)
    rows = list(dict.fromkeys(rows[0] for rows in found.values() if len(rows) == 1))
    id_of = {row: paper.id for row, paper in zip(rows, snapshot.papers(rows), strict=True)}
    return NormalisedIds(
        {name: id_of[rows[0]] for name, rows in found.items() if len(rows) == 1},
        {name: canonical(name) for name, rows in found.items() if len(rows) != 1},
    )


def all_names(benchmark: Benchmark) -> list[str]:
    """All papers that the benchmark names, those of the profiles first."""
    own = (name for query in benchmark.queries for name in query.own)
    judged = (name for papers in benchmark.grades.values() for name in papers)
    pooled = (name for query in benchmark.queries for name in query.pool or ())
    return list(dict.fromkeys([*own, *judged, *pooled]))
