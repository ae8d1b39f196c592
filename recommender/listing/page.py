"""The HTML page of a listing: read without a server, a script, or anything from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

from ..display import Html, join_html
from .formulas import html_formulas, readable_formulas
from .listing import Listing
from .style import html_page
from .wording import EntryWords, ListingWords, PartWords, words_of


class PageWriter:
    """One page: its parts as sections, its papers as articles of an ordered list."""

    name = "html"
    ending = ".html"

    def write(self, listing: Listing) -> bytes:
        """The page; abstracts are folded, formulas are MathML where the extra ``pages`` is installed."""
        words = words_of(listing)
        body = join_html("\n", (_header(words), _main(words), _footer(words)))
        return html_page(words.title, body, private=bool(listing.reader)).encode()


def entry_html(entry: EntryWords, text: Callable[[str], str] = escape) -> Html:
    """What is said of a paper below its title, for a feed: no class, no style, nothing folded.

    `text` makes HTML of what may hold formulas.
    """
    links = [_link("PDF", entry.pdf)] if entry.pdf else []
    lines = (
        paragraph(_dotted((entry.byline, *entry.facts, *links))),
        *(Markup("<p><strong>{}</strong></p>").format(mark) for mark in entry.marks),
        paragraph(_dotted(map(text, entry.reasons))),
        _quotation(text(entry.sentence)),
        paragraph(text(entry.abstract)),
    )
    return join_html("\n", lines)


def _header(words: ListingWords) -> Html:
    below = _dotted((words.span, words.corpus))
    return Markup("<header>\n<h1>{}</h1>\n<p>{}</p>\n</header>").format(html_formulas(words.title), below)


def _main(words: ListingWords) -> Html:
    parts = (_part(number, part, words) for number, part in enumerate(words.parts, start=1))
    return Markup("<main>\n{}\n</main>").format(join_html("\n", parts))


def _part(number: int, part: PartWords, words: ListingWords) -> Html:
    interests = _lines("interests", words.interests if part.kind == "personal" else ())
    head = join_html(
        "\n",
        (
            Markup('<h2 id="part-{}">{}</h2>').format(number, part.title),
            paragraph(part.order, "order"),
            interests,
        ),
    )
    start = part.entries[0].place if part.entries else 1
    items = join_html("\n", map(_entry, part.entries))
    listed = Markup('<ol start="{}">\n{}\n</ol>').format(start, items) if items else Markup()
    nothing = paragraph(html_formulas(part.nothing), "nothing")
    return Markup(
        '<section aria-labelledby="part-{}">\n<div>\n{}\n</div>\n<div>\n{}\n</div>\n</section>'
    ).format(number, head, join_html("\n", (nothing, listed)))


def _entry(entry: EntryWords) -> Html:
    title = html_formulas(entry.title)
    heading = _link(title, entry.page) if entry.page else title
    pdf = Markup('<a href="{}" aria-label="{}">PDF</a>')
    links = [pdf.format(entry.pdf, f"PDF of {readable_formulas(entry.title)}")] if entry.pdf else []
    abstract = Markup('<details><summary>Abstract</summary><p dir="auto">{}</p></details>')
    lines = (
        Markup('<h3 dir="auto">{}</h3>').format(heading),
        paragraph(_dotted((entry.byline, *entry.facts, *links)), "by"),
        *(paragraph(mark, "mark") for mark in entry.marks),
        paragraph(_dotted(map(html_formulas, entry.reasons)), "why"),
        _quotation(html_formulas(entry.sentence)),
        abstract.format(html_formulas(entry.abstract)) if entry.abstract else "",
    )
    return Markup('<li value="{}"><article>\n{}\n</article></li>').format(entry.place, join_html("\n", lines))


def _footer(words: ListingWords) -> Html:
    notes = _lines("notes", (*map(html_formulas, words.notes), words.made))
    return Markup("<footer>\n{}\n</footer>").format(notes)


def _link(text: str, address: str) -> Html:
    return Markup('<a href="{}">{}</a>').format(address, text)


def _lines(kind: str, lines: Iterable[str]) -> Html:
    items = join_html("", (Markup("<li>{}</li>").format(line) for line in lines))
    return Markup('<ul class="{}">{}</ul>').format(kind, items) if items else Markup()


def paragraph(text: str, kind: str = "") -> Html:
    """A paragraph, of a class where it has one; nothing where there is no text."""
    named = Markup(' class="{}"').format(kind) if kind else Markup()
    return Markup("<p{}>{}</p>").format(named, text) if text else Markup()


def _quotation(text: str) -> Html:
    return Markup('<blockquote dir="auto">{}</blockquote>').format(text) if text else Markup()


def _dotted(parts: Iterable[str]) -> Html:
    return join_html(" · ", parts)
