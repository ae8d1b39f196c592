"""How pages look, and the shell around them: one style sheet, system fonts, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from markupsafe import Markup

from ..display import Html


@dataclass(frozen=True)
class Palette:
    """The colours of a page: each text can be read on `paper` by the contrast of WCAG AA.

    Attributes
    ----------
    paper, ink, soft, link, visited, mark, rule : str
        Background, text, lesser text, links, visited links, what is special, and lines.
    """

    paper: str
    ink: str
    soft: str
    link: str
    visited: str
    mark: str
    rule: str


LIGHT = Palette("#fdfcfa", "#1d1c1a", "#625d55", "#0b4f8a", "#5b3a8c", "#8a3b0c", "#e2ddd4")
DARK = Palette("#15161a", "#e4e1da", "#a39e95", "#8ab8f2", "#c0a5f5", "#eda36b", "#34363c")


def _variables(palette: Palette) -> str:
    return "".join(f"--{name}:{color};" for name, color in vars(palette).items())


STYLE = f"""
:root {{ color-scheme: light dark; {_variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
* {{ box-sizing: border-box }}
html {{ -webkit-text-size-adjust: 100%; text-size-adjust: 100% }}
body {{
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}}
h1, h2, h3, p, ol, ul, blockquote {{ margin: 0; padding: 0; font-weight: inherit; font-size: inherit }}
h1, h3, blockquote, details p {{
  font-family: Charter, "Bitstream Charter", "Iowan Old Style", Cambria, "Noto Serif", "Liberation Serif",
    Georgia, serif;
}}
h1 {{ font-size: 1.9rem; line-height: 1.2; letter-spacing: -.01em; text-wrap: balance }}
h2 {{ font-weight: 600; line-height: 1.35 }}
h3 {{ font-size: 1.175rem; line-height: 1.32; text-wrap: pretty }}
ul {{ list-style: none }}
a {{ color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em }}
a:visited {{ color: var(--visited) }}
h3 a {{ text-decoration-color: transparent }}
h3 a:hover, h3 a:focus-visible {{ text-decoration-color: currentColor }}
:focus-visible {{ outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px }}
header, footer, .order, .by, .why, .interests, .save, summary {{ font-size: .875rem; color: var(--soft) }}
header {{ padding-bottom: 1.5rem }}
header h1 {{ color: var(--ink); margin-bottom: .4rem }}
section {{ border-top: 1px solid var(--rule); padding: 1.25rem 0 1.75rem }}
section ol {{ padding-left: 2rem; margin-top: 1.1rem }}
li + li > article {{ margin-top: 1.6rem }}
ol > li::marker {{ color: var(--soft); font-size: .875rem }}
.interests {{ margin-top: .7rem }}
.interests li + li {{ margin-top: .25rem }}
.by, .why, .mark {{ margin-top: .2rem; line-height: 1.45; text-wrap: pretty }}
.why {{ display: flex; flex-wrap: wrap; column-gap: 1.1em }}
.mark {{ font-size: .875rem; color: var(--mark); font-weight: 600 }}
blockquote {{ margin-top: .45rem; padding-left: .8rem; border-left: 2px solid var(--rule) }}
details {{ margin-top: .3rem }}
details:not([open]) {{ display: inline-block; margin-right: 1rem }}
details p {{ padding: .1rem 0 .3rem; max-width: 40rem; hyphens: auto }}
summary {{ cursor: pointer; padding: .15rem 0; width: fit-content }}
.nothing {{ margin-top: .9rem; max-width: 40rem }}
.say {{ display: inline-flex; flex-wrap: wrap; gap: .4rem; margin-top: .35rem }}
button {{
  font: inherit; font-size: .8125rem; min-height: 1.6rem; padding: .1rem .6rem; border-radius: .3rem;
  border: 1px solid var(--rule); background: none; color: var(--soft); cursor: pointer;
}}
button:hover {{ color: var(--ink); border-color: currentColor }}
button[aria-pressed="true"] {{ color: var(--paper); background: var(--link); border-color: var(--link) }}
button:disabled {{ cursor: default; opacity: .75; border-color: var(--rule) }}
.save {{ display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center }}
footer {{ border-top: 1px solid var(--rule); padding-top: 1.25rem }}
footer li + li {{ margin-top: .35rem }}
math {{ font-size: 1.02em }}
@media (min-width: 60rem) {{
  section {{ display: grid; grid-template-columns: 13rem minmax(0, 1fr); column-gap: 3rem }}
  section ol, .nothing {{ margin-top: 0 }}
  section > div {{ position: sticky; top: 1.5rem; align-self: start }}
  section ol {{ padding-left: 0 }}
}}
@media print {{
  body {{ padding: 0; max-width: none; font-size: 10pt; background: none; color: black }}
  article {{ break-inside: avoid }}
  summary, .say, .save {{ display: none }}
}}
""".strip()


def _policy(script: str) -> str:
    """Nothing is loaded but the page itself; this sheet and this script are all that it may hold."""
    scripts = f"; script-src {script_hash(script)}" if script else ""
    return f"default-src 'none'; style-src {script_hash(STYLE)}{scripts}; base-uri 'none'; form-action 'none'"


def script_hash(text: str) -> str:
    """What in a policy allows a script, or a style sheet, that stands in the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_PAGE = Markup(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
{robots}<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
{script}</body>
</html>
"""
)


def html_page(title: str, body: Html, *, private: bool = False, script: str = "") -> str:
    """Make a page of its body.

    Parameters
    ----------
    title : str
        What the window is called; text.
    body : Markup
        The page's header, main part and footer.
    private : bool, default False
        Whether search engines are kept out.
    script : str, default ""
        A program of ours that stands at its end.

    Returns
    -------
    str
        A page that loads nothing from elsewhere, and runs nothing but the script.

    Examples
    --------
    >>> from markupsafe import Markup
    >>> from recommender.listing import html_page
    >>> "<title>A &lt; B</title>" in html_page("A < B", Markup("<main></main>"))
    True
    """
    robots = Markup('<meta name="robots" content="noindex">\n') if private else ""
    program = Markup(f"<script>{script}</script>\n") if script else ""
    page = _PAGE.format(
        policy=Markup(_policy(script)),
        robots=robots,
        title=title,
        style=Markup(STYLE),
        body=body,
        script=program,
    )
    return str(page)
