"""Likes that carry their day, in every form of a profile, and that count half after a while."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Profile, Recommender, read_profiles
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main
from recommender.encoders import ENCODERS
from recommender.engine import AnswerOptions
from recommender.engine.resolution import resolve_profile
from recommender.errors import ParameterError
from recommender.evaluation import System, self_test, system_grid
from recommender.profiles import LibraryPaper
from recommender.scoring import STRATEGIES, UNWEIGHTED, half_life_weights, half_life_years

PAPERS = make_papers(120)
A, B = PAPERS[0], PAPERS[1]  # of two subjects
DAYS = {A.id: "2024-01-01", B.id: "2022-01-01"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("half") / "c"
    with Corpus.build(PAPERS, folder, encoder=FakeEncoder()) as corpus:
        yield corpus


def liked(**added):
    return Profile(
        liked=[LibraryPaper(one.id, added=added.get(name, "")) for name, one in (("a", A), ("b", B))]
    )


@pytest.mark.parametrize(
    ("written", "years"),
    [
        (2, 2.0), ("2", 2.0), ("2y", 2.0), ("0.5", 0.5), ("6m", 0.5), ("90d", 90 / 365.25),
        ("8 W", 56 / 365.25), (np.float32(1.5), 1.5), (None, None),
    ],
)  # fmt: skip
def test_a_half_life_is_written_in_years_or_with_a_unit(written, years):
    assert half_life_years(written) == (None if years is None else pytest.approx(years))


@pytest.mark.parametrize("written", [0, -1, "0", "2 years", "", "soon", math.inf, math.nan, True, [2]])
def test_what_is_none_is_refused_and_named(written):
    with pytest.raises(
        ParameterError, match=r"half_life is .*; it is a number of years above 0, or written 2y"
    ):
        AnswerOptions(half_life=written)


def test_weights_halve_from_the_newest_on_and_have_sum_one():
    days = np.array([730.5, 365.25, 0.0, np.nan])
    for years in (0.5, 1.0, 2.0):
        by_loop = [0.5 ** ((730.5 - day) / 365.25 / years) for day in days[:3]]
        by_loop.append(sum(by_loop) / 3)
        expected = np.array(by_loop) / sum(by_loop)
        np.testing.assert_allclose(half_life_weights(days, years), expected, rtol=1e-6)
    assert half_life_weights(np.full(2, np.nan), 1.0).tolist() == [0.5, 0.5]
    assert half_life_weights(np.empty(0), 1.0).shape == (0,)
    assert half_life_weights(np.array([0.0, 1e6]), 0.01).min() > 0


def test_seeds_weigh_by_when_they_were_liked_and_else_by_when_they_appeared(corpus):
    def weight_of_first(profile, half_life, strategy="interests"):
        scorer = STRATEGIES[strategy]
        resolved = resolve_profile(corpus, corpus.snapshot, profile, scorer, half_life=half_life)
        rows = corpus.snapshot.by_key(np.array(resolved.liked))
        ids = [paper.id for paper in corpus.snapshot.papers(rows.tolist())]
        return float(resolved.weights[ids.index(A.id)])

    assert weight_of_first(liked(a="2024-01-01", b="2022-01-01"), None) == 0.5
    assert weight_of_first(liked(a="2024-01-01", b="2022-01-01"), 2.0) == pytest.approx(2 / 3, abs=1e-3)
    assert weight_of_first(liked(a="2022-01-01", b="2024-01-01"), 2.0) == pytest.approx(1 / 3, abs=1e-3)
    assert weight_of_first(liked(a="2024-01-01", b="2022-01-01"), 1.0) == pytest.approx(4 / 5, abs=1e-3)
    # The strategy's own half-life is that of 2 years, and gives way.
    assert weight_of_first(liked(a="2024-01-01", b="2022-01-01"), None, "recency") == pytest.approx(
        2 / 3, abs=1e-3
    )
    assert weight_of_first(liked(a="2024-01-01", b="2022-01-01"), 1.0, "recency") == pytest.approx(
        4 / 5, abs=1e-3
    )
    years = (A.day - B.day) / 365.25
    assert weight_of_first(liked(), 1.0) == pytest.approx(1 / (1 + 0.5**years), abs=1e-3)


def test_who_weighs_seeds_is_told_apart(corpus):
    """A strategy is in `UNWEIGHTED` where weights change no score, and there a half-life is refused."""
    reader = liked(a="2024-01-01", b="2010-01-01")
    for name in STRATEGIES:
        ask = Recommender(corpus, strategy=name, rerank="none")
        if name in UNWEIGHTED:
            with pytest.raises(
                ParameterError, match=f"to the strategy '{name}' each seed counts alike; take one"
            ):
                ask.recommend(reader, half_life=1)
            with pytest.raises(ParameterError, match="each seed counts alike"):
                ask.recommend_many([reader], half_life=1)
            with pytest.raises(ParameterError, match="each seed counts alike"):
                BatchOptions(strategy=name, half_life=1)
            continue
        plain, aged = (ask.recommend(reader, k=100, half_life=years) for years in (None, 1))
        if name == "interests" and len(plain.interests) > 1:
            shares = {one.name: one.share for one in aged.interests}
            assert shares[A.title] > 0.9
        else:
            before, after = (dict(zip(one.ids, one.scores.tolist(), strict=True)) for one in (plain, aged))
            assert any(abs(before[one] - after[one]) > 1e-3 for one in before.keys() & after.keys()), name


def test_no_half_life_is_no_change_and_none_of_words_or_undated_ones(corpus):
    ask, reader = Recommender(corpus), liked(a="2024-01-01", b="2022-01-01")
    assert ask.recommend(reader, k=20) == ask.recommend(liked(), k=20)
    words = Profile(interests=["robot arm"])
    assert ask.recommend(words, half_life=1).scores.tolist() == ask.recommend(words).scores.tolist()
    assert "half_life" not in AnswerOptions().to_dict()
    assert AnswerOptions(half_life="6m").to_dict()["half_life"] == 0.5
    again = AnswerOptions(half_life=AnswerOptions(half_life="6m").half_life)
    assert again == AnswerOptions(half_life="6m")


def test_every_method_takes_it_as_one(corpus, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())
    ask, reader = Recommender(corpus), liked(a="2024-01-01", b="2020-01-01")
    one = ask.recommend(reader, k=20, half_life=1)
    assert one.ids != ask.recommend(reader, k=20).ids
    (many,) = ask.recommend_many([reader], k=20, half_life="12m")
    assert (many.ids, many.scores.tolist()) == (one.ids, one.scores.tolist())
    among = [paper.id for paper in PAPERS]
    mean = Recommender(corpus, strategy="hybrid")
    assert mean.rank(reader, among, half_life=1).ids != mean.rank(reader, among).ids
    seeds = (A.id, B.id)
    assert ask.more_like(*seeds, k=20, half_life=0.1).ids != ask.more_like(*seeds, k=20).ids
    file = tmp_path / "me.json"
    file.write_text(json.dumps(reader.to_dict()))
    shared = ["--corpus", str(corpus.path), "-k", "20", "--format", "jsonl", "--half-life", "365.25d"]
    assert main(["recommend", str(file), *shared]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == one.ids
    assert main(["recommend", str(file), *shared, "--strategy", "max"]) == 2
    assert "each seed counts alike" in capsys.readouterr().err
    report = run_batch(
        file, corpus.path, tmp_path / "out", BatchOptions(k=20, half_life=1, format="jsonl"), workers=1
    )
    assert report.manifest["parameters"]["half_life"] == 1.0


RATED = f"user,paper,rating,{{}}\nAnn,{A.id},5,2024-01-01\nAnn,{B.id},5,2022-01-01\n"
BIB = """@article{{a, title = {{{0.title}}}, doi = {{10.1/a}}, date-added = {{2024-01-01 10:00:00 +0000}}}}
@article{{b, title = {{{1.title}}}, doi = {{10.1/b}}, timestamp = {{2022-01-01}}}}
"""
FORMS = {
    "rated csv": ("x.csv", RATED.format("date")),
    "rated csv, liked at": ("x.csv", RATED.format("liked_at")),
    "rated csv, date added": ("x.csv", RATED.format("Date Added")),
    "unix time": ("x.csv", f"user,paper,timestamp\nAnn,{A.id},1704067200\nAnn,{B.id},1640995200\n"),
    "a library's csv": (
        "x.csv",
        f'id,title,Date Added\n{A.id},"{A.title}",2024-01-01 09:00:00\n{B.id},"{B.title}",2022-01-01\n',
    ),
    "objects a line": (
        "x.jsonl",
        "".join(json.dumps({"user": "Ann", "paper": name, "date": day}) + "\n" for name, day in DAYS.items()),
    ),
    "a profile": (
        "x.json",
        json.dumps({"user": "Ann", "liked": [{"id": name, "added": day} for name, day in DAYS.items()]}),
    ),
    "a profile, date added": (
        "x.json",
        json.dumps({"liked": [{"id": name, "Date Added": day} for name, day in DAYS.items()]}),
    ),
    "a profile, liked at": (
        "x.jsonl",
        json.dumps({"liked": [{"id": name, "liked_at": day} for name, day in DAYS.items()]}) + "\n",
    ),
    "bibtex": ("x.bib", BIB.format(A, B)),
    "zotero": (
        "x.json",
        json.dumps(
            [
                {"key": key, "data": {
                    "key": key, "itemType": "journalArticle", "title": paper.title,
                    "dateAdded": f"{DAYS[paper.id]}T10:00:00Z",
                }}
                for key, paper in (("AAAAAAAA", A), ("BBBBBBBB", B))
            ]
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_profile_carries_the_day_of_a_like(form, tmp_path):
    name, content = FORMS[form]
    path = tmp_path / name
    path.write_text(content)
    (profile,) = read_profiles(path)
    assert sorted(profile.added.values()) == ["2022-01-01", "2024-01-01"]
    assert Profile.from_dict(json.loads(json.dumps(profile.to_dict()))) == profile


def test_frames_carry_it_too_and_what_is_not_liked_has_none():
    frame = pd.DataFrame(
        {
            "user": "Ann",
            "paper": [A.id, B.id, PAPERS[2].id],
            "rating": [5, 5, 1],
            "date": pd.to_datetime(["2024-01-01", "2022-01-01", "2023-01-01"]),
        }
    )
    (profile,) = read_profiles(frame)
    assert profile.added == DAYS
    assert profile.disliked == (PAPERS[2].id,)


def test_the_newest_rating_dates_a_like(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        f"user,paper,rating,date\nAnn,{A.id},5,2021-03-04\nAnn,{A.id},4,2023-05-06T07:08:09\nAnn,{B.id},5,\n"
    )
    (profile,) = read_profiles(path)
    assert profile.added == {A.id: "2023-05-06"}


def test_a_half_life_can_be_measured(corpus):
    systems = system_grid([corpus], half_lives=["6m", 2, 0.5])
    assert [one.half_life for one in systems] == [None, 0.5, 2.0]
    assert systems[1].label.endswith("half-life 0.5")
    assert not systems[1].is_default
    reader = Profile(
        liked=[LibraryPaper(paper.id, added=f"20{10 + n:02}-01-01") for n, paper in enumerate(PAPERS[:12])]
    )
    assert System(corpus, half_life=0.1).rank(reader, k=50) != System(corpus).rank(reader, k=50)
    result = self_test(corpus, reader, half_lives=["6m"], splits=2)
    assert [row.name for row in result.rows][1].endswith(" half-life 0.5")
    fields = [one.get("half_life") for one in result.to_dict()["contenders"]]
    assert fields[:2] == [None, 0.5]
