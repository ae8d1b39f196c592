"""The HTML page of a listing: read without a server, a script, or anything from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

from ..display import Html, join_html
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
    links = [_link("PDF", entry.pdf)] if entry.pdf else []
    lines = (
        paragraph(join_html(" · ", (entry.byline, *entry.facts, *links))),
        *(Markup("<p><strong>{}</strong></p>").format(mark) for mark in entry.marks),
        paragraph(join_html(" · ", map(text, entry.reasons))),
        _quotation(text(entry.sentence)),
        paragraph(text(entry.abstract)),
    )
    return join_html("\n", lines)


_DOT = "\u00a0· "  # it begins no line


def _header(words: ListingWords) -> Html:
    title = html_formulas(words.title.replace(" · ", _DOT))
    return Markup("<header>\n<h1>{}</h1>\n<p>{}</p>\n</header>").format(title, words.state)


def _main(listing: Listing, words: ListingWords) -> Html:
    parts = zip(listing.parts, words.parts, strict=True)
    sections = (_part(number, *part, words.interests) for number, part in enumerate(parts, start=1))
    named = Markup(' data-listing="{}" data-reader="{}"').format(plain(listing.id), plain(listing.reader))
    main = Markup("<main{}>\n{}\n</main>")
    return main.format(named if listing.reader else "", join_html("\n", sections))


_PART = Markup("""<section aria-labelledby="part-{number}">
<div>
{head}
</div>
<div>
{entries}
</div>
</section>""")


def _part(number: int, part: Part, words: PartWords, interests: tuple[str, ...]) -> Html:
    title = Markup('<h2 id="part-{}">{}</h2>').format(number, words.title)
    listed = _lines("interests", interests) if part.kind == "personal" else ""
    head = join_html("\n", (title, paragraph(words.order, "order"), listed))
    papers = [_entry(entry.paper.id, said) for entry, said in zip(part.entries, words.entries, strict=True)]
    start = words.entries[0].place if papers else 1
    items = Markup('<ol start="{}">\n{}\n</ol>').format(start, join_html("\n", papers)) if papers else ""
    entries = join_html("\n", (paragraph(html_formulas(words.nothing), "nothing"), items))
    return _PART.format(number=number, head=head, entries=entries)


def _entry(paper: str, entry: EntryWords) -> Html:
    title = html_formulas(entry.title)
    heading = _link(title, entry.page) if entry.page else title
    pdf = Markup('<a href="{}" aria-label="{}">PDF</a>')
    links = [pdf.format(entry.pdf, f"PDF of {readable_formulas(entry.title)}")] if entry.pdf else []
    abstract = Markup('<details><summary>Abstract</summary><p dir="auto">{}</p></details>')
    lines = (
        Markup("<h3><bdi>{}</bdi></h3>").format(heading),
        paragraph(_dotted((entry.byline, *entry.facts, *links)), "by"),
        *(paragraph(mark, "mark") for mark in entry.marks),
        _lines("why", map(html_formulas, entry.reasons)),
        _quotation(html_formulas(entry.sentence)),
        abstract.format(html_formulas(entry.abstract)) if entry.abstract else "",
    )
    article = Markup('<li value="{}"><article data-paper="{}">\n{}\n</article></li>')
    return article.format(entry.place, plain(paper), join_html("\n", lines))


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
    """In one line; what is written from the right does not turn what stands beside it."""
    isolated = (part if part.isascii() else Markup("<bdi>{}</bdi>").format(part) for part in parts)
    return join_html(_DOT, isolated)
