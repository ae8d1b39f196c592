"""Workbooks: what cells hold, where the header stands, and workbooks that are none."""

import datetime
import io
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from formats import BOOK, SHEET_XMLNS, workbook_of

from recommender import Paper
from recommender.errors import MissingPackage, SourceError
from recommender.readers import LibraryFacts, ReadNote, Rejected, Source, detect, read_papers
from recommender.readers.workbook import Workbook
from recommender.readers.xlsx import Xlsx

openpyxl = pytest.importorskip("openpyxl")

CASES = Path(__file__).parents[2] / "shared" / "cases"

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def made(path, *sheets, names=None):
    """A workbook with these rows in each sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet((names or {}).get(number, f"sheet {number}"))
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def raw(path, rows, **parts):
    """A workbook of which the XML of the rows is given."""
    path.write_bytes(workbook_of(f"<sheetData>{rows}</sheetData>", **parts))
    return path


def text_row(number, *cells):
    inside = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for at, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inside}</row>'


def cells(path):
    source = Source(path)
    with Workbook(source) as book:
        return {name: list(book.rows(name)) for name in book.sheets}


def test_cells_are_what_openpyxl_wrote(tmp_path):
    rows = [
        ["Title", "Year", "ISSN", "Id", "Day", "Moment", "Flag", "Share", None, "last"],
        [
            "Grebes",
            2021,
            "00280836",
            "2401.00010",
            datetime.date(2020, 5, 6),
            None,
            True,
            2.5,
            None,
            "é ü 鳥",
        ],
        [None, 99, None, None, None, datetime.datetime(1999, 12, 31, 10), False, -0.125, None, None],
    ]
    [found] = cells(made(tmp_path / "a.xlsx", rows)).values()
    assert found[0] == rows[0]
    assert found[1] == [*rows[1][:6], 1, *rows[1][7:]]
    assert found[2] == [None, 99, None, None, None, datetime.date(1999, 12, 31), 0, -0.125]


def test_papers_with_their_dates_and_ids(tmp_path):
    path = made(
        tmp_path / "library",
        [
            ["Title", "Authors", "Date", "DOI", "ISSN", "arXiv ID", "Abstract"],
            [
                "Grebes",
                "Bee, Ann; Dee, Cy",
                datetime.date(2020, 5, 6),
                "10.1000/1",
                "00280836",
                "2401.00010",
                "a\nb",
            ],
            [],
            [None, "Nobody"],
            ["Loons", None, 2021, None, None, None, None],
        ],
    )
    assert detect(Source(path)).name == "xlsx"
    grebes, lost, loons = read_papers(path)
    assert (grebes.published, grebes.authors) == ("2020-05-06", ("Ann Bee", "Cy Dee"))
    assert grebes.identifiers == {"doi": "10.1000/1", "issn": "00280836", "arxiv": "2401.00010"}
    assert lost == Rejected("library, row 2", "has no title")
    assert (loons.title, loons.published) == ("Loons", "2021")


def test_the_first_sheet_with_a_title_counts_and_lines_may_stand_before_it(tmp_path):
    path = made(
        tmp_path / "a.xlsx",
        [["About this export"], ["made", "yesterday"]],
        [["Search", "grebe"], [], ["", "Title", "Year"], ["", "Grebes", 2021]],
        [["Title"], ["Loons"]],
    )
    assert [paper.title for paper in read_papers(path)] == ["Grebes"]


def test_hidden_sheets_come_last(tmp_path):
    path = made(tmp_path / "a.xlsx", [["Title"], ["Old"]], [["Title"], ["New"]])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    assert [paper.title for paper in read_papers(path)] == ["New"]


def test_a_workbook_without_a_title_names_its_columns(tmp_path):
    path = made(tmp_path / "a.xlsx", [["name", "weight"], ["x", 1]])
    with pytest.raises(SourceError, match=r"a\.xlsx: no column for the title among 'name', 'weight'"):
        list(read_papers(path))
    [paper, note] = read_papers(path, mapping={"title": "name"})
    assert paper.title == "x"
    assert note == ReadNote("a.xlsx", "columns not used: 'weight'")


def test_labels_and_truth_values_are_ratings(tmp_path):
    path = made(tmp_path / "a.xlsx", [["title", "included"], ["a", 1], ["b", 0], ["c", True], ["d", None]])
    found = [item for item in read_papers(path) if isinstance(item, LibraryFacts)]
    assert [facts.rating for facts in found] == [1.0, 0.0, 1.0, None]
    assert [facts.undecided for facts in found] == [False, False, False, True]


def test_texts_in_pieces_are_whole_and_how_they_sound_is_left_out(tmp_path):
    shared = (
        "<si><t>title</t></si>"
        '<si><r><t>Grebes </t></r><r><rPr><b/></rPr><t xml:space="preserve">and loons</t></r></si>'
        "<si><t>山の鳥</t><rPh sb='0' eb='1'><t>やま</t></rPh></si>"
        "<si><t>two_x000A_lines</t></si><si/>"
    )
    sheet = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in (0, 1, 2, 3, 4))
    [found] = cells(raw(tmp_path / "a.xlsx", sheet, shared=shared)).values()
    assert found == [["title"], ["Grebes and loons"], ["山の鳥"], ["two\nlines"]]


def test_other_spellings_of_the_same(tmp_path):
    sheet = (
        f"<x:row {SHEET_XMLNS.replace('=', ':x=')}>"
        '<x:c r="B1" t="inlineStr"><x:is><x:t>title</x:t></x:is></x:c></x:row>'
        '<row r="2"><c r="B2" t="str"><f>A1&amp;"x"</f><v>Grebes</v></c><c r="C2" t="e"><v>#N/A</v></c></row>'
        '<row r="3"><c r="B3" t="d"><v>2021-05-06</v></c><c r="D3"><v>2401.0001999999999</v></c></row>'
        '<row r="4"><c r="B4"/><c><v>7</v></c></row><row r="9"><c r="b9"><v>1E2</v></c></row>'
    )
    [found] = cells(raw(tmp_path / "a.xlsx", sheet)).values()
    assert found == [
        [None, "title"],
        [None, "Grebes"],
        [None, datetime.date(2021, 5, 6), None, 2401.0001999999999],
        [None, None, 7],
        [None, 100.0],
    ]


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy-mm-dd", True), ("d. mmm yy", True), ("[$-409]d/m/yy;@", True), ("mmm-yy", True),
        ("General", False), ("0.00", False), ('0 "days"', False), ("[Red]0", False), ("@", False),
        ("#,##0_d", False), (r"0\d", False),
    ],
)  # fmt: skip
def test_formats_that_show_dates(tmp_path, code, is_date):
    book = openpyxl.Workbook()
    book.active.append(["title", 44197])
    book.active["B1"].number_format = code
    book.save(tmp_path / "a.xlsx")
    [[row]] = cells(tmp_path / "a.xlsx").values()
    assert row[1] == (datetime.date(2021, 1, 1) if is_date else 44197)


def test_the_other_epoch(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["title", datetime.date(2021, 1, 1)])
    book.save(tmp_path / "a.xlsx")
    assert next(iter(cells(tmp_path / "a.xlsx").values())) == [["title", datetime.date(2021, 1, 1)]]


def test_rows_too_large_cost_themselves(tmp_path):
    sheet = text_row(1, "title") + text_row(2, "x" * 3000) + text_row(3, "Grebes")
    path = raw(tmp_path / "a.xlsx", sheet)
    lost, paper = read_papers(path, max_record=2000)
    assert "is larger than" in lost.reason
    assert paper.title == "Grebes"


def test_two_cells_far_apart_take_little_memory(tmp_path):
    sheet = text_row(1, "title") + text_row(2, "Grebes")
    sheet += '<row r="200000"><c r="XFD200000" t="inlineStr"><is><t>far</t></is></c></row>'
    path = raw(tmp_path / "a.xlsx", sheet)
    tracemalloc.start()
    found = list(read_papers(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(item) for item in found] == [Paper, Rejected]
    assert peak < 20 * 2**20


@pytest.mark.parametrize("said", ["A1", "A1:A2", "A1:XFD1048576", "C5:D9"])
def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path, said):
    rows = text_row(1, "title", "year") + text_row(2, "Grebes", "2021") + text_row(3, "Loons", "2022")
    data = workbook_of(f'<dimension ref="{said}"/><sheetData>{rows}</sheetData>')
    (tmp_path / "a.xlsx").write_bytes(data)
    found = [(paper.title, paper.published) for paper in read_papers(tmp_path / "a.xlsx")]
    assert found == [("Grebes", "2021"), ("Loons", "2022")]


BEGIN = text_row(1, "title") + text_row(2, "Grebes")


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"rows": f"{BEGIN}<row>{'<c/>' * 5_000_000}</row>"}, "has a part that is larger than 16MB"),
        ({"rows": BEGIN + text_row(3, "a" * 20_000_000)}, "has a part that is larger than 16MB"),
        ({"rows": BEGIN + "<row/>" * 1_048_577}, "has more than 1,048,576 rows in a sheet"),
        ({"rows": BEGIN, "styles": f"<a>{'<b/>' * 5_000_000}</a>"}, "has a part that is larger than 16MB"),
        ({"rows": BEGIN, "styles": "<a>\0</a>"}, "is not in UTF-8"),
    ],
    ids=["cells", "text", "rows", "styles", "zeros"],
)
def test_what_would_fill_the_memory_is_refused_before_it_is_parsed(tmp_path, parts, reason):
    path = raw(tmp_path / "a.xlsx", **parts)
    assert path.stat().st_size < 200_000
    with pytest.raises(SourceError, match=rf"a\.xlsx: a workbook that {reason}"):
        list(read_papers(path))


def test_texts_that_cells_share_are_counted(tmp_path, monkeypatch):
    path = raw(tmp_path / "a.xlsx", BEGIN, shared="<si/>" * 2000)
    assert len(list(read_papers(path))) == 1
    monkeypatch.setattr("recommender.readers.workbook_parts._MOST_TEXTS", 1999)
    with pytest.raises(SourceError, match=r"a\.xlsx: a workbook that has more than 1,999 texts"):
        list(read_papers(path))


def test_rows_far_below_the_last_that_there_can_be_are_none(tmp_path):
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert [type(item) for item in read_papers(raw(tmp_path / "a.xlsx", BEGIN + last))] == [Paper, Rejected]
    rows = BEGIN + '<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>'
    assert [paper.title for paper in read_papers(raw(tmp_path / "a.xlsx", rows))] == ["Grebes"]


@pytest.mark.parametrize("cell", ['t="s"><v>7</v>', "><v>many</v>", 't="d"><v>soon</v>'])
def test_a_cell_without_sense_ends_the_reading_after_what_stands_before(tmp_path, cell):
    found = []
    path = raw(tmp_path / "a.xlsx", f'{BEGIN}<row r="60"><c {cell}</c></row>')
    with pytest.raises(
        SourceError, match=r"a\.xlsx: a workbook that openpyxl cannot read .* row 1$"
    ) as caught:
        found.extend(read_papers(path))
    assert "\n" not in str(caught.value)
    assert [paper.title for paper in found] == ["Grebes"]


def test_times_errors_and_carriage_returns(tmp_path):
    rows = [["title", datetime.time(7, 30), "#N/A", "a_x000D_\nb", datetime.timedelta(hours=30)]]
    [[row]] = cells(made(tmp_path / "a.xlsx", rows)).values()
    assert row == ["title", "07:30:00", None, "a\r\nb", "1 day, 6:00:00"]


def test_without_openpyxl_it_says_what_to_install(tmp_path, monkeypatch):
    path = raw(tmp_path / "a.xlsx", BEGIN)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        MissingPackage, match=r"openpyxl is not installed.*\[bibliography\]', or save the table as CSV"
    ):
        list(read_papers(path))


def test_no_more_is_unpacked_than_the_limit(tmp_path):
    rows = "".join(text_row(number, "Grebes " + "x" * 500) for number in range(2, 9002))
    path = raw(tmp_path / "a.xlsx", text_row(1, "title") + rows)
    found = []
    with pytest.raises(SourceError, match=r"a\.xlsx: unpacks to more than 1MB.*\(--max-size raises this\)"):
        found.extend(read_papers(path, max_size=2**20))
    assert len(list(read_papers(path))) == 9000


def test_entities_and_other_documents_are_refused_in_one_line(tmp_path):
    path = tmp_path / "a.xlsx"
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>'
    raw(path, "", book=bomb + BOOK)
    with pytest.raises(SourceError, match=r"a\.xlsx: a workbook that declares a document type") as caught:
        list(read_papers(path))
    assert "\n" not in str(caught.value)
    for sheet in ("<row><c>", "</sheetData>", "&b;", "<row>" * 100_000):
        with pytest.raises(SourceError, match=r"a\.xlsx: "):
            list(read_papers(raw(path, text_row(1, "title") + sheet)))


def test_damaged_workbooks_are_named(tmp_path):
    path = made(tmp_path / "a.xlsx", [["title"], *[[f"Grebes {number}"] for number in range(5000)]])
    data = path.read_bytes()
    for broken in (data[:3000], data[:2000] + bytes(999) + data[2999:], data[:-30]):
        path.write_bytes(broken)
        with pytest.raises(SourceError, match=r"a\.xlsx: ") as caught:
            list(read_papers(path, format="xlsx"))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("folder", ["word/document.xml", "ppt/slides/slide1.xml", "content.xml"])
def test_other_documents_are_no_workbooks(folder):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr(folder, "x")
        archive.writestr("xl/embedded.xml", "x")
    assert not Xlsx().recognises(data.getvalue())


@pytest.mark.skipif(not CASES.exists(), reason="needs the shared inputs")
def test_the_case():
    found = [item for item in read_papers(CASES / "zotero.xlsx") if not isinstance(item, ReadNote)]
    facts, papers = found[::2], found[1::2]
    assert all(isinstance(item, LibraryFacts) and item.added == "2023-01-02" for item in facts)
    assert papers[0].authors == ("Ada Okafor", "Jörg Müller")
    assert (papers[0].published, papers[0].identifiers["doi"]) == (
        "2021-03-26",
        "10.1016/j.example.2021.01.004",
    )
    assert papers[1].published == "2021-10-16"
    assert all(isinstance(paper, Paper) for paper in papers)
