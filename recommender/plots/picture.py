"""A picture: shown in a notebook, saved in four formats, the page around it, and how all pictures look."""

from __future__ import annotations

import base64
import copy
import functools
import json
import re
import struct
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from .._extras import extra
from ..errors import ParameterError
from ..files import at_home, checked_path

if TYPE_CHECKING:
    import altair as alt


# Okabe and Ito (2008), "Color Universal Design", without black and without yellow, which is lost on white.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6D31")
"""For kinds of things; nothing is said by colour alone."""

ACCENT, LIGHT, SECOND = COLORS[0], COLORS[4], COLORS[5]
GREY = "#8A8A8A"

DARK_INK = "#222222"
"""For text on what is light on every page."""

# On colours lighter than this a dark text is read better than a white one.
_LIGHT = 0.2


def ink_on(color: str, *, dark: str = DARK_INK) -> str:
    """White or the dark ink, whichever is read better on a colour: by its relative luminance."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    red, green, blue = linear
    return dark if 0.2126 * red + 0.7152 * green + 0.0722 * blue > _LIGHT else "#FFFFFF"


def _by_page(light: str, dark: str) -> dict[str, str]:
    """A colour on a light background and one on a dark one, whoever has set the background.

    The page sets it, or the theme of a notebook: Vega's signal `background` says which it is.
    """
    return {"expr": f"luminance(background || 'white') < 0.4 ? '{dark}' : '{light}'"}


INK: Any = _by_page(DARK_INK, "#EEEEEE")
BACKGROUND: Any = {"expr": "background || 'white'"}
_SOFT, _LINE, _GRID = (
    _by_page("#555555", "#BBBBBB"),
    _by_page("#BBBBBB", "#777777"),
    _by_page("#E6E6E6", "#444444"),
)

HALO: dict[str, Any] = {
    "color": BACKGROUND,
    "stroke": BACKGROUND,
    "strokeWidth": 4,
    "strokeOpacity": 0.85,
    "strokeJoin": "round",
}
"""How a text is drawn below itself, so that it is read on anything."""

_FONT = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"

# Every colour but that of the background is said: a dark theme sets the background and all that is not.
CONFIG: dict[str, Any] = {
    "font": _FONT,
    "view": {"fill": BACKGROUND, "stroke": None},
    "title": {"anchor": "start", "color": INK, "subtitleColor": _SOFT, "fontSize": 14, "offset": 12},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": _GRID,
        "domainColor": _LINE,
        "tickColor": _LINE,
        "titleFontWeight": "normal",
    },
    "header": {"labelColor": INK, "titleColor": INK},
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "layout": {"bottom": {"anchor": "start", "direction": "vertical"}},
    },
    "text": {"color": INK},
}


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; overflow-y: scroll }}
body {{ margin: 1em; background: white; color: #222; font-family: sans-serif }}
h1 {{ font-size: 1.1em; margin: 0 0 .2em }}
p {{ font-size: .9em; margin: 0 0 .2em }}
#picture {{ width: 100%; overflow-x: auto }}
#picture.vega-embed.has-actions {{ padding: 2em 0 0 }}
@media (prefers-color-scheme: dark) {{ body {{ background: #181818; color: #eee }} }}
</style>
</head>
<body>
{heading}<div id="picture"></div>
<noscript>{says}</noscript>
<script type="module">
{script}
const spec = {spec};
{drawing}
</script>
</body>
</html>
"""

# A picture of ours says in `usermeta` how it is fitted: all its fields become as wide as the page less what
# axes take, which is measured once it is drawn. Another chart stays as wide as it is.
_DRAWING = """
const picture = document.getElementById("picture");
const dark = matchMedia("(prefers-color-scheme: dark)");
const fit = (spec.usermeta || {}).fit;
const fields = [spec, ...(spec.vconcat || []), ...(spec.vconcat || []).map(view => view.spec || {})]
  .filter(view => typeof view.width === "number");
let wide = 0, result;

function resize(width) {
  width = Math.max(Math.min(width, fit.widest), 80);
  for (const field of fields) {
    field.width = width;
    if (fit.ratio) field.height = Math.round(Math.min(Math.max(fit.ratio * width, fit.least), fit.most));
  }
  return width;
}

async function embed() {
  if (result) result.finalize();
  spec.background = dark.matches ? "#181818" : "white";
  const tooltip = {theme: dark.matches ? "dark" : "light"};
  result = await vegaEmbed(picture, spec, {renderer: "canvas", loader: {target: "_blank"}, tooltip});
  return picture.querySelector("canvas").getBoundingClientRect().width;
}

// What axes and legends take depends on the width, nearly in proportion: by the secant it is met at once.
async function draw() {
  wide = picture.clientWidth;
  if (!fit) return embed();
  let width = resize(wide - 10), over = await embed() - wide, slope = 1;
  for (let turn = 0; turn < 4 && Math.abs(over) > 1; turn++) {
    const next = resize(width - over / slope);
    if (next === width) return;
    const now = await embed() - wide;
    slope = Math.max((now - over) / (next - width), 0.5);
    [width, over] = [next, now];
  }
}

const redraw = () => draw().then(() => { picture.dataset.drawn = wide; });
let drawing = redraw();
addEventListener("resize", () => { if (picture.clientWidth !== wide) drawing = drawing.then(redraw); });
dark.addEventListener("change", () => { drawing = drawing.then(redraw); });
"""


def page(spec: Mapping[str, Any], says: str, script: str) -> str:
    """A page that draws the specification with the given script, which brings `vegaEmbed`.

    The title of the specification is the page's heading, for there it is wrapped. No text of the
    specification can end the script or begin another: `<` is written as an escape.
    """
    drawn = json.dumps(
        {name: part for name, part in spec.items() if name != "title"}, ensure_ascii=False, sort_keys=True
    )
    for sign in "<>&\u2028\u2029":
        drawn = drawn.replace(sign, f"\\u{ord(sign):04x}")
    title = escape(says.split("\n", 1)[0])
    heading = _heading(spec.get("title"))
    return _PAGE.format(
        title=title, says=escape(says), script=script, spec=drawn, heading=heading, drawing=_DRAWING
    )


def _heading(title: Any) -> Markup:
    """The title of a specification and the lines below it."""
    parts = title if isinstance(title, dict) else {"text": title}
    lines = {name: _lines(parts.get(name)) for name in ("text", "subtitle")}
    written = [Markup("<h1>{}</h1>\n").format(line) for line in lines["text"]]
    return Markup("").join([*written, *(Markup("<p>{}</p>\n").format(line) for line in lines["subtitle"])])


def _lines(text: Any) -> list[str]:
    lines = text if isinstance(text, list) else [text]
    return [line for line in lines if isinstance(line, str) and line]


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
