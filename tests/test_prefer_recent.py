"""A mild wish for recent papers, stated in the score's parts."""

import dataclasses
import itertools
import json

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Profile, Recommender
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main
from recommender.encoders import ENCODERS
from recommender.engine import AnswerOptions
from recommender.engine.preference import newest_year
from recommender.errors import ParameterError
from recommender.scoring import RECENT, RECENT_WEIGHT, STRATEGIES, recency

# Every paper twice as to its subject: years from 2004 on, and some without a date.
PAPERS = [
    dataclasses.replace(paper, published=f"{2004 + n % 21}-06-15" if n % 13 else "")
    for n, paper in enumerate(make_papers(160))
]
READER = Profile(liked=[PAPERS[1].id, PAPERS[5].id, PAPERS[2].id])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recent") / "c"
    with Corpus.build(PAPERS, folder, encoder=FakeEncoder()) as corpus:
        yield corpus


def by_hand(paper, newest):
    """What a paper gains: the year is 365 or 366 days, the middle of June lies 165 or 166 into it."""
    if not paper.published:
        return 0.0
    year = int(paper.published[:4])
    leap = year % 4 == 0
    date = year + (166 if leap else 165) / (366 if leap else 365)
    return RECENT_WEIGHT * 0.5 ** (max(newest - date, 0) / 2)


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_it_is_one_more_part_of_every_score_and_the_parts_add_up(corpus, strategy):
    ask = Recommender(corpus, strategy=strategy, rerank="none")
    plain = ask.recommend(READER, k=150, diversity=0, same_years=False)
    recent = ask.recommend(READER, k=150, diversity=0, prefer="recent")
    newest = newest_year(corpus.snapshot)
    before = {item.paper.id: item.score for item in plain}
    assert len({*recent.ids} & {*plain.ids}) > 100
    for item in recent:
        parts = item.explain().contributions
        gain = by_hand(item.paper, newest)
        of_date = [one.contribution for one in parts if one.title == RECENT]
        assert sum(of_date) == pytest.approx(gain, abs=1e-6)
        assert sum(one.contribution for one in parts) == pytest.approx(item.score, abs=1e-5)
        if len(plain.interests) == 1 and item.paper.id in before:
            assert item.score - before[item.paper.id] == pytest.approx(gain, abs=1e-5)


def test_it_moves_what_is_as_near_and_not_what_is_far(corpus):
    ask = Recommender(corpus, strategy="hybrid", rerank="none")
    plain = ask.recommend(READER, k=150, diversity=0, same_years=False)
    recent = ask.recommend(READER, k=150, diversity=0, prefer="recent")
    place = {name: rank for rank, name in enumerate(recent.ids)}
    for first, second in itertools.pairwise(plain[:61]):
        if first.score - second.score > RECENT_WEIGHT and {first.paper.id, second.paper.id} <= place.keys():
            assert place[first.paper.id] < place[second.paper.id]

    def year(item):
        return int(item.paper.published[:4]) if item.paper.published else 2004

    assert np.mean([year(item) for item in recent[:20]]) > np.mean([year(item) for item in plain[:20]])


def test_recency_is_bounded_and_a_bad_date_is_not_the_newest(tmp_path):
    assert recency(np.array([np.nan, 1900.0, 2090.0]), 2024.0).tolist()[::2] == [0.0, 1.0]
    odd = [*PAPERS, dataclasses.replace(PAPERS[0], id="odd", title="Of another time", published="2099-05-05")]
    with Corpus.build(odd, tmp_path / "c", encoder=FakeEncoder()) as corpus:
        assert newest_year(corpus.snapshot) < 2025


def test_without_dates_it_says_nothing(tmp_path):
    undated = [dataclasses.replace(paper, published="") for paper in PAPERS[:20]]
    with Corpus.build(undated, tmp_path / "c", encoder=FakeEncoder()) as corpus:
        ask = Recommender(corpus)
        assert ask.more_like(undated[0].id, prefer="recent").ids == ask.more_like(undated[0].id).ids


def test_ranked_scores_have_it_in_their_units(corpus):
    ask = Recommender(corpus, strategy="hybrid")
    ranked = ask.rank(READER, [paper.id for paper in PAPERS], prefer="recent")
    newest, spread = newest_year(corpus.snapshot), None
    for item in ranked[:30]:
        parts = item.explain().contributions
        assert sum(one.contribution for one in parts) == pytest.approx(item.score, abs=1e-4)
        (gain,) = (one.contribution for one in parts if one.title == RECENT) if item.paper.published else (0,)
        if gain:
            of_this = by_hand(item.paper, newest) / gain
            spread = of_this if spread is None else spread
            assert of_this == pytest.approx(spread, rel=1e-3)


def test_every_way_in_takes_it(corpus, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())
    ask = Recommender(corpus)
    one = ask.recommend(READER, k=20, prefer="recent")
    (many,) = ask.recommend_many([READER], k=20, prefer="recent")
    assert (many.ids, many.scores.tolist()) == (one.ids, one.scores.tolist())
    assert one.ids == ask.more_like(*READER.liked, k=20, prefer="recent").ids
    found = ask.search("robot arm", k=20, prefer="recent")
    assert any(part.title == RECENT for item in found for part in item.explain().contributions)
    file = tmp_path / "me.json"
    file.write_text(json.dumps(READER.to_dict()))
    shared = ["--corpus", str(corpus.path), "-k", "20", "--prefer", "recent"]
    assert main(["recommend", str(file), *shared, "--format", "jsonl"]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == one.ids
    assert main(["recommend", str(file), *shared, "--why"]) == 0
    assert RECENT in capsys.readouterr().out
    job = BatchOptions(k=20, prefer="recent", format="jsonl")
    report = run_batch(file, corpus.path, tmp_path / "out", job, workers=1)
    assert report.manifest["parameters"]["prefer"] == "recent"
    assert "prefer" not in AnswerOptions().to_dict()
    with pytest.raises(ParameterError, match="prefer is 'classics'; it can be recent"):
        AnswerOptions(prefer="classics")
