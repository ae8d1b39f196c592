"""Heatmap of the similarities within a list."""

from __future__ import annotations

import numpy as np

from .._extras import extra
from ..display import shortened
from ..errors import ParameterError
from ..recommendations import Recommendations
from .layout import Fit
from .picture import DARK_INK, Picture

_CELL, _TITLE = 34, 46

# A page with more room leaves it.
_WIDEST = 720

# In narrower cells a figure would not be read.
_ROOM = 25

# Up to so many papers the cosines are written into the cells.
_WRITTEN = 15

# Of more, some titles are left out beside the rows.
_NAMED = 60

# From this share of the scale on, white is read better than black.
_DARK = 0.64


def plot_similarities(recommendations: Recommendations) -> Picture:
    """Plot the cosine of each paper of a list to each other, by the encoder.

    Parameters
    ----------
    recommendations : Recommendations
        A list of two papers or more, which knows its reasons.

    Returns
    -------
    Picture
        A square for each pair: the darker, the more alike.

    Raises
    ------
    ParameterError
        For a list of fewer than two papers, or one that knows no reasons.

    Examples
    --------
    >>> from recommender import Corpus, Recommender
    >>> from recommender.plots import plot_similarities
    >>> recommendations = Recommender(Corpus.sample()).more_like("2106.09685", k=5)
    >>> plot_similarities(recommendations).save("similarities.json").name
    'similarities.json'
    """
    with extra("plots"):
        import altair as alt

    cosines = recommendations.similarities
    if cosines is None or len(cosines) < 2:
        raise ParameterError("there are no two papers in this list that could be compared")
    size = len(cosines)
    names = [f"{item.rank}  {shortened(item.paper.title, _TITLE)}" for item in recommendations]
    ranks = [str(item.rank) for item in recommendations]
    others = cosines[~np.eye(size, dtype=np.bool_)]
    low = min(float(np.floor(10 * others.min(initial=1)) / 10), 0.9)
    values = [
        {
            "first": names[one],
            "second": ranks[other],
            "other": names[other],
            "cosine": round(float(cosines[one, other]), 3),
        }
        for one in range(size)
        for other in range(size)
        if one != other
    ]
    side = _CELL * size if size <= _WRITTEN else max(15 * min(size, _NAMED), 3 * size)
    fit = Fit(side, side, ratio=1, widest=max(side, _WIDEST))
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X(
            "second:N",
            sort=ranks,
            title=None,
            scale=alt.Scale(domain=ranks),
            axis=alt.Axis(labelAngle=0, orient="top", labelOverlap=True),
        ),
        y=alt.Y(
            "first:N",
            sort=names,
            title=None,
            scale=alt.Scale(domain=names),
            axis=alt.Axis(labelLimit={"expr": "min(340, 0.6 * width)"}, labelOverlap=True),
        ),
        tooltip=["first:N", "other:N", "cosine:Q"],
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "cosine:Q",
            scale=alt.Scale(scheme="blues", domain=[low, 1], clamp=True),
            legend=alt.Legend(title="cosine", gradientLength=120, orient="bottom", direction="horizontal"),
        )
    )
    room = f"width > {_ROOM * size} ? 1 : 0"
    written = base.mark_text(fontSize=11, opacity={"expr": room}).encode(
        text=alt.Text("cosine:Q", format=".2f"),
        color=alt.condition(
            f"datum.cosine > {low + _DARK * (1 - low):.3f}", alt.value("white"), alt.value(DARK_INK)
        ),
    )
    mean = float(others.mean())
    title = alt.Title(
        "How alike the papers of the list are",
        subtitle=f"mean cosine {mean:.2f}, intra-list distance {1 - mean:.2f}",
    )
    layers = [cells, written] if size <= _WRITTEN else [cells]
    chart = alt.layer(*layers).properties(width=side, height=side, title=title, usermeta=fit.meta)
    return Picture(chart, _words(recommendations, cosines, mean))


def _words(recommendations: Recommendations, cosines: np.ndarray, mean: float) -> str:
    apart = cosines - 2 * np.eye(len(cosines))
    one, other = np.unravel_index(int(apart.argmax()), apart.shape)
    first, second = (recommendations[int(place)].paper.title for place in (one, other))
    return (
        f"{len(cosines)} papers, mean cosine {mean:.2f}\n"
        f"most alike ({cosines[one, other]:.2f}): {first} / {second}"
    )
