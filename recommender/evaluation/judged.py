"""The judgements that can be used: of papers that can be recommended, spelled as the rankings spell them."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import SourceError
from .benchmark import Benchmark, Query
from .gains import Grades
from .names import NormalisedIds

__all__ = ["no_relevant", "usable_grades"]


def usable_grades(benchmark: Benchmark, corpora: Sequence[NormalisedIds]) -> dict[str, dict[str, float]]:
    """Query -> paper -> grade, of papers that some corpus holds and that the profile does not name.

    A liked, disliked or seen paper is no answer, however the judgements spell it: nobody is told of it
    again, and to find it would be no merit.
    """
    return {query.name: _of(query, benchmark, corpora) for query in benchmark.queries}


def no_relevant(benchmark: Benchmark, grades: Grades) -> list[str]:
    """One line where no query has a relevant paper. Raises SourceError where nothing else can be told."""
    if any(grade > 0 for papers in grades.values() for grade in papers.values()):
        return []
    count = sum(map(len, grades.values()))
    reason = (
        f"{benchmark.folder}: no query has a relevant paper; none of the {count:,} grades of known papers "
        "is above 0"
    )
    if all(len(set(papers.values())) == 1 for papers in grades.values()):
        raise SourceError(reason)
    return [f"{reason}, and only the order of the grades is measured"]


def _of(query: Query, benchmark: Benchmark, corpora: Sequence[NormalisedIds]) -> dict[str, float]:
    own = {names.key(name) for names in corpora for name in query.own}
    pool = query.pool or ()
    # Of several names of one paper the first, but what the pool writes in the same way stays.
    written = {names.key(name): name for names in corpora for name in reversed(pool)}
    written |= {name: name for name in pool}
    usable: dict[str, float] = {}
    for name, grade in benchmark.grades.get(query.name, {}).items():
        keys = [names.key(name) for names in corpora]
        held = next((names.ids[name] for names in corpora if name in names.ids), None)
        if held is None or own & set(keys):
            continue
        found = next((written[key] for key in (name, *keys) if key in written), name)
        spelled = found if query.pool is not None else benchmark.original_id(held)
        usable[spelled] = max(grade, usable.get(spelled, grade))
    return usable
