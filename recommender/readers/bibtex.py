"""BibTeX and BibLaTeX: entries ``@article{key, title = {...}}``, of whichever program wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..errors import SourceError
from ..identifiers import parse_identifier
from ..option_values import too_large
from .base import Source
from .bibtex_blocks import Block, Blocks, Piece, is_bibtex, split_block
from .bibtex_values import added, identifier_text, people, plain, publication_date
from .columns import refuse_mapping
from .items import Item, LibraryFacts, Rejected
from .library_notes import noted_identifiers
from .lists import categories
from .records import to_items
from .tagged import PLAN, best_id, first_lines, put_identifiers

_NO_ENTRIES = ("comment", "preamble", "string")
_NO_PAPERS = ("control", "ieeetranbstctl", "set", "xdata")  # what tells a style or other entries something
_WHOLE = ("book", "collection", "mvbook", "mvcollection", "mvproceedings", "proceedings")
_REFERS = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]([^{}\"]*)", re.IGNORECASE)
_OWN = frozenset({"doi", "isbn", "url", "abstract", "keywords", "crossref", "pages", "eprint"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MOST_PARENTS = 100_000
# Characters of a string, and of all: strings may be made of strings, each twice as long as the one before.
_LONGEST_STRING, _ALL_STRINGS = 10_000, 2**23

_ARXIV = re.compile(
    r"(?:\barxiv:\s*|\barxiv\.org/[a-z]+/|\babs/)((?:[a-z-]{2,20}(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?)",
    re.IGNORECASE,
)
_ARXIV_FIELDS = (
    "arxivid",
    "arxiv",
    "note",
    "journal",
    "eid",
    "volume",
    "howpublished",
    "number",
    "url",
    "pages",
)
_GROUPS = ("groups", "mendeley-groups")
_ADDED = ("date-added", "creationdate", "added-at", "timestamp")
_OF_LIBRARY = frozenset({*_GROUPS, *_ADDED})


class Bibtex:
    """Entries of any type that have a title, with the strings and the volumes that they refer to."""

    name = "bibtex"

    def recognises(self, head: bytes) -> bool:
        """Whether an entry, a string or a comment of BibTeX begins among the first lines."""
        return bool(first_lines(head, 2)) and is_bibtex(head)

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map. Rows are entries."""
        refuse_mapping(mapping, str(source.path), self.name)
        return _Entries(source).items()


class _Entries:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._strings = dict(zip(_MONTHS, _MONTHS, strict=True))
        self._room = _ALL_STRINGS
        self._parents: dict[str, dict[str, str]] | None = None

    def items(self) -> Iterator[Item]:
        row = 0
        for block in Blocks(self._source):
            if block.kind in _NO_ENTRIES:
                self.define(block)
            elif block.kind not in _NO_PAPERS:
                row += 1
                yield from self._of_entry(block, self._source.place(row))

    def define(self, block: Block) -> None:
        """Keep the strings of a block for the entries behind it."""
        if block.kind != "string" or block.wrong:
            return
        for name, pieces in split_block(block)[1].items():
            value = self._joined(pieces)
            self._room -= len(name) + len(value)
            if len(value) <= _LONGEST_STRING and self._room >= 0:
                self._strings[name] = value

    def fields(self, block: Block) -> tuple[str, dict[str, str]]:
        key, fields = split_block(block)
        return key, {name: self._joined(pieces) for name, pieces in fields.items()}

    def _joined(self, pieces: list[Piece]) -> str:
        """The value of its pieces; a string that nobody defined is its name. What strings make larger than a
        record may be is not made whole.
        """
        if len(pieces) == 1 and not pieces[0][1]:
            return pieces[0][0]
        parts, size = list[str](), 0
        for text, named in pieces:
            parts.append(self._strings.get(text.lower(), text) if named else text)
            size += len(parts[-1])
            if size > self._source.max_record:
                break
        return "".join(parts)

    def _of_entry(self, block: Block, place: str) -> Iterator[Item]:
        key, fields = self.fields(block)
        is_large = sum(map(len, fields.values())) > self._source.max_record
        if is_large or block.wrong == too_large(self._source.max_record):
            yield Rejected(place, too_large(self._source.max_record))
            return
        if block.wrong or not fields:
            where = f"(line {block.line}, @{block.kind}, key {key[:60]!r})"
            yield Rejected(place, f"{block.wrong or 'has no fields'} {where}")
            return
        if "crossref" in fields or "xdata" in fields:
            self._inherit(fields)
        if not fields.keys().isdisjoint(_OF_LIBRARY) and (facts := _facts(fields)) != LibraryFacts():
            yield facts
        yield from to_items(_record(block.kind, key, fields), PLAN, place)

    def _inherit(self, fields: dict[str, str]) -> None:
        """Fill in what the volume says that an entry refers to, wherever in the file it stands."""
        for name in ("xdata", "crossref"):
            for key in filter(None, map(str.strip, fields.get(name, "").split(","))):
                if self._parents is None:
                    self._parents = _parents(self._source)
                for field, value in self._parents.get(key.casefold(), {}).items():
                    if name == "xdata" or field not in _OWN:
                        fields.setdefault(field, value)


def _parents(source: Source) -> dict[str, dict[str, str]]:
    """The entries of a file that others refer to, by their keys; of a file that breaks off, those before."""
    entries, found = _Entries(source), dict[str, dict[str, str]]()
    try:
        keys = {key.strip().casefold() for block in Blocks(source) for key in _referred(block)}
        for block in Blocks(source):
            entries.define(block)
            if block.kind not in _NO_ENTRIES and not block.wrong and len(found) < _MOST_PARENTS:
                key, fields = entries.fields(block)
                if key.casefold() in keys:
                    found.setdefault(key.casefold(), _inheritable(block.kind, fields))
    except SourceError:
        pass  # it is raised where the entries themselves are read
    return found


def _referred(block: Block) -> Iterator[str]:
    for found in _REFERS.finditer(block.text):
        yield from found[1].split(",")


def _inheritable(kind: str, fields: dict[str, str]) -> dict[str, str]:
    """What parts of a volume have of it: its title is where they appeared, and never their own."""
    if kind not in _WHOLE:
        return fields
    title = _first(fields, ("booktitle", "title"))
    others = {name: value for name, value in fields.items() if name not in ("title", "subtitle", "author")}
    return {**others, "booktitle": title} if title else others


def _facts(fields: Mapping[str, str]) -> LibraryFacts:
    groups = [group for name in _GROUPS for group in fields.get(name, "").split(",")]
    names = tuple(dict.fromkeys(name for group in groups if (name := plain(group).strip())))
    # In DBLP's entries the time says when DBLP changed its record.
    is_dblp = "dblp" in fields.get("bibsource", "").lower()
    times = (fields[name] for name in _ADDED if name in fields and not (is_dblp and name == "timestamp"))
    return LibraryFacts(collections=names, added=next(filter(None, map(added, times)), ""))


def _record(kind: str, key: str, fields: Mapping[str, str]) -> dict[str, object]:
    identifiers = _identifiers(kind, key, fields)
    titles = ("title", "booktitle", "maintitle") if kind in _WHOLE else ("title",)
    title = plain(_first(fields, titles))
    if title and (subtitle := plain(fields.get("subtitle", ""))) and subtitle not in title:
        title = f"{title.rstrip(' :.')}: {subtitle}"
    subject = _first(fields, ("primaryclass", "eprintclass"))
    keywords = plain(_first(fields, ("keywords", "keyword", "mendeley-tags", "author_keywords")))
    return {
        "id": best_id(identifiers, key),
        "title": title,
        "abstract": plain(_first(fields, ("abstract", "abstractnote"))),
        "authors": people(fields.get("author", "")) or people(_first(fields, ("editor", "editors"))),
        "published": publication_date(fields),
        "categories": [identifier_text(subject), *categories(keywords)] if subject else keywords,
        "venue": _venue(fields),
        "url": _link(fields),
        "identifiers": identifiers,
        "retracted": fields.get("note", "").strip().casefold() == "retracted",
        "revised": fields.get("revised", ""),
    }


def _venue(fields: Mapping[str, str]) -> str:
    """Where it appeared; of a preprint its server."""
    named = plain(_first(fields, ("journal", "journaltitle", "fjournal", "booktitle", "shortjournal")))
    how = plain(fields.get("howpublished", ""))
    if not named and how and "/" not in how:
        return how
    archive = identifier_text(_first(fields, ("eprinttype", "archiveprefix")))
    return named or ("arXiv" if archive.lower() == "arxiv" else "")


def _first(fields: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _link(fields: Mapping[str, str]) -> str:
    link = identifier_text(_first(fields, ("url", "link", "ee", "howpublished")))
    return link if re.match(r"(?:https?|ftp)://\S+$", link) else ""


def _identifiers(kind: str, key: str, fields: Mapping[str, str]) -> dict[str, str]:
    names = ("doi", "pmid", "pmcid", "isbn", "issn", "acl", "openalex", "s2", "corpusid")
    found = {name: identifier_text(fields[name]) for name in names if name in fields}
    found["citekey"] = key
    if "unique-id" in fields:
        found["wos"] = identifier_text(fields["unique-id"])
    found.setdefault("pmcid", identifier_text(fields.get("pmc", "")))
    _put_eprint(found, fields)
    for name in _ARXIV_FIELDS:
        value = fields.get(name, "")
        if ("xiv" in value.lower() or "abs/" in value) and (written := _ARXIV.search(identifier_text(value))):
            put_identifiers(found, [f"arxiv:{written[1]}"])
    found = {scheme: value for scheme, value in found.items() if value}
    put_identifiers(found, [cell for cell in (_link(fields), found.get("doi", "")) if cell])
    if ":" in fields.get("note", ""):  # Zotero writes an item's Extra there
        for scheme, value in noted_identifiers(identifier_text(fields["note"])).items():
            found.setdefault(scheme, value)
    return found


def _put_eprint(found: dict[str, str], fields: Mapping[str, str]) -> None:
    """ArXiv's number or PubMed's, of the archive that is named or, where none is, by its form."""
    for name in ("arxivid", "arxiv"):
        if fields.get(name):
            put_identifiers(found, [f"arxiv:{identifier_text(fields[name]).lower().removeprefix('arxiv:')}"])
    number = identifier_text(fields.get("eprint", ""))
    if not number:
        return
    archive = identifier_text(_first(fields, ("eprinttype", "archiveprefix"))).lower()
    if "pubmed" in archive or archive == "pmid":
        found.setdefault("pmid", number)
    elif archive in ("", "arxiv"):
        parsed = parse_identifier(number) or parse_identifier(f"arxiv:{number}") or ""
        archive = identifier_text(fields.get("primaryclass", "")).split(".")[0]  # of hep-th/9901001
        put_identifiers(found, [parsed or parse_identifier(f"arxiv:{archive}/{number}") or ""])
