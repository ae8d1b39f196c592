"""Delimited text: headers of other programs, lines before them, cells that are too many or odd."""

# ruff: noqa: E501  (headers of other programs are as long as they are)

from pathlib import Path

import pytest

from recommender.errors import SourceError
from recommender.paper import Paper
from recommender.readers import LibraryFacts, ReadNote, Rejected, Source, read_papers
from recommender.readers.delimited import Delimited
from recommender.readers.table_header import Header, find_header


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
    assert find_header(b"id;title;abstract, short, a b c d\n") == Header(
        ("id", "title", "abstract, short, a b c d"), ";"
    )
    assert find_header(b"naam;a, b, c, d\n", ["naam"]) == Header(("naam", "a, b, c, d"), ";")
    assert find_header(b'"x\n') == Header(("x",), ",")


def test_rows_are_counted_from_the_first_after_the_header(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_text('title,abstract\nGrebes,"They\ndive."\n,empty\nShort\nLoons,They dive, too\nDucks,x,,\n')
    first, empty, short, shifted, ducks, note = read_papers(path)
    assert first == Paper(title="Grebes", abstract="They dive.")
    assert empty == Rejected("papers.csv, row 2", "has no title")
    assert short == Paper(title="Short")
    assert shifted == Rejected("papers.csv, row 4", "has 3 columns, the header 2: 'Loons'")
    assert ducks.title == "Ducks"
    assert note == ReadNote("papers.csv", "row 3 has fewer cells than the header: the last are empty")


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


# Lines before the header, and headers of other programs


def read(tmp_path, text, **options):
    path = tmp_path / "papers.csv"
    path.write_bytes(text.encode())
    return list(read_papers(path, **options))


def papers(items):
    return [item for item in items if isinstance(item, Paper)]


def notes(items):
    return [item.text for item in items if isinstance(item, ReadNote)]


ROWS = 'Grebes dive,"Bee, A.",2021\nLoons call,"Dee, C.",2020\n'


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\n\n  \n",
        '"SEARCH QUERY","grebe:ti"\n-------------------------\n\n',
        '"About the data: Exported on 1 May; criteria: ""grebe"""\n',
        "Date Run:,2026-05-01\nComment:,\n\n\n",
        'an odd " mark\n',
        "sep=,\n",
        '"sep=,"\r\n',
        "sep=,\n\nExport of 3 May\n",
        "\ufeff",
        "\ufeffsep=,\n",
    ],
)
def test_lines_before_the_header_are_passed_over(tmp_path, before):
    found = read(tmp_path, f"{before}Title,Author Names,Publication Year\n{ROWS}")
    assert [(paper.title, paper.published) for paper in found] == [
        ("Grebes dive", "2021"),
        ("Loons call", "2020"),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_line_names_the_separator(tmp_path, mark):
    text = f"sep={mark}\ntitle{mark}abstract, a; b\nGrebes{mark}x\n"
    assert [paper.title for paper in papers(read(tmp_path, text))] == ["Grebes"]


def test_a_sentence_about_titles_is_no_header(tmp_path):
    text = "Dear all\n\nTitle, author and year are in the file, as you know well\nTitle: Grebes\n"
    with pytest.raises(SourceError, match="text of another format"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("program", "header", "row", "fields"),
    [
        (
            "Scopus",
            '"Authors","Author full names","Title","Year","Source title","Cited by","DOI","Link","Abstract",'
            '"Author Keywords","Document Type","EID"',
            '"Bee A.; Dee C.","Bee, Ann (57); Dee, Cy (58)","Grebes","2021","Lakes","3","10.1000/1",'
            '"https://example.org/1","They dive.","fish; lakes","Article","2-s2.0-85"',
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021", "categories": ("fish", "lakes")},
        ),
        (
            "Web of Science, tagged",
            "PT\tAU\tTI\tSO\tAB\tPY\tDI\tUT\tPM",
            "J\tBee, A; Dee, C\tGrebes\tLakes\tThey dive.\t2021\t10.1000/1\tWOS:0001\t123456",
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021"},
        ),
        (
            "Web of Science, named",
            "Publication Type\tAuthors\tArticle Title\tSource Title\tAbstract\tPublication Date\tPublication Year\tDOI\t"
            "UT (Unique WOS ID)",
            "J\tBee, A; Dee, C\tGrebes\tLakes\tThey dive.\t\t2021\t10.1000/1\tWOS:0001",
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021"},
        ),
        (
            "PubMed",
            "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI",
            "123456,Grebes,\"Bee A, Dee C.\",Lakes. 2021,Bee A,Lakes,2021,2021/05/06,,,10.1000/1",
            {"venue": "Lakes", "published": "2021"},
        ),
        (
            "IEEE Xplore",
            '"Document Title",Authors,"Publication Title","Date Added To Xplore","Publication Year","Abstract",'
            '"DOI",PDF Link,"Author Keywords"',
            "Grebes,A. Bee; C. Dee,Lakes,1 May 2022,2021,They dive.,10.1000/1,https://example.org/1,fish;lakes",
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021", "url": "https://example.org/1"},
        ),
        (
            "Lens",
            "Lens ID,Title,Date Published,Publication Year,Source Title,Author/s,Abstract,DOI,Fields of Study",
            "001-002,Grebes,2021-05-06,2021,Lakes,A Bee; C Dee,They dive.,10.1000/1,Biology; Fish",
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021-05-06"},
        ),
        (
            "Dimensions",
            "Rank,Publication ID,DOI,Title,Abstract,Source title,Publication date,PubYear,Authors,Dimensions URL",
            '5,pub.1,10.1000/1,Grebes,They dive.,Lakes,2021-05-06,2021,"Bee, Ann; Dee, Cy",https://example.org/1',
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021-05-06"},
        ),
        (
            "ProQuest",
            "Title,Abstract,StoreId,Authors,pubdate,pubtitle,year,DocumentURL,digitalObjectIdentifier",
            'Grebes,They dive.,77,"Bee, Ann; Dee, Cy",May 2021,Lakes,2021,https://example.org/1,10.1000/1',
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021-05"},
        ),
        (
            "Publish or Perish",
            "Cites,Authors,Title,Year,Source,ArticleURL,GSRank,DOI,Abstract",
            '3,"A Bee, C Dee",Grebes,2021,Lakes,https://example.org/1,1,10.1000/1,They dive.',
            {"abstract": "They dive.", "published": "2021", "url": "https://example.org/1"},
        ),
        (
            "Covidence",
            "Title,Authors,Abstract,Published Year,Journal,DOI,Covidence #,Tags",
            "Grebes,Bee A; Dee C,They dive.,2021,Lakes,10.1000/1,#7,fish",
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021"},
        ),
        (
            "OpenAlex",
            "id,doi,display_name,publication_year,publication_date,primary_location.source.display_name,"
            "authorships.author.display_name",
            "https://openalex.org/W1234567,https://doi.org/10.1000/1,Grebes,2021,2021-05-06,Lakes,Ann Bee|Cy Dee",
            {"venue": "Lakes", "published": "2021-05-06", "authors": ("Ann Bee", "Cy Dee")},
        ),
        (
            "Springer",
            "Item Title,Publication Title,Book Series Title,Item DOI,Authors,Publication Year,URL,Content Type",
            "Grebes,Lakes,,10.1000/1,Ann Bee,2021,https://example.org/1,Article",
            {"venue": "Lakes", "published": "2021", "url": "https://example.org/1"},
        ),
        (
            "German",
            "Titel;Autoren;Jahr;Zusammenfassung;Zeitschrift;DOI",
            "Grebes;Bee, Ann;2021;They dive.;Lakes;10.1000/1",
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021"},
        ),
        (
            "French",
            "Titre;Auteur;Année;Résumé;Revue;DOI",
            "Grebes;Bee, Ann;2021;They dive.;Lakes;10.1000/1",
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021"},
        ),
        (
            "Spanish",
            "Título;Autores;Año;Resumen;Revista;DOI",
            "Grebes;Bee, Ann;2021;They dive.;Lakes;10.1000/1",
            {"venue": "Lakes", "abstract": "They dive.", "published": "2021"},
        ),
    ],
)  # fmt: skip
def test_headers_of_other_programs(tmp_path, program, header, row, fields):
    [paper] = papers(read(tmp_path, f"{header}\n{row}\n"))
    assert paper.title == "Grebes"
    assert len(paper.authors) >= 1
    assert paper.identifiers["doi"] == "10.1000/1"
    assert {name: getattr(paper, name) for name in fields} == fields


def test_columns_that_are_not_used_are_said_once(tmp_path):
    found = read(
        tmp_path, "title,volume,funder,grade,mood,weight,pages\nGrebes,1,2,3,4,5,6\nLoons,1,2,3,4,5,6\n"
    )
    assert notes(found) == ["columns not used: 'funder', 'grade', 'mood' and 1 more"]
    assert notes(read(tmp_path, "title,volume,issue\nGrebes,1,2\n")) == []


# Cells that are too many, too few, or quoted for a spreadsheet


def test_a_cell_more_behind_what_is_used_costs_a_remark(tmp_path):
    header = "Title,Year,DOI,Abstract,Funding,Language\n"
    found = read(
        tmp_path,
        header
        + 'Grebes,2021,10.1000/1,"They dive, and swim.",A,B,English\n'
        + 'Loons,2020,10.1000/2,"They call, at night.",A,English\n'
        + 'Ducks,2019,10.1000/3,"They walk, too.",A,B,C,English\n',
    )
    assert [paper.abstract for paper in papers(found)] == [
        "They dive, and swim.",
        "They call, at night.",
        "They walk, too.",
    ]
    assert notes(found) == [
        "columns not used: 'Funding'",
        "2 rows (first row 1) have more cells than the header: only what surely stands below its name is used",
    ]


def test_what_a_column_that_the_header_lacks_has_shifted_is_not_used(tmp_path):
    header = "Title,Year,DOI,Abstract,Funding Text 1,ISSN,PubMed ID,Source,EID\n"
    row = 'Grebes,2021,,"They dive, and swim.",A,B,1234-5678,12345678,Scopus,2-s2.0-1\n'
    found = read(tmp_path, header + row)
    [paper] = papers(found)
    assert (paper.title, paper.abstract, paper.published) == ("Grebes", "They dive, and swim.", "2021")
    assert paper.identifiers == {}
    assert paper.id.startswith("title:")


def test_a_doi_in_its_place_shows_that_nothing_before_it_was_shifted(tmp_path):
    found = read(tmp_path, "Title,Abstract,DOI,Note\nGrebes,They dive.,10.1000/1,a,b\n")
    assert [paper.abstract for paper in papers(found)] == ["They dive."]


@pytest.mark.parametrize(
    "row",
    [
        "Grebes,and loons,2021,10.1000/1,They dive.,A,English",
        "Grebes,2021,10.1000/1,They dive,and swim.,A,English",
        "Grebes,2021,They dive,10.1000/1,and swim.,A,English",
    ],
)
def test_a_row_that_may_be_shifted_is_rejected(tmp_path, row):
    [found, _] = read(tmp_path, f"Title,Year,DOI,Abstract,Funding,Language\n{row}\n")
    assert found == Rejected("papers.csv, row 1", "has 7 columns, the header 6: 'Grebes'")


def test_a_quotation_mark_that_is_not_closed_costs_its_row(tmp_path):
    text = "title,abstract,year\n" + "".join(
        f'"Grebes {number}","They dive, and ""swim"".",20{number:02}\n' for number in range(20)
    )
    text = text.replace('dive, and ""swim"".",2007', "dive, and swim.,2007")
    found = read(tmp_path, text)
    assert [paper.published for paper in papers(found)] == [f"20{n:02}" for n in range(20) if n != 7]
    [lost] = [item for item in found if isinstance(item, Rejected)]
    assert lost.place == "papers.csv, row 8"
    assert 'has a quotation mark that is never closed: \'"Grebes 7"' in lost.reason


def test_lines_and_marks_inside_cells_are_text(tmp_path):
    text = 'title,abstract\n"Grebes","Aims, methods\nThey, dive\n\n""deep"", and swim"\n"Loons","a "b" c"\n'
    found = papers(read(tmp_path, text))
    assert [paper.title for paper in found] == ["Grebes", "Loons"]
    assert found[0].abstract == 'Aims, methods They, dive "deep", and swim'


def test_cells_that_are_proof_against_spreadsheets_are_unpacked(tmp_path):
    text = '="title",="doi","=""year"""\n="Grebes",="10.1000/1","=""2021"""\n'
    [paper] = papers(read(tmp_path, text))
    assert (paper.title, paper.identifiers, paper.published) == ("Grebes", {"doi": "10.1000/1"}, "2021")


def test_of_two_columns_with_one_name_the_first_that_holds_anything_counts(tmp_path):
    text = "title,doi,doi\nGrebes,,10.1000/1\nLoons,10.1000/2,10.1000/3\n"
    assert [paper.identifiers["doi"] for paper in papers(read(tmp_path, text))] == ["10.1000/1", "10.1000/2"]


# What a library says beside the paper


def test_asreview_labels_are_ratings(tmp_path):
    found = read(
        tmp_path, "record_id,title,abstract,included\n0,Grebes,a,1\n1,Loons,b,0\n2,Ducks,c,\n3,,d,1\n"
    )
    assert found[0] == LibraryFacts(rating=1.0)
    assert found[2] == LibraryFacts(rating=0.0)
    assert found[4] == LibraryFacts(undecided=True)
    assert [type(item) for item in found] == [*[LibraryFacts, Paper] * 3, Rejected]


@pytest.mark.parametrize("name", ["included", "asreview_label", "label_included"])
@pytest.mark.parametrize(("cell", "rating"), [("1.0", 1.0), ("yes", 1.0), ("0.0", 0.0), ("FALSE", 0.0)])
def test_other_spellings_of_a_label(tmp_path, name, cell, rating):
    facts, _ = read(tmp_path, f"title,{name}\nGrebes,{cell}\n")
    assert facts.rating == rating


def test_zotero_tables_tell_when_a_paper_came_and_its_tags(tmp_path):
    header = (
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Abstract Note",'
    )
    header += '"Date","Date Added","Manual Tags","Collections"\n'
    row = '"AB12","journalArticle","2021","Bee, Ann; Dee, Cy","Grebes","Lakes","10.1000/1","They dive.",'
    row += '"2021-05-06","2024-05-01 10:00:00","fish; lakes","Thesis; Birds"\n'
    facts, paper = read(tmp_path, header + row)
    assert facts == LibraryFacts(collections=("Thesis", "Birds"), added="2024-05-01")
    assert paper.categories == ("fish", "lakes")
    assert (paper.id, paper.published, paper.venue) == ("10.1000/1", "2021-05-06", "Lakes")


def test_decisions_in_rayyans_notes_are_ratings_where_screeners_agree(tmp_path):
    row = 'Grebes,"RAYYAN-INCLUSION: {""Ann""=>""Included"", ""Cy""=>""Included""} | RAYYAN-LABELS: x"\n'
    facts, _ = read(tmp_path, "title,notes\n" + row)
    assert facts == LibraryFacts(rating=1.0)
    facts, _ = read(tmp_path, "title,notes\n" + row.replace("Included", "Excluded", 1))
    assert facts == LibraryFacts(undecided=True)


CASES = Path(__file__).parents[2] / "shared" / "cases"


@pytest.mark.skipif(not CASES.exists(), reason="needs the shared inputs")
@pytest.mark.parametrize(
    ("name", "count"), [("extra_column", 3), ("embase_preamble", 3), ("sepline", 1), ("r_na", 4)]
)
def test_the_cases(name, count):
    found = list(read_papers(CASES / f"{name}.csv"))
    assert len(papers(found)) == count
    assert not any(isinstance(item, Rejected) for item in found)


@pytest.mark.parametrize(
    ("text", "is_table"),
    [
        ("# made by a program\n# 2021-03-26\ntitle,abstract,year\nGrebes dive,They dive.,2020\n", True),
        ("#made by a program\n\ntitle;abstract;year\nGrebes dive;They dive.;2020\n", True),
        ("# Notes\n\nThe title, as I said, is short.\n", False),
        ("# a program\nimport title\n", False),
    ],
)
def test_comments_may_stand_above_the_header(tmp_path, text, is_table):
    path = tmp_path / "papers.csv"
    path.write_text(text)
    if is_table:
        assert [paper.title for paper in read_papers(path)] == ["Grebes dive"]
    else:
        with pytest.raises(SourceError):
            list(read_papers(path))
