"""Plot of encoders: quality over speed, with the size of their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Any

from .._extras import extra
from ..evaluation import EncoderChoice, MeasuredEncoder
from .layout import Fit, named_points, starts_at
from .picture import ACCENT, BACKGROUND, GREY, Picture

_FIT = Fit(560, 340)


def plot_encoders(choice: EncoderChoice) -> Picture:
    """Plot the quality of encoders over their speed.

    Quality stands with its interval over speed on a logarithmic axis, a larger point for a larger vector.
    The line joins those that no other one beats in both; one that another beats in size as well is hollow.

    Parameters
    ----------
    choice : EncoderChoice
        The encoders as `compare_encoders` measured them.

    Returns
    -------
    Picture
        The picture.

    Examples
    --------
    >>> from recommender.evaluation import EncoderChoice, MeasuredEncoder
    >>> from recommender.plots import plot_encoders
    >>> measured = (
    ...     MeasuredEncoder("minilm", 0.41, 0.35, 0.47, rate=30.0, size=768.0),
    ...     MeasuredEncoder("static", 0.36, 0.30, 0.42, rate=9000.0, size=512.0),
    ... )
    >>> plot_encoders(EncoderChoice(10, 8, measured)).save("encoders.json").name
    'encoders.json'
    """
    with extra("plots"):
        import altair as alt

    across, up = _domains(choice)
    powers = [10.0**power for power in range(-3, 9) if across[0] <= 10.0**power <= across[1]]
    x = alt.X(
        "rate:Q",
        title="papers encoded in a second, on this machine →",
        scale=alt.Scale(type="log", domain=list(across), nice=False),
        axis=alt.Axis(format="~s", values=powers),
    )
    title = starts_at(f"nDCG@{choice.k} of hidden papers →", up[0])
    scale = alt.Scale(domain=list(up), nice=False)
    y = alt.Y("quality:Q", title=title, scale=scale)
    tooltip = ["encoder:N", "quality:Q", "low:Q", "high:Q", "rate:Q", "bytes:Q"]
    base = alt.Chart(alt.InlineData(values=_values(choice, choice.measured))).encode(x=x, tooltip=tooltip)
    intervals = base.mark_rule(color=GREY, strokeWidth=1.5).encode(
        y=alt.Y("low:Q", title=title, scale=scale), y2="high:Q"
    )
    points = base.mark_point(stroke=ACCENT, strokeWidth=2, opacity=1).encode(
        y=y,
        fill=alt.condition("datum.front", alt.value(ACCENT), alt.value(BACKGROUND)),
        size=alt.Size("bytes:Q", scale=alt.Scale(zero=True, range=[40, 420]), legend=None),
    )
    best = [one for one in choice.measured if not any(_slower_and_worse(one, by) for by in choice.measured)]
    joined = alt.Chart(alt.InlineData(values=_values(choice, best))).encode(x=x, y=y)
    says = alt.Title(
        "Encoders: quality and speed",
        subtitle="upwards and to the right is better; the line joins the best; grey: 95% intervals",
    )
    layers = [
        joined.mark_line(color=ACCENT, strokeDash=[4, 3]),
        intervals,
        points,
        *named_points(
            [_share(one, across, up) for one in choice.measured],
            [f"{one.encoder} ({one.size:,.0f} B)" for one in choice.measured],
            fit=_FIT,
            joined=sorted(_share(one, across, up) for one in best),
        ),
    ]
    chart = alt.layer(*layers).properties(
        width=_FIT.width, height=_FIT.height, title=says, usermeta=_FIT.meta
    )
    return Picture(chart, f"encoders compared\n\n{choice}")


def _domains(choice: EncoderChoice) -> tuple[tuple[float, float], tuple[float, float]]:
    """Of rates and of qualities, with room for the labels."""
    rates = [one.rate for one in choice.measured]
    low, high = min(one.low for one in choice.measured), max(one.high for one in choice.measured)
    room = max((high - low) / 10, 0.01)
    return (min(rates) / 4, max(rates) * 8), (low - room, high + room)


def _share(one: MeasuredEncoder, across: tuple[float, float], up: tuple[float, float]) -> tuple[float, float]:
    """Where the point of an encoder lies on both axes, in [0, 1]."""
    x = log10(one.rate / across[0]) / log10(across[1] / across[0])
    return x, (one.quality - up[0]) / (up[1] - up[0])


def _values(choice: EncoderChoice, shown: Sequence[MeasuredEncoder]) -> list[dict[str, Any]]:
    return [
        {
            "encoder": one.encoder,
            "quality": round(one.quality, 4),
            "low": round(one.low, 4),
            "high": round(one.high, 4),
            "rate": round(one.rate, 4),
            "bytes": round(one.size),
            "front": one in choice.front,
        }
        for one in shown
    ]


def _slower_and_worse(one: MeasuredEncoder, other: MeasuredEncoder) -> bool:
    mine, theirs = (one.rate, one.quality), (other.rate, other.quality)
    return theirs != mine and other.rate >= one.rate and other.quality >= one.quality
