"""Pictures, with the extra `plots`: each is shown in a notebook and saved as HTML, PNG, SVG or JSON.

Drawn by altair, which describes a picture in Vega-Lite: notebooks draw it by themselves, with tooltips, and
vl-convert makes PNG and SVG of it without a browser or a network. matplotlib has no tooltips, and plotly
needs a browser for PNG and SVG.
"""

from __future__ import annotations

from .encoders import plot_encoders
from .heatmap import plot_similarities
from .interests import plot_interests
from .layout import LAYOUTS, Layout, project_2d
from .map import plot_map
from .picture import FORMATS, Picture, check_picture_path
from .scores import plot_scores
from .timeline import plot_timeline
from .tradeoff import plot_tradeoff, tradeoff_frame

__all__ = [
    "FORMATS",
    "LAYOUTS",
    "Layout",
    "Picture",
    "check_picture_path",
    "plot_encoders",
    "plot_interests",
    "plot_map",
    "plot_scores",
    "plot_similarities",
    "plot_timeline",
    "plot_tradeoff",
    "project_2d",
    "tradeoff_frame",
]
