import json

import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, Source, detect, read_papers
from recommender.readers.arxiv import Arxiv

ENTRY = {
    "id": "hep-th/9901001",
    "submitter": "Gwen Grebe",
    "authors": "Gwen Gr\\'ebe and Lou Loon",
    "title": "Diving grebes\n  in $\\alpha$-lakes",
    "comments": "12 pages",
    "journal-ref": "J. Lakes 7 (1999) 1-9",
    "doi": "10.1000/lakes.7",
    "categories": "hep-th math.AG",
    "abstract": "  Grebes dive \\emph{deep}, 50\\% more\nthan {\\o}ther birds.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2008 20:10:27 GMT"},
    ],
    "update_date": "2019-11-26",
    "authors_parsed": [
        ["Gr\\'ebe", "Gwen", ""],
        ["Loon", "Lou", "Jr."],
        ["LAKE Collaboration", "", "", "at home"],
    ],
}


def read(tmp_path, *entries):
    path = tmp_path / "dump.json"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return list(read_papers(path, format="arxiv"))


@pytest.mark.parametrize(
    ("comments", "withdrawn"),
    [
        ("This paper has been withdrawn by the author due to an error in Lemma 2", True),
        ("12 pages. This submission is withdrawn.", True),
        ("Withdrawn", True),
        ("Paper withdrawn due to a sign error", True),
        ("12 pages; withdrawn from a workshop", False),
        ("This paper was withdrawn from ICML", False),
        ("We study withdrawn products", False),
        ("", False),
    ],
)
def test_a_remark_tells_that_a_paper_was_withdrawn(tmp_path, comments, withdrawn):
    (paper,) = read(tmp_path, {**ENTRY, "comments": comments})
    assert paper.retracted == withdrawn


def test_every_field(tmp_path):
    assert read(tmp_path, ENTRY) == [
        Paper(
            id="hep-th/9901001",
            title="Diving grebes in α-lakes",
            abstract="Grebes dive deep, 50% more than øther birds.",
            authors=("Gwen Grébe", "Lou Loon Jr.", "LAKE Collaboration"),
            published="2007-04-02",
            revised="2008-07-24",
            categories=("hep-th", "math.AG"),
            venue="J. Lakes 7 (1999) 1-9",
            url="https://arxiv.org/abs/hep-th/9901001",
            identifiers={"doi": "10.1000/lakes.7"},
        )
    ]


def test_fields_may_be_missing_or_of_another_type(tmp_path):
    bare = {"id": "2101.00001", "title": "Grebes", "authors": "Gwen Gr\\'ebe, Lou Loon and Dee Duck"}
    (paper,) = read(tmp_path, bare)
    assert paper == Paper(
        id="2101.00001",
        title="Grebes",
        authors=("Gwen Grébe", "Lou Loon", "Dee Duck"),
        published="2021-01",
        venue="arXiv",
        url="https://arxiv.org/abs/2101.00001",
    )
    odd = dict.fromkeys(ENTRY, 5) | {
        "title": "Grebes",
        "versions": [{}],
        "authors_parsed": [5, [], [1, None]],
    }
    warning, paper = read(tmp_path, odd | {"categories": ["cs.CL"]})
    assert warning.reason == "'5' is no DOI: kept without one"
    assert (paper.id, paper.published, paper.authors, paper.categories) == ("5", "", ("1",), ("cs.CL",))
    *_, paper = read(tmp_path, odd | {"versions": {"a": 1}, "authors_parsed": {}, "categories": {}})
    assert paper.published == ""


def test_the_date_of_update_is_not_when_it_appeared_but_the_id_tells_the_month(tmp_path):
    (paper,) = read(tmp_path, {**ENTRY, "versions": []})
    assert paper.published == "1999-01"
    (paper,) = read(tmp_path, {**ENTRY, "versions": [], "id": "5"})
    assert paper.published == ""


def test_a_part_of_the_dump_is_enough(tmp_path):
    fields = ("id", "title", "abstract", "categories", "update_date")
    path = tmp_path / "small"
    path.write_text(json.dumps({field: ENTRY[field] for field in fields}) + "\n")
    assert detect(Source(path)).name == "arxiv"
    (paper,) = read_papers(path)
    assert (paper.published, paper.venue, paper.categories) == ("1999-01", "arXiv", ("hep-th", "math.AG"))
    assert paper.abstract == "Grebes dive deep, 50% more than øther birds."
    path.write_text(json.dumps({field: ENTRY[field] for field in fields} | {"id": "lake-7"}) + "\n")
    assert detect(Source(path)).name == "jsonl"


def test_affiliations_are_no_authors(tmp_path):
    written = "C. Bal\\'azs (1), E. L. Berger (2, 3) and P. van Dijk ((1) A lake, (2) Another)"
    (paper,) = read(tmp_path, {"id": "2101.00001", "title": "Grebes", "authors": written})
    assert paper.authors == ("C. Balázs", "E. L. Berger", "P. van Dijk")


def test_bad_entries(tmp_path):
    assert read(tmp_path, ENTRY, 5, {**ENTRY, "title": ""})[1:] == [
        Rejected("dump.json, row 2", "is not a JSON object but a number"),
        Rejected("dump.json, row 3", "has no title (id 'hep-th/9901001')"),
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (ENTRY, True),
        ({"id": 1, "title": "x", "versions": [], "update_date": ""}, True),
        ({"id": 1, "title": "x", "abstract": "y", "categories": "cs.CL"}, False),
        ({"versions": [], "update_date": ""}, False),
    ],
)
def test_recognises(entry, expected):
    assert Arxiv().recognises(json.dumps(entry).encode() + b"\n") == expected


def tables(tmp_path, frame):
    text, binary = tmp_path / "dump.csv", tmp_path / "dump.parquet"
    frame.to_csv(text, index=False)
    frame.to_parquet(binary)
    return [[item for item in read_papers(path) if isinstance(item, Paper)] for path in (text, binary)]


@pytest.mark.extra("frames")
def test_the_dump_as_a_table_says_the_same(tmp_path):
    pandas = pytest.importorskip("pandas")
    second = {
        **ENTRY,
        "id": "0704.0001",
        "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
    }
    expected = [paper for paper in read(tmp_path, ENTRY, second) if isinstance(paper, Paper)]
    for found in tables(tmp_path, pandas.DataFrame([ENTRY, second])):
        assert found == expected


@pytest.mark.extra("frames")
def test_a_part_of_the_dump_as_a_table(tmp_path):
    pandas = pytest.importorskip("pandas")
    fields = ("id", "title", "abstract", "categories", "update_date")
    frame = pandas.DataFrame([{field: ENTRY[field] for field in fields} for _ in range(2)])
    frame.loc[1, "id"] = "lake-7"
    for first, other in tables(tmp_path, frame):
        assert (first.published, first.venue, first.categories) == ("1999-01", "arXiv", ("hep-th", "math.AG"))
        assert first.abstract == "Grebes dive deep, 50% more than øther birds."
        assert (other.id, other.venue, other.url) == ("lake-7", "", "")


def test_ids_that_a_spreadsheet_made_numbers_of(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text(
        "id,title,categories,update_date\n704.0001,Grebes,hep-ph,2008-11-26\n2106.0968,Loons,cs.CL,2021\n"
    )
    first, *_ = (item for item in read_papers(path) if isinstance(item, Paper))
    assert (first.id, first.published) == ("0704.0001", "2007-04")
