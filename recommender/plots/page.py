"""The HTML page around a picture: as wide as the window, dark where the reader's system is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

__all__ = ["page"]

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
