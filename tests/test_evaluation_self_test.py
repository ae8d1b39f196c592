"""A reader's own library: what is hidden, what is found, what is advised."""

import gzip
import itertools
import json
import math
import sys

import numpy as np
import pytest
from conftest import SHARED, make_papers

from recommender import Corpus, Profile
from recommender.cli import main
from recommender.errors import ParameterError, ProfileError
from recommender.evaluation import MetricEstimate, compute_metrics, self_test
from recommender.evaluation.metrics import expected_hit_metrics, hit_metrics
from recommender.evaluation.report import against_baselines, ranks, recommend_settings
from recommender.evaluation.self_test import random_splits, temporal_split

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
    draws = [expected_hit_metrics(len(hidden), 60 - 8 - 28 + len(hidden), k=10) for hidden in splits]
    for measure in ("R@10", "nDCG@10"):
        wanted = np.mean(np.concatenate([draw[measure] for draw in draws]))
        assert test.rows[-1].estimates[measure].mean == pytest.approx(wanted)


def test_the_newest_are_hidden():
    dates = ["2024-05", "2020", "2023-01-01", "", "2024-06-01", "2019", "2018", "2017", "2016", "2015"]
    assert temporal_split(dates).tolist() == [0, 2, 4]
    assert temporal_split(["2024", "", "", "2023"]) is None
    assert temporal_split(["2024"] * 6) is None


def test_what_is_found_is_what_the_measures_say():
    rng = np.random.default_rng(0)
    for hidden, k in itertools.product((1, 3, 12), (5, 10)):
        ranking = [f"p{n}" for n in rng.permutation(40)]
        names = [f"p{n}" for n in rng.choice(60, hidden, replace=False)]
        expected = compute_metrics({"q": dict.fromkeys(names, 1)}, {"q": ranking}, k=k)
        found = hit_metrics(names, ranking, k=k)
        expected["RR@200"] = expected["RR"]  # of no more than 200 papers they are one
        for measure, values in found.items():
            assert values.mean() == pytest.approx(expected[measure][0])


@pytest.mark.parametrize(("hidden", "papers", "k"), [(1, 5, 2), (2, 6, 3), (3, 5, 10)])
def test_chance_is_the_mean_of_all_orders(hidden, papers, k):
    names = [f"p{n}" for n in range(hidden)]
    orders = itertools.permutations(f"p{n}" for n in range(papers))
    found = [hit_metrics(names, order, k=k) for order in orders]
    for measure, values in expected_hit_metrics(hidden, papers, k=k).items():
        assert values.mean() == pytest.approx(np.mean([one[measure].mean() for one in found]))


def test_the_reciprocal_rank_looks_at_200_papers():
    ranking = [f"p{n}" for n in range(1, 201)]
    assert hit_metrics(["p150"], ranking, k=10)["RR@200"].tolist() == [1 / 150]
    by_chance = expected_hit_metrics(1, 1000, k=10)["RR@200"][0]
    assert by_chance == pytest.approx(sum(1 / rank for rank in range(1, 201)) / 1000)


def results(first, *others, baselines=()):
    """The first one's mean, then (mean, p) of each other one, called b, c, ..., and of each baseline."""

    def figures(mean, p):
        gap = mean - first
        return {"nDCG@10": MetricEstimate(mean, mean, mean, 9, gap, gap, gap, p if gap else 1.0)}

    return [
        ("a", True, figures(first, 1.0)),
        *((name, True, figures(*other)) for name, other in zip("bcdefghijklm", others, strict=False)),
        *((name, False, figures(*of)) for name, of in zip(("TF-IDF", "random"), baselines, strict=False)),
    ]


@pytest.mark.parametrize(
    ("measured", "papers", "said"),
    [
        (  # the default is worst, and nothing is significant
            results(0.013, (0.082, 1.0), (0.097, 1.0)),
            41,
            "Cannot tell with 41 papers; highest here: c (nDCG@10 0.097, p 1.000); "
            "the default, a, is third of three (0.013).",
        ),
        (  # in the middle of seven
            results(0.3, (0.4, 0.2), (0.35, 0.3), (0.5, 0.06), (0.1, 1), (0.2, 1), (0.05, 1)),
            2,
            "Cannot tell with 2 papers; highest here: d (nDCG@10 0.500, p 0.060); "
            "the default, a, is fourth of seven (0.300).",
        ),
        (  # significantly worst
            results(0.1, (0.4, 0.01), (0.3, 0.02), (0.2, 0.2)),
            90,
            "Use b rather than the default, a: nDCG@10 0.400 against 0.100, p 0.010, "
            "significantly better with 90 papers; so is 1 other.",
        ),
        (  # the highest is not the one that is surely better
            results(0.1, (0.3, 0.0004), (0.4, 0.07)),
            90,
            "Use b rather than the default, a: nDCG@10 0.300 against 0.100, p <0.001, "
            "significantly better with 90 papers; c is higher (0.400), but not significantly better.",
        ),
        (  # significantly best
            results(0.5, (0.3, 0.01), (0.2, 0.03), baselines=[(0.4, 0.049)]),
            60,
            "Use the default, a: nDCG@10 0.500, significantly better than each of the three others "
            "with 60 papers (p 0.049 at most).",
        ),
        (  # best, but not surely
            results(0.5, (0.3, 0.01), (0.2, 0.2)),
            12,
            "Cannot tell with 12 papers; highest here: the default, a (nDCG@10 0.500), "
            "significantly better than one of the two others.",
        ),
        (  # best of the systems, but not surely better than a baseline
            results(0.5, (0.3, 0.01), baselines=[(0.4, 0.3), (0.1, 0.001)]),
            12,
            "Cannot tell with 12 papers; highest here: the default, a (nDCG@10 0.500), "
            "significantly better than two of the three others.",
        ),
        (
            results(0.5, (0.3, 0.4)),
            12,
            "Cannot tell with 12 papers; highest here: the default, a (nDCG@10 0.500), "
            "not significantly better than the other.",
        ),
        (  # ties: for the first place, with the default, and of all
            results(0.1, (0.3, 0.5), (0.3, 0.4), (0.3, 0.6), (0.1, 1)),
            12,
            "Cannot tell with 12 papers; highest here: b, c and one more (nDCG@10 0.300, p 0.400); "
            "the default, a, shares fourth place of five (0.100).",
        ),
        (
            results(0.3, (0.3, 1), (0.1, 0.4)),
            12,
            "Cannot tell with 12 papers; highest here: a and b (nDCG@10 0.300); "
            "the default, a, shares first place of three (0.300).",
        ),
        (results(0.0, (0.0, 1)), 1, "Cannot tell with 1 paper; both reach nDCG@10 0.000."),
        (  # one alone is held against chance
            results(0.3, baselines=[(0.2, 0.5), (0.02, 0.126)]),
            6,
            "Cannot tell with 6 papers whether a finds more than random: "
            "nDCG@10 0.300 against 0.020, p 0.126.",
        ),
        (
            results(0.3, baselines=[(0.2, 0.5), (0.02, 0.01)]),
            60,
            "a finds significantly more than random with 60 papers: nDCG@10 0.300 against 0.020, p 0.010.",
        ),
        (
            results(0.01, baselines=[(0.2, 0.5), (0.1, 0.01)]),
            60,
            "a finds significantly less than random with 60 papers: nDCG@10 0.010 against 0.100, p 0.010.",
        ),
        (results(0.3), 6, "a alone was measured: nDCG@10 0.300; there is nothing to compare it with."),
    ],
)
def test_the_advice_says_what_was_measured(measured, papers, said):
    assert recommend_settings(measured, 10, papers=papers) == said


def test_another_first_one_is_not_called_the_default():
    measured = results(0.1, (0.4, 0.01))
    assert recommend_settings(measured, 10, papers=50, default=False).startswith("Use b rather than a: ")
    unsure = recommend_settings(results(0.1, (0.4, 0.5)), 10, papers=5, default=False)
    assert unsure.endswith("; a is second of two (0.100).")


def test_the_first_is_held_against_the_baselines():
    measured = results(0.1, baselines=[(0.2, 0.3), (0.01, 0.004)])
    assert against_baselines(measured, 10) == (
        "a is worse than TF-IDF (0.200, not significantly) and significantly better than random (0.010)."
    )
    measured = results(0.1, baselines=[(0.2, 0.03), (0.1, 1)])
    assert against_baselines(measured, 10) == (
        "a is significantly worse than TF-IDF (0.200) and as good as random (0.100)."
    )
    assert against_baselines(results(0.1, (0.2, 1)), 10) == ""


def test_equal_ones_share_the_first_of_their_places():
    assert ranks([0.2, 0.5, 0.2, 0.1, 0.5]) == [3, 1, 3, 5, 1]


def test_a_clear_interest_is_found_again(corpus):
    result = self_test(corpus, Profile(liked=TOPIC), strategies=["hybrid", "mean"], diversities=[0])
    names = [row.name for row in result.rows]
    assert names == ["fake hybrid 0", "fake mean 0", "TF-IDF mean", "random"]
    assert (result.seeds, result.splits, result.warnings) == (15, 20, ())
    figures = result.rows[0].estimates
    assert figures["R@10"].mean > 0.9
    assert figures["R@10"].queries == 20 * 4  # hidden papers, all splits together
    assert figures["RR@200"].mean == 1
    assert result.rows[-1].estimates["R@10"].mean == pytest.approx(
        10 / 49
    )  # 60 papers, 11 seeds in each split
    assert result.rows[-1].estimates["nDCG@10"].p < 0.01
    assert math.isnan(result.rows[-1].estimates["ILD@10"].mean)
    assert [row.name for row in result.by_time] == names
    assert result.by_time[0].estimates["R@10"].queries == 4
    assert result.advice == "Cannot tell with 15 papers; both reach nDCG@10 1.000."
    assert "significantly better than random" in result.against_baselines


def test_papers_that_are_seen_and_hidden_can_come_back(corpus):
    corpus = corpus.pinned()
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
    (note,) = result.warnings
    assert "'9999.99999'" in note
    with pytest.raises(ProfileError, match=r"has 3 liked papers .* \(1 is not in it: no paper"):
        self_test(corpus, Profile(liked=[*TOPIC[:3], "9999.99999"]))
    with pytest.raises(ParameterError, match="'best' is no"):
        self_test(corpus, Profile(liked=TOPIC), strategies=["best"])


def test_the_small_table_has_the_best_the_default_and_the_baselines(corpus):
    result = self_test(corpus, Profile(liked=TOPIC[:6]), splits=4)
    (table,) = result.tables()
    assert str(result).splitlines()[0] == result.advice == table.above
    default = result.rows[0].name
    assert sum(line[1] == f"{default} (the default)" and line[3] == "" for line in table.lines) == 1
    *systems, _, _ = table.lines
    assert 3 <= len(systems) <= 4
    reached = {row.name: row.estimates["nDCG@10"].mean for row in result.rows if row.system}
    places = [int(line[0]) for line in systems]
    assert places == sorted(places)
    for place, name, *_ in systems:
        mean = reached[name.removesuffix(" (the default)")]
        assert int(place) == 1 + sum(other > mean for other in reached.values())
    assert [line[:2] for line in table.lines[-2:]] == [["", "TF-IDF mean"], ["", "random"]]
    text = result.to_text()
    assert text.splitlines()[0] == result.advice
    for row in result.rows:
        assert text.count(f"| {row.name} |") == 1 + bool(result.by_time)
    for said in ("recall@10", "ILD@10", "Holm's correction", result.against_baselines):
        assert said in text


def test_a_real_library_of_63_papers_can_tell_and_one_of_33_cannot(tmp_path):
    users, papers = (SHARED / f"libraries_dev_{name}.jsonl.gz" for name in ("users", "papers"))
    if not users.exists():
        pytest.skip("needs the shared libraries")
    with gzip.open(users, "rt", encoding="utf-8") as lines:
        readers = [json.loads(line)["liked"] for line in lines]
    advice = {}
    with Corpus.build(papers, tmp_path / "libraries", encoder="static") as corpus:
        for count in (33, 63):
            liked = next(liked for liked in readers if len(liked) == count)
            result = self_test(corpus, Profile(liked=liked), strategies=["interests", "lexical"], splits=6)
            own, other = (row.estimates["nDCG@10"] for row in result.rows[:2])
            assert (own.mean > other.mean) == (other.p < 0.05) == (count == 63)
            advice[count] = result.advice
    assert advice[33].startswith("Cannot tell with 33 papers; highest here: static lexical 0.2 (")
    assert "; the default, static interests 0.2, is second of two (" in advice[33]
    assert advice[63].startswith("Use the default, static interests 0.2: nDCG@10 0.582")
    assert ", significantly better than each of the three others with 61 papers (p 0.0" in advice[63]


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
    first, *_, hint = out.splitlines()
    assert first.startswith("fake mean 0 finds significantly more than random with 8 papers: nDCG@10 ")
    assert "| TF-IDF mean |" in out.replace("|  |", "|")
    assert "--all" in hint
    status, whole, _ = run(me, "--corpus", corpus.path, *options, "--all")
    assert (status, whole.splitlines()[0]) == (0, first)
    assert "| recall@10 (95%) |" in whole
    assert "--all" not in whole
    monkeypatch.setenv("RECOMMENDER_CORPUS", str(corpus.path))
    status, text, _ = run(me, *options, "--json")
    answer = json.loads(text)
    assert [row["name"] for row in answer["contenders"]] == ["fake mean 0", "TF-IDF mean", "random"]
    assert (answer["seeds"], answer["warnings"]) == (8, [])
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
        (("--benchmark", "folder", "--all"), "--all goes with a profile"),
        ((), "nothing to measure on"),
    ],
)
def test_wrong_usage_is_one_line(run, arguments, message):
    status, _, (line,) = run(*arguments)
    assert status == 2
    assert message in line


def test_more_seeds_than_are_compared_with_are_told(corpus, monkeypatch):
    for module in ("engine.resolution", "evaluation.self_test"):
        monkeypatch.setattr(sys.modules[f"recommender.{module}"], "MOST_SEEDS", 5)
    result = self_test(corpus, Profile(TOPIC[:10]), strategies=["mean"], splits=2)
    assert result.warnings == ("7 liked or disliked papers: 5 of them, drawn evenly, stand for all",)
    assert self_test(corpus, Profile(TOPIC[:6]), strategies=["mean"], splits=2).warnings == ()


def test_an_interval_does_not_leave_what_a_measure_can_be(corpus):
    liked = [paper.id for paper in corpus if paper.categories == ("cs.CV",)][:4]
    result = self_test(corpus, Profile(liked=liked), splits=2)
    for row in result.rows:
        for measure, figure in row.estimates.items():
            if not measure.startswith(("ILD", "novelty")) and not math.isnan(figure.mean):
                assert 0 <= figure.low <= figure.high <= 1, (row.name, measure)
