"""How the map and bars look: what of a map is shown at which width, and how large its dots are."""

from __future__ import annotations

WIDTHS = (240, 340, 480, 680, 930)
"""Pixels of the drawing of a map, the least of each width for which names are placed."""


def _names_by_width() -> str:
    """Names that were placed for a width are shown from there to the next."""
    ends = [f" and (max-width: {width - 0.02}px)" for width in WIDTHS[1:]]
    starts = ["min-width: 0", *(f"min-width: {width}px" for width in WIDTHS[1:])]
    return "\n".join(
        f"@container map ({start}){end} {{ .at-{number} {{ display: inline }} }}"
        for number, (start, end) in enumerate(zip(starts, [*ends, ""], strict=True), start=1)
    )


DRAWING_STYLE = f"""
.mapped {{ container: map / inline-size; position: relative; margin: 0; padding: 12px 0 }}
.map {{ display: block; width: 100%; aspect-ratio: 39 / 28; min-height: 376px; overflow: visible }}
.map svg {{ overflow: visible }}
.dots path {{
  fill: none; stroke-linecap: round; vector-effect: non-scaling-stroke; stroke-opacity: .85;
  stroke-width: clamp(4.6px, .9cqw, 8px);
}}
.many path {{ stroke-width: clamp(2.8px, .68cqw, 6px) }}
.most path {{ stroke-width: clamp(1.7px, .45cqw, 4.2px) }}
.cells path {{ stroke-width: clamp(2.2px, .45cqw, 4.2px) }}
.dots .middling {{ stroke-opacity: .55 }}
.dots .faint {{ stroke-opacity: .3 }}
.dots a:hover path {{ stroke-opacity: 1 }}
.names, .badge {{ font: 600 12px/1 Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif }}
.names {{ display: none }}
.names text + text {{
  fill: var(--ink); stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; paint-order: stroke;
}}
.names circle, .badge circle {{ stroke: var(--paper); stroke-width: 1.5px }}
circle + text {{ font-size: 10px; font-weight: 700; text-anchor: middle }}
.map a:hover text, .map a:focus-visible text {{ text-decoration: underline }}
{_names_by_width()}
.tip {{
  position: absolute; z-index: 1; max-width: min(22rem, 100%); padding: .3rem .6rem; pointer-events: none;
  font-size: .875rem; line-height: 1.35; background: var(--paper); border: 1px solid var(--soft);
  border-radius: .3rem;
}}
.tip small {{ display: block; color: var(--soft) }}
.badge {{ width: 20px; height: 20px; vertical-align: -5px; overflow: visible; margin: 0 .5rem 0 -28px }}
.signed .near li, .signed .near li + li {{ padding-left: 28px }}
.counted {{ margin: 0; max-width: 34rem }}
.counted figcaption, .growth {{ margin-top: .4rem; font-size: .875rem; color: var(--soft) }}
.near .growth {{ margin-top: 0; font-family: system-ui, sans-serif }}
.bars {{ display: block; width: 100%; height: 4.5rem; border-bottom: 1px solid var(--rule) }}
.bars path {{ fill: none; stroke: var(--link); stroke-width: .76 }}
.bars .now {{ stroke-opacity: .5 }}
.bars.small {{ height: 1.6rem; max-width: 16rem; margin-top: .3rem }}
.topics li + li {{ margin-top: 1.1rem }}
table {{ border-collapse: collapse; margin-top: .4rem; font-size: .875rem }}
th, td {{ padding: .15rem 1.5rem .15rem 0; text-align: left; font-weight: inherit }}
thead th {{ color: var(--soft) }}
td {{ text-align: right }}
""".strip()
