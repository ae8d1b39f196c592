"""BibTeX, for LaTeX and reference managers."""

from __future__ import annotations

import itertools
import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .._extras import extra
from ..paper import clean_text
from .base import (
    AnyRecord,
    VenueKind,
    arxiv_class,
    arxiv_id,
    date_parts,
    doi,
    identifier_of,
    keywords,
    venue_kind,
    without_unsafe_url,
)
from .names import is_organisation

if TYPE_CHECKING:
    from bibtexparser.model import Entry


_LONGEST_WORD = 30
_MINOR = re.compile(
    "a|an|and|are|as|at|but|by|can|do|does|for|from|how|in|into|is|it|its|not|of|on|or|our|over|the|their|this|to"
    "|toward|towards|under|using|via|we|what|when|where|which|why|with|without"
)
_GENERATION = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
# Letters that Unicode does not take apart into an ASCII letter and an accent.
_PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


_OWN_KEY = re.compile(r"[^\s,{}()=\"#%~\\']+")


def citation_keys(records: Sequence[AnyRecord]) -> list[str]:
    """A key for each record, no two alike, whatever order they are in.

    The reader's own, where a library gave one. Else family name, year and word of the title; of several such
    papers the one whose id comes first has it bare, the others with a, b, c, ...
    """
    own = [record["identifiers"].get("citekey", "") for record in records]
    own = [key if _OWN_KEY.fullmatch(key) else "" for key in own]
    keys = [key or _plain_key(record) for key, record in zip(own, records, strict=True)]
    taken: set[str] = set()
    found = [""] * len(records)
    # Own keys first, since they stand in somebody's text.
    for place in sorted(range(len(records)), key=lambda place: (not own[place], records[place]["id"], place)):
        found[place] = next(name for name in map(keys[place].__add__, _suffixes()) if name not in taken)
        taken.add(found[place])
    return found


def _plain_key(record: AnyRecord) -> str:
    year = date_parts(record["published"])[0]
    words = list(itertools.islice(_significant_words(record["title"]), 2))
    family = _family_name(record["authors"])
    if family:
        return family + year + "".join(words[:1])
    if words:
        return words[0] + year + "".join(words[1:])
    # Neither name nor title has a Latin letter or a digit, so only the id can tell papers apart.
    return _ascii_word(record["id"]) or f"paper{year}"


def _family_name(authors: list[str]) -> str:
    name = authors[0] if authors else ""
    family, comma, _ = name.partition(",")
    parts = family.split()
    while len(parts) > 1 and _GENERATION.fullmatch(parts[-1]):
        parts.pop()
    return _ascii_word("".join(parts) if comma else "".join(parts[-1:]))


def _significant_words(title: str) -> Iterator[str]:
    words = [word for word in map(_ascii_word, re.split(r"[\s:/\u2013\u2014]+", title)) if word]
    # A title of nothing but minor words ("What is it?") still gives its first.
    return iter([word for word in words if not _MINOR.fullmatch(word)] or words)


def _ascii_word(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return re.sub(r"[^a-z0-9]", "", letters.lower())[:_LONGEST_WORD]


def _suffixes() -> Iterator[str]:
    yield ""
    for length in itertools.count(1):
        yield from map("".join, itertools.product(string.ascii_lowercase, repeat=length))


# A title may come from anywhere, so nothing in it is taken for LaTeX: "$" is a dollar, not mathematics,
# and \input is a word. Letters outside ASCII stay: LaTeX, biber and every reference manager read UTF-8.
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # BibTeX counts braces even behind a backslash, so a lone \{ would swallow the rest of the file.
    "{": r"\ensuremath{\lbrace}",
    "}": r"\ensuremath{\rbrace}",
    **{char: f"\\{char}" for char in "&%$#_"},
}
_SPECIAL = re.compile("[" + re.escape("".join(_ESCAPES)) + "]")

# Pairs that LaTeX would join into another character: dashes, quotation marks, inverted marks, guillemets.
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=[`!?])(?=`)|(?<=<)(?=<)|(?<=>)(?=>)|(?<=,)(?=,)")


def latex(text: str) -> str:
    """One line of LaTeX, its braces balanced, that shows the text as it is."""
    kept_apart = _LIGATURE.sub("\0", clean_text(text))
    escapes = {**_ESCAPES, "{": r"\{", "}": r"\}"} if _is_balanced(text) else _ESCAPES
    escaped = _SPECIAL.sub(lambda found: escapes[found[0]], kept_apart)
    return escaped.replace("\0", "{}")


def _is_balanced(text: str) -> bool:
    depth = 0
    for brace in re.findall("[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


_SCHEMES = ("pmid", "pmcid", "acl", "openalex", "s2", "corpusid", "isbn", "issn")
"""Identifiers with a field of their own, beside DOI and arXiv id."""

_MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The type of an entry and the field that holds its venue.
_ENTRIES: dict[VenueKind, tuple[str, str]] = {
    "journal": ("article", "journal"),
    "conference": ("inproceedings", "booktitle"),
    "preprint": ("misc", "howpublished"),
    "unknown": ("misc", "howpublished"),
}


class BibtexWriter:
    """One entry per record: ``@article``, ``@inproceedings``, or ``@misc`` for what is not in print."""

    name = "bibtex"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as a BibTeX file in UTF-8; empty when there are none."""
        with extra("bibliography"):
            from bibtexparser.entrypoint import write_string
            from bibtexparser.library import Library
            from bibtexparser.middlewares.parsestack import default_unparse_stack
            from bibtexparser.writer import BibtexFormat

        layout = BibtexFormat()  # type: ignore[no-untyped-call]
        layout.indent, layout.block_separator, layout.trailing_comma = "  ", "\n", True
        library = Library()
        safe = list(map(without_unsafe_url, records))
        for record, key in zip(safe, citation_keys(safe), strict=True):
            library.add(_entry(record, key))
        # In place: the library is ours, and copying a large one is slow.
        in_place = default_unparse_stack(allow_inplace_modification=True)
        return write_string(library, unparse_stack=in_place, bibtex_format=layout)


def _entry(record: AnyRecord, key: str) -> Entry:
    with extra("bibliography"):
        from bibtexparser.model import Entry, Field

    fields = [Field(name, value) for name, value in _fields(record) if value]
    for field in fields:
        if field.key == "month":
            field.enclosing = "no-enclosing"  # a macro: the style writes it in its own language and length
    return Entry(_ENTRIES[venue_kind(record)][0], key, fields)


def _fields(record: AnyRecord) -> Iterator[tuple[str, str]]:
    year, month, day = date_parts(record["published"])
    # A second pair of braces keeps every capital: nothing tells "Bayesian" and "BERT" from words that a
    # style may write small, and a capital too many is a matter of taste where one too few is an error.
    yield "title", f"{{{latex(record['title'])}}}"
    yield "author", " and ".join(filter(None, map(_author, record["authors"])))
    yield from _venue_fields(record)
    yield "year", year
    yield "month", _MONTHS[int(month or 0)]
    yield "day", day.lstrip("0")
    yield "doi", _verbatim(doi(record))
    yield from ((scheme, _verbatim(identifier_of(record, scheme))) for scheme in _SCHEMES)
    yield "url", _verbatim(record["url"])
    yield "keywords", latex(_keywords(record["categories"]))
    yield "abstract", latex(record["abstract"])
    yield "note", "Retracted" if record["retracted"] else ""
    yield "revised", record["revised"]


def _keywords(categories: Sequence[str]) -> str:
    """Parted by commas, as everybody does, unless one holds a comma."""
    names = [name for name in map(clean_text, categories) if name]
    return keywords(names) if any("," in name for name in names) else ", ".join(names)


def _venue_fields(record: AnyRecord) -> Iterator[tuple[str, str]]:
    kind, eprint = venue_kind(record), arxiv_id(record)
    if not (eprint and record["venue"].casefold() in ("", "arxiv")):  # else the lines below say it
        yield _ENTRIES[kind][1], latex(record["venue"])
    if eprint:
        yield "eprint", eprint
        yield "archiveprefix", "arXiv"
        yield "primaryclass", arxiv_class(record)


def _author(name: str) -> str:
    name = clean_text(name)
    return f"{{{latex(name)}}}" if name and (_is_misread(name) or is_organisation(name)) else latex(name)


def _is_misread(name: str) -> bool:
    """Whether BibTeX would take one name for several ("Research and Development") or for none."""
    words = name.lower().split()
    parts = [part.strip() for part in name.split(",")]
    # bibtexparser, for one, overlooks an "and" before a name that begins with a backslash.
    escaped = latex(name).startswith("\\")
    return "and" in words or words == ["others"] or len(parts) > 3 or not all(parts) or escaped


def _verbatim(link: str) -> str:
    # LaTeX reads links as they stand, so nothing may be escaped but what would end the field.
    return re.sub(r"[\s{}\\]", lambda found: f"%{ord(found[0]):02X}", clean_text(link))
