"""Cells that a spreadsheet would compute."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recommender import Corpus, Paper, Recommender
from recommender.display import bare_cell, harmless_cell
from recommender.profiles.records import RatedPaper
from recommender.profiles.sources import read_entries
from recommender.readers import read_papers
from recommender.writers import paper_record, write

COMPUTED = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\ttext", "\rtext", "\ntext"),
    *(
        "  =1+1",
        "\u200b=1+1",
        "\ufeff@x",
        "\u202e=1",
        "\xa0-1",
        "\x00=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
    ),
]
PLAIN = [
    "",
    "Attention",
    "a=b",
    "1-2",
    "'quoted' words",
    "'",
    "2401.00010",
    "math/9901001",
    "\u2212 a minus sign",
]


@pytest.mark.parametrize("text", COMPUTED)
def test_what_is_computed_gets_an_apostrophe(text):
    assert harmless_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN)
def test_any_other_text_is_as_it_was(text):
    assert harmless_cell(text) == bare_cell(text) == text


@given(st.text(alphabet="'=+-@\t\r \u200bab＝", max_size=6) | st.text())
@example("'=1")
@example("''=1")
def test_there_is_a_way_back_from_every_text(text):
    assert bare_cell(harmless_cell(text)) == text


ODD = Paper(
    id="=cmd|x",
    title="-omics and +more",
    abstract="@all: they dive.",
    authors=("+Gwen Grebe", "=Ada"),
    published="2024-05",
    categories=("@cs",),
    venue="=Journal",
    url="https://example.org/1",
    identifiers={"doi": "10.1/x"},
)


def test_a_list_of_papers_comes_back_as_it_was(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_text(write([paper_record(ODD)], "csv"))
    (row,) = csv.DictReader(io.StringIO(path.read_text()))
    assert [row[name][0] for name in ("id", "title", "abstract", "authors", "categories", "venue")] == [
        "'"
    ] * 6
    (read,) = read_papers(path)
    for name in ("id", "title", "abstract", "authors", "published", "categories", "venue", "url"):
        assert getattr(read, name) == getattr(ODD, name), name


def test_of_a_list_too_and_its_figures_stay_figures(tmp_path, fake):
    others = [ODD, Paper(id="b", title="=b is a grebe"), Paper(id="c", title="A grebe of another kind")]
    with Corpus.build(others, tmp_path / "corpus", encoder=fake) as corpus:
        recs = Recommender(corpus).more_like("c", k=2)
        text = recs.to_csv()
        path = tmp_path / "list.csv"
        path.write_text(text)
        assert {paper.id for paper in read_papers(path)} == set(recs.ids) == {"=cmd|x", "b"}
        assert all(paper.id in corpus for paper in read_papers(path))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [float(row["score"]) for row in rows] == [round(float(score), 6) for score in recs.scores]
    negative = dict(recs.to_dicts()[0], score=-0.25, closest_cosine=-0.5)
    (row,) = csv.DictReader(io.StringIO(write([negative], "csv")))
    assert (row["score"], row["closest_cosine"]) == ("-0.25", "-0.5")


def test_ids_and_readers_of_a_table_of_ratings_come_back(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text("user,paper,rating\n'@ann,'=cmd|x,liked\nbob,2401.00010,liked\n")
    found = [(entry.user, entry.paper) for entry in read_entries(path) if isinstance(entry, RatedPaper)]
    assert found == [("@ann", "=cmd|x"), ("bob", "2401.00010")]


def test_a_title_in_a_file_of_somebody_else_keeps_its_quotation_mark(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_text("id,title\n'=7,'-omics' of grebes\n")
    assert list(read_papers(path)) == [Paper(id="=7", title="'-omics' of grebes")]
