"""Points that are named on a plot, and axes that say where they begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._extras import extra
from .labels import box_around, place_beside, points_along
from .sizes import Fit
from .style import HALO, INK

if TYPE_CHECKING:
    import altair as alt

__all__ = ["named_points", "starts_at"]

# What names keep off around a point.
_POINT = 15.0


def named_points(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    *,
    fit: Fit,
    joined: Sequence[tuple[float, float]] = (),
) -> list[alt.Chart]:
    """Layers that name points of [0, 1] x [0, 1], from the left and from below, at every width of the plot.

    Each name stands beside its own point, or at the end of a line from it, off the other points and off the
    line through those that are joined.
    """
    with extra("plots"):
        import altair as alt

    places, line = np.array(points).reshape(-1, 2), np.array(joined).reshape(-1, 2)
    values = []
    for size in fit.sizes():
        pixels = size.pixels(places)
        taken = np.vstack([box_around(pixels, _POINT, _POINT), points_along(size.pixels(line))])
        spots = place_beside(pixels, names, within=(size.width, size.height), taken=taken)
        for (x, y), name, spot in zip(points, names, spots, strict=True):
            if spot is not None:
                at, up = size.place(spot.x, spot.y)
                values.append(
                    {"name": name, "x": at, "y": up, "led": spot.led, "of_x": x, "of_y": y, **size.span}
                )
    base = alt.Chart(alt.InlineData(values=values)).transform_filter(Fit.AT_WIDTH)
    at_name, at_point = _at("x", "y"), _at("of_x", "of_y", "2")
    leaders = base.transform_filter("datum.led").mark_rule(color=INK, **at_name, **at_point)
    texts = [base.mark_text(**at_name, **look).encode(text="name:N") for look in (HALO, {"color": INK})]
    # Vega-Lite 5 fails on a layer without any encoding.
    return [leaders.encode(strokeWidth=alt.value(0.8)), *texts]


def _at(x: str, y: str, end: str = "") -> dict[str, Any]:
    """Where a mark lies whose datum has its place in [0, 1]."""
    return {f"x{end}": {"expr": f"datum.{x} * width"}, f"y{end}": {"expr": f"(1 - datum.{y}) * height"}}


def starts_at(title: str, low: float) -> list[str]:
    """The title of an axis, which says so on a second line where the axis does not begin at 0."""
    return [title] if low <= 0 else [title, f"(the axis begins at {low:.3g}, not at 0)"]
