import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, Source, read_papers
from recommender.readers.jsonl import Jsonl


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"title": "Grebes"}', True),
        (b'{"abstract": "' + b"x" * 1000, True),
        (b' [\n  {"title": ', True),
        (b'oops\n{"title": "Grebes"}\n', True),
        (b"{}", True),
        (b"[1, 2]", False),
        (b"title,abstract\n", False),
        (b"{\\rtf1 text", False),
        (b"Grebes", False),
    ],
)
def test_recognises(head, expected):
    assert Jsonl().recognises(head) == expected


def test_bad_lines_are_rejected_in_their_place(tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text('{"title": "Grebes"}\n\noops\n{"title": "Loons"}\n')
    assert list(Jsonl().read(Source(path), {})) == [
        Paper(title="Grebes"),
        Rejected("papers.jsonl, row 3", "is not JSON (Expecting value at character 1)"),
        Paper(title="Loons"),
    ]


def test_the_title_may_be_missing_in_the_first_record_only(tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text('{"name": "x"}\n{"title": "Grebes"}\n')
    assert [type(item) for item in read_papers(path)] == [Rejected, Paper]


def test_records_may_differ_in_their_columns(tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text('{"title": "Grebes", "doi": "10.1/1"}\n{"Title": "Loons", "paper_id": 2}\n')
    assert [(paper.id, paper.title) for paper in read_papers(path)] == [("10.1/1", "Grebes"), ("2", "Loons")]
