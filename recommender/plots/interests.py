"""Plot of the papers that each interest of a reader got, beside its quota."""

from __future__ import annotations

from .._extras import extra
from ..display import shortened
from ..errors import ParameterError
from ..recommendations import Recommendations
from .layout import Fit
from .picture import ACCENT, INK, Picture

_FIT = Fit(620, 0)

# Pixels of an interest, and of its bar, which lies below its name.
_STEP, _BAR = 46, 16

_LABEL = 60


def plot_interests(recommendations: Recommendations) -> Picture:
    """Plot for each interest the papers that it got, and its quota.

    It is of the whole list, also where a part of it is given. Papers that suit no interest, which fill the
    places that were left, are one bar more.

    Parameters
    ----------
    recommendations : Recommendations
        A list for a reader of several interests.

    Returns
    -------
    Picture
        A bar for each interest, and a stroke where its quota is.

    Raises
    ------
    ParameterError
        Unless there are several interests.

    Examples
    --------
    >>> from recommender import Corpus, Recommender, read_profiles
    >>> from recommender.plots import plot_interests
    >>> from recommender.sample import PROFILES
    >>> mei = next(reader for reader in read_profiles(PROFILES) if reader.name == "Mei")
    >>> recommendations = Recommender(Corpus.sample()).recommend(mei, k=10)
    >>> plot_interests(recommendations).save("interests.json").name
    'interests.json'
    """
    with extra("plots"):
        import altair as alt

    outcomes = recommendations.interests
    if len(outcomes) < 2:
        raise ParameterError(
            "this list serves one interest, or none that is known: there are no quotas to show"
        )
    names = [
        f"{number}. {shortened(outcome.name, _LABEL)} ({outcome.share:.0%} of the seeds)"
        for number, outcome in enumerate(outcomes, 1)
    ]
    values = [
        {
            "interest": name,
            "papers": outcome.outcome,
            "quota": outcome.quota,
            "why": "no more papers suit it" if outcome.starved else "",
            "end": max(outcome.outcome, outcome.quota),
        }
        for name, outcome in zip(names, outcomes, strict=True)
    ]
    filled = recommendations.whole - sum(outcome.outcome for outcome in outcomes)
    if filled:
        names.append("others, in places that were left")
        values.append({"interest": names[-1], "papers": filled, "why": "they suit none", "end": filled})
    most = max(filled, *(max(outcome.outcome, outcome.quota) for outcome in outcomes))
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("interest:N", sort=names, title=None, axis=None),
        tooltip=["interest:N", "quota:Q", "papers:Q"],
    )
    named = base.mark_text(align="left", x=0, dy=-18, color=INK, limit={"expr": "width"}).encode(
        text="interest:N"
    )
    ticks = alt.Axis(grid=False, tickMinStep=1, tickCount=min(most, 10), format="d")
    bars = base.mark_bar(color=ACCENT, height=_BAR).encode(
        x=alt.X(
            "papers:Q",
            title="papers of the list; the stroke is the quota",
            scale=alt.Scale(domain=[0, most]),
            axis=ticks,
        )
    )
    quotas = base.mark_tick(color=INK, thickness=3, height=26, opacity=1).encode(x="quota:Q")
    starved = base.mark_text(align="right", x={"expr": "width"}, dx=-8, color=INK).encode(text="why:N")
    chart = alt.layer(bars, quotas, named, starved).properties(
        width=_FIT.width, height=alt.Step(_STEP), title="Interests: quota and outcome", usermeta=_FIT.meta
    )
    said = [
        f"{outcome.outcome} of {outcome.quota} places, {outcome.share:.0%} of the seeds: {outcome.name}"
        + (" (no more papers suit it)" if outcome.starved else "")
        for outcome in outcomes
    ]
    said += [f"{filled} others, in places that were left"] if filled else []
    return Picture(chart, "\n".join(said))
