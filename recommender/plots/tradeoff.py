"""Plot of the trade-off between relevance and diversity of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..diversity import DEFAULT_DIVERSITY
from ..engine import Recommender
from ..errors import ParameterError
from ..profiles import Profile
from .layout import Fit, named_points, starts_at
from .picture import ACCENT, BACKGROUND, Picture

if TYPE_CHECKING:
    import pandas as pd


_FIT = Fit(520, 340)

_DIVERSITIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def tradeoff_frame(
    recommender: Recommender, profile: Profile, *, k: int = 10, diversities: Sequence[float] = _DIVERSITIES
) -> pd.DataFrame:
    """Measure what diversity costs and buys a reader.

    Parameters
    ----------
    recommender : Recommender
        What makes the lists.
    profile : Profile
        The reader.
    k : int, default 10
        How many papers each list has.
    diversities : sequence of float, optional
        The diversities, each in [0, 1]; by default from 0 to 1.

    Returns
    -------
    DataFrame
        One line for each `diversity`: the mean `score` of the list and its intra-list `distance` (the mean
        of 1 - cosine over all pairs), `score_lost` and `distance_gained` as shares of the list by score
        alone, and how many of its papers are `kept`.

    Raises
    ------
    ParameterError
        Where fewer than two papers can be recommended, and without diversities.

    Examples
    --------
    >>> from recommender import Corpus, Profile, Recommender
    >>> from recommender.plots import tradeoff_frame
    >>> recommender = Recommender(Corpus.sample())
    >>> frame = tradeoff_frame(recommender, Profile(liked=["2106.09685"]), k=5, diversities=[0, 0.5])
    >>> frame["kept"].tolist()[0], frame["score_lost"].tolist()[0]
    (5, 0.0)
    """
    with extra("frames"):
        import pandas as pd

    if not len(diversities):
        raise ParameterError("no diversity is given; give some between 0 and 1")
    asked = dict.fromkeys([0.0, *diversities])
    lists = {diversity: recommender.recommend(profile, k=k, diversity=diversity) for diversity in asked}
    if len(lists[0.0]) < 2:
        raise ParameterError("fewer than two papers are recommended to this reader; there is no list to vary")
    plain = set(lists[0.0].ids)
    lines = []
    for diversity in sorted(set(diversities)):
        found = lists[diversity]
        report = found.diversity_report
        assert report is not None
        lines.append(
            {
                "diversity": diversity,
                "score": report.relevance,
                "score_lost": report.relevance_lost_share,
                "distance": report.distance,
                "distance_gained": report.distance_gained_share,
                "kept": len(plain & set(found.ids)),
            }
        )
    return pd.DataFrame(lines)


def plot_tradeoff(
    recommender: Recommender, profile: Profile, *, k: int = 10, diversities: Sequence[float] = _DIVERSITIES
) -> Picture:
    """Plot the mean score of a reader's list against the distance in it, from diversity 0 to 1.

    Parameters
    ----------
    recommender : Recommender
        What makes the lists.
    profile : Profile
        The reader.
    k : int, default 10
        How many papers each list has.
    diversities : sequence of float, optional
        The diversities, each in [0, 1]; by default from 0 to 1.

    Returns
    -------
    Picture
        A point for each diversity; the default is filled. See `tradeoff_frame` for the figures.

    Raises
    ------
    ParameterError
        Where fewer than two papers can be recommended, and without diversities.

    Examples
    --------
    >>> from recommender import Corpus, Profile, Recommender
    >>> from recommender.plots import plot_tradeoff
    >>> recommender = Recommender(Corpus.sample())
    >>> plot_tradeoff(recommender, Profile(liked=["2106.09685"]), k=5).save("tradeoff.json").name
    'tradeoff.json'
    """
    with extra("plots"):
        import altair as alt

    frame = tradeoff_frame(recommender, profile, k=k, diversities=diversities)
    lists, across, up = _lists(frame), _around(frame["distance"]), _around(frame["score"])
    x = alt.X(
        "distance:Q",
        title=starts_at("intra-list distance: more varied →", across[0]),
        scale=alt.Scale(domain=list(across), nice=False),
        axis=alt.Axis(tickCount=6, format=".3~f", labelOverlap=True),
    )
    y = alt.Y(
        "score:Q",
        title=starts_at("mean score: nearer to the likes →", up[0]),
        scale=alt.Scale(domain=list(up), nice=False),
        axis=alt.Axis(tickCount=8, format=".3~f"),
    )
    shares = [alt.Tooltip(f"{name}:Q", format=".1%") for name in ("score lost", "distance gained")]
    base = alt.Chart(alt.InlineData(values=lists)).encode(
        x=x, y=y, order="order:Q", tooltip=["diversity:N", "score:Q", "distance:Q", *shares, "kept:Q"]
    )
    dots = base.mark_point(size=80, stroke=ACCENT, strokeWidth=2, opacity=1)
    fill = alt.condition("datum.default", alt.value(ACCENT), alt.value(BACKGROUND))
    points = [_share(one, across, up) for one in lists]
    layers = [
        base.mark_line(color=ACCENT, strokeWidth=1.5),
        dots.encode(fill=fill),
        *named_points(points, [one["diversity"] for one in lists], fit=_FIT, joined=points),
    ]
    filled = f"; filled: the default, {DEFAULT_DIVERSITY:g}" if DEFAULT_DIVERSITY in diversities else ""
    title = alt.Title(
        f"Diversity: what it costs and buys in a list of {k}",
        subtitle=f"each point is a list, by its diversity{filled}",
    )
    chart = alt.layer(*layers).properties(
        width=_FIT.width, height=_FIT.height, title=title, usermeta=_FIT.meta
    )
    return Picture(chart, "\n".join([f"diversity in a list of {k}", *_words(frame)]))


def _around(figures: pd.Series[float]) -> tuple[float, float]:
    """With room on each side; also around one figure alone."""
    low, high = float(figures.min()), float(figures.max())
    room = max((high - low) / 8, 0.005)
    return round(low - room, 4), round(high + room, 4)


def _share(
    one: Mapping[str, Any], across: tuple[float, float], up: tuple[float, float]
) -> tuple[float, float]:
    """Where the point of a list lies on both axes, in [0, 1]."""
    x = (one["distance"] - across[0]) / (across[1] - across[0])
    return x, (one["score"] - up[0]) / (up[1] - up[0])


def _lists(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Each list once, with the diversities on end that lead to it: 0 or 0.8–1."""
    figures = frame.drop(columns="diversity").round(5)
    run = (figures != figures.shift()).any(axis=1).cumsum()  # a new one where the list is another
    lists = []
    for order, (_, alike) in enumerate(frame.groupby(run)):
        first, diversities = figures.loc[alike.index[0]], alike["diversity"].tolist()
        ends = dict.fromkeys([diversities[0], diversities[-1]])
        lists.append(
            {
                "order": order,
                "diversity": "–".join(f"{end:g}" for end in ends),
                "score": float(first["score"]),
                "distance": float(first["distance"]),
                "score lost": float(first["score_lost"]),
                "distance gained": float(first["distance_gained"]),
                "kept": int(first["kept"]),
                "default": DEFAULT_DIVERSITY in diversities,
            }
        )
    return lists


def _words(frame: pd.DataFrame) -> list[str]:
    return ["diversity  score lost  distance gained"] + [
        f"{line.diversity:>9g}  {line.score_lost:>10.1%}  {line.distance_gained:>15.1%}"
        for line in frame.itertuples()
    ]
