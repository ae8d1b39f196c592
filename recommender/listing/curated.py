"""What curators chose for the days of a span: a part for each list, in its curator's order."""

from __future__ import annotations

from ..corpus import Snapshot
from ..display import pluralize
from ..iso_dates import first_day
from ..readership import Community, RowDay
from .listing import Entry, Part, Span
from .spans import checked_span, first_of
from .wording import long_day

_NAMED = 5  # of the papers that the corpus lacks


def curated_parts(
    snapshot: Snapshot, community: Community, *, day: str, span: Span = "day"
) -> tuple[Part, ...]:
    """List what curators chose for a day, or for the days up to it of its week or month.

    Parameters
    ----------
    snapshot : Snapshot
        The state of the corpus.
    community : Community
        What the community said of its papers.
    day : str
        The last day, ``YYYY-MM-DD``.
    span : {"day", "week", "month"}, default "day"
        Which days up to it.

    Returns
    -------
    tuple of Part
        Of the kind ``curated``, the newest day first, those of one day by the curators' names; each in its
        curator's order, with what the curator says and how many papers the corpus lacks. None where nobody
        chose.

    Raises
    ------
    ParameterError
        For a day that is none and for an unknown span.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.listing import curated_parts
    >>> from recommender.readership import Community, RowDay
    >>> chosen = RowDay("2026-11-30", "Ada", "Worth an evening.", (3,), ("",), ("Lost paper",))
    >>> with Corpus.sample() as corpus:
    ...     (part,) = curated_parts(corpus.snapshot, Community(days=(chosen,)), day="2026-11-30")
    >>> part.title, part.order, part.nothing
    ('Chosen by Ada', 'in the order of Ada, who says: “Worth an evening.”', 'The corpus lacks 1 paper of \
this list: “Lost paper”')
    """
    last = first_day(day)
    first = first_of(checked_span(span), last).isoformat()
    chosen = [one for one in community.days if first <= one.day <= last.isoformat()]
    newest = sorted(sorted(chosen, key=lambda one: one.curator), key=lambda one: one.day, reverse=True)
    return tuple(_part(snapshot, one, span) for one in newest)


def _part(snapshot: Snapshot, chosen: RowDay, span: Span) -> Part:
    when = "" if span == "day" else f" · {long_day(chosen.day)}"
    entries = tuple(
        Entry(0, paper, signal=f"{chosen.curator}: “{sentence}”" if sentence else "")
        for paper, sentence in zip(snapshot.papers(chosen.rows), chosen.sentences, strict=True)
    )
    says = f", who says: “{chosen.sentence}”" if chosen.sentence else ""
    order = f"in the order of {chosen.curator}{says}"
    return Part("curated", f"Chosen by {chosen.curator}{when}", order, entries, _missing(chosen, says))


def _missing(chosen: RowDay, says: str) -> str:
    """What of the list cannot be shown; with the curator's sentence where there is no order to say it in."""
    if not chosen.missing:
        return "" if chosen.rows else "This list has no paper"
    more = len(chosen.missing) - _NAMED
    named = ", ".join(f"“{title}”" for title in chosen.missing[:_NAMED])
    others = f" and {more:,} more" if more > 0 else ""
    of = "" if chosen.rows else f" of {chosen.curator}{says}"
    return f"The corpus lacks {pluralize(len(chosen.missing), 'paper')} of this list{of}: {named}{others}"
