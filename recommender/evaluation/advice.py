"""What a reader should use, in one sentence, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from .figures import Figure
from .report import p_text

__all__ = ["SURE", "advise"]

SURE = 0.05
"""A difference counts where its p value, corrected for all comparisons, is below this."""


Result: TypeAlias = tuple[str, bool, Mapping[str, Figure]]


def advise(rows: Sequence[Result], k: int) -> str:
    """Of each its name, whether it may be advised, and its figures, compared with those of the first.

    Another than the first is advised only where it is surely better: the best of many is
    often so by luck.
    """
    measure = f"nDCG@{k}"
    default, _, own = rows[0]
    may = [(name, figures[measure]) for name, contends, figures in rows if contends]
    best, figure = max(may, key=lambda named: named[1].mean)
    reached = own[measure].mean
    if figure.mean == reached:
        others = f"; none of {len(may) - 1} others tried is better" if len(may) > 1 else ""
        return f"Use {default}: {measure} {reached:.3f}{others}. {_against_chance(rows, measure)}"
    figures = f"{measure} {figure.mean:.3f} against {reached:.3f}, p {p_text(figure.p)}"
    if figure.p < SURE:
        return f"Use {best} rather than {default}: {figures}, significant. {_against_chance(rows, measure)}"
    return (
        f"Use {default}: the best of the others, {best}, is not significantly better ({figures}). "
        + _against_chance(rows, measure)
    )


def _against_chance(rows: Sequence[Result], measure: str) -> str:
    """Whether the first is surely better than each baseline."""
    said = []
    for name, contends, figures in rows:
        if not contends:
            figure = figures[measure]
            better = "better than" if figure.difference < 0 else "no better than"
            sure = "significantly " if figure.p < SURE and figure.difference < 0 else ""
            unsure = "" if sure or figure.difference >= 0 else ", but not surely"
            said.append(f"{sure}{better} {name} ({figure.mean:.3f}{unsure})")
    return f"{rows[0][0]} is {' and '.join(said)}." if said else ""
