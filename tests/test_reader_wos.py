"""Web of Science's text: indented lines, dates in two fields, several exports in one file."""

import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, Source, detect, read_papers
from recommender.readers.wos import Wos

HEADER = "FN Clarivate Analytics Web of Science\nVR 1.0\n"
RECORD = """PT J
AU Grebe, G
   van der Berg, J
AF Grebe, Gwen
   van der Berg, Jan
CA Lake Consortium
TI Diving of grebes in
   northern lakes
SO JOURNAL OF LAKES
LA English
DT Article
DE birds; lakes
ID DEEP DIVING; BIRDS
AB Grebes dive deep.
   Loons dive deeper.
C1 [Grebe, Gwen] Univ Lakes, Norway.
CR Loon L, 1999, J LAKES, V1, P1, DOI 10.1000/other
   Duck D, 2000, J LAKES, V2, P2
SN 1234-5678
PD MAR 15
PY 2021
DI 10.1000/lakes.7
UT WOS:000123456700001
PM 24034244
ER

"""


def items(tmp_path, text):
    path = tmp_path / "savedrecs.txt"
    path.write_text(text, "utf-8")
    return list(read_papers(path, format="wos"))


def test_every_field(tmp_path):
    assert items(tmp_path, f"\ufeff{HEADER}{RECORD}EF\n") == [
        Paper(
            id="10.1000/lakes.7",
            title="Diving of grebes in northern lakes",
            abstract="Grebes dive deep. Loons dive deeper.",
            authors=("Gwen Grebe", "Jan van der Berg", "Lake Consortium"),
            published="2021-03-15",
            categories=("BIRDS", "lakes", "DEEP DIVING"),
            venue="JOURNAL OF LAKES",
            identifiers={
                "doi": "10.1000/lakes.7",
                "wos": "WOS:000123456700001",
                "pmid": "24034244",
                "issn": "1234-5678",
            },
        )
    ]
    assert detect(Source(tmp_path / "savedrecs.txt")).name == "wos"


@pytest.mark.parametrize(
    ("day", "year", "expected"),
    [
        ("MAR 15", "2021", "2021-03-15"),
        ("AUG", "2019", "2019-08"),
        ("AUG 1 2019", "2019", "2019-08-01"),
        ("DEC 16 2020", "2020", "2020-12-16"),
        ("", "2019", "2019"),
    ],
)
def test_dates(tmp_path, day, year, expected):
    text = RECORD.replace("PD MAR 15", f"PD {day}").replace("PY 2021", f"PY {year}")
    assert items(tmp_path, text)[0].published == expected


def test_several_exports_in_one_file(tmp_path):
    other = RECORD.replace("lakes.7", "lakes.8")
    found = items(tmp_path, f"{HEADER}{RECORD}EF\n{HEADER}{other}EF\n")
    assert [p.id for p in found] == ["10.1000/lakes.7", "10.1000/lakes.8"]
    without_ends = f"{HEADER}{RECORD}{other}".replace("ER\n", "")
    assert [p.id for p in items(tmp_path, without_ends)] == ["10.1000/lakes.7", "10.1000/lakes.8"]


def test_who_wrote_it(tmp_path):
    short = RECORD.replace("AF Grebe, Gwen\n   van der Berg, Jan\nCA Lake Consortium\n", "")
    assert items(tmp_path, short)[0].authors == ("G Grebe", "J van der Berg")
    mail = RECORD.replace("AF Grebe, Gwen", "AF Grebe, Gwen (gwen@lakes.example)")
    assert items(tmp_path, mail)[0].authors[0] == "Gwen Grebe"


def test_ids_of_papers_without_a_doi(tmp_path):
    bare = RECORD.replace("DI 10.1000/lakes.7\n", "").replace("PM 24034244\n", "")
    assert items(tmp_path, bare)[0].id == "WOS:000123456700001"
    medline = bare.replace("WOS:000123456700001", "MEDLINE:24034244")
    assert items(tmp_path, medline)[0].id == "pmid:24034244"


def test_a_record_without_a_title_costs_itself(tmp_path):
    bad = RECORD.replace("TI Diving of grebes in\n   northern lakes\n", "")
    found = items(tmp_path, f"{HEADER}{bad}{RECORD}EF\n")
    assert found[0] == Rejected("savedrecs.txt, row 1", "has no title (id '10.1000/lakes.7')")
    assert isinstance(found[1], Paper)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEADER + RECORD, True),
        (RECORD, True),
        ("FN Clarivate Analytics Web of Science\nVR 1.0\nEF", True),
        ("PT J is a word\nand then prose\n", False),
        ("title,abstract\nGrebes,x\n", False),
        ("TY  - JOUR\nTI  - Grebes\n", False),
    ],
)
def test_recognises(text, expected):
    assert Wos().recognises(text.encode()) == expected
