"""The settings that a self-test recommends, in one sentence, where a difference is significant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..display import counted
from .estimates import MetricEstimate
from .report import p_text

__all__ = ["SURE", "Result", "against_baselines", "ranks", "recommend_settings"]

SURE = 0.05
"""A difference counts where its p value, corrected for all comparisons, is below this."""

Result: TypeAlias = tuple[str, bool, Mapping[str, MetricEstimate]]
"""A name, whether it may be advised or is a baseline, and its figures, compared with those of the first."""

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
_NAMED = 2  # of several that share a place


def recommend_settings(results: Sequence[Result], k: int, *, papers: int, default: bool = True) -> str:
    """One sentence on `results`, measured on so many liked papers; `default`: the first is the product's own.

    Another than the first is advised only where it is significantly better, and the first only where it
    is significantly better than all others: the highest of many is often so by luck.
    """
    measure = f"nDCG@{k}"
    first, *others = results
    rivals = [result for result in others if result[1]]
    name = f"the default, {first[0]}" if default else first[0]
    own = first[2][measure]
    if not rivals:
        return _alone(first[0], own, others, measure, papers)
    better = [result for result in rivals if _is_better(result[2][measure])]
    if better:
        return _rather(better, rivals, name, own, measure, papers)
    if all(_is_worse(figures[measure]) for _, _, figures in others):
        p = max(figures[measure].p for _, _, figures in others)
        return (
            f"Use {name}: {measure} {own.mean:.3f}, significantly better than "
            f"{_all_of(len(others))} with {counted(papers, 'paper')} (p {p_text(p)} at most)."
        )
    return f"Cannot tell with {counted(papers, 'paper')}; {_highest(first, rivals, others, name, measure)}."


def against_baselines(results: Sequence[Result], k: int) -> str:
    """How the first does against each baseline; empty where there is none."""
    said = []
    for name, contends, figures in results:
        if not contends:
            figure = figures[f"nDCG@{k}"]
            how = "better" if figure.difference < 0 else "worse"
            if not figure.difference:
                said.append(f"as good as {name} ({figure.mean:.3f})")
            elif figure.p < SURE:
                said.append(f"significantly {how} than {name} ({figure.mean:.3f})")
            else:
                said.append(f"{how} than {name} ({figure.mean:.3f}, not significantly)")
    return f"{results[0][0]} is {' and '.join(said)}." if said else ""


def ranks(means: Sequence[float]) -> list[int]:
    """The place of each, the highest first; equal ones share the first of theirs."""
    return [1 + sum(other > mean for other in means) for mean in means]


def _is_better(figure: MetricEstimate) -> bool:
    return figure.difference > 0 and figure.p < SURE


def _is_worse(figure: MetricEstimate) -> bool:
    return figure.difference < 0 and figure.p < SURE


def _alone(name: str, own: MetricEstimate, baselines: Sequence[Result], measure: str, papers: int) -> str:
    """Of one system there is to say only whether it finds more than chance does, the last baseline."""
    if not baselines:
        return f"{name} alone was measured: {measure} {own.mean:.3f}; there is nothing to compare it with."
    chance, _, figures = baselines[-1]
    figure = figures[measure]
    against = f"{measure} {own.mean:.3f} against {figure.mean:.3f}, p {p_text(figure.p)}"
    if _is_worse(figure):
        return f"{name} finds significantly more than {chance} with {counted(papers, 'paper')}: {against}."
    if _is_better(figure):
        return f"{name} finds significantly less than {chance} with {counted(papers, 'paper')}: {against}."
    return f"Cannot tell with {counted(papers, 'paper')} whether {name} finds more than {chance}: {against}."


def _rather(
    better: Sequence[Result],
    rivals: Sequence[Result],
    name: str,
    own: MetricEstimate,
    measure: str,
    papers: int,
) -> str:
    best, _, figures = max(better, key=lambda result: result[2][measure].mean)
    figure = figures[measure]
    also = f"; so is {counted(len(better) - 1, 'other')}" if len(better) == 2 else ""
    also = f"; so are {counted(len(better) - 1, 'other')}" if len(better) > 2 else also
    top, _, of_top = max(rivals, key=lambda result: result[2][measure].mean)
    if of_top[measure].mean > figure.mean:
        also += f"; {top} is higher ({of_top[measure].mean:.3f}), but not significantly better"
    return (
        f"Use {best} rather than {name}: {measure} {figure.mean:.3f} against {own.mean:.3f}, "
        f"p {p_text(figure.p)}, significantly better with {counted(papers, 'paper')}{also}."
    )


def _highest(
    first: Result, rivals: Sequence[Result], others: Sequence[Result], name: str, measure: str
) -> str:
    """Which reaches most, and where the first is among them."""
    entered = [first, *rivals]
    means = [figures[measure].mean for _, _, figures in entered]
    top = [result for result, mean in zip(entered, means, strict=True) if mean == max(means)]
    reached = f"{measure} {max(means):.3f}"
    if len(top) == len(entered):
        return f"{'both' if len(entered) == 2 else f'all {_number(len(entered))}'} reach {reached}"
    if top == [first]:
        surely = _number(sum(_is_worse(figures[measure]) for _, _, figures in others))
        beaten = f"{surely} of the {_number(len(others))} others" if len(others) > 1 else "the other"
        how = "" if len(others) > 1 else "not "
        return f"highest here: {name} ({reached}), {how}significantly better than {beaten}"
    p = "" if first in top else f", p {p_text(min(figures[measure].p for _, _, figures in top))}"
    ordinal, of = _ordinal(ranks(means)[0]), f"of {_number(len(entered))} ({first[2][measure].mean:.3f})"
    place = f"shares {ordinal} place" if means.count(means[0]) > 1 else f"is {ordinal}"
    comma = "," * (name != first[0])
    return f"highest here: {_joined(top)} ({reached}{p}); {name}{comma} {place} {of}"


def _joined(results: Sequence[Result]) -> str:
    names = [name for name, _, _ in results]
    more = len(names) - _NAMED
    *most, last = names[:_NAMED] + ([f"{_number(more)} more"] if more > 0 else [])
    return f"{', '.join(most)} and {last}" if most else last


def _all_of(others: int) -> str:
    return "the other" if others == 1 else f"each of the {_number(others)} others"


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def _ordinal(place: int) -> str:
    return _ORDINALS[place - 1] if place <= len(_ORDINALS) else f"{place}th"
