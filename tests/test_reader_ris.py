"""RIS: each dialect's fields, where records begin and end, and lines that only look like tags."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.paper import Paper
from recommender.readers import ReadWarning, Rejected, Source, detect, read_papers
from recommender.readers.ris import Ris

CASES = Path(__file__).parents[2] / "shared" / "cases"


def items(tmp_path, text, **options):
    path = tmp_path / "library.ris"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_papers(path, format="ris", **options))


def papers(tmp_path, text):
    found = items(tmp_path, text)
    assert [item for item in found if isinstance(item, (Rejected, ReadWarning))] == []
    return found


def paper(tmp_path, *lines, kind="JOUR"):
    title = [] if any(line.startswith(("TI", "T1", "CT", "BT")) for line in lines) else ["TI  - Grebes"]
    (found,) = papers(tmp_path, "\n".join([f"TY  - {kind}", *title, *lines, "ER  - ", ""]))
    return found


# Fields


def test_every_field(tmp_path):
    found = paper(
        tmp_path,
        "TI  - Diving of grebes",
        "AU  - Grebe, Gwen",
        "AU  - van der Berg, Jan",
        "AU  - The Lake Consortium",
        "T2  - Journal of Lakes",
        "AB  - Grebes dive deep.",
        "DA  - 2021/03/26/",
        "PY  - 2021",
        "DO  - 10.1000/lakes.7",
        "UR  - https://lakes.example/a;b",
        "SN  - 1234-5678",
        "KW  - birds",
        "KW  - lakes",
        "Y2  - 2022/01/01/",
        "L1  - file:///home/x/grebe.pdf",
        "N1  - A note of mine",
    )
    assert found == Paper(
        id="10.1000/lakes.7",
        title="Diving of grebes",
        abstract="Grebes dive deep.",
        authors=("Gwen Grebe", "Jan van der Berg", "The Lake Consortium"),
        published="2021-03-26",
        categories=("birds", "lakes"),
        venue="Journal of Lakes",
        url="https://lakes.example/a;b",
        identifiers={"doi": "10.1000/lakes.7", "issn": "1234-5678"},
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["PY  - 2021"], "2021"),
        (["PY  - 2018/05/12/"], "2018-05-12"),
        (["PY  - 2018///"], "2018"),
        (["PY  - 2018//"], "2018"),
        (["PY  - 2021/03//"], "2021-03"),
        (["Y1  - 2001/00/00/"], "2001"),
        (["Y1  - 2019///Spring"], "2019"),
        (["PY  - 2021", "DA  - 2021/03/05/"], "2021-03-05"),
        (["PY  - 2021", "DA  - 2020/12/30/"], "2021"),
        (["PY  - 2015", "DA  - MAR 15"], "2015-03-15"),
        (["PY  - 2021", "DA  - 2021-02-01"], "2021-02-01"),
        (["Y1  - 1900/01/01", "DA  - 1950/01/01"], "1950-01-01"),
        (["Y1  - 2013/07/22", "PY  - 2013"], "2013-07-22"),
        (["PY  - 2021/13/01/"], "2021"),
        (["Y2  - 2022/01/01/"], ""),
        (["PY  - "], ""),
    ],
)
def test_dates(tmp_path, lines, expected):
    assert paper(tmp_path, *lines).published == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["AU  - Grebe, Gwen", "AU  - Loon, Lou"], ["Gwen Grebe", "Lou Loon"]),
        (["A1  - Grebe,Gwen", "A1  - Loon, L."], ["Gwen Grebe", "L. Loon"]),
        (["AU  - Grebe, Gwen", "A1  - Grebe, Gwen"], ["Gwen Grebe"]),
        (["AU  - King, Martin Luther, Jr."], ["Martin Luther King Jr."]),
        (["AU  - King, Jr., Martin Luther"], ["Martin Luther King Jr."]),
        (["AU  - World Health Organization,"], ["World Health Organization"]),
        (["AU  - Grebe, G.; Loon, L."], ["G. Grebe", "L. Loon"]),
        (["AU  - Grebe, Gwen\nLoon, Lou"], ["Gwen Grebe", "Lou Loon"]),
        (["A1  - Brownstein C D", "A1  - Fanning E."], ["C D Brownstein", "E. Fanning"]),
        (["AU  - Department of Lakes and Rivers"], ["Department of Lakes and Rivers"]),
        (["A2  - Doe, Ann"], ["Ann Doe"]),
        (["A2  - Doe, Ann", "AU  - Roe, Bo"], ["Bo Roe"]),
    ],
)
def test_names(tmp_path, lines, expected):
    assert list(paper(tmp_path, *lines).authors) == expected


@pytest.mark.parametrize(
    ("kind", "lines", "title", "venue"),
    [
        ("JOUR", ["T1  - Grebes", "JO  - J. Lakes", "JF  - Journal of Lakes"], "Grebes", "Journal of Lakes"),
        ("CHAP", ["TI  - Grebes", "BT  - All Birds"], "Grebes", "All Birds"),
        ("BOOK", ["BT  - All Birds"], "All Birds", "All Birds"),
        ("BOOK", ["T2  - All Birds", "A1  - Doe, Ann"], "Grebes", "All Birds"),
        ("CONF", ["TI  - Grebes", "TI  - Again", "T2  - Proc. Lakes"], "Grebes", "Proc. Lakes"),
        ("GEN", ["CT  - Grebes", "JA  - J. Lakes"], "Grebes", "J. Lakes"),
    ],
)
def test_titles_and_venues(tmp_path, kind, lines, title, venue):
    found = paper(tmp_path, *lines, kind=kind)
    assert (found.title, found.venue) == (title, venue)


@pytest.mark.parametrize(
    ("lines", "scheme", "value"),
    [
        (["DO  - https://doi.org/10.1000/a7"], "doi", "10.1000/a7"),
        (["DI  - 10.1000/a7"], "doi", "10.1000/a7"),
        (["M3  - doi: 10.1000/a7"], "doi", "10.1000/a7"),
        (["L3  - 10.1000/a7"], "doi", "10.1000/a7"),
        (["UR  - https://doi.org/10.1000/a7"], "doi", "10.1000/a7"),
        (["N1  - doi: 10.1000/a7"], "doi", "10.1000/a7"),
        (["UR  - https://arxiv.org/abs/2106.09685v2"], "arxiv", "2106.09685"),
        (["C3  - PUBMED 21314913"], "pmid", "21314913"),
        (["AN  - 21314913", "DB  - PubMed"], "pmid", "21314913"),
        (["C5  - 21314913", "DB  - Embase"], "pmid", "21314913"),
        (["PMID  - 21314913"], "pmid", "21314913"),
        (["U1  - 21314913[pmid]"], "pmid", "21314913"),
        (["C2  - PMC1234567"], "pmcid", "PMC1234567"),
        (["AN  - 21314913"], "pmid", None),
        (["U1  - 102199191"], "pmid", None),
    ],
)
def test_identifiers_of_all_databases(tmp_path, lines, scheme, value):
    assert paper(tmp_path, *lines).identifiers.get(scheme) == value


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://a.example/x;y=1", "http://a.example/x;y=1"),
        ("http://a.example/; http://b.example/", "http://a.example/"),
        ("http://a.example/x;http://b.example/y", "http://a.example/x"),
        ("http://a.example/x http://b.example/y", "http://a.example/x"),
        ("https://doi.org/10.1002/(SICI)1097(19990101)50:1<1::AID-ASI1>3.0.CO;2-X", None),
        ("a.example", ""),
    ],
)
def test_links_are_not_cut_at_semicolons(tmp_path, written, url):
    assert paper(tmp_path, f"UR  - {written}").url == (written if url is None else url)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["KW  - birds", "KW  - lakes"], ("birds", "lakes")),
        (["KW  - birds", "lakes", "deep diving"], ("birds", "lakes", "deep diving")),
        (["KW  - birds; lakes"], ("birds", "lakes")),
        (["KW  - birds, lakes"], ("birds", "lakes")),
        (["KW  - Child, Preschool", "KW  - *birds"], ("Child, Preschool", "birds")),
    ],
)
def test_keywords(tmp_path, lines, expected):
    assert paper(tmp_path, *lines).categories == expected


# Lines


@pytest.mark.parametrize(
    "abstract",
    [
        ["AB  - Grebes dive deep", "and loons deeper."],
        ["AB  - Grebes dive deep", "      and loons deeper."],
        ["AB  - Grebes dive deep", "", "and loons deeper."],
        ["AB  - Grebes dive deep", "AB  - and loons deeper."],
        ["N2  - Grebes dive deep", "and loons deeper."],
    ],
)
def test_abstracts_of_several_lines(tmp_path, abstract):
    found = paper(tmp_path, *abstract, "PY  - 2021")
    assert (found.abstract, found.published) == ("Grebes dive deep and loons deeper.", "2021")


@pytest.mark.parametrize(
    "line", ["OR - 2.3 (CI - 1.1 to 4)", "AB - as before", "PM  - in the evening", "TY - is a tag"]
)
def test_text_that_looks_like_a_tag_is_text(tmp_path, line):
    found = paper(tmp_path, "AB  - Grebes dive", line, "PY  - 2021")
    assert found.abstract == f"Grebes dive {' '.join(line.split())}"
    assert found.published == "2021"


RECORDS = "TY  - JOUR\nTI  - Grebes\nPY  - 2021\nER  - \n\nTY  - JOUR\nTI  - Loons\nPY  - 2020\nER  - \n"


@pytest.mark.parametrize(
    "text",
    [
        RECORDS,
        RECORDS.replace("\n", "\r\n"),
        RECORDS.replace("\n", "\r"),
        "\ufeff\n\n" + RECORDS,
        RECORDS.replace("  - ", " - "),
        RECORDS.replace("  - ", "  -  "),
        RECORDS.replace("ER  - ", "ER  -"),
        RECORDS.replace("TY", "ty").replace("TI", "ti").replace("PY", "py").replace("ER", "er"),
        RECORDS.replace("ER  - \n", ""),
        RECORDS.replace("ER  - \n", "\n7.\n"),
        RECORDS.replace("TY", "1.\nTY"),
        RECORDS.removesuffix("ER  - \n").rstrip(),
        RECORDS.replace("\n\n", "\nER  - \n\n"),
        RECORDS.replace("TY  - JOUR\n", ""),
        'Provider: Lakes Online\nDatabase: Birds\nContent: text/plain; charset="UTF-8"\n\n' + RECORDS,
        RECORDS.replace("TY", 'Record #1 of 2\nProvider: Lakes\nContent: text/plain; charset="UTF-8"\nTY'),
        RECORDS.replace("JOUR", "Journal Article"),
        RECORDS.replace("PY", "XX  - what is this\nPY"),
    ],
)
def test_records_of_all_dialects(tmp_path, text):
    found = papers(tmp_path, text)
    assert [(p.title, p.published) for p in found] == [("Grebes", "2021"), ("Loons", "2020")]
    assert detect(Source(tmp_path / "library.ris")).name == "ris"


def test_numbers_between_records_are_no_part_of_what_precedes_them(tmp_path):
    first, _ = papers(
        tmp_path, "TY  - JOUR\nTI  - Grebes\nAB  - Deep.\n\n2.\nTY  - JOUR\nTI  - Loons\nER  - \n"
    )
    assert first.abstract == "Deep."


def test_a_bad_record_costs_itself(tmp_path):
    text = RECORDS.replace("TI  - Loons", "DO  - 10.1000/a7")
    assert [type(item) for item in items(tmp_path, text)] == [Paper, Rejected]
    long = RECORDS.replace("PY  - 2021", "AB  - " + "\n".join(["grebes dive"] * 1000))
    found = items(tmp_path, long, max_record=5000)
    assert found[0].reason.startswith("is larger than 4.88kB")
    assert found[1].title == "Loons"


# Recognition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RECORDS, True),
        ('title,abstract\nGrebes,"TY  - JOUR\nTI  - x"\n', False),
        ("# Formats\n\n```\nTY  - JOUR\nTI  - x\n```\n", False),
        ("From: a@b.example\nSubject: Grebes\n\nTY  - JOUR\nTI  - x\n", False),
        ("PMID- 1\nOWN - NLM\nTI  - Grebes\nAU  - Grebe G\n", False),
        ("TY  - JOUR\n", False),
        ("TY  - JOUR\nand then prose\n", False),
        ("A list - of things\nTI - x\n", False),
    ],
)
def test_recognises(text, expected):
    assert Ris().recognises(text.encode()) == expected


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    middle=st.text(st.sampled_from("ABTYER12 -\n.;:"), max_size=60).filter(
        lambda s: "TY" not in s and "ER" not in s
    )
)
def test_whatever_stands_in_a_record_costs_no_other(tmp_path, middle):
    text = RECORDS.replace("PY  - 2021", f"AB  - {middle}")
    found = [item.title for item in items(tmp_path, text) if isinstance(item, Paper)]
    assert found == ["Grebes", "Loons"]


WORDS = st.lists(st.text(st.sampled_from("abcé(),"), min_size=1, max_size=8), min_size=1, max_size=6).map(
    " ".join
)


@pytest.mark.extra("bibliography")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4))
def test_the_records_are_those_that_rispy_reads(tmp_path, entries):
    import rispy

    text = "".join(f"TY  - JOUR\nTI  - x {t}\nAB  - y {a}\nER  - \n\n" for t, a in entries)
    found = papers(tmp_path, text)
    expected = [(r["title"].strip(), r["abstract"].strip()) for r in rispy.loads(text)]
    assert [(p.title, p.abstract) for p in found] == expected


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
def test_the_shared_cases_are_read_whole():
    found = list(read_papers(CASES / "rispy_written.ris"))
    assert [p.title for p in found] == [
        "Harvest timing of Alpine meadows",
        "Iron roofs that hum in wind",
        "Clay walls in the rain",
    ]
    assert [p.identifiers["doi"] for p in found] == ["10.1000/0", "10.1000/1", "10.1000/2"]
    assert all(p.abstract.endswith(".") and len(p.abstract) > 200 for p in found)
    first, second = read_papers(CASES / "zotero.ris")
    assert (first.authors, first.published) == (("Ada Okafor", "Jörg Müller"), "2021-03")
    assert first.identifiers["doi"] == "10.1016/j.example.2021.01.004"
    assert (second.id, second.published) == ("2106.09685", "2021")


def test_a_doi_with_its_kind_behind_it_is_the_id(tmp_path):
    found = paper(tmp_path, "DO  - 10.1000/lakes.7 [doi]")
    assert (found.id, found.identifiers["doi"]) == ("10.1000/lakes.7", "10.1000/lakes.7")


def test_a_line_that_says_abstract_is_no_part_of_it(tmp_path):
    assert paper(tmp_path, "AB  - Abstract", "Grebes dive.").abstract == "Grebes dive."
