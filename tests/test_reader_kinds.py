"""What services and libraries export is told apart by what it holds: each small sample by one reader."""

import json

import formats
import pytest

from recommender.errors import SourceError
from recommender.readers import READERS, Source, detect

PLAIN = ("Grebes dive", "They dive.")
CSL = {key: value for key, value in formats.csl(1, *PLAIN).items() if key != "issued"}
CROSSREF = formats.crossref(1, *PLAIN)
ZOTERO = formats.zotero(1, *PLAIN)
S2 = formats.s2(1, *PLAIN)
WORK = formats.openalex(1, *PLAIN)
DUMP = {
    "id": "2101.00001",
    "title": "Grebes",
    "abstract": "x",
    "categories": "cs.CL",
    "update_date": "2021-01-05",
}

SAMPLES = [
    # openalex
    ("openalex", {"id": "https://openalex.org/W1", "title": "Grebes"}),
    ("openalex", {"id": "W2741809807", "display_name": "Grebes", "authorships": []}),
    ("openalex", {"meta": {"count": 1}, "results": [WORK], "group_by": []}),
    ("openalex", {**WORK, "title": None}),
    # s2
    ("s2", {"paperId": "x", "externalIds": None, "title": "Grebes"}),
    ("s2", {"total": 1, "offset": 0, "data": [S2]}),
    ("s2", {"offset": 0, "data": [{"citingPaper": S2, "isInfluential": True}]}),
    ("s2", {"recommendedPapers": [S2]}),
    ("s2", [None, S2]),
    ("s2", {"corpusid": 1, "externalids": {}, "title": "Grebes"}),
    ("s2", {"paper_id": "1", "title": "Grebes", "has_pdf_parse": False}),
    # crossref
    ("crossref", {"status": "ok", "message-type": "work", "message": CROSSREF}),
    ("crossref", {"status": "ok", "message": {"items": [CROSSREF]}}),
    ("crossref", [CROSSREF]),
    # zotero
    ("zotero", {**ZOTERO["data"]}),
    ("zotero", {"config": {}, "collections": {}, "items": [ZOTERO["data"]]}),
    ("zotero", [{"key": "A", "data": {"itemType": "attachment"}}, ZOTERO]),
    # csl
    ("csl", CSL),
    ("csl", {"items": [CSL]}),
    ("csl", {"id": 1, "type": "book", "title": "Grebes"}),
    ("csl", {**CROSSREF, "title": "Grebes", "container-title": "Lakes"}),
    # biorxiv
    ("biorxiv", {"messages": [{}], "collection": [formats.biorxiv(1, *PLAIN)]}),
    # arxiv and its kin
    ("arxiv", DUMP),
    ("arxiv", {"id": "x", "title": "Grebes", "versions": [], "authors_parsed": []}),
    ("hf-daily", [{"paper": {"id": "2101.00001", "title": "Grebes"}, "title": "Grebes"}]),
    # any other objects with a title
    ("jsonl", {"title": "Grebes"}),
    ("jsonl", {"id": "W1", "title": "Grebes"}),
    ("jsonl", {"id": "a", "title": "Grebes", "abstract": "x", "authors": ["Gwen Grebe"], "year": 2021}),
    ("jsonl", {"id": "a", "title": "Grebes", "data": [1, 2], "items": [{"title": "no"}]}),
    ("jsonl", {"paperId": "p1", "title": "Grebes"}),
    ("jsonl", {"paper_id": "p1", "title": "Grebes", "abstract": "x"}),
    ("jsonl", {"corpusid": 1, "title": "Grebes"}),
    ("jsonl", {"DOI": "10.1000/x", "title": ["Grebes"], "year": 2020}),
    ("jsonl", {"doi": "10.1101/x", "title": "Grebes", "date": "2021-01-05", "category": "ecology"}),
    ("jsonl", {"type": "article", "title": "Grebes", "authors": [{"name": "Gwen Grebe"}]}),
    ("jsonl", {"title": "Grebes", "author": [{"given": "Gwen", "family": "Grebe"}], "year": 2021}),
    ("jsonl", {**DUMP, "id": "lake-1"}),
    ("jsonl", {"key": "A", "data": {"title": "Grebes"}, "title": "Grebes"}),
]


@pytest.mark.parametrize("layout", ["line", "array", "indented"])
@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_each_sample_of_json_is_read_by_its_own_reader(tmp_path, kind, sample, layout):
    records = sample if isinstance(sample, list) else [sample]
    path = tmp_path / "sample"
    if layout == "line":
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    else:
        inside = records[0] if layout == "indented" and len(records) == 1 else records
        path.write_text(json.dumps(inside, indent=2 if layout == "indented" else None))
    assert detect(Source(path)).name == kind


@pytest.mark.parametrize("kind", formats.JSON)
def test_a_bad_first_line_hides_no_format(tmp_path, kind):
    path = tmp_path / "sample"
    path.write_text("{bad\n" + formats.text(kind, [PLAIN, PLAIN]))
    assert detect(Source(path)).name == kind


@pytest.mark.parametrize("kind", [*formats.JSON, *formats.XML])
def test_only_its_own_reader_recognises_a_file_of_a_service(tmp_path, kind):
    path = tmp_path / "sample"
    path.write_text(formats.text(kind, [PLAIN]))
    recognised = [reader.name for reader in READERS if reader.recognises(Source(path).head())]
    assert recognised == ([kind, "jsonl"] if kind in formats.JSON else [kind])


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>Grebes</body></html>",
        "<?xml version='1.0'?><rss><channel><item><title>News</title></item></channel></rss>",
        "<?xml version='1.0'?><records><record><title>Grebes</title></record></records>",
        "<collection><item/></collection>",
        "<xml></xml>",
        '{"meta": {"count": 0}, "results": []}',
        '{"results": [{"id": "https://openalex.org/A1", "display_name": "Gwen Grebe", "works_count": 3}]}',
        '{"data": [{"authorId": "1", "name": "Gwen Grebe"}]}',
    ],
)
def test_what_holds_no_papers_is_refused(tmp_path, text):
    path = tmp_path / "sample"
    path.write_text(text)
    with pytest.raises(SourceError):
        detect(Source(path)).read(Source(path), {}).__next__()
