"""PubMed's XML, as efetch answers and as the yearly and daily files hold it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from .base import Source
from .columns import refuse_mapping
from .fixed_fields import fixed_items, group
from .items import Deleted, Item
from .xml_records import XmlRecord, xml_records, xml_root
from .xml_text import each, first, words

_ROOTS = ("PubmedArticleSet", "PubmedBookArticleSet", "DeleteCitation")
_RECORDS = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation", "DeleteDocument")
_SCHEMES = {"doi": "doi", "pmc": "pmcid"}
_BEGINS = re.compile(r"(?<!\d)\d{4}(?!\d)(?: [A-Z][a-z]{2}\b)?")
_NO_TITLE = frozenset({"", "[not available]"})


class PubMed:
    """A ``PubmedArticleSet``, or several one after the other; citations that were deleted remove papers."""

    name = "pubmed"

    def recognises(self, head: bytes) -> bool:
        """Whether the root is a set of PubMed's articles, or one of them."""
        return xml_root(head) in {*_ROOTS, *_RECORDS}

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        for found in xml_records(source, _RECORDS, _ROOTS[:2]):
            if not isinstance(found, XmlRecord):
                yield found
            elif found.element.tag.startswith("Delete"):
                yield from (Deleted(found.place, f"pmid:{pmid}") for pmid in each(found.element, "PMID"))
            else:
                yield from fixed_items(_record(found.element), found.place)


def _record(article: Element) -> dict[str, object]:
    # A book's chapter, or a whole book, is its own article.
    citation = _one(article, "MedlineCitation", "BookDocument")
    inner = _one(citation, "Article", ".")
    pmid = first(citation, "PMID")
    # ArticleIdList of PubmedData itself: those further inside are of the papers that it cites.
    ids = [
        *article.iterfind("PubmedData/ArticleIdList/ArticleId"),
        *citation.iterfind("ArticleIdList/ArticleId"),
    ]
    identifiers = {_SCHEMES[kind]: words(i).strip() for i in ids if (kind := i.get("IdType", "")) in _SCHEMES}
    identifiers.setdefault("doi", first(inner, "ELocationID[@EIdType='doi']"))
    return {
        "id": f"pmid:{pmid}" if pmid else identifiers["doi"],
        "title": _title(inner),
        "abstract": _abstract(inner) or _abstract(citation),
        "authors": _authors(inner),
        "published": _day(inner.find("ArticleDate")),
        "date": _day(_one(inner, "Journal/JournalIssue/PubDate", "Book/PubDate")),
        "year": _day(article.find("PubmedData/History/PubMedPubDate[@PubStatus='pubmed']")),
        "categories": [
            *each(citation, "MeshHeadingList/MeshHeading/DescriptorName"),
            *each(citation, "KeywordList/Keyword"),
        ],
        "venue": first(inner, "Journal/Title", "Journal/ISOAbbreviation", "Book/BookTitle"),
        "url": f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
        "identifiers": {**identifiers, "pmid": pmid, **_noticed(citation)},
        "retracted": _is_retracted(citation, inner),
    }


def _one(element: Element, *paths: str) -> Element:
    found = (element.find(path) for path in paths)
    return next((node for node in found if node is not None), Element("none"))


def _title(article: Element) -> str:
    title = first(article, "ArticleTitle")
    if title.rstrip(".").casefold() in _NO_TITLE:
        return first(article, "VernacularTitle", "Book/BookTitle")
    return title


def _abstract(parent: Element) -> str:
    """The parts with their labels; the author's own, and a translation or a summary where there is none."""
    for parts in ("Abstract/AbstractText", "OtherAbstract/AbstractText"):
        texts = [_labelled(part) for part in parent.iterfind(parts)]
        if any(texts):
            return " ".join(filter(None, texts))
    return ""


def _labelled(part: Element) -> str:
    label, said = part.get("Label", "").strip(), words(part).strip()
    return f"{label}: {said}" if said and label and label.upper() != "UNLABELLED" else said


def _authors(article: Element) -> list[dict[str, str]]:
    lists = article.findall("AuthorList")
    # A book has editors in another list of the same name.
    own = [people for people in lists if people.get("Type", "authors") == "authors"] or lists
    return [_name(author) for people in own for author in people.iterfind("Author")]


def _name(author: Element) -> dict[str, str]:
    if family := first(author, "LastName"):
        given, suffix = first(author, "ForeName", "FirstName", "Initials"), first(author, "Suffix")
        return {"given": given, "family": f"{family} {suffix}".strip()}
    return group(first(author, "CollectiveName", "ForeName"))


def _day(date: Element | None) -> str:
    if date is None:
        return ""
    parts = [first(date, part) for part in ("Year", "Month", "Day")]
    if not parts[0]:
        begins = _BEGINS.search(first(date, "MedlineDate"))  # 2013 Mar-Apr, 1998 Dec-1999 Jan
        return begins[0] if begins else ""
    between = "-" if parts[1].isdigit() else " "  # months are numbers, or words
    return between.join(filter(None, parts))


_NOTICES = {"RetractionOf": "retracts", "ErratumFor": "corrects", "ExpressionOfConcernFor": "concerns"}


def _noticed(citation: Element) -> dict[str, str]:
    """The paper of which this is a notice, by what the notice does."""
    found: dict[str, str] = {}
    for note in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        scheme, pmid = _NOTICES.get(note.get("RefType", "")), first(note, "PMID")
        if scheme and pmid:
            found.setdefault(scheme, f"pmid:{pmid}")
    return found


def _is_retracted(citation: Element, article: Element) -> bool:
    types = each(article, "PublicationTypeList/PublicationType")
    notes = citation.iterfind("CommentsCorrectionsList/CommentsCorrections")
    return "Retracted Publication" in types or any(note.get("RefType") == "RetractionIn" for note in notes)
