"""A picture: shown in a notebook, without a server or a network, and saved in any of four formats."""

from __future__ import annotations

import base64
import copy
import functools
import json
import re
import struct
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..errors import ParameterError
from ..paths import at_home, checked_path
from .page import page
from .style import CONFIG

if TYPE_CHECKING:
    import altair as alt

__all__ = ["FORMATS", "Picture", "check_picture_path"]

# What JupyterLab 4 and VS Code draw by themselves; they know no later one.
_VERSION = "5.21"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_MIME = "application/vnd.vegalite.v5+json"

_SHARP = 1.5  # pixels of a notebook's image for each unit: sharp enough, at half of what 2 takes


@dataclass(frozen=True)
class Picture:
    """A picture, drawn in a notebook and saved as HTML, PNG, SVG or JSON.

    A notebook shows it live where it can draw Vega-Lite by itself, and as PNG elsewhere, as on a code host.

    Attributes
    ----------
    chart : altair.TopLevelMixin
        The chart, to go on with.
    says : str
        The picture in words.
    """

    chart: alt.TopLevelMixin = field(repr=False)
    says: str

    @property
    def spec(self) -> dict[str, Any]:
        """The picture in Vega-Lite, with all its data."""
        drawn: dict[str, Any] = self.chart.to_dict()
        # What altair sets for every chart goes; what somebody has set on this one stays.
        own = {name: value for name, value in drawn.get("config", {}).items() if name != "view"}
        config = copy.deepcopy(CONFIG) | own
        return drawn | {"$schema": _SCHEMA, "description": self.says, "config": config}

    def to_png(self, *, scale: float = 2) -> bytes:
        """Draw it as an image.

        Parameters
        ----------
        scale : float, default 2
            Pixels for each unit of the picture.

        Returns
        -------
        bytes
            A PNG file.
        """
        with extra("plots"):
            import vl_convert

        drawn: bytes = vl_convert.vegalite_to_png(self.spec, vl_version=_VERSION, scale=scale)
        return drawn

    def to_svg(self) -> str:
        """Draw it as a vector graphic.

        Returns
        -------
        str
            An SVG file.
        """
        with extra("plots"):
            import vl_convert

        drawn: str = vl_convert.vegalite_to_svg(self.spec, vl_version=_VERSION)
        return _numbered_anew(drawn)

    def to_html(self) -> str:
        """Make a page of it that needs no other file; a tooltip says what the mouse rests on.

        Returns
        -------
        str
            An HTML page.
        """
        return page(self.spec, self.says, _script())

    def to_json(self) -> str:
        """Describe it in Vega-Lite.

        Returns
        -------
        str
            The specification in JSON, with all its data.
        """
        return json.dumps(self.spec, ensure_ascii=False, sort_keys=True)

    def save(self, path: str | Path) -> Path:
        """Write it into a file.

        Parameters
        ----------
        path : str or Path
            The file; its ending says how: .html, .png, .svg or .json.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ParameterError
            For another ending, and for a place where no file can be.
        """
        path = at_home(checked_path(path, "the picture"))
        check_picture_path(path)
        drawn = FORMATS[path.suffix.lower()](self)
        path.write_bytes(drawn if isinstance(drawn, bytes) else drawn.encode())
        return path

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        image = self.to_png(scale=_SHARP)
        width, height = struct.unpack(">II", image[16:24])  # of the PNG's header
        # A front end opens links in its own tab, in place of the notebook.
        live = _without_links(self.spec)
        shown = {_MIME: live, "image/png": base64.b64encode(image).decode(), "text/plain": self.says}
        return shown, {"image/png": {"width": round(width / _SHARP), "height": round(height / _SHARP)}}

    def __str__(self) -> str:
        return self.says


def _without_links(part: Any) -> Any:
    """A specification, its data aside, in which nothing leads anywhere when it is clicked."""
    if isinstance(part, list):
        return [_without_links(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {name: value for name, value in part.items() if name != "href"}
    return {name: value if name == "datasets" else _without_links(value) for name, value in kept.items()}


def _numbered_anew(svg: str) -> str:
    """The drawing with its gradients and clips numbered from 0; Vega counts on from picture to picture."""
    numbers: dict[str, str] = {}

    def anew(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"{found[1]}{len(numbers)}")

    return re.sub(r"\b(gradient_|clip)\d+\b", anew, svg)


@functools.cache
def _script() -> str:
    """Vega, Vega-Lite and Vega-Embed in one."""
    with extra("plots"):
        import vl_convert

    script: str = vl_convert.javascript_bundle(vl_version=_VERSION)  # type: ignore[call-arg] # its default
    return script


FORMATS: dict[str, Callable[[Picture], str | bytes]] = {
    ".html": Picture.to_html,
    ".png": Picture.to_png,
    ".svg": Picture.to_svg,
    ".json": Picture.to_json,
}
"""By a file name's ending, how a picture is written."""


def check_picture_path(path: Path) -> None:
    """Check that a picture could be written into a file of this name.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    ParameterError
        For an ending that is none of `FORMATS`, for a folder, and where the folder is not there.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender.plots import check_picture_path
    >>> check_picture_path(Path("map.html"))
    >>> check_picture_path(Path("map.doc"))
    Traceback (most recent call last):
        ...
    recommender.errors.ParameterError: map.doc: a picture is written as ...
    """
    if path.suffix.lower() not in FORMATS:
        raise ParameterError(f"{path}: a picture is written as {', '.join(FORMATS)}; say which by the name")
    if path.is_dir():
        raise ParameterError(f"{path} is a folder; name a file")
    if not path.parent.is_dir():
        raise ParameterError(f"{path}: there is no folder {path.parent}; make it first")
