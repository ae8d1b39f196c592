import pytest

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


def test_na_and_zero_are_no_id():
    for missing in (
        "NA",
        "N/A",
        "n/a",
        "null",
        "None",
        "none",
        "-",
        "0",
        0,
        "?",
        "#N/A",
        "unknown",
        float("nan"),
    ):
        (paper,) = items({"title": "Grebes", "doi": missing, "id": missing, "pmid": missing})
        assert (paper.id[:6], paper.identifiers) == ("title:", {})
    for missing in ("NA", "-", "unknown", "[object Object]", "undefined"):
        (paper,) = items(
            {"title": "Grebes", "author": missing, "journal": missing, "url": missing, "tags": missing}
        )
        assert (paper.authors, paper.venue, paper.url, paper.categories) == ((), "", "", ())


def test_a_title_may_be_a_word_that_says_nothing():
    (paper,) = items({"title": "Unknown", "abstract": "They dive."})
    assert paper.title == "Unknown"


def test_a_junk_identifier_costs_the_cell():
    warning, paper = items({"title": "Grebes", "doi": "see the library"})
    assert "'see the library' is no DOI: kept without one" in warning.reason
    assert paper.identifiers == {}
    (paper,) = items({"title": "Grebes", "doi": "10.1000/0     LK  - https://example.org/?x=" + "y" * 1000})
    assert (paper.id, paper.identifiers) == ("10.1000/0", {"doi": "10.1000/0"})
    warning, paper = items({"title": "Grebes", "id": "x" * 600, "key": "g1"})
    assert "has 600 characters and is no id" in warning.reason
    assert paper.id == "g1"


def test_an_arxiv_id_that_cannot_be_mended_is_told():
    for cell in ("2101", "2101.0", 2101.0, "1909.0420123", "1.9E+3"):
        warning, paper = items({"title": "Grebes", "arxiv_id": cell})
        assert "is no arXiv id (a spreadsheet may have made a number of it)" in warning.reason
        assert paper.identifiers["arxiv"] == paper.id
    for cell in ("2101.0001", 2101.0001, "2101,0001", "2101.00010"):
        (paper,) = items({"title": "Grebes", "arxiv_id": cell})
        assert (paper.id, paper.identifiers) == ("2101.00010", {"arxiv": "2101.00010"})


def test_numbers_that_went_through_a_spreadsheet():
    for cell in (24034244, 24034244.0, "24034244.0", "2.4034244E7", "2.4034244e+07"):
        (paper,) = items({"title": "Grebes", "pmid": cell})
        assert paper.identifiers == {"pmid": "24034244"}
        assert "pmid:24034244" in paper.names


def test_names_of_schemes_that_name_no_paper():
    paper = Paper(
        title="Grebes",
        identifiers={
            "isbn": "978-3-16-148410-0",
            "citekey": "2101.00010",
            "pmcid": "1234567",
            "corpusid": "9",
        },
    )
    assert {*paper.names} - {paper.key} == {"pmcid:PMC1234567", "corpusid:9"}


@pytest.mark.parametrize(
    "said",
    [
        "Publisher: Abstract available from the publisher.",
        "Publisher: Abstract available in German from the publisher.",
        "International audience",
        "[Figure: see text].",
        "Click to increase image sizeClick to decrease image size",
        "An abstract is not available for this content so a preview has been provided. Please use the link.",
        "To access the abstract please see the full text",
    ],
)
def test_what_stands_for_an_abstract_is_none(said):
    (paper,) = items({"title": "Grebes", "abstract": said})
    assert paper.abstract == ""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ABSTRACT Grebes dive.", "Grebes dive."),
        ("ABSTRACT A grebe dives.", "A grebe dives."),
        ("Abstract\nGrebes dive.", "Grebes dive."),
        ("Abstract\r\n\r\nGrebes dive.", "Grebes dive."),
        ("ABSTRACT ART of grebes.", "ABSTRACT ART of grebes."),
        ("Abstract grebes dive.", "Abstract grebes dive."),
    ],
)
def test_the_heading_of_an_abstract_is_no_part_of_it(written, read):
    (paper,) = items({"title": "Grebes", "abstract": written})
    assert paper.abstract == read


def test_numbers_with_noise_and_marks_between_thousands():
    (paper,) = items({"title": "Grebes", "arxiv_id": "2106.0968500000001", "pmid": "24,034,244"})
    assert paper.identifiers == {"arxiv": "2106.09685", "pmid": "24034244"}


def test_a_tag_behind_a_doi_is_no_part_of_it():
    (paper,) = items({"title": "Grebes", "doi": "10.1000/lakes.7</a>"})
    assert paper.identifiers == {"doi": "10.1000/lakes.7"}
