"""Frames: out to pandas, SQL, CSV and Parquet and in again, and tables of other libraries as sources."""

import copy
import io
import json
import pickle
import sqlite3
import string
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from conftest import FakeEncoder, make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender, read_profiles
from recommender.batch import recommend_frame
from recommender.errors import ParameterError, ProfileError, SourceError, UnknownPaper
from recommender.frames import Pairs, Texts
from recommender.paper import papers_frame
from recommender.paper_names import papers_in
from recommender.readers import Rejected, read_papers

pytestmark = pytest.mark.extra("frames")

MIXED = [
    Paper(
        title="Hives", published="2019", identifiers={"doi": "10.9999/a"}, authors=("Ilse Ott", "Omar Lee")
    ),
    Paper(title="Combs", abstract="Bees in walls.", published="2019-05", categories=("q-bio.PE", "cs.CL")),
    Paper(title="Queens", published="2019-05-06", venue="Bees; and more", upvotes=3, retracted=True),
    Paper(title="Drones", authors=("van Dijk, Piet",), published="0001", revised="2020-02"),
]
PAPERS = make_papers(40)
IDS = [paper.id for paper in PAPERS]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("frames") / "c", encoder=FakeEncoder()) as made:
        yield made


@pytest.fixture(scope="module")
def recommender(corpus):
    return Recommender(corpus)


def papers_of(source):
    return [item for item in read_papers(source) if isinstance(item, Paper)]


# Out


def test_a_date_is_a_date_and_stands_beside_what_is_known_of_it():
    frame = papers_frame(MIXED)
    assert frame["published"].dtype == "datetime64[s]"
    assert frame["published"].astype(str).tolist() == ["2019-01-01", "2019-05-01", "2019-05-06", "0001-01-01"]
    assert frame["published_written"].tolist() == [paper.published for paper in MIXED]
    assert frame["revised"].isna().tolist() == [True, True, True, False]
    assert frame.loc[frame["published"] >= "2019-02", "title"].tolist() == ["Combs", "Queens"]
    assert pd.to_datetime(frame["published"]).equals(frame["published"])


@pytest.mark.parametrize("flat", [False, True])
def test_what_pandas_and_sql_do_with_a_table_they_do(recommender, flat):
    listed = recommender.more_like(IDS[0], k=5).to_frame(flat=flat)
    for frame in (papers_frame(MIXED, flat=flat), listed):
        assert len(frame.drop_duplicates()) == len(frame.duplicated()) == len(frame)
        assert len(pd.concat([frame, frame]).drop_duplicates()) == len(frame)
        assert len(frame.groupby("authors", dropna=False).size()) <= len(frame)
        assert frame.to_sql("papers", sqlite3.connect(":memory:")) == len(frame)
        assert json.loads(frame.to_json(orient="records", date_format="iso"))[0]["id"] == frame["id"][0]
        assert pickle.loads(pickle.dumps(frame)).equals(frame)
        assert copy.deepcopy(frame).equals(frame)
        assert frame.sort_values("published", ascending=False).reset_index(drop=True).shape == frame.shape
        workbook = io.BytesIO()
        frame[frame["published"].dt.year != 1].to_excel(workbook)
        assert len(pd.read_excel(workbook)) == (frame["published"].dt.year != 1).sum()


def test_a_cell_of_several_is_a_tuple_or_a_dict_that_does_not_change():
    frame = papers_frame(MIXED)
    authors, named = frame["authors"][0], frame["identifiers"][0]
    assert (authors, named) == (("Ilse Ott", "Omar Lee"), {"doi": "10.9999/a"})
    assert (str(authors), str(named)) == ('["Ilse Ott", "Omar Lee"]', '{"doi": "10.9999/a"}')
    assert frame.explode("authors")["authors"].dropna().tolist() == ["Ilse Ott", "Omar Lee", "van Dijk, Piet"]
    assert frame["identifiers"].map(len, na_action="ignore").dropna().tolist() == [1]
    assert frame["identifiers"].isna().tolist() == [False, True, True, True]
    assert (frame["identifiers"] == frame["identifiers"]).tolist() == [True, False, False, False]
    for change in (lambda: named.update(doi="x"), lambda: named.pop("doi"), lambda: named.clear()):
        with pytest.raises(TypeError, match="does not change in place"):
            change()
    frame.loc[1, "identifiers"] = [{"pmid": "7"}]
    assert frame["identifiers"].tolist()[:2] == [{"doi": "10.9999/a"}, {"pmid": "7"}]
    assert len({Pairs(a="1"), Pairs(a="1"), Pairs(a="2"), Texts("ab"), Texts("ab")}) == 3


def test_flat_cells_are_texts():
    frame = papers_frame(MIXED, flat=True)
    for name in ("authors", "categories"):
        assert [tuple(json.loads(cell)) for cell in frame[name]] == [getattr(one, name) for one in MIXED]
    assert json.loads(frame["identifiers"][0]) == {"doi": "10.9999/a"}
    kinds = {type(cell) for column in ("authors", "identifiers") for cell in frame[column].dropna()}
    assert kinds == {str}


def test_an_empty_frame_has_the_columns_and_types_of_a_full_one(recommender):
    for some, none in (
        (papers_frame(MIXED), papers_frame([])),
        (papers_frame(MIXED, flat=True), papers_frame([], flat=True)),
        (recommender.more_like(IDS[0]).to_frame(), recommender.more_like(IDS[0])[:0].to_frame()),
    ):
        assert len(none) == 0
        assert none.dtypes.to_dict() == some.dtypes.to_dict()
        assert pd.concat([none, some], ignore_index=True).dtypes.to_dict() == some.dtypes.to_dict()
        none.to_parquet(io.BytesIO())


# Parquet


@pytest.fixture(scope="module")
def joined(recommender):
    """The lists of twelve readers, who have no seed in common."""
    lists = [recommender.more_like(IDS[n], IDS[n + 12], k=3).to_frame() for n in range(12)]
    return pd.concat(lists, ignore_index=True)


def test_contributions_survive_parquet_each_with_its_own_seeds(joined, tmp_path):
    for write, read in (("to_parquet", pd.read_parquet), ("to_feather", pd.read_feather)):
        getattr(joined, write)(tmp_path / write)
        again = read(tmp_path / write)
        assert again["contributions"].tolist() == joined["contributions"].tolist()
        assert again["identifiers"].tolist() == joined["identifiers"].tolist()
        sums = again["contributions"].map(lambda seeds: sum(seeds.values()))
        np.testing.assert_allclose(sums.astype(float), again["score"], atol=1e-6)
    kind = pq.read_table(tmp_path / "to_parquet").schema.field("contributions").type.storage_type
    assert kind == pa.map_(pa.string(), pa.float64())


def test_without_the_library_a_cell_is_a_list_of_the_same_pairs(joined, tmp_path):
    joined.to_parquet(tmp_path / "f.parquet")
    read = f"pandas.read_parquet({str(tmp_path / 'f.parquet')!r})"
    program = f"import pandas; print({read}.contributions.map(dict).tolist())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"{[dict(cell) for cell in joined['contributions']]}\n"


def test_reading_does_not_grow_with_the_square_of_the_readers(joined, tmp_path):
    """As a struct each row would have a place for the seeds of all."""
    small, large = io.BytesIO(), io.BytesIO()
    joined[["contributions"]].to_parquet(small)
    many = [
        {f"{name}-{copy}": share for name, share in cell.items()}
        for copy in range(20)
        for cell in joined["contributions"]
    ]
    frame = joined.iloc[:0][["contributions"]].reindex(range(len(many)))
    frame["contributions"] = type(joined["contributions"].array).of_cells(many, joined["contributions"].dtype)
    frame.to_parquet(large)
    small_table, large_table = (pq.read_table(file) for file in (small, large))
    assert large_table.nbytes < 25 * small_table.nbytes


# Out and in again

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12)
WORD = st.text(string.ascii_letters + "äø中=@+-'\"{}$\\;,&<", min_size=1, max_size=10).map(
    lambda text: f"w{text}"
)
DATE = st.sampled_from(["", "2019", "2019-05", "2019-05-06", "0987", "2024-02-29"])


@st.composite
def any_paper(draw):
    names = st.lists(WORD, max_size=3).map(tuple)
    return Paper(
        id=draw(st.sampled_from(["", "a1", "10.1000/xyz", "2101.00042v3"])),
        title=draw(WORD),
        abstract=draw(TEXT),
        authors=draw(names),
        published=draw(DATE),
        categories=draw(names),
        venue=draw(TEXT),
        url=draw(st.sampled_from(["", "https://example.org/a?b=1&c='d'"])),
        identifiers=draw(st.dictionaries(st.sampled_from(["doi", "pmid", "own"]), WORD, max_size=3)),
        upvotes=draw(st.none() | st.integers(0, 9)),
        retracted=draw(st.booleans()),
        revised=draw(st.sampled_from(["", "2025-01"])),
    )


def through_csv(frame, folder):
    frame.to_csv(folder / "f.csv", index=False)
    return folder / "f.csv"


def through_sqlite(frame, folder):
    with sqlite3.connect(":memory:") as connection:
        frame.to_sql("papers", connection, index=False)
        return pd.read_sql("SELECT * FROM papers", connection)


def through_parquet(frame, folder):
    frame.to_parquet(folder / "f.parquet")
    return folder / "f.parquet"


def through_parquet_and_pandas(frame, folder):
    return pd.read_parquet(through_parquet(frame, folder))


def through_json_lines(frame, folder):
    frame.to_json(folder / "f.jsonl", orient="records", lines=True, date_format="iso")
    return folder / "f.jsonl"


def through_arrow(frame, folder):
    return pa.Table.from_pandas(frame)


def as_it_is(frame, folder):
    return frame


WAYS = [as_it_is, through_csv, through_sqlite, through_parquet, through_parquet_and_pandas]
WAYS += [through_json_lines, through_arrow]


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=15)
@given(papers=st.lists(any_paper(), min_size=1, max_size=4))
def test_nothing_is_lost_on_the_way(tmp_path_factory, way, flat, papers):
    frame = papers_frame(papers, flat=flat)
    assert papers_of(way(frame, tmp_path_factory.mktemp("way"))) == papers


@pytest.mark.parametrize("way", WAYS)
def test_of_a_corpus_the_same_corpus(tmp_path, way):
    with Corpus.build(MIXED, tmp_path / "c", encoder=FakeEncoder()) as corpus:
        again = Corpus.build(way(corpus.to_frame(), tmp_path), tmp_path / "d", encoder=FakeEncoder())
        assert list(again) == list(corpus) == MIXED
        again.close()


def test_a_list_is_read_as_its_papers(recommender, tmp_path):
    listed = recommender.more_like(IDS[0], k=4)
    right = [item.paper for item in listed]
    for source in (listed, [*listed], listed.to_frame(), through_csv(listed.to_frame(), tmp_path)):
        assert papers_of(source) == right


def test_a_table_of_ours_in_which_a_cell_is_no_more_what_it_was_is_read_as_any_table():
    frame = papers_frame(MIXED[:2]).astype({"authors": object})
    frame["authors"] = ["Ilse Ott; Omar Lee", "{broken"]
    assert [paper.authors for paper in papers_of(frame)] == [("Ilse Ott", "Omar Lee"), ("{broken",)]


@pytest.mark.parametrize(
    "cell",
    [
        "{'doi': '10.9999/a'}",
        '{"doi": "10.9999/a"}',
        [("doi", "10.9999/a")],
        [{"key": "doi", "value": "10.9999/a"}],
    ],
)
def test_identifiers_are_read_as_others_write_dicts(cell):
    (paper,) = papers_of([{"id": "x", "title": "Hives", "identifiers": cell}])
    assert paper.identifiers == {"doi": "10.9999/a"}


# Tables of other libraries


class Stream:
    """What any library is that has Arrow's stream."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


class Interchanged:
    """What any library is that has the dataframe interchange protocol."""

    def __init__(self, table):
        self.table = table

    def __dataframe__(self, nan_as_null=False, allow_copy=True):
        return self.table.__dataframe__(nan_as_null, allow_copy)


def reader(table):
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=3))


def dataset(table):
    return pyarrow.dataset.dataset(table)


def polars_frame(table):
    return pytest.importorskip("polars").from_arrow(table)


TABLES = [lambda table: table, Stream, Interchanged, reader, dataset, polars_frame]


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_another_library_is_a_source_of_papers(kind, tmp_path):
    table = pa.table(
        {"id": IDS, "title": [p.title for p in PAPERS], "abstract": [p.abstract for p in PAPERS]}
    )
    with Corpus.build(kind(table), tmp_path / "c", encoder=FakeEncoder()) as corpus:
        assert [(p.id, p.title, p.abstract) for p in corpus] == [(p.id, p.title, p.abstract) for p in PAPERS]
        assert corpus.add(kind(table)).unchanged == len(PAPERS)
        assert corpus.add(kind(table.slice(0, 0))).read == 0
    with pytest.raises(SourceError, match="table: no column for the title among 'id'"):
        [*read_papers(kind(table.select(["id"])))]


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_another_library_names_readers(kind, corpus):
    table = pa.table({"user": [7, 7, 8], "paper": IDS[:3]})
    assert [(p.name, p.liked) for p in read_profiles(kind(table))] == [("7", (*IDS[:2],)), ("8", (IDS[2],))]
    found, right = (recommend_frame(corpus, one, k=2) for one in (kind(table), table.to_pandas()))
    pd.testing.assert_frame_equal(found, right)


@pytest.mark.parametrize("kind", TABLES)
def test_a_gap_among_ratings_is_no_rating(kind, corpus):
    table = pa.table({"user": [7, 7, None], "paper": IDS[:3], "rating": [5, None, 4]})
    found = list(read_profiles(kind(table.slice(0, 2)), like=4))
    assert [(profile.name, profile.liked) for profile in found] == [("7", (IDS[0],))]
    listed = recommend_frame(corpus, kind(table), k=1, like=4)
    assert listed["user"].tolist()[0] == 7


def test_a_stream_is_read_some_rows_at_a_time():
    given_out = []

    def batches():
        for number in range(1000):
            given_out.append(number)
            yield pa.record_batch({"title": [f"Hive number {number}"] * 10})

    items = read_papers(pa.RecordBatchReader.from_batches(pa.schema({"title": pa.string()}), batches()))
    assert next(items).title == "Hive number 0"
    assert len(given_out) < 5
    assert sum(1 for _ in items) == 9_999


def test_a_stream_that_breaks_names_the_last_row():
    def batches():
        yield pa.record_batch({"title": ["Hives", "Combs"]})
        raise OSError("the line is dead")

    items = read_papers(pa.RecordBatchReader.from_batches(pa.schema({"title": pa.string()}), batches()))
    assert [next(items).title, next(items).title] == ["Hives", "Combs"]
    with pytest.raises(SourceError, match="table: cannot be read after row 2"):
        next(items)


def test_a_row_that_is_too_large_costs_itself():
    table = pa.table({"title": ["Hives", "x" * (5 * 2**20), "Combs"], "vector": [[1.0], [2.0], [3.0]]})
    items = [*read_papers(table)]
    assert [type(item) for item in items] == [Paper, Rejected, Paper]
    assert items[1].place == "table, row 2"


@pytest.mark.parametrize("source", [pa.chunked_array([["a"]]), pa.array(["a"])])
def test_a_column_is_no_table(source):
    with pytest.raises(ParameterError, match="is no table with columns"):
        read_papers(source)


# An empty day


@pytest.mark.parametrize(
    "nothing",
    [
        [],
        pd.DataFrame(),
        pd.DataFrame([]),
        pd.DataFrame({"title": []}),
        pa.table({"title": pa.array([], pa.string())}),
    ],
)
def test_a_day_without_papers_adds_none(corpus, nothing):
    report = corpus.add(nothing)
    assert (report.read, report.rejected, len(corpus)) == (0, 0, len(PAPERS))


@pytest.mark.parametrize("columns", [[], ["user", "paper"], ["user", "liked"]])
def test_a_day_without_readers_is_a_table_without_rows(corpus, columns, tmp_path):
    full = recommend_frame(corpus, pd.DataFrame({"user": ["a"], "paper": IDS[:1]}), k=2)
    empty = recommend_frame(corpus, pd.DataFrame({name: [] for name in columns}), k=2)
    assert (len(empty), empty.attrs["rejected"]) == (0, [])
    assert list(empty.columns) == list(full.columns)
    others = [name for name in full if name != "user"]
    assert empty.dtypes[others].to_dict() == full.dtypes[others].to_dict()
    empty.to_parquet(tmp_path / "e.parquet")
    assert list(Recommender(corpus).recommend_many([])) == []


# What is given for a paper


def test_a_paper_is_given_as_it_is_at_hand(corpus, recommender):
    listed = recommender.more_like(IDS[0], k=3)
    right = recommender.more_like(listed.ids, k=4).ids
    frame = listed.to_frame()
    for some in (
        listed,
        [*listed],
        frame,
        frame["id"],
        pd.Index(frame["id"]),
        frame["id"].to_numpy(),
        iter(listed),
    ):
        assert recommender.more_like(some, k=4).ids == right
    one = listed[0]
    assert recommender.more_like(one, k=4).ids == recommender.more_like(one.paper.id, k=4).ids
    assert Profile(liked=[one, PAPERS[3], IDS[5]], seen=listed).liked == (one.paper.id, IDS[3], IDS[5])
    assert Profile(liked=one, seen=listed).seen == tuple(listed.ids)
    assert recommender.between(one, listed[1:]).ids == recommender.between(listed.ids[0], listed.ids[1:]).ids
    assert recommender.but_not(one, PAPERS[3]).ids == recommender.but_not(one.paper.id, IDS[3]).ids
    assert corpus.to_frame(listed)["id"].tolist() == listed.ids
    assert papers_in(frame["id"]) == listed.ids


def test_a_draft_is_a_question(recommender):
    for abstract, listed_too in ((PAPERS[0].title, True), (PAPERS[0].text, False)):
        # Who has the whole text before them has the paper, whatever the draft is called.
        draft = Paper(title="A draft of ours", abstract=abstract)
        listed = recommender.more_like(draft, k=5)
        assert (IDS[0] in listed.ids) == listed_too
        assert listed.ids == recommender.recommend(Profile(liked=[draft]), k=5).ids


def test_a_corpus_is_asked_for_what_is_at_hand(corpus, recommender):
    listed = recommender.more_like(IDS[0], k=1)
    elsewhere = Paper(id="x1", title=PAPERS[0].title, identifiers={"arxiv": f"{IDS[0]}v2"})
    for one in (PAPERS[0], elsewhere, Paper(title=PAPERS[0].title), np.str_(IDS[0])):
        assert one in corpus
        assert corpus[one] == PAPERS[0]
    assert listed[0] in corpus
    assert corpus[listed[0]] == listed[0].paper
    other = Paper(id="1912.01234", title=PAPERS[0].title)
    for one in (other, Paper(title="Of nobody here"), None, 7, np.nan, [IDS[0]]):
        assert one not in corpus
    with pytest.raises(UnknownPaper):
        corpus[other]
    with pytest.raises(ParameterError, match="names no paper"):
        corpus[7]


@pytest.mark.parametrize(
    ("given_as", "error", "message"),
    [
        (5, ParameterError, "give its id, its title, or the paper itself"),
        ({"title": "x"}, ParameterError, r"Paper\(title=..., abstract=...\)"),
        (pd.DataFrame({"a": [1]}), ParameterError, "has a column 'id', and this one 'a'"),
        (pd.Series([IDS[0], None]), ProfileError, "nan in place 1 is none"),
        ([IDS[0], pd.NA], ProfileError, "<NA> in place 1 is none"),
    ],
)
def test_what_is_no_paper_is_refused_with_what_to_write(recommender, given_as, error, message):
    with pytest.raises(error, match=message):
        recommender.more_like(given_as)


def test_the_frames_wait_for_pandas():
    program = "import sys, recommender.frames, recommender.paper_names; print('pandas' in sys.modules)"
    folder = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=folder
    )
    assert done.stdout == "False\n"
