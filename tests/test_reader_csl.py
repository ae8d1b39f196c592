import json

import pytest

from recommender.paper import Paper
from recommender.readers import Source, detect, read_papers

ITEM = {
    "id": "grebe2021",
    "type": "article-journal",
    "title": "Grebes dive",
    "abstract": "They dive.",
    "container-title": "Journal of lakes",
    "publisher": "Pond Press",
    "DOI": "10.1000/lakes.7",
    "PMID": "9000001",
    "URL": "https://example.org/grebe",
    "author": [
        {"family": "Grebe", "given": "Gwen"},
        {"family": "Dijk", "given": "Piet", "non-dropping-particle": "van"},
        {"family": "King", "given": "M. L.", "suffix": "Jr."},
        {"literal": "The Lake, Pond and River Consortium"},
    ],
    "editor": [{"family": "Coot", "given": "Ed"}],
    "issued": {"date-parts": [["2021", 3, 26]]},
    "accessed": {"date-parts": [[2026, 1, 1]]},
    "keyword": "birds, lakes",
    "citation-key": "grebeDive2021",
}


def read(tmp_path, content):
    path = tmp_path / "library.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    assert detect(Source(path)).name == "csl"
    return list(read_papers(path))


def test_every_field(tmp_path):
    expected = Paper(
        id="grebe2021",
        title="Grebes dive",
        abstract="They dive.",
        authors=("Gwen Grebe", "Piet van Dijk", "M. L. King Jr.", "The Lake, Pond and River Consortium"),
        published="2021-03-26",
        categories=("birds", "lakes"),
        venue="Journal of lakes",
        url="https://example.org/grebe",
        identifiers={"citekey": "grebeDive2021", "doi": "10.1000/lakes.7", "pmid": "9000001"},
    )
    for shape in ([ITEM], {"items": [ITEM]}, json.dumps(ITEM) + "\n"):
        (paper,) = read(tmp_path, shape)
        assert paper.to_dict() == {**expected.to_dict(), "categories": paper.categories}
        assert [category.strip() for category in paper.categories] == ["birds", "lakes"]


@pytest.mark.parametrize(
    ("issued", "published"),
    [
        ({"date-parts": [[2021]]}, "2021"),
        ({"date-parts": [["2021", "3"]]}, "2021-03"),
        ({"date-parts": [[2018], [0], [0]]}, "2018"),
        ({"date-parts": [[2020, 5, 1], [2020, 6, 1]]}, "2020-05-01"),
        ({"date-parts": [[2021]], "season": "1"}, "2021"),
        ({"raw": "Spring 2019"}, "2019"),
        ({"literal": "March 2019"}, "2019-03"),
        ({"date-parts": [[]]}, ""),
        ({"date-parts": [[None]]}, ""),
        ({}, ""),
    ],
)
def test_dates(tmp_path, issued, published):
    (*_, paper) = read(tmp_path, [{**ITEM, "issued": issued}])
    assert paper.published == published


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "arXiv:2106.00007"},
        {"archive": "arXiv", "archive_location": "2106.00007"},
        {"note": "arXiv:2106.00007 [cs.CL]\nversion: 1"},
        {"note": "Read twice.\narXiv: 2106.00007"},
        {"URL": "https://arxiv.org/abs/2106.00007"},
    ],
)
def test_papers_of_arxiv(tmp_path, fields):
    (paper,) = read(tmp_path, [{**ITEM, **fields}])
    assert "arxiv:2106.00007" in paper.names


def test_a_number_that_is_not_said_to_be_arxivs_is_none(tmp_path):
    (paper,) = read(tmp_path, [{**ITEM, "number": "2106.00007", "archive": "City archive"}])
    assert not [name for name in paper.names if name.startswith("arxiv")]


def test_editors_of_what_has_no_authors(tmp_path):
    (paper,) = read(tmp_path, [{key: value for key, value in ITEM.items() if key != "author"}])
    assert paper.authors == ("Ed Coot",)


@pytest.mark.parametrize(
    "item",
    [
        {"id": "a", "type": "book", "title": "Grebes"},
        {"id": 7, "title": "Grebes", "author": [{"literal": "The Lake"}]},
        {"id": "a", "type": "webpage", "title": "Grebes", "URL": "https://example.org", "note": "PMID: 7"},
    ],
)
def test_items_of_few_fields(tmp_path, item):
    (paper,) = read(tmp_path, [item])
    assert paper.title == "Grebes"


@pytest.mark.parametrize(
    "record",
    [
        {"id": "a", "title": "Grebes", "abstract": "They dive.", "authors": ["Gwen Grebe"]},
        {"id": "a", "type": "article", "title": "Grebes", "authors": ["Gwen Grebe"]},
        {"id": "a", "title": "Grebes", "author": "Gwen Grebe"},
        {"id": "a", "type": "poster", "title": "Grebes"},
        {"DOI": "10.1000/x", "title": ["Grebes"], "abstract": "<jats:p>They dive.</jats:p>", "year": 2020},
    ],
)
def test_other_objects_are_no_csl(tmp_path, record):
    path = tmp_path / "records"
    path.write_text(json.dumps([record]))
    assert detect(Source(path)).name == "jsonl"


def test_a_type_that_is_csls_own_is_enough(tmp_path):
    for kind in ("paper-conference", "article-journal", "entry-dictionary"):
        (tmp_path / "items").write_text(json.dumps([{"id": "k", "type": kind, "title": "Grebes dive"}]))
        assert detect(Source(tmp_path / "items")).name == "csl"
