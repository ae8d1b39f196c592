"""The answer: a list, a frame, a page."""

import copy
import io
import json
import pickle
import typing

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Page

from recommender import Paper, Recommendation, Recommendations, Recommender
from recommender.profiles import read_profiles
from recommender.sample import PROFILES
from recommender.scoring import STRATEGIES
from recommender.writers import Record, write

READERS = {profile.name: profile for profile in read_profiles(PROFILES)}

COLUMNS = (
    "rank id title score confidence interest closest closest_title closest_cosine terms sentence "
    "contributions authors published categories venue url abstract identifiers retracted revised"
).split()


def item(
    rank, title="A title", *, score=0.5, closest="seed", closest_title="Seed's title", cosine=0.25, **facts
):
    paper = Paper(id=f"p{rank}", title=title, **facts)
    return Recommendation(rank, paper, score, closest, closest_title, cosine)


@pytest.fixture
def recs():
    full = item(
        1,
        "First",
        score=0.75,
        abstract="Words",
        authors=("Ada", "Bob"),
        published="2024-01",
        categories=("cs.CL",),
        venue="V",
        url="https://example.org/1",
        identifiers={"doi": "10.1234/x"},
    )
    return Recommendations((full, item(2, "Second", score=0.5), item(3, "Third", score=-0.25)), ("a note",))


# A sequence


def test_ids_and_scores_are_in_the_order_of_the_list(recs):
    assert recs.ids == ["p1", "p2", "p3"]
    assert recs.scores.dtype == np.float32
    assert recs.scores.tolist() == [0.75, 0.5, -0.25]
    assert Recommendations(()).ids == []
    assert Recommendations(()).scores.shape == (0,)
    assert Recommendations(()).scores.dtype == np.float32


def test_a_list_is_indexed_sliced_and_walked_through_as_a_list(recs):
    assert len(recs) == 3
    assert recs[0].paper.title == "First"
    assert recs[-1] is recs.items[2]
    assert [one.rank for one in recs[1:]] == [2, 3]
    assert recs[1:].ids == recs.ids[1:]
    assert recs[1:].problems == recs.problems
    assert len(recs[5:]) == 0
    assert list(recs) == list(recs.items)
    assert [one.rank for one in reversed(recs)] == [3, 2, 1]
    assert recs[1] in recs
    for place in (3, -4):
        with pytest.raises(IndexError, match=f"no place {place} in a list of 3 papers"):
            recs[place]


def test_a_list_is_copied_and_made_a_frame_of_but_stays_in_its_process(sample):
    recs = Recommender(sample).recommend(READERS["Mei"], k=4)
    copied = copy.deepcopy(recs)
    assert copied == recs
    assert copied[0].explanation == recs[0].explanation
    assert pd.DataFrame(recs)["score"].tolist() == [item.score for item in recs]
    with pytest.raises(TypeError, match="an open corpus cannot be pickled, nor what holds on to it"):
        pickle.dumps(recs)
    plain = pickle.loads(pickle.dumps(recs.to_frame()))
    assert plain.equals(recs.to_frame())


# Dicts and frames


def test_dicts_hold_the_answer_and_all_facts_of_the_paper(recs):
    assert recs.to_dicts()[0] == {
        "rank": 1,
        "id": "p1",
        "title": "First",
        "score": 0.75,
        "confidence": None,
        "interest": "",
        "closest": "seed",
        "closest_title": "Seed's title",
        "closest_cosine": 0.25,
        "terms": [],
        "sentence": "",
        "contributions": {},
        "authors": ["Ada", "Bob"],
        "published": "2024-01",
        "categories": ["cs.CL"],
        "venue": "V",
        "url": "https://example.org/1",
        "abstract": "Words",
        "identifiers": {"doi": "10.1234/x"},
        "retracted": False,
        "revised": "",
    }
    assert json.loads(json.dumps(recs.to_dicts())) == recs.to_dicts()


def test_dicts_are_what_the_writers_take(recs):
    assert list(recs[0].to_dict()) == COLUMNS
    assert set(COLUMNS) == set(typing.get_type_hints(Record))


def test_a_frame_has_one_line_for_each_paper(recs):
    frame = recs.to_frame()
    assert list(frame.columns.drop(["published_written", "revised_written"])) == COLUMNS
    assert list(frame.index) == [0, 1, 2]
    assert frame["id"].tolist() == recs.ids
    assert frame["score"].tolist() == recs.scores.tolist()
    changed = ["confidence", "contributions", "identifiers", "terms", "authors", "categories"]
    whole = pd.DataFrame(recs.to_dicts()).drop(columns=changed)
    dates = {f"{name}_written": name for name in ("published", "revised")}
    plain = frame.drop(columns=[*changed, *dates.values()]).rename(columns=dates)[whole.columns]
    assert plain.to_dict("records") == whole.to_dict("records")
    for name in ("terms", "authors", "categories"):
        assert [[*cell] for cell in frame[name]] == [record[name] for record in recs.to_dicts()]
    assert frame["published"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2024-01-01", "", ""]
    assert frame["identifiers"].tolist() == [{"doi": "10.1234/x"}, None, None]
    assert frame["contributions"].tolist() == [None] * 3
    assert frame["confidence"].isna().all()


def test_an_empty_frame_has_the_same_columns_and_types(recs, sample):
    full, empty = recs.to_frame(), Recommendations(()).to_frame()
    assert (
        Recommender(sample).more_like("2106.09685", k=3).to_frame().dtypes.to_dict() == full.dtypes.to_dict()
    )
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert full["rank"].dtype == np.int64
    assert full["score"].dtype == full["closest_cosine"].dtype == np.float64
    assert pd.concat([full, empty]).dtypes.to_dict() == full.dtypes.to_dict()


def test_a_frame_of_what_diversity_displaced(sample):
    recs = Recommender(sample).recommend(READERS["Amara"], k=8, diversity=0.8)
    frame = recs.displaced_frame()
    there = [item for item in recs if item.displaced]
    assert there
    assert frame["paper"].tolist() == [item.paper.title for item in there]
    assert frame["instead_of"].tolist() == [item.displaced.paper.title for item in there]
    assert set(frame["too_like"]) <= {item.paper.title for item in recs}
    assert len(recs[:0].displaced_frame()) == 0


# Texts


def test_as_text_each_paper_has_a_line_and_each_note(recs):
    assert str(recs).splitlines() == [
        " 1  0.750  First  [p1]",
        " 2  0.500  Second  [p2]",
        " 3  -0.250  Third  [p3]",
        "a note",
    ]
    assert str(Recommendations(())) == "nothing to recommend"
    assert str(Recommendations((), ("why",))) == "why"


def test_a_notebook_shows_a_table(recs):
    page = Page(recs._repr_html_())
    assert page.tags.count("tr") == 4
    assert page.cells[0] == ["1", "0.750", "First\nAda, Bob · 2024-01 · p1", "Seed's title (0.25)"]
    assert page.links == ["https://example.org/1"]
    assert page.notes == ["a note"]


def test_one_recommendation_shows_its_facts(recs):
    page = Page(recs[0]._repr_html_())
    assert ["score", "0.750"] in page.cells
    assert ["closest to", "Seed's title (0.25)"] in page.cells
    assert not any(name in ("confidence", "interest", "in common") for name, _ in page.cells)  # nothing known


def test_reasons_are_shown_and_come_up_at_the_mouse(sample):
    recs = Recommender(sample).recommend(READERS["Mei"], k=6)
    page = Page(recs._repr_html_())
    for item, cells in zip(recs, page.cells, strict=True):
        assert f"in common: {', '.join(item.explanation.terms)}" in cells[2]
        assert cells[3].split("\n") == [
            f"{item.closest_title} ({item.closest_cosine:.2f})",
            *([f"interest: {item.interest}"] if item.interest != item.closest_title else []),
            f"confidence {item.confidence:.2f}",
        ]
    assert page.hints.count(recs[0].explanation.to_text()) == 2
    assert [name for name, _ in Page(recs[0]._repr_html_()).cells][:4] == [
        "paper",
        "rank",
        "score",
        "confidence",
    ]


def test_interests_are_shown_where_there_is_no_closest_paper():
    page = Page(Recommendations((item(1, closest="my <own> words", closest_title=""),))._repr_html_())
    assert page.cells[0][3] == "my <own> words (0.25)"
    page = Page(Recommendations((item(1, closest="word " * 200, closest_title=""),))._repr_html_())
    assert len(page.cells[0][3]) < 180


def test_a_long_title_is_cut_in_a_list_and_whole_by_itself():
    one = item(1, "word " * 120)
    shown = Page(Recommendations((one,))._repr_html_()).cells[0][2].split("\n")[0]
    assert len(shown) <= 200
    assert shown.endswith("word…")
    assert ["title", one.paper.title] in Page(one.paper._repr_html_()).cells


def test_frames_can_be_written_as_parquet(sample, tmp_path):
    recs = Recommender(sample).recommend(READERS["Mei"], k=5)
    for name, frame in (
        ("list", recs.to_frame()),
        ("corpus", sample.to_frame()),
        ("one", recs[0].to_frame()),
    ):
        frame.to_parquet(tmp_path / name)
        assert pd.read_parquet(tmp_path / name)["id"].tolist() == frame["id"].tolist()


def test_one_recommendation_as_text_and_as_a_frame(sample):
    one = Recommender(sample).more_like("2106.09685", k=2)[1]
    assert str(one).splitlines()[:2] == [f"2. {one.paper.title}", f"{one.paper.published} · {one.paper.id}"]
    assert str(one).endswith(one.explanation.to_text())
    assert one.to_frame()["rank"].tolist() == [2]


NASTY = st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</td>", "&lt;b&gt;", "'"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(NASTY | st.text(max_size=5), min_size=4, max_size=4))
def test_no_text_of_a_paper_or_a_reader_becomes_markup(texts):
    title, closest, note, address = texts
    one = item(1, f"t{title}", closest=closest, closest_title="", url=f"https://a.org/{address}")
    page = Page(Recommendations((one,), (note,))._repr_html_())
    assert page.cells[0][2].split("\n")[0] == one.paper.title
    assert page.cells[0][3].strip() == f"{closest} (0.25)".strip()
    assert page.links == [one.paper.url]
    assert page.notes == [note]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org",
        "example.org",
        "",
    ],
)
def test_only_web_addresses_are_linked(url):
    page = Page(Recommendations((item(1, url=url),))._repr_html_())
    assert page.links == []
    assert "a" not in page.tags


def test_an_empty_list_is_an_empty_table_and_says_why():
    page = Page(Recommendations(())._repr_html_())
    assert page.cells == []
    assert page.tags.count("tr") == 1
    assert page.notes == ["nothing to recommend"]
    assert Page(Recommendations((), ("why",))._repr_html_()).notes == ["why"]


# On to other programs


@pytest.mark.parametrize(
    ("name", "format"), [("to_csv", "csv"), ("to_json", "json"), ("to_bibtex", "bibtex"), ("to_ris", "ris")]
)
def test_a_list_becomes_text_or_a_file(recs, tmp_path, name, format):
    text = getattr(recs, name)()
    assert text == write(recs.to_dicts(), format)
    assert "Second" in text
    assert getattr(recs, name)(tmp_path / "file") is None
    assert (tmp_path / "file").read_text(encoding="utf-8") == text
    assert getattr(recs, name)(path=str(tmp_path / "again")) is None
    with pytest.raises(FileNotFoundError, match="nowhere"):
        getattr(recs, name)(tmp_path / "nowhere" / "file")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["again", "file"]


def test_what_programs_get_is_the_list(recs):
    assert [record["id"] for record in json.loads(recs.to_json())] == recs.ids
    assert list(json.loads(recs.to_json())[0]) == COLUMNS
    assert pd.read_csv(io.StringIO(recs.to_csv()))["title"].tolist() == ["First", "Second", "Third"]
    assert recs[1:].to_bibtex().count("@") == 2
    assert json.loads(Recommendations(()).to_json()) == []


def test_a_page_says_why_scores_are_not_in_order(recs):
    assert "in varied order" not in recs._repr_html_()
    varied = Recommendations((item(1, score=0.5), item(2, score=0.3), item(3, score=0.4)))
    assert "paper (in varied order)" in varied._repr_html_()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_only_diversity_changes_the_order_of_scores(sample, strategy):
    """At diversity 0 scores fall, within each interest and for all together; the heading says which."""
    recs = Recommender(sample, strategy=strategy).recommend(READERS["Mei"], k=20, diversity=0)
    under = recs.reasons.answer.ranked.under
    for pool in set(under.tolist()):
        assert (np.diff(recs.scores[under == pool]) <= 0).all()
    assert len(recs) == 20
    assert ("paper (in varied order)" in recs._repr_html_()) == (len(recs.interests) > 1)


def test_diversity_changes_the_order_of_scores_and_the_page_says_so(sample):
    recs = Recommender(sample).recommend(READERS["Mei"], k=20, diversity=0.5)
    assert (np.diff(recs.scores) > 0.001).any()
    assert "paper (in varied order)" in recs._repr_html_()
