import json

import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, Source, detect, read_papers
from recommender.readers.openalex import abstract_of

WORK = {
    "id": "https://openalex.org/W2741809807",
    "doi": "https://doi.org/10.1000/LAKES.7",
    "title": "Grebes <i>dive</i>",
    "display_name": "Grebes dive",
    "publication_year": 2021,
    "publication_date": "2021-03-07",
    "ids": {
        "openalex": "https://openalex.org/W2741809807",
        "doi": "https://doi.org/10.1000/LAKES.7",
        "mag": "2741809807",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/9000001",
        "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/700001",
    },
    "primary_location": {
        "landing_page_url": "https://doi.org/10.1000/LAKES.7",
        "source": {"id": "https://openalex.org/S1", "display_name": "Journal of lakes"},
    },
    "locations": [
        {"landing_page_url": "https://doi.org/10.1000/LAKES.7"},
        {"landing_page_url": "http://arxiv.org/abs/2101.00007", "source": {"display_name": "arXiv"}},
    ],
    "type": "article",
    "authorships": [
        {"author_position": "first", "author": {"display_name": "Gwen Grebe"}, "raw_author_name": "G. Grebe"},
        {"author": {"display_name": None}, "raw_author_name": "Lou Loon"},
        {"author": None},
    ],
    "topics": [{"display_name": "Diving birds", "score": 0.9}],
    "keywords": [{"display_name": "Grebes"}, {"keyword": "lakes"}],
    "concepts": [{"display_name": "Biology", "score": 0.9}],
    "is_retracted": True,
    "abstract_inverted_index": {"They": [0], "dive": [1, 4], "and": [3]},
}


def read(tmp_path, text):
    path = tmp_path / "works"
    path.write_text(text)
    assert detect(Source(path)).name == "openalex"
    return list(read_papers(path))


def test_every_field(tmp_path):
    (paper,) = read(tmp_path, json.dumps(WORK))
    assert paper.to_dict() == {
        **Paper(
            id="https://openalex.org/W2741809807",
            title=paper.title,
            abstract="They dive and dive",
            authors=("Gwen Grebe", "Lou Loon"),
            published="2021-03-07",
            categories=("Diving birds", "Grebes", "lakes"),
            venue="Journal of lakes",
            url="https://doi.org/10.1000/LAKES.7",
            identifiers=paper.identifiers,
            retracted=True,
        ).to_dict()
    }
    assert {"openalex:W2741809807", "doi:10.1000/lakes.7", "arxiv:2101.00007", "pmid:9000001"} <= set(
        paper.names
    )
    assert paper.identifiers["mag"] == "2741809807"


def test_a_work_without_a_title_is_named(tmp_path):
    untitled = {**WORK, "title": None, "display_name": None}
    named = {**WORK, "title": None}
    assert read(tmp_path, json.dumps([untitled, named]))[0] == Rejected(
        "works, row 1", "has no title (id 'https://openalex.org/W2741809807')"
    )
    assert read(tmp_path, json.dumps([untitled, named]))[1].title == "Grebes dive"


def test_everything_may_be_null(tmp_path):
    bare = dict.fromkeys(WORK) | {"id": WORK["id"], "title": "Grebes"}
    (paper,) = read(tmp_path, json.dumps({"meta": {"count": 1}, "results": [bare]}))
    assert (paper.title, paper.abstract, paper.authors, paper.published) == ("Grebes", "", (), "")


def test_works_of_the_first_years(tmp_path):
    old = {key: value for key, value in WORK.items() if key not in ("primary_location", "topics", "keywords")}
    old["host_venue"] = {"display_name": "Journal of ponds", "url": "https://example.org/p"}
    old["concepts"] = [{"display_name": "Biology", "score": 0.9}, {"display_name": "Art", "score": 0.0}]
    old["publication_date"] = None
    (paper,) = read(tmp_path, json.dumps(old))
    assert (paper.venue, paper.url, paper.categories) == (
        "Journal of ponds",
        "https://example.org/p",
        ("Biology",),
    )
    assert paper.published == "2021"


@pytest.mark.parametrize(
    ("index", "abstract"),
    [
        ({"b": [1], "a": [0, 2]}, "a b a"),
        ({"b": [10**12], "a": [7]}, "a b"),  # places are only an order
        ({"b": ["x", None, True, 1.5], "a": 3, "c": [0]}, "c"),
        ({"IndexLength": 2, "InvertedIndex": {"b": [1], "a": [0]}}, "a b"),
        ('{"b": [1], "a": [0]}', "a b"),
        ("[", ""),
        ("[" * 100_000, ""),
        (None, ""),
        ([1], ""),
        ({}, ""),
    ],
)
def test_abstracts_are_made_of_the_places_of_words(index, abstract):
    assert abstract_of(index) == abstract
