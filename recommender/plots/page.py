"""The page around a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import escape

__all__ = ["page"]

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ margin: 1em; background: white; color: #222; font-family: sans-serif }}</style>
</head>
<body>
<div id="picture"></div>
<noscript>{says}</noscript>
<script type="module">
{script}
vegaEmbed("#picture", {spec}, {{renderer: "canvas", loader: {{target: "_blank"}}}});
</script>
</body>
</html>
"""


def page(spec: Mapping[str, Any], says: str, script: str) -> str:
    """A page that draws the specification with the given script, which brings `vegaEmbed`.

    No text of the specification can end the script or begin another: `<` is written as an escape.
    """
    drawn = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    for sign in "<>&\u2028\u2029":
        drawn = drawn.replace(sign, f"\\u{ord(sign):04x}")
    title = escape(says.split("\n", 1)[0])
    return _PAGE.format(title=title, says=escape(says), script=script, spec=drawn)
