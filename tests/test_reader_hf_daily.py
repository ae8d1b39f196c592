import json

import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, read_papers
from recommender.readers.hf_daily import HfDaily

ENTRY = {
    "paper": {
        "id": "2401.00001",
        "title": "Diving\ngrebes",
        "summary": "They dive.",
        "authors": [{"_id": "x", "name": "Gwen Grebe", "hidden": False}, {"name": "Lou Loon"}],
        "publishedAt": "2024-01-31T23:59:59.000Z",
        "upvotes": 12,
    },
    "publishedAt": "2024-02-02T00:00:00.000Z",
    "title": "Diving grebes",
    "numComments": 3,
}
PAPER = Paper(
    id="2401.00001",
    title="Diving grebes",
    abstract="They dive.",
    authors=("Gwen Grebe", "Lou Loon"),
    published="2024-01-31",
    url="https://huggingface.co/papers/2401.00001",
    upvotes=12,
)


def read(tmp_path, data):
    path = tmp_path / "daily.json"
    path.write_text(data)
    return list(read_papers(path))


def test_arrays_and_lines(tmp_path):
    assert read(tmp_path, json.dumps([ENTRY, ENTRY])) == [PAPER, PAPER]
    assert read(tmp_path, json.dumps(ENTRY) + "\n" + json.dumps(ENTRY)) == [PAPER, PAPER]


def test_the_outer_fields_step_in(tmp_path):
    entry = {
        "paper": {"id": "2401.00001", "title": ""},
        "title": "Grebes",
        "publishedAt": "2024-02-02T00:00:00Z",
    }
    (paper,) = read(tmp_path, json.dumps([entry]))
    assert (paper.title, paper.published, paper.upvotes) == ("Grebes", "2024-02-02", None)


def test_bad_entries_are_named(tmp_path):
    bad = [
        {"paper": 5},
        7,
        {"paper": {"id": "2401.00002"}},
        {"paper": {"title": "Grebes", "authors": 5, "id": []}},
    ]
    assert read(tmp_path, json.dumps([ENTRY, *bad])) == [
        PAPER,
        Rejected("daily.json, row 2", "has no title"),
        Rejected("daily.json, row 3", "is not a JSON object but a number"),
        Rejected("daily.json, row 4", "has no title (id '2401.00002')"),
        Paper(title="Grebes", authors=("5",)),
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (ENTRY, True),
        ({"paper": {"summary": "x"}}, True),
        ({"paper": "x", "title": "y"}, False),
        ({"title": "x"}, False),
    ],
)
def test_recognises(entry, expected):
    assert HfDaily().recognises(json.dumps([entry]).encode()) == expected
