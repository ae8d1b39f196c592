"""MEDLINE: wrapped fields, identifiers with their kinds, people and groups, retractions."""

from pathlib import Path

import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, Source, detect, read_papers
from recommender.readers.medline import Medline

CASES = Path(__file__).parents[2] / "shared" / "cases"
RECORD = """
PMID- 24034244
OWN - NLM
STAT- MEDLINE
IS  - 1234-5678 (Electronic)
IS  - 8765-4321 (Print)
DP  - 2013 Sep 15
TI  - Diving of grebes in
      northern lakes.
PG  - 1-9
LID - 10.1000/lakes.7 [doi]
LID - S0001(13)00001-1 [pii]
AB  - BACKGROUND: Grebes dive. METHODS: We watched
      them for years. AU - is a word here.
FAU - Lloyd, Alison C
AU  - Lloyd AC
CN  - Lakes, Rivers and Ponds Consortium
FAU - van der Berg, Jan
AU  - van der Berg J
LA  - eng
PT  - Journal Article
TA  - J Lakes
JT  - Journal of lakes
MH  - *Birds/physiology
MH  - Lakes
OT  - deep diving
PMC - PMC3531190
SO  - J Lakes. 2013 Sep 15;1(1):1-9.
"""


def items(tmp_path, text):
    path = tmp_path / "library.nbib"
    path.write_text(text, "utf-8")
    return list(read_papers(path, format="nbib"))


def test_every_field(tmp_path):
    assert items(tmp_path, RECORD) == [
        Paper(
            id="pmid:24034244",
            title="Diving of grebes in northern lakes.",
            abstract="BACKGROUND: Grebes dive. METHODS: We watched them for years. AU - is a word here.",
            authors=("Alison C Lloyd", "Lakes, Rivers and Ponds Consortium", "Jan van der Berg"),
            published="2013-09-15",
            categories=("deep diving", "Birds", "Lakes"),
            venue="Journal of lakes",
            identifiers={
                "pmid": "24034244",
                "pmcid": "PMC3531190",
                "doi": "10.1000/lakes.7",
                "issn": "1234-5678",
            },
        )
    ]
    assert detect(Source(tmp_path / "library.nbib")).name == "nbib"


def replaced(tmp_path, old, new):
    (found,) = items(tmp_path, RECORD.replace(old, new))
    return found


@pytest.mark.parametrize(
    ("written", "expected"),
    [("2013 Sep", "2013-09"), ("2013", "2013"), ("2013 Sep 15", "2013-09-15")],
)
def test_dates(tmp_path, written, expected):
    assert replaced(tmp_path, "2013 Sep 15\n", f"{written}\n").published == expected


def test_other_dates_where_there_is_none(tmp_path):
    assert replaced(tmp_path, "DP  - 2013 Sep 15", "DP  - \nDEP - 20130901").published == "2013-09-01"
    eric = RECORD.replace("DP  - 2013 Sep 15\n", "DP  -\n").replace(
        "SO  - J Lakes. 2013 Sep 15;1(1):1-9.", "SO  - v10 n1 p1-10 2000"
    )
    assert items(tmp_path, eric)[0].published == "2000"


def test_short_names_where_there_are_no_full_ones(tmp_path):
    text = RECORD.replace("FAU - Lloyd, Alison C\n", "").replace("FAU - van der Berg, Jan\n", "")
    assert items(tmp_path, text)[0].authors == (
        "AC Lloyd",
        "Lakes, Rivers and Ponds Consortium",
        "J van der Berg",
    )


def test_books_have_titles_of_their_own(tmp_path):
    assert replaced(tmp_path, "TI  -", "BTI -").title == "Diving of grebes in northern lakes."


@pytest.mark.parametrize("line", ["PMID- 7", "PMID-7", "\nPMID- 7", "\n\nPMID- 7"])
def test_each_number_begins_a_record(tmp_path, line):
    found = items(tmp_path, f"{RECORD}{line}\nTI  - Loons\n")
    assert [p.id for p in found] == ["pmid:24034244", "pmid:7"]


def test_records_without_numbers_are_divided_by_blank_lines(tmp_path):
    text = (
        "\nOWN - ERIC\nTI  - Grebes\nAU  - Smith, Tom\nDP  - 2000\n\nOWN - ERIC\nTI  - Loons\nAU  - Roe, Bo\n"
    )
    assert [(p.title, p.authors) for p in items(tmp_path, text)] == [
        ("Grebes", ("Tom Smith",)),
        ("Loons", ("Bo Roe",)),
    ]
    assert detect(Source(tmp_path / "library.nbib")).name == "nbib"


def test_a_record_without_a_title_is_named(tmp_path):
    found = items(tmp_path, f"PMID- 5\nOWN - NLM\n{RECORD}")
    assert found[0] == Rejected("library.nbib, row 1", "has no title (id 'pmid:5')")
    assert found[1].id == "pmid:24034244"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RECORD, True),
        ("TY  - JOUR\nTI  - Grebes\nAU  - Grebe, G\n", False),
        ("title,abstract\nGrebes,x\n", False),
        ("PMID- and other prose\n", False),
    ],
)
def test_recognises(text, expected):
    assert Medline().recognises(text.encode()) == expected


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
def test_the_shared_case_is_read_whole():
    found = list(read_papers(CASES / "wrapped.nbib"))
    assert [p.id for p in found] == [f"pmid:{n}" for n in range(12)]
    assert {p.title for p in found} == {
        "Harvest timing of Alpine meadows and birds",
        "Iron roofs that hum in the wind at night",
    }
    assert all(p.authors == ("Alison C Lloyd",) and p.published == "2013-09" for p in found)
    assert found[0].abstract.endswith("Alps, where the grass grows slowly.")


@pytest.mark.parametrize(
    ("tag", "scheme", "kind"),
    [("ROF", "retracts", "retraction"), ("EFR", "corrects", "erratum"), ("ECF", "concerns", "concern")],
)
def test_a_notice_names_its_paper(tmp_path, tag, scheme, kind):
    (found,) = items(
        tmp_path, f"PMID- 7\nTI  - Grebes dive\n{tag} - J Lakes. 2013;1(1):1-9. PMID: 24034244\n"
    )
    assert (found.identifiers[scheme], found.notice) == ("pmid:24034244", kind)
    assert not found.retracted
    (paper,) = items(tmp_path, "PMID- 8\nTI  - Grebes dive\nRIN - J Lakes. 2014;2(1):9. PMID: 7\n")
    assert (paper.retracted, paper.notice) == (True, "")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("van der Berg, Jan Jr", "Jan van der Berg Jr"),
        ("Grebe, Gwen 3rd", "Gwen Grebe 3rd"),
        ("Grebe, Gwen V", "Gwen V Grebe"),
        ("Grebe, Jr", "Jr Grebe"),
    ],
)
def test_what_stands_behind_a_name(tmp_path, written, read):
    (found,) = items(tmp_path, f"PMID- 7\nTI  - Grebes\nFAU - {written}\n")
    assert found.authors == (read,)


def test_a_publishers_abstract_that_is_elsewhere_is_none(tmp_path):
    text = "PMID- 7\nTI  - Grebes\nOAB - Publisher: Abstract available from the publisher.\n"
    (found,) = items(tmp_path, text)
    assert found.abstract == ""
