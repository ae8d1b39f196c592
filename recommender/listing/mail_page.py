"""The two texts of a mail, equal in content: plain, and HTML that mail programs show.

They drop style sheets, fold nothing and know no MathML; so each style stands at its element, abstracts are
shortened rather than folded, and formulas are text. Colours are those of the reader's screen, light or dark.
There is no image and no link but to papers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from ..display import Html, join_html, pluralize, shortened
from .formulas import readable_formulas
from .listing import Listing
from .text import plain_text
from .wording import EntryWords, ListingWords, PartWords, words_of

MOST_BYTES = 70_000
"""Of both texts together: in base64, with the headers, less than the 102 kB at which Gmail cuts a mail."""

# Characters of an abstract and of every other text, tried one after the other until the mail is small enough.
_SHORTER: tuple[tuple[int | None, int], ...] = ((None, 2_000), (800, 500), (400, 300), (0, 300))


@dataclass(frozen=True)
class MailTexts:
    """What a mail says, twice.

    Attributes
    ----------
    text, html : str
        The plain text, and the page.
    """

    text: str
    html: str


def mail_texts(listing: Listing, *, foot: Sequence[str] = (), most: int = MOST_BYTES) -> MailTexts:
    """Write the two texts of a mail.

    Parameters
    ----------
    listing : Listing
        The listing.
    foot : sequence of str, default ()
        Lines that stand below both: how to answer, how to stop.
    most : int, default 70,000
        Bytes that both may have together in UTF-8: abstracts are shortened and then left out, and at last
        papers from the end, with a line that says how many.

    Returns
    -------
    MailTexts
        Both of the same content.

    Examples
    --------
    >>> from recommender.listing import CorpusState, Listing, mail_texts
    >>> listing = Listing("mei-day-2026-11-30", "Nothing today", "Mei", "day", "2026-11-30",
    ...                   "2026-11-30T06:00:00+00:00", (), (), CorpusState(232, 0, ""))
    >>> mail_texts(listing, foot=["Reply stop to stop."]).text.splitlines()[-1]
    'Reply stop to stop.'
    """
    whole = words_of(listing)
    for abstract, other in _SHORTER:
        words = _shortened(whole, abstract, other)
        if _size(written := _written(words, foot)) <= most:
            return written
    fewest, kept = 0, len(listing.entries)  # so many fit, and so many do not
    while kept - fewest > 1:
        half = (fewest + kept) // 2
        fits = _size(_written(_first(words, half), foot)) <= most
        fewest, kept = (half, kept) if fits else (fewest, half)
    return _written(_first(words, fewest), foot)


def _size(texts: MailTexts) -> int:
    return len(texts.text.encode()) + len(texts.html.encode())


def _written(words: ListingWords, foot: Sequence[str]) -> MailTexts:
    return MailTexts(plain_text(words, foot), str(_page(words, foot)))


def _shortened(words: ListingWords, abstract: int | None, other: int) -> ListingWords:
    def short(entry: EntryWords) -> EntryWords:
        text = readable_formulas(entry.abstract)  # a formula that is cut in two would be none
        return replace(
            entry,
            title=shortened(readable_formulas(entry.title), other),
            page=entry.page if len(entry.page) <= other else "",
            pdf=entry.pdf if len(entry.pdf) <= other else "",
            byline=shortened(entry.byline, other),
            facts=tuple(shortened(fact, other) for fact in entry.facts),
            reasons=tuple(shortened(readable_formulas(reason), other) for reason in entry.reasons),
            sentence=shortened(readable_formulas(entry.sentence), other),
            abstract=text if abstract is None else shortened(text, abstract) if abstract else "",
        )

    parts = (replace(part, entries=tuple(map(short, part.entries))) for part in words.parts)
    return replace(words, parts=tuple(parts))


def _first(words: ListingWords, count: int) -> ListingWords:
    """The first papers only, and a note of how many more there are."""
    parts, left = [], count
    for part in words.parts:
        parts.append(replace(part, entries=part.entries[:left]))
        left -= len(parts[-1].entries)
    more = sum(len(part.entries) for part in words.parts) - count
    note = f"{pluralize(more, 'more paper')} on the page of this list: a mail has room for no more."
    return replace(words, parts=tuple(parts), notes=(note, *words.notes))


_FONT = "font-family:Helvetica,Arial,sans-serif"
_LINE = "1px solid rgba(128,128,128,.4)"
_SMALL = f"margin:3px 0 0;{_FONT};font-size:13px;line-height:1.45"
_STYLES = {
    "body": "margin:0;padding:16px;background:Canvas;color:CanvasText",  # of the reader's system
    "main": "max-width:640px;margin:0 auto;font-family:Georgia,serif;font-size:16px;line-height:1.45",
    "h1": "margin:0;font-size:24px;line-height:1.25;font-weight:normal",
    "h2": f"margin:28px 0 0;padding-top:12px;border-top:{_LINE};{_FONT};font-size:16px",
    "h3": "margin:20px 0 0;font-size:18px;line-height:1.3;font-weight:normal",
    "hr": f"margin:28px 0 12px;border:0;border-top:{_LINE}",
    "small": f"{_SMALL};opacity:.75",
    "mark": f"{_SMALL};font-weight:bold",
    "quote": "margin:6px 0 0;padding-left:10px;border-left:2px solid rgba(128,128,128,.4)",
    "p": "margin:8px 0 0;font-size:15px",
}

_MAIL = Markup(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{}</title>
</head>
<body style="{}">
<div role="main" style="{}">
{}
</div>
</body>
</html>
"""
)


def _page(words: ListingWords, foot: Sequence[str]) -> Html:
    title = readable_formulas(words.title)
    blocks = (
        _styled("h1", title),
        _small(words.state),
        *(block for part in words.parts for block in _part(part, words)),
        Markup('<hr style="{}">').format(_STYLES["hr"]),
        *map(_small, (*map(readable_formulas, words.notes), words.made, *foot)),
    )
    return _MAIL.format(title, _STYLES["body"], _STYLES["main"], join_html("\n", blocks))


def _part(part: PartWords, words: ListingWords) -> Iterator[Html]:
    yield _styled("h2", part.title)
    yield from map(_small, (part.order, *(words.interests if part.kind == "personal" else ())))
    yield _styled("p", readable_formulas(part.nothing))
    for entry in part.entries:
        yield from _entry(entry)


def _entry(entry: EntryWords) -> Iterator[Html]:
    pdf = [_link("PDF", entry.pdf)] if entry.pdf else []
    title = readable_formulas(entry.title)
    heading = Markup("{}. {}").format(entry.place, _link(title, entry.page) if entry.page else title)
    yield _styled("h3", heading)
    yield _small(_dotted((entry.byline, *entry.facts, *pdf)))
    yield from (_styled("p", mark, "mark") for mark in entry.marks)
    yield _small(_dotted(map(readable_formulas, entry.reasons)))
    yield _styled("blockquote", readable_formulas(entry.sentence), "quote")
    yield _styled("p", readable_formulas(entry.abstract))


def _styled(tag: str, content: str, style: str = "") -> Html:
    if not content:
        return Markup()
    return Markup('<{0} style="{1}">{2}</{0}>').format(Markup(tag), _STYLES[style or tag], content)


def _small(text: str) -> Html:
    return _styled("p", text, "small")


def _link(text: str, address: str) -> Html:
    return Markup('<a href="{}">{}</a>').format(address, text)


def _dotted(parts: Iterable[str]) -> Html:
    return join_html(" · ", parts)
