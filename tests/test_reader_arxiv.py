import json

import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, read_papers
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


def test_every_field(tmp_path):
    assert read(tmp_path, ENTRY) == [
        Paper(
            id="hep-th/9901001",
            title="Diving grebes in α-lakes",
            abstract="Grebes dive deep, 50% more than øther birds.",
            authors=("Gwen Grébe", "Lou Loon Jr.", "LAKE Collaboration"),
            published="2007-04-02",
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
        venue="arXiv",
        url="https://arxiv.org/abs/2101.00001",
    )
    odd = dict.fromkeys(ENTRY, 5) | {
        "title": "Grebes",
        "versions": [{}],
        "authors_parsed": [5, [], [1, None]],
    }
    (paper,) = read(tmp_path, odd | {"categories": ["cs.CL"]})
    assert (paper.id, paper.published, paper.authors, paper.categories) == ("5", "", ("1",), ("cs.CL",))
    (paper,) = read(tmp_path, odd | {"versions": {"a": 1}, "authors_parsed": {}, "categories": {}})
    assert paper.published == ""


def test_the_date_of_update_is_not_when_it_appeared(tmp_path):
    (paper,) = read(tmp_path, {**ENTRY, "versions": []})
    assert paper.published == ""


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
