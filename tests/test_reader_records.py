from recommender.paper import Paper
from recommender.readers.columns import plan_columns
from recommender.readers.items import ReadWarning, Rejected
from recommender.readers.records import LONG_ABSTRACT, to_items


def items(record, **mapping):
    return list(to_items(record, plan_columns(tuple(record), mapping), "papers.csv, row 1"))


def test_every_field_is_read():
    record = {
        "paperId": 7,
        "Title": "Grebes",
        "summary": "They dive.",
        "authors": [{"name": "Gwen Grebe"}],
        "publicationDate": "2024-01-31",
        "categories": "q-bio.PE cs.CL",
        "journal": {"name": "Lakes"},
        "url": "https://example.org/7",
        "upvotes": 3,
        "DOI": "10.1000/7",
        "externalIds": {"ArXiv": "2401.00001", "CorpusId": 99, "MAG": None},
    }
    assert items(record) == [
        Paper(
            id="7",
            title="Grebes",
            abstract="They dive.",
            authors=("Gwen Grebe",),
            published="2024-01-31",
            categories=("q-bio.PE", "cs.CL"),
            venue="Lakes",
            url="https://example.org/7",
            identifiers={"doi": "10.1000/7", "arxiv": "2401.00001", "corpusid": "99"},
            upvotes=3,
        )
    ]


def test_the_first_column_that_holds_something_counts():
    (paper,) = items({"id": None, "doi": "10.1000/7", "title": "Grebes", "date": "", "year": 2024})
    assert (paper.id, paper.published) == ("10.1000/7", "2024")
    (paper,) = items({"title": "Grebes", "date": "soon", "year": 2024})
    assert paper.published == "2024"


def test_a_paper_written_by_us_is_read_back():
    paper = Paper(
        id="7", title="Grebes", published="2024", identifiers={"doi": "10.1/7"}, authors=("A B",), upvotes=0
    )
    record = {name: getattr(paper, name) for name in paper.__dataclass_fields__}
    assert items({**record, "identifiers": dict(paper.identifiers)}) == [paper]


def test_no_title_is_rejected_with_the_id():
    assert items({"id": "x7", "title": ""}) == [Rejected("papers.csv, row 1", "has no title (id 'x7')")]
    assert items({"title": None}) == [Rejected("papers.csv, row 1", "has no title")]


def test_remarks_come_before_the_paper():
    warning, paper = items({"title": "Grebes", "date": {"y": 1}})
    assert warning == ReadWarning(
        "papers.csv, row 1", "'a dict' is no date: kept without one; write YYYY, YYYY-MM or YYYY-MM-DD"
    )
    assert paper.published == ""
    warning, paper = items({"title": "Grebes", "abstract": "x" * (LONG_ABSTRACT + 1)})
    assert "an abstract of 100,001 characters" in warning.reason
    assert len(paper.abstract) == LONG_ABSTRACT + 1
    assert len(items({"title": "Grebes", "abstract": "x" * LONG_ABSTRACT})) == 1


def test_a_mapping_to_an_identifier():
    (paper,) = items({"title": "Grebes", "nummer": "10.1000/7"}, doi="nummer")
    assert paper.identifiers == {"doi": "10.1000/7"}
