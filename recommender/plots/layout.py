"""Layout of plots: vectors projected to two dimensions, marks and labels that do not overlap, widths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..errors import ParameterError
from ..progress import progress
from .picture import HALO, INK

if TYPE_CHECKING:
    import altair as alt


Layout: TypeAlias = Literal["tsne", "pca"]

LAYOUTS: tuple[Layout, ...] = ("tsne", "pca")

_LANDMARKS, _BLOCK = 2500, 10_000

# Fewer have no neighbourhoods that t-SNE could keep.
_FEW = 12

_PERPLEXITY = 30.0  # van der Maaten and Hinton's usual one

# How many landmarks say where a vector goes, and how fast what they say fades with the cosine.
_GUIDES, _FADING = 3, 0.03

_ROUNDS = 500  # with 1000 the trustworthiness was the same in the third digit


def project_2d(
    vectors: NDArray[np.float32],
    *,
    layout: Layout = "tsne",
    seed: int = 0,
    n_landmarks: int = _LANDMARKS,
    block_size: int = _BLOCK,
) -> NDArray[np.float64]:
    """Project unit vectors to two dimensions; equal vectors have the same place.

    ``tsne`` keeps neighbourhoods (van der Maaten and Hinton, 2008; scikit-learn's, by cosine): of the ten
    nearest papers on the map the trustworthiness was .93 where that of UMAP was .90 to .93 and that of
    ``pca`` .74, which keeps the directions in which all differ most and takes no time. The same vectors and
    seed give the same places on the same kind of processor, whatever the number of threads; by ``tsne`` they
    differ from one kind to another, as rounding grows over its rounds.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        Unit vectors.
    layout : {"tsne", "pca"}, default "tsne"
        The method.
    seed : int, default 0
        Of ``tsne``.
    n_landmarks : int, default 2500
        Of more vectors so many, drawn evenly, are laid out; the others go to those that they are nearest
        to.
    block_size : int, default 10000
        How many of the others are placed at a time.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        The places, in [0, 1] in each direction.

    Raises
    ------
    ParameterError
        For an unknown layout.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.plots import project_2d
    >>> project_2d(np.eye(4, dtype=np.float32), layout="pca").shape
    (4, 2)
    """
    if layout not in LAYOUTS:
        raise ParameterError(f"{layout!r} is no layout; known: {', '.join(LAYOUTS)}")
    if not len(vectors):
        return np.empty((0, 2))
    some = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), n_landmarks)).astype(np.int64)]
    landmarks = np.unique(some, axis=0)
    laid = _laid_out(landmarks, layout, seed)
    low, high = laid.min(axis=0), laid.max(axis=0)
    laid = np.where(high > low, (laid - low) / np.where(high > low, high - low, 1), 0.5)
    places = np.empty((len(vectors), 2))
    with progress("places", len(vectors)) as done:
        for start in range(0, len(vectors), block_size):
            block = slice(start, start + block_size)
            places[block] = _guided(vectors[block], landmarks, laid)
            done(len(vectors[block]))
    return places


def _laid_out(vectors: NDArray[np.float32], layout: Layout, seed: int) -> NDArray[np.float64]:
    with extra("plots"):
        from sklearn.decomposition import PCA
        from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    if len(vectors) < 3:
        return np.arange(2 * len(vectors), dtype=np.float64).reshape(-1, 2)
    if layout == "pca" or len(vectors) < _FEW:
        return np.asarray(PCA(2, svd_solver="full").fit_transform(vectors.astype(np.float64)))
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    model = TSNE(metric="cosine", init="pca", perplexity=perplexity, max_iter=_ROUNDS, random_state=seed)
    with threadpool_limits(1):  # several add up in another order, and after all rounds it is another map
        return np.asarray(model.fit_transform(vectors), np.float64)


def _guided(
    vectors: NDArray[np.float32], landmarks: NDArray[np.float32], laid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where the nearest landmarks are, each as it is near; a landmark itself where it is."""
    cosines = vectors @ landmarks.T
    count = min(_GUIDES, len(landmarks))
    guides = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
    near = np.take_along_axis(cosines, guides, axis=1).astype(np.float64)
    order = np.argsort(-near, axis=1, kind="stable")
    guides, near = np.take_along_axis(guides, order, axis=1), np.take_along_axis(near, order, axis=1)
    weights = np.exp((near - near[:, :1]) / _FADING)
    weights[near[:, 0] > 1 - 1e-6, 1:] = 0
    places = (laid[guides] * weights[:, :, np.newaxis]).sum(axis=1)
    return np.asarray(places / weights.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells that hold a point, each of shape (m,): column and row of the grid, how many points, the label of
    most of them, and the first of those points.
    """

    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    counts: NDArray[np.int64]
    labels: NDArray[np.int64]
    first: NDArray[np.int64]


def cells_of(places: NDArray[np.float64], labels: NDArray[np.int64], *, columns: int, rows: int) -> Cells:
    """Count points of [0, 1] x [0, 1], shape (n, 2), in a grid."""
    column = np.minimum((places[:, 0] * columns).astype(np.int64), columns - 1)
    row = np.minimum((places[:, 1] * rows).astype(np.int64), rows - 1)
    kinds = int(labels.max()) + 1
    mixed, first, counts = np.unique(
        (row * columns + column) * kinds + labels, return_index=True, return_counts=True
    )
    order = np.lexsort((mixed, -counts, mixed // kinds))  # of each cell the label of most points first
    cell, starts = np.unique((mixed // kinds)[order], return_index=True)
    most = order[starts]
    return Cells(
        cell % columns,
        cell // columns,
        np.add.reduceat(counts[order], starts),
        mixed[most] % kinds,
        first[most],
    )


# A mark is moved by less than this share of its radius.
_MOST = 0.9

_JITTER_ROUNDS, _STRENGTH = 40, 0.5

_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))

# Of so many marks nearest to each it keeps off.
_NEAREST = 8


def repel_marks(
    places: NDArray[np.float64], radii: NDArray[np.float64], *, free: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """How far each mark moves, shape (n, 2), so that marks of these radii overlap less.

    `places`, shape (n, 2), and radii are pixels; those not `free` stay. None moves by as much as its radius,
    and one that lies alone does not move.
    """
    with extra("plots"):
        from sklearn.neighbors import NearestNeighbors

    count = len(places)
    moved = np.zeros((count, 2))
    if count < 2:
        return moved
    near = min(_NEAREST + 1, count)
    others = NearestNeighbors(n_neighbors=near).fit(places).kneighbors(places, return_distance=False)
    turn = np.arange(count) * _GOLDEN_ANGLE
    apart = 1e-3 * np.column_stack([np.cos(turn), np.sin(turn)])  # says where to, of two in one place
    for _ in range(_JITTER_ROUNDS):
        now = places + moved + apart
        between = now[:, np.newaxis] - now[others]
        away = np.linalg.norm(between, axis=2)
        over = np.maximum(radii[:, np.newaxis] + radii[others] - away, 0)
        over[others == np.arange(count)[:, np.newaxis]] = 0
        push = between / np.maximum(away, 1e-9)[:, :, np.newaxis] * over[:, :, np.newaxis]
        moved = moved + _STRENGTH * push.sum(axis=1) / 2
        far = np.linalg.norm(moved, axis=1) / (_MOST * radii)
        moved = np.where(free, 1 / np.maximum(far, 1), 0)[:, np.newaxis] * moved
    return np.asarray(moved)


# A span's widest is so many times its narrowest: labels are placed for the narrowest, and drift little.
_SPAN = 1.15

_NARROWEST, _WIDEST = 220, 1600


@dataclass(frozen=True)
class Size:
    """Pixels of the drawn field, which stands for all widths from its own up to `below`.

    Things lie in [0, 1] from the left and from below, `padding` pixels off the edges.
    """

    width: float
    height: float
    below: float
    first: bool = False
    padding: float = 0.0

    def pixels(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of places, shape (n, 2), from the left and from the top."""
        left = self.padding + places[:, 0] * (self.width - 2 * self.padding)
        top = self.padding + (1 - places[:, 1]) * (self.height - 2 * self.padding)
        return np.column_stack([left, top])

    def place(self, left: float, top: float) -> tuple[float, float]:
        """The place of a pixel; what `pixels` undoes."""
        x = (left - self.padding) / (self.width - 2 * self.padding)
        y = 1 - (top - self.padding) / (self.height - 2 * self.padding)
        return round(x, 5), round(y, 5)

    @property
    def span(self) -> dict[str, float]:
        """For a datum that is drawn at these widths only; see `Fit.AT_WIDTH`."""
        return {"from": 0.0 if self.first else round(self.width, 2), "below": round(self.below, 2)}


@dataclass(frozen=True)
class Fit:
    """How a picture of this size is fitted to a page: wider or narrower, and how high it is then.

    Without `ratio` it keeps its height; with one it is `ratio` times as high as wide, but neither lower than
    `least` nor higher than `most`, and it grows no wider than `widest`.
    """

    width: float
    height: float
    ratio: float | None = None
    least: float = 0.0
    most: float = 10_000.0
    widest: float = 10_000.0

    AT_WIDTH = "datum.from <= width && width < datum.below"
    """Filters what is drawn at the width that the picture has."""

    @property
    def meta(self) -> dict[str, Any]:
        """For `usermeta` of a chart: what the script of a page reads."""
        rules = {"ratio": self.ratio, "least": self.least, "most": self.most, "widest": self.widest}
        return {"fit": rules}

    def height_at(self, width: float) -> float:
        """The height of the field at this width."""
        return self.height if self.ratio is None else min(max(self.ratio * width, self.least), self.most)

    def sizes(self, *, padding: float = 0.0) -> list[Size]:
        """All spans of widths, the narrowest first; the picture's own width begins one of them."""
        down = int(np.log(self.width / _NARROWEST) / np.log(_SPAN))
        up = int(np.log(_WIDEST / self.width) / np.log(_SPAN))
        widths = [self.width * _SPAN**step for step in range(-down, up + 1)]
        ends = [*widths[1:], 100.0 * _WIDEST]
        return [
            Size(width, self.height_at(width), below, number == 0, padding)
            for number, (width, below) in enumerate(zip(widths, ends, strict=True))
        ]


Boxes: TypeAlias = NDArray[np.float64]
"""Left, top, right and bottom, in pixels, shape (n, 4)."""

# Pixels of a letter and of a line of the usual size, and from a point to its name.
_LETTER, _LINE, _GAP = 6.2, 15.0, 8.0

# A name farther off than this has a line to its point; none goes farther than the other.
_NEAR, _FAR, _STEP = 14.0, 120.0, 5.0

# To the right and a little above first, then around.
_DIRECTIONS = np.radians([30, 0, -30, 150, 180, -150, 90, -90, 60, -60, 120, -120])


@dataclass(frozen=True)
class Spot:
    """Where the middle of a name stands, in pixels; `led` if a line has to lead to it from its point."""

    x: float
    y: float
    led: bool


def box_around(middles: NDArray[np.float64], wide: float, high: float) -> Boxes:
    """Boxes of one size around middles, shape (n, 2)."""
    half = np.array([wide / 2, high / 2])
    return np.hstack([middles - half, middles + half])


def inside(boxes: Boxes, within: tuple[float, float]) -> NDArray[np.bool_]:
    """Which boxes lie in a field of this width and height."""
    return np.asarray((boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2:] <= within).all(axis=1))


def count_covered(boxes: Boxes, others: Boxes) -> NDArray[np.int64]:
    """How many of the others each box covers a part of."""
    one, other = boxes[:, np.newaxis], others[np.newaxis]
    over = (one[..., :2] < other[..., 2:]).all(axis=2) & (other[..., :2] < one[..., 2:]).all(axis=2)
    return np.asarray(over.sum(axis=1))


def place_beside(
    points: NDArray[np.float64],
    names: Sequence[str],
    *,
    within: tuple[float, float],
    taken: Boxes,
    letter: float = _LETTER,
    line: float = _LINE,
) -> list[Spot | None]:
    """Where the name of each point stands, points of shape (n, 2); None where there is no room.

    No name covers another, leaves the field or lies on a box that is taken. Each stands as near to its own
    point as may be: nearer to it than to any other point, or else a line leads to it.
    """
    full = taken
    spots: list[Spot | None] = []
    for number, name in enumerate(names):
        wide, high = letter * max(len(name), 2), line
        middles, gaps = _around(points[number], wide, high)
        boxes = box_around(middles, wide, high)
        free = np.flatnonzero(inside(boxes, within) & (count_covered(boxes, full) == 0))
        if not len(free):
            spots.append(None)
            continue
        own = _own_is_nearest(boxes[free], points, number) & (gaps[free] <= _NEAR)
        chosen = free[np.argmax(own)] if own.any() else free[0]
        full = np.vstack([full, boxes[chosen]])
        x, y = middles[chosen].tolist()
        spots.append(Spot(x, y, not own.any()))
    return spots


def points_along(points: NDArray[np.float64]) -> Boxes:
    """Small boxes along the line through these points, for names that are to keep off it."""
    steps = [
        np.linspace(start, end, max(int(np.linalg.norm(end - start) / 4), 2))
        for start, end in pairwise(points)
    ]
    return box_around(np.vstack([points[:1], *steps]), 2, 2)


def _around(
    point: NDArray[np.float64], wide: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles of boxes around a point, the nearest first, and how far from the point each begins."""
    gaps = np.arange(_GAP, _FAR, _STEP)
    turn = np.column_stack([np.cos(_DIRECTIONS), -np.sin(_DIRECTIONS)])
    away = gaps[:, np.newaxis, np.newaxis] + np.array([wide / 2, high / 2])
    return (point + away * turn).reshape(-1, 2), np.repeat(gaps, len(turn))


def _own_is_nearest(boxes: Boxes, points: NDArray[np.float64], number: int) -> NDArray[np.bool_]:
    beyond = np.maximum(boxes[:, np.newaxis, :2] - points, points - boxes[:, np.newaxis, 2:])
    away = np.linalg.norm(np.maximum(beyond, 0), axis=2)
    others = np.delete(away, number, axis=1)
    return np.asarray(away[:, number] < others.min(axis=1, initial=np.inf))


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
