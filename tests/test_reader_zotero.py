import json

from recommender.paper import Paper
from recommender.readers import LibraryFacts, ReadNote, Rejected, Source, detect, read_papers

DATA = {
    "key": "GREBE001",
    "version": 7,
    "itemType": "journalArticle",
    "title": "Grebes <i>dive</i>",
    "creators": [
        {"creatorType": "editor", "firstName": "Ed", "lastName": "Coot"},
        {"creatorType": "author", "firstName": "Piet", "lastName": "van Dijk"},
        {"creatorType": "author", "name": "The Lake, Pond and River Consortium"},
    ],
    "abstractNote": "They dive.",
    "publicationTitle": "Journal of lakes",
    "date": "03/07/2021",
    "DOI": "10.1000/lakes.7",
    "url": "https://example.org/grebe",
    "extra": "arXiv: 2106.00007\nPMID: 9000001\nCitation Key: grebeDive2021\nread twice",
    "tags": [{"tag": "birds"}, {"tag": "lakes", "type": 1}],
    "collections": ["COLL0001"],
    "relations": {},
    "dateAdded": "2022-05-01T10:00:00Z",
    "dateModified": "2023-05-01T10:00:00Z",
}


def item(**fields):
    data = {**DATA, **fields}
    meta = {"creatorSummary": "van Dijk", "parsedDate": "2021-03-07", "numChildren": 1}
    return {
        "key": data["key"],
        "version": 7,
        "library": {"type": "user", "id": 1},
        "meta": meta,
        "data": data,
    }


def read(tmp_path, content):
    path = tmp_path / "library.json"
    path.write_text(json.dumps(content))
    assert detect(Source(path)).name == "zotero"
    return list(read_papers(path))


def test_every_field(tmp_path):
    facts, paper = read(tmp_path, [item(title="Grebes dive")])
    assert facts == LibraryFacts(("COLL0001",), "2022-05-01")
    assert paper == Paper(
        id="GREBE001",
        title="Grebes dive",
        abstract="They dive.",
        authors=("Piet van Dijk", "The Lake, Pond and River Consortium"),
        published="2021-03-07",
        categories=("birds", "lakes"),
        venue="Journal of lakes",
        url="https://example.org/grebe",
        identifiers=paper.identifiers,
    )
    assert {"doi:10.1000/lakes.7", "arxiv:2106.00007", "pmid:9000001"} <= set(paper.names)
    assert paper.identifiers["citekey"] == "grebeDive2021"


def test_what_is_no_paper_is_counted_and_not_rejected(tmp_path):
    kinds = ("attachment", "note", "annotation", "note")
    children = [item(key=f"C{n}", itemType=kind, title="") for n, kind in enumerate(kinds)]
    trash = item(key="T", deleted=1)
    found = read(tmp_path, [*children, item(), trash])
    assert [type(part) for part in found] == [LibraryFacts, Paper, ReadNote]
    assert found[-1].text == ("items that are no papers: 1 annotation, 1 attachment, 1 in the trash, 2 note")


def test_items_of_other_types(tmp_path):
    thesis = item(itemType="thesis", publicationTitle="", university="Lake University", collections=[])
    preprint = item(
        itemType="preprint", repository="arXiv", archiveID="arXiv:2106.00008", publicationTitle="", extra=""
    )
    case = item(itemType="case", title="", caseName="Grebe v. Loon", dateAdded="", collections=[])
    talk = item(
        itemType="presentation",
        creators=[{"creatorType": "presenter", "firstName": "G.", "lastName": "Grebe"}],
    )
    edited = item(creators=DATA["creators"][:1])
    found = [
        part for part in read(tmp_path, [thesis, preprint, case, talk, edited]) if isinstance(part, Paper)
    ]
    assert [paper.venue for paper in found[:2]] == ["Lake University", "arXiv"]
    assert "arxiv:2106.00008" in found[1].names
    assert found[2].title == "Grebe v. Loon"
    assert [paper.authors for paper in found[3:]] == [("G. Grebe",), ("Ed Coot",)]


def test_an_item_without_a_title_is_named(tmp_path):
    assert Rejected("library.json, row 1", "has no title (id 'GREBE001')") in read(tmp_path, [item(title="")])


BETTER_BIBTEX = {
    "config": {"id": "36a3b0b5", "label": "BetterBibTeX JSON", "options": {}},
    "version": {"zotero": "7.0", "bbt": "7.0"},
    "collections": {
        "TOP": {"key": "TOP", "name": "Thesis", "parent": False, "collections": ["SUB"], "items": []},
        "SUB": {"key": "SUB", "name": "Chapter 2", "parent": "TOP", "collections": [], "items": [11]},
        "LOOP": {"key": "LOOP", "name": "Loop", "parent": "LOOP", "items": [12]},
    },
    "items": [
        {
            **{
                key: value
                for key, value in DATA.items()
                if key not in ("key", "collections", "extra", "tags")
            },
            "itemID": 11,
            "itemKey": "GREBE001",
            "citationKey": "grebeDive2021",
            "tags": [{"tag": "birds"}],
            "attachments": [{"itemType": "attachment", "path": "x.pdf"}],
            "notes": [],
        },
        {"itemType": "book", "itemID": 12, "title": "Loons", "creators": [], "citekey": "loons"},
        {"itemType": "note", "itemID": 13, "note": "<p>x</p>"},
    ],
}


def test_better_bibtex(tmp_path):
    facts, first, loop, second, note = read(tmp_path, BETTER_BIBTEX)
    assert facts == LibraryFacts(("Thesis/Chapter 2",), "2022-05-01")
    assert (first.id, first.identifiers["citekey"]) == ("GREBE001", "grebeDive2021")
    assert loop.collections[0].endswith("Loop")
    assert (second.id, second.title) == ("loons", "Loons")
    assert note.text == "items that are no papers: 1 note"


def test_everything_may_be_null_or_of_another_type(tmp_path):
    odd = dict.fromkeys(DATA) | {"itemType": "book", "title": "Grebes"}
    worse = {key: [7] for key in DATA} | {"itemType": "book", "title": "Loons", "deleted": None}
    found = read(tmp_path, [{"key": "A", "data": odd}, {"key": "B", "data": worse, "meta": 7}])
    assert [part.title for part in found if isinstance(part, Paper)] == ["Grebes", "Loons"]
