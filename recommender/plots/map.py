"""The map of a corpus: near papers are near, topics are named, and a reader's papers stand out."""

from __future__ import annotations

from collections.abc import Iterable

from .._extras import extra
from ..corpus import Corpus
from ..display import counted
from ..errors import ParameterError
from ..profiles import Profile
from ..recommendations import Recommendations
from ..topics import Topics, find_topics
from .layout import Layout, project_2d
from .map_layers import ROLES, cells, circles, marks, names, place_ranks
from .map_sheet import FIT, PADDING, MapSheet
from .picture import Picture

__all__ = ["plot_map"]

# More papers are drawn as cells: a page of so many circles with their titles is slow to open.
_MOST_CIRCLES = 3000

# The wheel alone scrolls the notebook. A browser tells of two fingers moved apart as of the wheel with Ctrl.
_ZOOM = "wheel![event.ctrlKey || event.metaKey]"
# A drag that began on a link would open it when it ends.
_MOVE = "[pointerdown[!event.item || !event.item.href], window:pointerup] > window:pointermove!"


def plot_map(
    corpus: Corpus,
    *,
    topics: Topics | None = None,
    profile: Profile | None = None,
    recommendations: Recommendations | None = None,
    layout: Layout = "tsne",
    seed: int = 0,
    max_circles: int = _MOST_CIRCLES,
) -> Picture:
    """Plot a corpus as a map: each paper a place, each topic a colour.

    Topics that touch have different colours, each name stands among its own papers, and the legend says
    which number is which topic. Likes, dislikes and seen papers of `profile` and the recommended papers are
    marked where they are, smaller where there are many; a rank stands beside its ring, or at the end of a
    line from it, or where there is no room is left to the mouse. The mouse on a paper tells what it is; in
    a saved page a click opens its address. Ctrl with the wheel, or two fingers, zooms; a drag moves; a
    double click shows all again. Of more than `max_circles` papers cells are drawn, each in the colour of
    the topic that most of its papers have, the denser the more.

    Parameters
    ----------
    corpus : Corpus
        The papers.
    topics : Topics, optional
        Of this corpus as it is now; by default those of `find_topics`.
    profile : Profile, optional
        A reader whose papers are marked.
    recommendations : Recommendations, optional
        A list whose papers are marked.
    layout : {"tsne", "pca"}, default "tsne"
        What puts the papers into two dimensions, see `project_2d`.
    seed : int, default 0
        Of the layout and of the topics.
    max_circles : int, default 3000
        Of more papers cells are drawn.

    Returns
    -------
    Picture
        The map.

    Raises
    ------
    CorpusError
        For an empty corpus.
    ParameterError
        For an unknown layout, and for topics of another corpus or of an earlier state.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.plots import plot_map
    >>> print(plot_map(Corpus.sample(), layout="pca").says.splitlines()[0])
    map of 232 papers in 11 topics
    """
    with extra("plots"):
        import altair as alt

    corpus = corpus.pinned()  # one state for topics, marks and names
    topics = find_topics(corpus, seed=seed) if topics is None else topics
    if topics.snapshot is not corpus.snapshot:
        raise ParameterError(
            f"these topics are not those of {corpus.name} as it is now: give find_topics(corpus) of it"
        )
    places = project_2d(topics.snapshot.vectors(topics.rows), layout=layout, seed=seed)
    sheet = MapSheet(topics, places, profile, recommendations)
    many = len(topics.rows) > max_circles
    zoom = alt.selection_interval(name="zoom", bind="scales", zoom=_ZOOM, translate=_MOVE)
    ranks = [place_ranks(sheet, size) for size in FIT.sizes(padding=PADDING)]
    layers = [(cells(sheet) if many else circles(sheet)).add_params(zoom), *names(sheet, ranks)]
    if sheet.marks:
        layers += marks(sheet, ranks)
    drawn = "a cell for papers that lie together, stronger where there are more" if many else "a circle each"
    title = alt.Title(
        f"{counted(len(topics.rows), 'paper')} in {counted(len(topics), 'topic')}",
        subtitle=f"{drawn}; near are those that are about the same",
    )
    chart = alt.layer(*layers).properties(width=FIT.width, height=FIT.height, title=title, usermeta=FIT.meta)
    return Picture(chart, "\n".join(_words(sheet)))


def _words(sheet: MapSheet) -> Iterable[str]:
    topics = sheet.topics
    yield f"map of {counted(len(topics.rows), 'paper')} in {counted(len(topics), 'topic')}"
    yield from (f"{number:>3} {len(topic):>7,}  {topic.name}" for number, topic in enumerate(topics, 1))
    by_role = {role: sum(mark.role == role for mark in sheet.marks) for role in ROLES}
    if sheet.marks:
        yield f"on top: {', '.join(f'{count} {role}' for role, count in by_role.items() if count)}"
    if topics.without_vector:
        yield f"not on the map, without a dense vector: {counted(topics.without_vector, 'paper')}"
    if sheet.missing:
        yield f"not one paper of this corpus: {counted(sheet.missing, 'name')}"
