"""The one style sheet of a site: that of all pages, and what only a site has.

Every page loads it by a relative address, so that ten thousand pages do not hold it ten thousand times. A
policy lets it through by ``'self' file:``: for Firefox ``'self'`` means nothing on a page that is opened from
a folder, and no browser loads ``file:`` on a page of the web.
"""

from __future__ import annotations

from ..listing.style import STYLE
from .drawing_style import DRAWING_STYLE

SHEET = "style.css"
"""Where it lies below the site's root."""

SOURCES = "'self' file:"
"""Where a page of a site may load from: its own site, on the web and in a folder."""

_SITE = """
:root {
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", Cambria, "Noto Serif", "Liberation Serif",
    Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}
.skip { position: absolute; left: 1rem; top: .5rem; padding: .3rem .6rem; background: var(--paper) }
.skip:not(:focus) { clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; white-space: nowrap }
body { padding-top: 1rem }
header {
  display: flex; flex-wrap: wrap; gap: 0 1.5rem; padding-bottom: 0; border-bottom: 1px solid var(--rule);
}
.letters { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: 0 1rem }
.letters a { display: inline-block; padding: .35rem .3rem; min-width: 1.75rem }
nav ul { display: flex; flex-wrap: wrap; gap: 0 .25rem; margin: 0 -.45rem }
nav a, nav span { display: inline-block; padding: .45rem .45rem; min-width: 1.75rem; line-height: 1.3 }
header a { display: inline-block; color: var(--soft); text-decoration: none; line-height: 1.3 }
header a:visited { color: var(--soft) }
header a:hover { color: var(--ink); text-decoration: underline }
header p a { padding: .45rem 0; color: var(--ink); font-weight: 600 }
header p a:visited { color: var(--ink) }
header nav [aria-current] { color: var(--ink); text-decoration: underline; text-decoration-thickness: 2px }
main { display: block }
.title { padding: 1.75rem 0 1.5rem }
.title p, .title ul { margin-top: .45rem; font-size: .875rem; color: var(--soft); text-wrap: pretty }
.title .lead { font-size: 1rem; color: var(--ink); max-width: 46rem }
.title .mark { color: var(--mark) }
.links { display: flex; flex-wrap: wrap; gap: 0 .9rem }
.links a { display: inline-block; padding: .3rem 0; min-width: 1.5rem }
.turn ul { justify-content: space-between; font-size: .875rem }
.turn { padding-bottom: .5rem }
main nav [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none }
.alphabet { padding-bottom: 1.25rem }
.pager { border-top: 1px solid var(--rule); padding-top: .5rem; font-size: .875rem }
.by a, .title p a { padding: .28rem 0 }
h3 a { padding: .12rem 0 }
.abstract {
  max-width: 42rem; hyphens: auto; text-wrap: pretty;
  font-family: var(--serif); font-size: 1.0625rem; line-height: 1.55;
}
.near { list-style: none; padding: 0; font-family: var(--serif); font-size: 1.0625rem }
.near li, .near li + li { margin: 0; padding: .3rem 0; line-height: 1.4 }
.near a { padding: .22rem 0; text-decoration-color: transparent }
.near a:hover, .near a:focus-visible { text-decoration-color: currentColor }
.near small, .count { font-size: .875rem; color: var(--soft) }
.near small { margin-left: .5em; font-family: var(--sans) }
.other { margin-top: 1.75rem }
.other a { padding: .25rem 0 }
section ol.near { margin-top: 0; padding: 0 }
.wide { columns: 17rem; column-gap: 2.5rem }
.wide li { break-inside: avoid }
.search { display: grid; gap: .4rem; max-width: 40rem }
.search input {
  font: inherit; min-height: 2.6rem; padding: .3rem .7rem; width: 100%; color: var(--ink); background: none;
  border: 1px solid var(--soft); border-radius: .3rem;
}
footer { margin-top: 1rem; padding-bottom: 1rem }
footer .links { margin-top: .35rem }
footer .links li + li { margin-top: 0 }
.nothing + ol, ol + .nothing { margin-top: 1rem }
li + li > article { margin-top: 1.25rem }
@media print { .skip, header nav, .turn, footer .links { display: none } header { border: 0 } }
""".strip()


def style_sheet() -> bytes:
    """Give the site's style sheet.

    Returns
    -------
    bytes
        CSS, for the file `SHEET`.

    Examples
    --------
    >>> from recommender.site.style import style_sheet
    >>> b"prefers-color-scheme" in style_sheet()
    True
    """
    return f"{STYLE}\n{_SITE}\n{DRAWING_STYLE}\n".encode()
