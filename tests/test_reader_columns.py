import pytest

from recommender.errors import SourceError
from recommender.readers import read_papers
from recommender.readers.columns import check_columns, normal_name, plan_columns, refuse_mapping


def test_names_are_compared_without_case_and_punctuation():
    assert normal_name("Publication_Date") == normal_name("publication date") == "publicationdate"


def test_the_usual_names_are_recognised():
    columns = (
        "paperId",
        "Title",
        "Abstract Note",
        "Author",
        "publicationDate",
        "year",
        "DOI",
        "link",
        "Subjects",
    )
    plan = plan_columns(columns, {})
    assert plan["id"] == ("paperId", "DOI")
    assert plan["title"] == ("Title",)
    assert plan["abstract"] == ("Abstract Note",)
    assert plan["authors"] == ("Author",)
    assert plan["published"] == ("publicationDate", "year")
    assert plan["doi"] == ("DOI",)
    assert (plan["url"], plan["categories"], plan["venue"]) == (("link",), ("Subjects",), ())


def test_a_mapping_replaces_the_usual_names():
    assert plan_columns(("title", "Name"), {"title": "Name"})["title"] == ("Name",)
    assert plan_columns(("title", "Name"), {"title": "name"})["title"] == ("Name",)
    assert plan_columns(("title",), {"title": "Name"})["title"] == ()


def test_missing_titles_and_wrong_mappings_name_the_columns():
    with pytest.raises(
        SourceError,
        match=r"^papers\.csv: no column for the title among 'a', 'b'; name it with --map title=COLUMN$",
    ):
        check_columns(("a", "b"), {}, "papers.csv")
    with pytest.raises(SourceError, match=r"^papers\.csv: no column 'x' for 'venue' among 'title'$"):
        check_columns(("title",), {"venue": "x"}, "papers.csv")
    with pytest.raises(
        SourceError, match=r"'titel' is no field of a paper; map one of id, title, .* one of 'a'$"
    ):
        check_columns(("a",), {"titel": "a"}, "papers.csv")
    check_columns(("a",), {"title": "a", "doi": "a"}, "papers.csv")


def test_long_lists_of_columns_are_cut():
    with pytest.raises(SourceError) as caught:
        check_columns([f"{'column' * 100}{n}" for n in range(1000)], {}, "papers.csv")
    assert len(str(caught.value)) < 1200


def test_fixed_formats_refuse_a_mapping():
    refuse_mapping({}, "papers.txt", "arxiv")
    with pytest.raises(SourceError, match=r"papers\.txt: title=x cannot be mapped in the format 'arxiv'"):
        refuse_mapping({"title": "x"}, "papers.txt", "arxiv")


def test_a_field_may_be_mapped_by_any_of_its_names():
    papers = [{"Titel": "Owls", "Jahr": "2024", "Zeitschrift": "Birds"}]
    mapping = {"title": "Titel", "year": "Jahr", "journal": "Zeitschrift"}
    (paper,) = read_papers(papers, mapping=mapping)
    assert (paper.title, paper.published, paper.venue) == ("Owls", "2024", "Birds")
    with pytest.raises(SourceError, match="published is mapped to 'A' and to 'B'; map it to one of them"):
        read_papers(papers, mapping={"year": "A", "date": "B"})
    with pytest.raises(SourceError, match="'colour' is no field of a paper"):
        list(read_papers(papers, mapping={"title": "Titel", "colour": "Jahr"}))
