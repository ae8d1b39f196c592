"""What every page of a site has around it: a head, the way to the site's parts, and a foot."""

from __future__ import annotations

import functools
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from ..display import Html, filled, join_html
from ..listing.formulas import readable_formulas
from ..listing.style import script_hash
from ..listing.wording import plain
from .bounds import bounded
from .pages import SiteFrame
from .style import SHEET, SOURCES

_TITLE = 200  # characters of a window's title

FEEDS = (
    ("feed.atom", "application/atom+xml", "Atom feed"),
    ("feed.json", "application/feed+json", "JSON feed"),
)
"""The site's feeds: path, media type, name."""

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
{}
</head>
<body>
{}
{}</body>
</html>
"""


def site_page(
    title: str,
    main: Html,
    *,
    path: str,
    frame: SiteFrame,
    head: Html | None = None,
    script: str = "",
    loads: str = "",
    fetches: bool = False,
    private: bool = False,
    foot: Html | None = None,
    about: Html | None = None,
) -> bytes:
    """Make a page of its main part.

    Parameters
    ----------
    title : str
        What the window is called, before the site's name; text, with or without formulas.
    main : Markup
        What stands in its ``<main>``.
    path : str
        Its own path below the site's root.
    frame : SiteFrame
        The site.
    head : Markup, optional
        More lines of the page's head.
    script : str, default ""
        A program of ours that stands at its end.
    loads : str, default ""
        The path of a script of the site that is loaded before it.
    fetches : bool, default False
        Whether it loads such a script itself, when it is needed.
    private : bool, default False
        Whether search engines are kept out, and no way leads to what is for all.
    foot : Markup, optional
        What stands at its foot, above the ways to the feeds.
    about : Markup, optional
        Attributes of its ``<main>``.

    Returns
    -------
    bytes
        A page that loads nothing from elsewhere, and runs nothing but these scripts.

    Examples
    --------
    >>> from markupsafe import Markup
    >>> from recommender.site import SiteFrame
    >>> from recommender.site.shell import site_page
    >>> frame = SiteFrame("Papers", "", "2026-11-30", (("Today", "index.html"),))
    >>> page = site_page("Today", Markup("<h1>Today</h1>"), path="index.html", frame=frame).decode()
    >>> '<a href="index.html" aria-current="page">Today</a>' in page
    True
    """
    above, below = ("", "") if private else (_banner(frame, path), _feeds(path))
    body = (
        above,
        filled('<main id="main"{}>\n{}\n</main>', about or "", main),
        _foot(foot or Markup(), below),
    )
    page = filled(
        _PAGE,
        Markup(_policy(script, loads=fetches or bool(loads))),
        _head(title, path, frame, head or Markup(), private=private),
        join_html("\n", body),
        _scripts(script, loads and address_of(loads, path)),
    )
    return page.encode("utf-8", "replace")


@functools.lru_cache(maxsize=10_000)
def quoted(path: str) -> str:
    """A path as it stands in an address."""
    return quote(path, safe="/.~-_#")


def address_of(target: str, path: str) -> str:
    """The relative address of a file of the site on the page of this path, both below the site's root."""
    return f"{'../' * path.count('/')}{quoted(target)}"


def _head(title: str, path: str, frame: SiteFrame, more: Html, *, private: bool) -> Html:
    named = " · ".join(
        filter(None, (readable_formulas(bounded(title, _TITLE)), bounded(frame.title, _TITLE)))
    )
    own = filled('<link rel="canonical" href="{}/{}">', frame.base_url, quoted(path))
    return join_html(
        "\n",
        (
            filled("<title>{}</title>", named),
            filled('<link rel="stylesheet" href="{}">', address_of(SHEET, path)),
            Markup('<meta name="robots" content="noindex">') if private else "",
            own if frame.base_url and not private else "",
            more,
        ),
    )


def _policy(script: str, *, loads: bool) -> str:
    """Nothing from elsewhere; this script and, where it is loaded, one of the site."""
    allowed = " ".join(filter(None, (script_hash(script) if script else "", SOURCES if loads else "")))
    scripts = f"; script-src {allowed}" if allowed else ""
    return f"default-src 'none'; style-src {SOURCES}{scripts}; base-uri 'none'; form-action 'none'"


def _scripts(script: str, loaded: str) -> Html:
    outside = filled('<script src="{}"></script>\n', loaded) if loaded else Markup()
    return outside + Markup(f"<script>{script}</script>\n" if script else "")


def _banner(frame: SiteFrame, path: str) -> Html:
    here = next((target for _, target in frame.sections if target == path), "")
    return _banner_of(frame, "../" * path.count("/"), here)


_BANNER: Final = """<a class="skip" href="#main">Skip to the content</a>
<header>
<p><a href="{}{}">{}</a></p>
<nav aria-label="Site"><ul>{}</ul></nav>
</header>"""


@functools.lru_cache(maxsize=100)
def _banner_of(frame: SiteFrame, root: str, here: str) -> Html:
    """The way past it, the site's name and its parts."""
    home = frame.sections[0][1] if frame.sections else "index.html"
    sections = (
        filled(
            '<li><a href="{}{}"{}>{}</a></li>',
            root,
            quoted(target),
            Markup(' aria-current="page"') if target == here else "",
            label,
        )
        for label, target in frame.sections
    )
    return filled(_BANNER, root, quoted(home), plain(frame.title), Markup().join(sections))


def feed_links(path: str, folder: str = "") -> Html:
    """The feeds that lie in a folder of the site, for the head of a page, so that feed readers find them."""
    links = ((kind, name, address_of(folder + at, path)) for at, kind, name in FEEDS)
    return join_html("\n", (alternate(*link) for link in links))


def alternate(kind: str, name: str, address: str) -> Html:
    """Another form of what a page shows, for the page's head: its media type, its name and its address."""
    return filled('<link rel="alternate" type="{}" title="{}" href="{}">', kind, name, address)


def _feeds(path: str) -> Html:
    links = (filled('<li><a href="{}">{}</a></li>', address_of(at, path), name) for at, _, name in FEEDS)
    return filled('<ul class="links">{}</ul>', Markup().join(links))


def _foot(own: Html, below: str) -> Html:
    content = join_html("\n", (own, below))
    return filled("<footer>\n{}\n</footer>", content) if content else Markup()


def named_link(label: str, target: str, path: str, more: str = "") -> Html:
    """A link to a file of the site; `more` are attributes of ours."""
    return filled('<a href="{}"{}>{}</a>', address_of(target, path), Markup(more), plain(label))
