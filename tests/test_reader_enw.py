"""EndNote's tagged text and refer's: where records begin, and what each tag says."""

import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, Source, detect, read_papers
from recommender.readers.enw import Enw

RECORD = """%0 Journal Article
%T Diving of grebes
%A Grebe, Gwen
%A van der Berg, Jan
%A The Lake Consortium,
%J Journal of Lakes
%D 2021
%8 March 15
%X Grebes dive deep.

Loons dive deeper: 50 % more.
%R 10.1000/lakes.7
%U https://lakes.example/7
%@ 1234-5678
%K birds
lakes
%F grebe2021
%[ 2022-01-01
"""


def items(tmp_path, text):
    path = tmp_path / "library.enw"
    path.write_text(text, "utf-8")
    return list(read_papers(path, format="enw"))


def test_every_field(tmp_path):
    assert items(tmp_path, f"\ufeff{RECORD}\n") == [
        Paper(
            id="10.1000/lakes.7",
            title="Diving of grebes",
            abstract="Grebes dive deep. Loons dive deeper: 50 % more.",
            authors=("Gwen Grebe", "Jan van der Berg", "The Lake Consortium"),
            published="2021-03-15",
            categories=("birds", "lakes"),
            venue="Journal of Lakes",
            url="https://lakes.example/7",
            identifiers={"doi": "10.1000/lakes.7", "issn": "1234-5678", "citekey": "grebe2021"},
        )
    ]
    assert detect(Source(tmp_path / "library.enw")).name == "enw"


@pytest.mark.parametrize(
    ("day", "year", "expected"),
    [
        ("March 15", "2021", "2021-03-15"),
        ("2021/03/15", "2021", "2021-03-15"),
        ("", "2021", "2021"),
        ("2021-03-15", "", "2021-03-15"),
    ],
)
def test_dates(tmp_path, day, year, expected):
    text = RECORD.replace("%8 March 15", f"%8 {day}").replace("%D 2021", f"%D {year}")
    assert items(tmp_path, text)[0].published == expected


@pytest.mark.parametrize(
    "text",
    [
        "%0 Journal Article\n%T Grebes\n%D 2021\n\n%0 Book\n%T Loons\n%D 2020\n",
        "%0 Journal Article\n%T Grebes\n%D 2021\n%0 Book\n%T Loons\n%D 2020\n",
        "%T Grebes\n%0 Journal Article\n%D 2021\n\n\n%T Loons\n%0 Book\n%D 2020\n",
        "%A Doe, Ann\n%T Grebes\n%D 2021\n\n%A Roe, Bo\n%T Loons\n%D 2020\n",
        "%0 Journal Article\r\n%T Grebes\r\n%D 2021\r\n\r\n%0 Book\r\n%T Loons\r\n%D 2020\r\n",
    ],
)
def test_where_records_begin(tmp_path, text):
    assert [(p.title, p.published) for p in items(tmp_path, text)] == [("Grebes", "2021"), ("Loons", "2020")]
    assert detect(Source(tmp_path / "library.enw")).name == "enw"


@pytest.mark.parametrize(
    ("lines", "scheme", "value"),
    [
        ("%M PMID:24034244", "pmid", "24034244"),
        ("%M 24034244\n%W PubMed", "pmid", "24034244"),
        ("%M 24034244", "pmid", None),
        ("%2 PMC1234567", "pmcid", "PMC1234567"),
        ("%U https://arxiv.org/abs/2106.09685", "arxiv", "2106.09685"),
    ],
)
def test_identifiers(tmp_path, lines, scheme, value):
    (found,) = items(tmp_path, f"%0 Journal Article\n%T Grebes\n{lines}\n")
    assert found.identifiers.get(scheme) == value


def test_books_and_their_parts(tmp_path):
    (part,) = items(tmp_path, "%0 Book Section\n%T Grebes\n%B All Birds\n%E Doe, Ann\n%@ 978-0-306-40615-7\n")
    assert (part.venue, part.authors) == ("All Birds", ("Ann Doe",))
    assert part.identifiers == {"isbn": "978-0-306-40615-7"}


def test_a_record_without_a_title_costs_itself(tmp_path):
    found = items(tmp_path, "%0 Journal Article\n%D 2021\n%F x\n\n" + RECORD)
    assert found[0] == Rejected("library.enw, row 1", "has no title (id 'x')")
    assert isinstance(found[1], Paper)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RECORD, True),
        ("% Encoding: UTF-8\n@article{a, title = {x}}\n", False),
        ("%PDF-1.7\n%T x\n", False),
        ("100 %\n%T x\n", False),
        ("%A comment of LaTeX\n\\documentclass{article}\n", False),
    ],
)
def test_recognises(text, expected):
    assert Enw().recognises(text.encode()) == expected
