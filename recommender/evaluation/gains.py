"""Grades as the integers that trec_eval needs: nDCG is the same on any scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["Grades", "integer_grades", "rounding_warning"]

Grades = Mapping[str, Mapping[str, float]]
"""Query -> paper -> grade, higher is better; a paper is relevant when its grade is above 0."""

_SCALES = (1, 2, 3, 4, 5, 6, 8, 10, 100, 1000)

# trec_eval's time grows with the square of the greatest one: at 100,000 it is seconds.
_MOST = 10_000


def integer_grades(grades: Grades) -> dict[str, dict[str, int]]:
    """Each grade times one factor for all, 0 for what is below 0, at least 1 for what is above.

    The factor makes all of them whole where one does that, else they are rounded: see `rounding_warning`.
    """
    values = _values(grades)
    scale = _exact(values) or _coarse(values)
    return {
        query: {paper: _gain(grade * scale) for paper, grade in papers.items()}
        for query, papers in grades.items()
    }


def rounding_warning(grades: Grades) -> str | None:
    """One line where no factor makes the grades whole, so that gains are not exactly them; else None."""
    values = _values(grades)
    if _exact(values):
        return None
    step = 1 / _coarse(values)
    odd = max(values, key=lambda value: abs(value / step - round(value / step)))
    return f"the gain in nDCG is the grade rounded to {step:g}, as the grade {odd:g} is not"


def _values(grades: Grades) -> set[float]:
    return {float(grade) for papers in grades.values() for grade in papers.values()}


def _exact(values: Iterable[float]) -> float | None:
    """A factor that makes all of them whole, and none too great."""
    return next((scale for scale in _SCALES if all(_whole(value * scale) for value in values)), None)


def _coarse(values: Iterable[float]) -> float:
    """The factor where none makes all whole: three decimals, fewer of great numbers."""
    return min(1000.0, _MOST / max(1.0, *map(abs, values)))


def _whole(value: float) -> bool:
    return value <= _MOST and abs(value - round(value)) < 1e-9


def _gain(scaled: float) -> int:
    return max(round(scaled), 1) if scaled > 0 else 0
