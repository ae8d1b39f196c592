import pandas as pd
import pytest

from recommender.errors import ParameterError, SourceError
from recommender.paper import Paper
from recommender.readers import ReadWarning, Rejected, read_papers
from recommender.readers.records import read_frame


def test_values_of_every_kind():
    frame = pd.DataFrame(
        {
            "id": pd.array([7, None], dtype="Int64"),
            "title": ["Grebes", "Loons"],
            "abstract": ["They dive.", float("nan")],
            "authors": [["Gwen Grebe"], "Lou Loon; Dee Duck"],
            "date": pd.to_datetime(["2024-01-31", None]),
            "categories": pd.Categorical(["cs.CL cs.LG", None]),
            "upvotes": [3, float("nan")],
        }
    )
    first, second = read_frame(frame, {})
    assert first == Paper(
        id="7",
        title="Grebes",
        abstract="They dive.",
        authors=("Gwen Grebe",),
        published="2024-01-31",
        categories=("cs.CL", "cs.LG"),
        upvotes=3,
    )
    assert second == Paper(title="Loons", authors=("Lou Loon", "Dee Duck"))


def test_the_index_counts_only_where_it_is_the_id():
    frame = pd.DataFrame({"title": ["Grebes"]}, index=["x7"])
    assert next(read_frame(frame, {})).id.startswith("title:")
    frame.index.name = "paper_id"
    assert next(read_frame(frame, {})).id == "x7"
    frame["doi"] = "10.1/7"
    assert next(read_frame(frame, {})).id == "10.1/7"


def test_bad_rows_and_columns():
    frame = pd.DataFrame({"Name": ["Grebes", None, "Loons"], "date": ["2024", "2024", "soon"], 5: [1, 2, 3]})
    with pytest.raises(SourceError, match=r"^DataFrame: no column for the title among 'Name', 'date', '5'"):
        list(read_frame(frame, {}))
    first, second, third, fourth = read_papers(frame, mapping={"title": "Name", "upvotes": 5})
    assert (first.title, first.upvotes) == ("Grebes", 1)
    assert second == Rejected("DataFrame, row 2", "has no title")
    assert isinstance(third, ReadWarning)
    assert fourth.title == "Loons"
    with pytest.raises(ParameterError, match="mapping is 'title'; give a dict such as"):
        read_papers(frame, mapping="title")


def test_odd_cells_do_not_stop_it():
    odd = [
        pd.DataFrame({"a": [1, 2]}),
        pd.Series([1, 2]),
        object(),
        lambda: 1,
        {1, 2},
        1 + 2j,
        pd.Timedelta(1),
    ]
    frame = pd.DataFrame(
        {name: pd.Series(odd, dtype=object) for name in ("id", "abstract", "authors", "date", "tags")}
    )
    frame["title"] = "Grebes"
    assert sum(isinstance(item, Paper) for item in read_frame(frame, {})) == len(odd)


def test_an_empty_frame_with_a_title_has_no_papers():
    assert list(read_frame(pd.DataFrame({"title": []}), {})) == []


@pytest.mark.parametrize(("columns", "listed"), [(["name"], "'name'"), ([], "no columns")])
def test_without_a_title_it_is_said_how_one_is_named_in_python(columns, listed):
    frame = pd.DataFrame({name: ["x"] for name in columns}, index=[0])
    message = f'^DataFrame: no column for the title among {listed}; name it with mapping={{"title": COLUMN}}$'
    with pytest.raises(SourceError, match=message):
        list(read_papers(frame))
