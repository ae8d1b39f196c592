"""The XML of the ACL Anthology, a collection a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from .base import Source
from .columns import refuse_mapping
from .fixed_fields import fixed_items
from .items import Deleted, Item
from .xml_records import XmlRecord, xml_records, xml_root
from .xml_text import first, words

_URL = "https://aclanthology.org/"


class Acl:
    """``<collection><volume><paper>``; the front matter of a volume is no paper."""

    name = "acl"

    def recognises(self, head: bytes) -> bool:
        """Whether the root is a collection of volumes."""
        return xml_root(head) == "collection" and b"<volume" in head

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map. A paper that the Anthology removed is a `Deleted`."""
        refuse_mapping(mapping, str(source.path), self.name)
        volume = Element("meta")
        for found in xml_records(source, ("meta", "paper"), ("collection", "volume"), uncounted=("meta",)):
            if not isinstance(found, XmlRecord):
                yield found
            elif found.element.tag == "meta":
                volume = found.element
            else:
                yield from _items(found, volume)


def _items(found: XmlRecord, volume: Element) -> Iterator[Item]:
    paper = found.element
    collection, number = found.around.get("collection", {}), found.around.get("volume", {})
    acl_id = anthology_id(collection.get("id", ""), number.get("id", ""), paper.get("id", ""))
    if paper.find("removed") is not None:
        yield Deleted(found.place, acl_id)
    else:
        yield from fixed_items(_record(paper, volume, acl_id), found.place)


def anthology_id(collection: str, volume: str, paper: str) -> str:
    """The id of a paper: ``N19-1423`` of N19, 1, 423; ``2020.acl-main.447`` of 2020.acl, main, 447."""
    if not (collection and volume and paper):
        return ""
    if collection[0].isdigit():
        return f"{collection}-{volume}.{paper}"
    if not (volume.isdigit() and paper.isdigit()):
        return f"{collection}-{volume}{paper}"
    # Workshops have many volumes of few papers.
    many = collection.startswith("W") or collection == "C69" or (collection == "D19" and int(volume) >= 5)
    return (
        f"{collection}-{int(volume):02}{int(paper):02}"
        if many
        else f"{collection}-{int(volume)}{int(paper):03}"
    )


def _record(paper: Element, volume: Element, acl_id: str) -> dict[str, object]:
    url = first(paper, "url")
    year, month = (
        first(paper, "year") or first(volume, "year"),
        first(paper, "month") or first(volume, "month"),
    )
    return {
        "id": acl_id,
        "title": first(paper, "title"),
        "abstract": first(paper, "abstract"),
        "authors": [_name(author) for author in paper.iterfind("author")],
        "published": f"{month} {year}" if month and year else year,
        "year": year,
        "venue": first(volume, "booktitle", "journal-title"),
        "url": url if url.startswith("http") else f"{_URL}{acl_id}/" if acl_id else "",
        "identifiers": {"acl": acl_id, "doi": first(paper, "doi"), "citekey": first(paper, "bibkey")},
        "retracted": paper.find("retracted") is not None,
    }


def _name(author: Element) -> dict[str, str]:
    given, family = first(author, "first"), first(author, "last")
    if not (given or family):
        whole = words(author).strip()
        return {"name": whole, "literal": whole}
    return {"given": given, "family": family} if family else {"name": given, "literal": given}
