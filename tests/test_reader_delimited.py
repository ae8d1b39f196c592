import pytest

from recommender.errors import SourceError
from recommender.paper import Paper
from recommender.readers import Rejected, Source, read_papers
from recommender.readers.delimited import Delimited, header


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_every_delimiter(tmp_path, delimiter):
    path = tmp_path / "papers.dat"
    rows = [["id", "title", "authors"], ["7", "Grebes", "Gwen Grebe"]]
    path.write_text("".join(delimiter.join(row) + "\r\n" for row in rows), encoding="utf-8-sig")
    assert list(read_papers(path)) == [Paper(id="7", title="Grebes", authors=("Gwen Grebe",))]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"title\nGrebes\n", True),
        (b"Title;Abstract, long or short;x\n", True),
        (b',title\n0,"Grebes\n and loons"\n', True),
        (b"a,b\n1,2\n", True),
        (b"a,b\n", True),
        (b"Grebes, loons\n\nThey dive, and they swim.\n", False),
        (b"Grebes, loons\nThey dive\n", False),
        (b"Grebes\nLoons\n", False),
        (b"Dear all, grebes and loons dive deep\nThey dive, as all of us know\n", False),
        (b",a,b\n0,1,2\n", True),
        (b'{"title": 1, "id": 2}\n{"title": 1, "id": 2}\n', False),
        (b"<a,b>\n<c,d>\n", False),
        (b"a,b\0\n1,2\n", False),
    ],
)
def test_recognises(head, expected):
    assert Delimited().recognises(head) == expected


def test_the_header_chooses_the_delimiter():
    assert header(b"id;title;abstract, short, a b c d\n") == (
        ("id", "title", "abstract, short, a b c d"),
        ";",
    )
    assert header(b"naam;a, b, c, d\n", ["naam"]) == (("naam", "a, b, c, d"), ";")
    assert header(b'"x\n') == (("x",), ",")


def test_rows_are_counted_from_the_first_after_the_header(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_text('title,abstract\nGrebes,"They\ndive."\n,empty\nShort\nLoons,They dive, too\nDucks,x,,\n')
    first, empty, short, shifted, ducks = read_papers(path)
    assert first == Paper(title="Grebes", abstract="They dive.")
    assert empty == Rejected("papers.csv, row 2", "has no title")
    assert short == Paper(title="Short")
    assert shifted == Rejected("papers.csv, row 4", "has 3 columns, the header 2: 'Loons'")
    assert ducks.title == "Ducks"


def test_of_two_columns_with_one_name_the_first_counts(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_text("title,title\nGrebes,Loons\n")
    assert [paper.title for paper in read_papers(path)] == ["Grebes"]


def test_no_title_names_the_columns(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_text("a,b\n1,2\n")
    message = r"papers\.csv: no column for the title among 'a', 'b'; name it with --map title=COLUMN$"
    with pytest.raises(SourceError, match=message):
        list(Delimited().read(Source(path), {}))
    assert [paper.title for paper in read_papers(path, mapping={"title": "a", "abstract": "b"})] == ["1"]
