"""A reader's own library: what is hidden, what is found, what is advised."""

import itertools
import json
import math
import sys

import numpy as np
import pytest
from conftest import make_papers

from recommender import Corpus, Profile
from recommender.cli import main
from recommender.errors import ParameterError, ProfileError
from recommender.evaluation import Figure, judge, self_test
from recommender.evaluation.advice import advise
from recommender.evaluation.found import found_by_chance, found_of
from recommender.evaluation.hiding import newest, random_splits

TOPIC = [paper.id for paper in make_papers(60)[::4]]


def test_splits_hide_every_paper_as_often():
    splits = random_splits(10, splits=30)
    assert len(splits) == 30
    assert {len(hidden) for hidden in splits} == {3}
    assert len({tuple(hidden) for hidden in splits}) == 30
    times = np.bincount(np.concatenate(splits), minlength=10)
    assert times.max() - times.min() <= 4
    assert [hidden.tolist() for hidden in splits] == [h.tolist() for h in random_splits(10, splits=30)]
    assert sorted(hidden.tolist() for hidden in random_splits(4)) == [[0], [1], [2], [3]]


def test_chance_draws_only_what_may_be_recommended(corpus, papers):
    others = [paper.id for paper in papers if paper.id not in TOPIC]
    reader = Profile(liked=TOPIC[:8], seen=[TOPIC[0], *others[:25]], disliked=others[20:28])
    test = self_test(corpus, reader, strategies="mean", splits=5)
    assert test.rows[-1].name == "random"
    splits = random_splits(8, splits=5, seed=0)
    draws = [found_by_chance(len(hidden), 60 - 8 - 28 + len(hidden), k=10) for hidden in splits]
    for measure in ("R@10", "nDCG@10"):
        wanted = np.mean(np.concatenate([draw[measure] for draw in draws]))
        assert test.rows[-1].figures[measure].mean == pytest.approx(wanted)


def test_the_newest_are_hidden():
    dates = ["2024-05", "2020", "2023-01-01", "", "2024-06-01", "2019", "2018", "2017", "2016", "2015"]
    assert newest(dates).tolist() == [0, 2, 4]
    assert newest(["2024", "", "", "2023"]) is None
    assert newest(["2024"] * 6) is None


def test_what_is_found_is_what_the_measures_say():
    rng = np.random.default_rng(0)
    for hidden, k in itertools.product((1, 3, 12), (5, 10)):
        ranking = [f"p{n}" for n in rng.permutation(40)]
        names = [f"p{n}" for n in rng.choice(60, hidden, replace=False)]
        expected = judge({"q": dict.fromkeys(names, 1)}, {"q": ranking}, k=k)
        found = found_of(names, ranking, k=k)
        for measure, values in found.items():
            assert values.mean() == pytest.approx(expected[measure][0])


@pytest.mark.parametrize(("hidden", "papers", "k"), [(1, 5, 2), (2, 6, 3), (3, 5, 10)])
def test_chance_is_the_mean_of_all_orders(hidden, papers, k):
    names = [f"p{n}" for n in range(hidden)]
    orders = itertools.permutations(f"p{n}" for n in range(papers))
    found = [found_of(names, order, k=k) for order in orders]
    for measure, values in found_by_chance(hidden, papers, k=k).items():
        assert values.mean() == pytest.approx(np.mean([one[measure].mean() for one in found]))


def figure(mean, p=1.0, difference=0.0):
    return {"nDCG@10": Figure(mean, mean, mean, 9, difference, difference, difference, p)}


def test_another_is_advised_only_where_it_is_surely_better():
    random = ("random", False, figure(0.1, 0.001, -0.2))
    unsure = advise([("a", True, figure(0.3)), ("b", True, figure(0.4, 0.2, 0.1)), random], 10)
    assert unsure.startswith("Use a: the best of the others, b, is not significantly better (nDCG@10 0.400")
    assert unsure.endswith(" a is significantly better than random (0.100).")
    sure = advise([("a", True, figure(0.3)), ("b", True, figure(0.4, 0.01, 0.1)), random], 10)
    assert sure.startswith("Use b rather than a: nDCG@10 0.400 against 0.300, p 0.010, significant.")
    first = advise([("a", True, figure(0.3)), ("b", True, figure(0.2, 0.01, -0.1))], 10)
    assert first.startswith("Use a: nDCG@10 0.300; none of 1 others tried is better.")
    worse = advise([("a", True, figure(0.05)), ("random", False, figure(0.1, 0.3, 0.05))], 10)
    assert worse.endswith(". a is no better than random (0.100).")


def test_a_clear_interest_is_found_again(corpus):
    result = self_test(corpus, Profile(liked=TOPIC), strategies=["hybrid", "mean"], diversities=[0])
    names = [row.name for row in result.rows]
    assert names == ["fake hybrid 0", "fake mean 0", "TF-IDF mean", "random"]
    assert (result.seeds, result.splits, result.notes) == (15, 20, ())
    figures = result.rows[0].figures
    assert figures["R@10"].mean > 0.9
    assert figures["R@10"].queries == 20 * 4  # hidden papers, all splits together
    assert figures["RR"].mean == 1
    assert result.rows[-1].figures["R@10"].mean == pytest.approx(10 / 49)  # 60 papers, 11 seeds in each split
    assert result.rows[-1].figures["nDCG@10"].p < 0.01
    assert math.isnan(result.rows[-1].figures["ILD@10"].mean)
    assert [row.name for row in result.by_time] == names
    assert result.by_time[0].figures["R@10"].queries == 4
    assert "Use fake hybrid 0" in result.advice
    assert "significantly better than random" in result.advice


def test_papers_that_are_seen_and_hidden_can_come_back(corpus):
    alone = self_test(corpus, Profile(liked=TOPIC), strategies=["mean"], diversities=[0])
    seen = Profile(liked=TOPIC, seen=[f"https://arxiv.org/abs/{name}v1" for name in TOPIC])
    assert self_test(corpus, seen, strategies=["mean"], diversities=[0]) == alone


def test_without_names_the_default_strategies_and_diversities_are_tried(corpus):
    result = self_test(corpus, Profile(liked=TOPIC[:6]), splits=4)
    names = [row.name for row in result.rows]
    assert len(set(names)) == len(names) >= 10
    default = self_test(corpus, Profile(liked=TOPIC[:6]), splits=4, diversities=[0.9]).rows[0].name
    assert names[0] == default.replace("0.9", names[0].split()[-1])


def test_papers_that_are_not_there_are_named(corpus):
    result = self_test(corpus, Profile(liked=[*TOPIC[:5], "9999.99999"]), strategies=["mean"])
    assert result.seeds == 5
    (note,) = result.notes
    assert "'9999.99999'" in note
    with pytest.raises(ProfileError, match=r"has 3 liked papers .* \(1 are not in it: no paper"):
        self_test(corpus, Profile(liked=[*TOPIC[:3], "9999.99999"]))
    with pytest.raises(ParameterError, match="'best' is no"):
        self_test(corpus, Profile(liked=TOPIC), strategies=["best"])


@pytest.fixture
def run(capsys):
    def call(*arguments):
        status = main(["evaluate", *map(str, arguments)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err.splitlines()

    return call


def test_the_command(run, corpus, tmp_path, monkeypatch, fake_by_name):
    me = tmp_path / "me.json"
    me.write_text(json.dumps({"liked": TOPIC[:8], "name": "me"}))
    options = ("--strategy", "mean", "--diversity", 0)
    status, out, lines = run(me, "--corpus", corpus.path, *options)
    assert (status, lines) == (0, [])
    assert out.startswith("8 liked papers, part of them hidden")
    assert "| TF-IDF mean |" in out
    assert "Use fake mean 0" in out.splitlines()[-1]
    monkeypatch.setenv("RECOMMENDER_CORPUS", str(corpus.path))
    status, text, _ = run(me, *options, "--json")
    answer = json.loads(text)
    assert [row["name"] for row in answer["contenders"]] == ["fake mean 0", "TF-IDF mean", "random"]
    assert (answer["seeds"], answer["notes"]) == (8, [])
    assert run(me, *options, "--json")[1] == text
    me.write_text(json.dumps({"liked": TOPIC[:3]}))
    status, out, (line,) = run(me)
    assert (status, out) == (1, "")
    assert "the profile has 3 liked papers in the corpus; a self-test needs 4 or more" in line


def test_encoders_are_compared_by_their_corpora(run, corpus, tmp_path, fake_by_name, papers):
    other = tmp_path / "other"
    Corpus.build(papers, other, encoder=fake_by_name).close()
    me = tmp_path / "me.json"
    me.write_text(json.dumps({"liked": TOPIC[:5]}))
    options = ("--strategy", "mean", "--diversity", 0, "--json")
    status, out, _ = run(me, "--corpus", corpus.path, "--corpus", other, *options)
    assert status == 0
    one, two, *_ = json.loads(out)["contenders"]
    assert two["measures"]["nDCG@10"]["mean"] == one["measures"]["nDCG@10"]["mean"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("me.json", "--benchmark", "folder"), "two questions"),
        (("me.json", "--run", "x"), "--encoder and --run go with --benchmark"),
        (("me.json", "--encoder", "static"), "--encoder and --run go with --benchmark"),
        ((), "nothing to measure on"),
    ],
)
def test_wrong_usage_is_one_line(run, arguments, message):
    status, _, (line,) = run(*arguments)
    assert status == 2
    assert message in line


def test_more_seeds_than_are_compared_with_are_told(corpus, monkeypatch):
    for module in ("engine.taste", "evaluation.self_test"):
        monkeypatch.setattr(sys.modules[f"recommender.{module}"], "MOST_SEEDS", 5)
    result = self_test(corpus, Profile(TOPIC[:10]), strategies=["mean"], splits=2)
    assert result.notes == ("7 liked or disliked papers: 5 of them, drawn evenly, stand for all",)
    assert self_test(corpus, Profile(TOPIC[:6]), strategies=["mean"], splits=2).notes == ()


def test_an_interval_does_not_leave_what_a_measure_can_be(corpus):
    liked = [paper.id for paper in corpus if paper.categories == ("cs.CV",)][:4]
    result = self_test(corpus, Profile(liked=liked), splits=2)
    for row in result.rows:
        for measure, figure in row.figures.items():
            if not measure.startswith(("ILD", "novelty")) and not math.isnan(figure.mean):
                assert 0 <= figure.low <= figure.high <= 1, (row.name, measure)
