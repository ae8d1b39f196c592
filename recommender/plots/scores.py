"""Histograms of a list's scores beside those of random papers, candidates and held-out seeds."""

from __future__ import annotations

from math import ceil, floor
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..display import pluralize
from ..errors import ParameterError
from ..recommendations import Recommendations
from .layout import Fit
from .picture import ACCENT, GREY, INK, LIGHT, SECOND, Picture

if TYPE_CHECKING:
    import altair as alt


_BINS = 48
_FIT = Fit(560, 60)  # of a row

_GROUPS = (
    ("random papers", GREY),
    ("candidates", LIGHT),
    ("liked papers, each held out in turn", ACCENT),
    ("this list", SECOND),
)


def plot_scores(recommendations: Recommendations, *, min_confidence: float = 0.5) -> Picture:
    """Plot the scores of a list beside those of candidates, of random papers and of held-out seeds.

    There is a line at the score that has `min_confidence`: what is to the left of it would not be listed
    with that as the least confidence.

    Parameters
    ----------
    recommendations : Recommendations
        The list, which knows its reasons.
    min_confidence : float, default 0.5
        Where the line is, above 0 and below 1.

    Returns
    -------
    Picture
        Four rows of scores over one axis.

    Raises
    ------
    ParameterError
        For a list that knows no reasons, one for which there was no candidate, and for
        a confidence not above 0 and below 1.

    Examples
    --------
    >>> from recommender import Corpus, Recommender
    >>> from recommender.plots import plot_scores
    >>> recommendations = Recommender(Corpus.sample()).more_like("2106.09685", k=5)
    >>> plot_scores(recommendations).save("scores.json").name
    'scores.json'
    """
    with extra("plots"):
        import altair as alt

    found = recommendations.distribution
    if found is None:
        raise ParameterError("this list knows nothing of the scores of other papers")
    if not (isinstance(min_confidence, Real) and 0 < float(min_confidence) < 1):
        raise ParameterError(
            f"min_confidence is {min_confidence!r}; a line is drawn for one above 0 and below 1"
        )
    if not (len(recommendations) or len(found.candidates)):
        raise ParameterError("no paper is a candidate for this reader; there are no scores to draw")
    threshold = found.confidence.threshold(float(min_confidence))
    groups = (found.random, found.candidates, found.held_out, recommendations.scores)
    all_scores = np.concatenate([*groups, [threshold]])
    # Rounded, so that on every processor the same papers are in a bin.
    low, high = floor(100 * float(all_scores.min())) / 100, ceil(100 * float(all_scores.max())) / 100
    edges = np.linspace(low, high if high > low else low + 0.01, _BINS + 1)
    rows = [
        alt.layer(*_row(scores, edges, threshold, color, last=name == _GROUPS[-1][0])).properties(
            width=_FIT.width, height=_FIT.height, title=_name(name, len(scores))
        )
        for (name, color), scores in zip(_GROUPS, groups, strict=True)
    ]
    above = int((recommendations.scores >= threshold).sum())
    least = f"score {threshold:.3f}, confidence {min_confidence:g}"
    beyond = ", which no cosine can be" if threshold > 1 else ""
    said = f"{above} of {pluralize(len(recommendations), 'paper')} at or above {least}{beyond}"
    chart = alt.vconcat(*rows, spacing=8).properties(
        title=alt.Title("Scores; left of the dashed line nothing would be listed", subtitle=said),
        usermeta=_FIT.meta,
    )
    return Picture(chart, "\n".join([said, *_words(groups)]))


def _name(group: str, scores: int) -> alt.Title:
    with extra("plots"):
        import altair as alt

    return alt.Title(
        f"{group} ({scores:,})", fontSize=12, fontWeight="normal", anchor="start", frame="group", offset=4
    )


def _row(
    scores: NDArray[np.float32], edges: NDArray[np.float64], threshold: float, color: str, *, last: bool
) -> list[alt.Chart]:
    """How many of the scores are in each bin, and the line; the last row has the axis of all."""
    with extra("plots"):
        import altair as alt

    pluralize = _bins(scores, edges)
    most = max(line["papers"] for line in pluralize)
    axis = alt.Axis(title="score" if last else None, labels=last, ticks=last, grid=False, tickCount=10)
    scale = alt.Scale(domain=[float(edges[0]), float(edges[-1])], nice=False, padding=4)
    bars = (
        alt.Chart(alt.InlineData(values=pluralize))
        .mark_bar(color=color, binSpacing=0)
        .encode(
            x=alt.X("from:Q", bin="binned", scale=scale, axis=axis),
            x2="to:Q",
            y=alt.Y(
                "papers:Q",
                title=None,
                axis=alt.Axis(values=[0, most] if most else [], grid=False, format="d"),
            ),
            tooltip=[alt.Tooltip("from:Q", format=".3f"), alt.Tooltip("to:Q", format=".3f"), "papers:Q"],
        )
    )
    line = alt.Chart(alt.InlineData(values=[{"from": round(threshold, 5)}]))
    return [bars, line.mark_rule(color=INK, strokeDash=[5, 4], strokeWidth=1.5).encode(x="from:Q")]


def _bins(scores: NDArray[np.float32], edges: NDArray[np.float64]) -> list[dict[str, Any]]:
    counts, _ = np.histogram(scores, edges)
    return [
        {"from": round(float(start), 5), "to": round(float(end), 5), "papers": int(count)}
        for start, end, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def _words(groups: tuple[NDArray[np.float32], ...]) -> list[str]:
    return [
        f"{name}: "
        + (
            f"{scores.min():.3f} to {scores.max():.3f}, median {np.median(scores):.3f}"
            if len(scores)
            else "none"
        )
        for (name, _), scores in zip(_GROUPS, groups, strict=True)
    ]
