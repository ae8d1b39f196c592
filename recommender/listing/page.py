"""The HTML page of a listing: read without a server, a script, or anything from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from markupsafe import Markup, escape

from ..display import Html, filled, join_html
from .feedback import FEEDBACK_SCRIPT
from .formulas import html_formulas, readable_formulas
from .listing import Listing, Part
from .style import html_page
from .wording import EntryWords, ListingWords, PartWords, plain, words_of


class PageWriter:
    """One page: its parts as sections, its papers as articles of an ordered list."""

    name = "html"
    ending = ".html"

    def write(self, listing: Listing) -> bytes:
        """The page; abstracts are folded, formulas are MathML where the extra ``pages`` is installed.

        A reader's own page has buttons for opinions, where scripts run; see `feedback`.
        """
        words = words_of(listing)
        script = FEEDBACK_SCRIPT if listing.reader else ""
        body = join_html("\n", (_header(words), _main(listing, words), _footer(words)))
        return html_page(words.title, body, private=bool(listing.reader), script=script).encode()


def entry_html(entry: EntryWords, text: Callable[[str], str] = escape) -> Html:
    """What is said of a paper below its title, for a feed: no class, no style, nothing folded.

    `text` makes HTML of what may hold formulas.
    """
    links = [link("PDF", entry.pdf)] if entry.pdf else []
    lines = (
        paragraph(join_html(" · ", (entry.byline, *entry.facts, *links))),
        *(filled("<p><strong>{}</strong></p>", mark) for mark in entry.marks),
        paragraph(join_html(" · ", map(text, entry.reasons))),
        _quotation(text(entry.sentence)),
        paragraph(text(entry.abstract)),
    )
    return join_html("\n", lines)


DOT = "\u00a0· "
"""Between facts; it begins no line."""


def _header(words: ListingWords) -> Html:
    title = html_formulas(words.title.replace(" · ", DOT))
    return filled("<header>\n<h1>{}</h1>\n<p>{}</p>\n</header>", title, words.state)


def _main(listing: Listing, words: ListingWords) -> Html:
    named = whose(listing) if listing.reader else ""
    return filled("<main{}>\n{}\n</main>", named, page_sections(listing, words))


def whose(listing: Listing) -> Html:
    """Attributes of a reader's page, which its script looks for."""
    return filled(' data-listing="{}" data-reader="{}"', plain(listing.id), plain(listing.reader))


def page_sections(listing: Listing, words: ListingWords) -> Html:
    """The parts of a listing, one below the other."""
    parts = zip(listing.parts, words.parts, strict=True)
    sections = (_part(number, *part, words.interests) for number, part in enumerate(parts, start=1))
    return join_html("\n", sections)


_SECTION: Final = """<section aria-labelledby="{}">
<div>
{}
</div>
<div>
{}
</div>
</section>"""


def section(id: str, title: str, head: Iterable[str], content: Iterable[str]) -> Html:
    """A section of a page: its title and what is said of it at the side, and its content."""
    heading = filled('<h2 id="{}">{}</h2>', id, title)
    return filled(_SECTION, id, join_html("\n", (heading, *head)), join_html("\n", content))


def _part(number: int, part: Part, words: PartWords, interests: tuple[str, ...]) -> Html:
    listed = lines("interests", interests) if part.kind == "personal" else ""
    papers = [
        item(said.place, article(entry.paper.id, said, heading(said.title, said.page)))
        for entry, said in zip(part.entries, words.entries, strict=True)
    ]
    said = paragraph(html_formulas(words.nothing), "nothing")
    head = (paragraph(words.order, "order"), listed)
    start = words.entries[0].place if papers else 1
    return section(f"part-{number}", words.title, head, (said, items(start, papers)))


def items(start: int, papers: Sequence[str]) -> Html:
    """A list of what `item` made, the first of this place; nothing where there are none."""
    return filled('<ol start="{}">\n{}\n</ol>', start, join_html("\n", papers)) if papers else Markup()


def item(place: int, content: Html) -> Html:
    """One paper of a list."""
    return filled('<li value="{}">{}</li>', place, content)


def heading(title: str, address: str) -> Html:
    """A title with its formulas, leading to an address where there is one."""
    shown = html_formulas(title)
    return link(shown, address) if address else shown


_ABSTRACT: Final = '<details><summary>Abstract</summary><p dir="auto">{}</p></details>'


def article(paper: str, entry: EntryWords, title: Html) -> Html:
    """All that is said of a paper of this id, under its title; facts may be links already."""
    named = f"PDF of {readable_formulas(entry.title)}"
    links = [filled('<a href="{}" aria-label="{}">PDF</a>', entry.pdf, named)] if entry.pdf else []
    said = (
        filled("<h3><bdi>{}</bdi></h3>", title),
        paragraph(dotted((entry.byline, *entry.facts, *links)), "by"),
        *(paragraph(mark, "mark") for mark in entry.marks),
        lines("why", map(html_formulas, entry.reasons)),
        _quotation(html_formulas(entry.sentence)),
        filled(_ABSTRACT, html_formulas(entry.abstract)) if entry.abstract else "",
    )
    return filled('<article data-paper="{}">\n{}\n</article>', plain(paper), join_html("\n", said))


def _footer(words: ListingWords) -> Html:
    return filled("<footer>\n{}\n</footer>", notes(words))


def notes(words: ListingWords) -> Html:
    """What is to be said of a listing, and when it was made."""
    return lines("notes", (*map(html_formulas, words.notes), words.made))


def link(text: str, address: str) -> Html:
    """A text that leads to an address."""
    return filled('<a href="{}">{}</a>', address, text)


def lines(kind: str, texts: Iterable[str]) -> Html:
    """A list of lines of a class; nothing where there are none."""
    listed = join_html("", (filled("<li>{}</li>", text) for text in texts if text))
    return filled('<ul class="{}">{}</ul>', kind, listed) if listed else Markup()


def paragraph(text: str, kind: str = "") -> Html:
    """A paragraph, of a class where it has one; nothing where there is no text."""
    named = filled(' class="{}"', kind) if kind else Markup()
    return filled("<p{}>{}</p>", named, text) if text else Markup()


def _quotation(text: str) -> Html:
    return filled('<blockquote dir="auto">{}</blockquote>', text) if text else Markup()


def dotted(parts: Iterable[str]) -> Html:
    """Facts in one line; what is written from the right does not turn what stands beside it."""
    isolated = (part if part.isascii() else filled("<bdi>{}</bdi>", part) for part in parts)
    return join_html(DOT, isolated)
