"""All titles of a site in the order of the alphabet: pages that are read without a script, and the index
that the search page reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from ..display import Html, filled, join_html, pluralize
from ..listing.formulas import readable_formulas
from ..listing.page import paragraph
from ..listing.wording import plain
from ..paper import Paper
from ..spelling import lowered, unaccented
from .blocks import NOTHING, divided, pager, title_block, ways
from .bounds import size_of
from .entries import near, paper_line
from .pages import Links, PageLink, SiteFrame
from .shell import address_of, feed_links, named_link, site_page

MOST_TITLES = 20_000
"""Titles that the index for the search page has, the newest papers first: about 2 MB."""

_ROOM = 50_000  # bytes of a page for its titles
_LONGEST = 300  # characters of a title in the index
_NUMBERS, _OTHERS = "0-9", "other"
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class _Line:
    """A title as it is listed: the letter under which it stands, what it is ordered by, and its line."""

    letter: str
    key: tuple[str, str]
    html: Html

    @property
    def size(self) -> int:
        return size_of(self.html) + 1


def titles_pages(
    papers: Sequence[Paper], *, folder: str, frame: SiteFrame, links: Links
) -> Mapping[str, bytes]:
    """Write the pages of all titles.

    Parameters
    ----------
    papers : sequence of Paper
        The papers that have a page, in any order.
    folder : str
        Where the pages lie below the site's root.
    frame : SiteFrame
        The site.
    links : Links
        Which papers have a page.

    Returns
    -------
    mapping of str to bytes
        Each page by its path: ``titles/index.html`` with the letters, and ``titles/a.html``,
        ``titles/a-2.html``, ``titles/0-9.html``, ``titles/other.html`` where there are titles.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.site import SiteFrame, titles_pages
    >>> class Here:
    ...     def page_of(self, paper):
    ...         return f"paper/{paper.id}.html"
    >>> papers = [Paper(id="1", title="Adapters"), Paper(id="2", title="Ångström units")]
    >>> [*titles_pages(papers, folder="titles", frame=SiteFrame("Papers", "", "", ()), links=Here())]
    ['titles/index.html', 'titles/a.html']
    """
    at = f"{folder}/index.html"
    ordered = sorted((_line(paper, at, links) for paper in papers), key=lambda line: line.key)
    # A stable sort: Latin letters first, then figures, then all other scripts.
    ordered.sort(key=lambda line: _rank(line.letter))
    letters = {letter: [*some] for letter, some in groupby(ordered, key=lambda line: line.letter)}
    pages = {at: _contents(letters, folder, at, frame)}
    for letter, some in letters.items():
        pages |= _letter(letter, some, letters, folder, frame)
    return pages


def _line(paper: Paper, path: str, links: Links) -> _Line:
    words = _NO_LETTER.sub(" ", unaccented(lowered(readable_formulas(plain(paper.title))))).strip()
    first = words[:1]
    other = _NUMBERS if first.isascii() and first.isdigit() else _OTHERS
    letter = first if "a" <= first <= "z" else other
    return _Line(letter, (words, paper.id), paper_line(paper, path, links))


def _rank(letter: str) -> tuple[int, str]:
    return ((_NUMBERS, _OTHERS).index(letter) + 1 if letter in (_NUMBERS, _OTHERS) else 0), letter


def _name(letter: str) -> str:
    return {_NUMBERS: "0–9", _OTHERS: "Other scripts"}.get(letter, letter.upper())


def _contents(letters: Mapping[str, Sequence[_Line]], folder: str, path: str, frame: SiteFrame) -> bytes:
    total = sum(map(len, letters.values()))
    rows = (
        filled(
            '<li>{} <span class="count">{}</span></li>',
            named_link(_name(letter), f"{folder}/{letter}.html", path),
            f"{len(some):,}",
        )
        for letter, some in letters.items()
    )
    listed = filled('<ul class="letters">{}</ul>', Markup().join(rows))
    title = title_block("All titles", said=f"{pluralize(total, 'title')}, by their first letter")
    main = join_html("\n", (title, listed if letters else paragraph(NOTHING, "nothing")))
    return site_page("All titles", main, path=path, frame=frame, head=feed_links(path))


def _letter(
    letter: str, some: Sequence[_Line], letters: Mapping[str, object], folder: str, frame: SiteFrame
) -> Iterator[tuple[str, bytes]]:
    parts = divided(some, _ROOM)
    paths = [f"{folder}/{letter}{f'-{at}' if at > 1 else ''}.html" for at in range(1, len(parts) + 1)]
    links = [PageLink(path, str(number)) for number, path in enumerate(paths, start=1)]
    for number, (path, lines) in enumerate(zip(paths, parts, strict=True), start=1):
        title = f"Titles: {_name(letter)}" + (f" · page {number} of {len(parts)}" if number > 1 else "")
        main = (
            title_block(title, said=pluralize(len(some), "title")),
            _alphabet(letter, letters, folder, path),
            filled('<div class="wide">{}</div>', near(line.html for line in lines)),
            pager(links, path),
        )
        yield path, site_page(title, join_html("\n", main), path=path, frame=frame)


def _alphabet(letter: str, letters: Mapping[str, object], folder: str, path: str) -> Html:
    """The ways to the other letters."""
    here = ' aria-current="true"'
    links = (
        named_link(_name(one), f"{folder}/{one}.html", path, here if one == letter else "") for one in letters
    )
    return ways("alphabet", "Letters", links)


def titles_script(papers: Sequence[Paper], *, path: str, links: Links) -> bytes:
    """Write the index that the search page reads.

    Parameters
    ----------
    papers : sequence of Paper
        The papers in the order in which they are found; the first `MOST_TITLES` are in the index.
    path : str
        Of the script, which lies beside the search page.
    links : Links
        Which papers have a page; others are not in the index.

    Returns
    -------
    bytes
        A script that names its titles and pages and does nothing: ``const TITLES = [title, page, ...]``.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.site import titles_script
    >>> class Here:
    ...     def page_of(self, paper):
    ...         return f"paper/{paper.id}.html"
    >>> script = titles_script([Paper(id="1", title="a <b> c")], path="titles.js", links=Here())
    >>> print(script.decode().strip())
    const TOTAL = 1;
    const TITLES = [
    "a \\u003cb> c","paper/1.html"
    ];
    """
    here = [(paper, page) for paper in papers if (page := links.page_of(paper)) is not None]
    rows = ",\n".join(script_row(paper, address_of(page, path)) for paper, page in here[:MOST_TITLES])
    return f"const TOTAL = {len(here)};\nconst TITLES = [\n{rows}\n];\n".encode("utf-8", "replace")


def script_row(paper: Paper, address: str, *, most: int = _LONGEST) -> str:
    """A title, of so many characters at most, and an address, as two texts of a script."""
    return f"{_text(readable_formulas(plain(paper.marked_title))[:most])},{_text(address)}"


def _text(text: str) -> str:
    """A text of a script that nothing can end: no tag, and no line of Unicode."""
    written = json.dumps(text, ensure_ascii=False)
    return written.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
