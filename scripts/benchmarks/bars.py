"""The bars that the project set itself, held against what was measured."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .report import Cell, Section, Table
from .scale import REAL

__all__ = ["bars_table"]

Facts = Mapping[str, float]


@dataclass(frozen=True)
class _Bar:
    """`value` finds the number among a section's facts; the bar is reached when it is `good` for `target`."""

    what: str
    section: str
    value: Callable[[Facts], float]
    good: Callable[[float, float], bool]
    target: float


def _fact(name: str) -> Callable[[Facts], float]:
    return lambda facts: facts[name]


_SIGNS: dict[Callable[[float, float], bool], str] = {operator.ge: ">=", operator.le: "<=", operator.lt: "<"}

_MILLION = 1_000_000

_BARS = (
    _Bar("minilm, times plain fp32", "encoding", _fact("minilm ratio"), operator.ge, 3),
    _Bar("minilm, 10-NN agreement", "encoding", _fact("minilm agreement"), operator.ge, 0.97),
    _Bar("static, times plain fp32 minilm", "encoding", _fact("static ratio"), operator.ge, 150),
    _Bar("1M, whole answer, p50 ms", "answers", _fact(f"{_MILLION} p50 ms"), operator.le, 3),
    _Bar(
        "1M, recall@10 of that answer's search", "answers", _fact(f"{_MILLION} recall@10"), operator.ge, 0.99
    ),
    _Bar(
        "1M, filter of 1%, times the p50 without",
        "answers",
        _fact(f"{_MILLION} filtered ratio"),
        operator.le,
        2,
    ),
    _Bar("1M, resident MB to serve", "answers", _fact(f"{_MILLION} resident MB"), operator.le, 1200),
    _Bar("1M, opening the corpus, ms", "answers", _fact(f"{_MILLION} open ms"), operator.le, 100),
    _Bar("cost growth / size growth, 100k to 1M", "answers", _fact("growth share"), operator.lt, 0.5),
    *(
        _Bar(
            f"an answer with its frame, times the answer alone ({name})",
            "reasons",
            _fact(name),
            operator.le,
            1.5,
        )
        for name in (
            "sample, one paper",
            "sample, readers",
            f"{REAL:,}, one paper",
            f"{REAL:,}, readers",
        )
    ),
    _Bar(
        "an answer after a year of ten papers a day, times one without history",
        "history",
        _fact(f"{REAL:,}, 3,650 seen"),
        operator.le,
        1.15,
    ),
    _Bar(
        "mmr, one pool, times pyversity's speed",
        "diversity",
        _fact("ours, pool by pool (200, 0.2)"),
        operator.ge,
        1,
    ),
    _Bar(
        "a list of 3,000, times as long as one of 100",
        "long-list",
        _fact("time ratio"),
        operator.le,
        10,
    ),
    *(
        bar
        for name in ("static", "minilm")
        for bar in (
            _Bar(
                f"a job, times a loop of answers ({name})", "batch", _fact(f"{name}, a job"), operator.ge, 15
            ),
            _Bar(
                f"a job, times FAISS in one batch + pyversity ({name})",
                "batch",
                _fact(f"{name}, job / peer"),
                operator.ge,
                1,
            ),
            _Bar(
                f"the same asked of both: one mean for each reader ({name})",
                "batch",
                _fact(f"{name}, job by mean / peer"),
                operator.ge,
                1,
            ),
        )
    ),
)


def bars_table(sections: Mapping[str, Section], scales: Mapping[str, str]) -> Table:
    """Each bar with its measured value; what was not measured, or not at full scale, says so."""
    rows: list[list[Cell]] = []
    for bar in _BARS:
        sign = _SIGNS[bar.good]
        try:
            value = bar.value(sections[bar.section].facts)
        except KeyError:
            rows.append([bar.what, f"{sign} {bar.target:,g}", None, "not measured"])
            continue
        reached = "yes" if bar.good(value, bar.target) else "NO"
        small = "" if scales[bar.section] == "full" else f" (scale {scales[bar.section]})"
        rows.append([bar.what, f"{sign} {bar.target:,g}", value, reached + small])
    return Table("Bars", ["what", "bar", "measured", "reached"], rows)
