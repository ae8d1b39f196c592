"""A topic is called growing where its exact interval says so, by day of publication, against all topics."""

import dataclasses
import math
from datetime import date, timedelta

import numpy as np
import pytest
from conftest import TOPICS, FakeEncoder, make_papers
from hypothesis import given
from hypothesis import strategies as st

from recommender import Corpus
from recommender.errors import ParameterError
from recommender.topics import (
    Growth,
    TopicGrowth,
    binomial_interval,
    find_topics,
    growing_topics,
    growth_intervals,
)

TODAY = "2026-11-30"
N_TOPICS = len(TOPICS)


# Intervals


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from([0.8, 0.95, 0.9979, 0.99999]))
def test_intervals_are_those_of_the_beta_distribution(hits, misses, confidence):
    beta = pytest.importorskip("scipy.stats").beta
    trials, tail = hits + misses, (1 - confidence) / 2
    low, high = binomial_interval(hits, trials, confidence=confidence)
    assert low == pytest.approx(beta.ppf(tail, hits, misses + 1) if hits else 0, rel=1e-6, abs=1e-12)
    assert high == pytest.approx(beta.ppf(1 - tail, hits + 1, misses) if misses else 1, rel=1e-6)


@pytest.mark.parametrize(("hits", "trials"), [(9000, 20_000), (1, 50_000), (0, 0), (5, 5)])
def test_intervals_of_many_and_of_none(hits, trials):
    binomtest = pytest.importorskip("scipy.stats").binomtest
    found = binomial_interval(hits, trials, confidence=0.99)
    told = binomtest(hits, trials).proportion_ci(0.99, "exact") if trials else (0, 1)
    assert found == pytest.approx(tuple(told), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("wrong", [(-1, 4, 0.9), (5, 4, 0.9), (1, 4, 1.0), (1, 4, 0.0)])
def test_no_interval_of_what_cannot_be(wrong):
    hits, trials, confidence = wrong
    with pytest.raises(ParameterError):
        binomial_interval(hits, trials, confidence=confidence)


def test_the_ratio_is_that_of_shares_and_lies_in_its_interval():
    recent, before = np.array([30, 40, 0, 5, 0]), np.array([40, 160, 20, 0, 0])
    found = growth_intervals(recent, before)
    shares = (recent / recent.sum()) / np.maximum(before, 1e-300) * before.sum()
    assert found[:3, 0] == pytest.approx(shares[:3])
    assert (found[:3, 1] <= found[:3, 0]).all()
    assert (found[:3, 0] <= found[:3, 2]).all()
    assert found[3, [0, 2]].tolist() == [math.inf, math.inf]
    assert 0 < found[3, 1] < math.inf
    assert math.isnan(found[4, 0])
    assert found[4, 1:].tolist() == [0, math.inf]


def test_more_topics_make_wider_intervals():
    few = growth_intervals(np.array([30, 100]), np.array([60, 300]))
    many = growth_intervals(np.array([30, *[4] * 25]), np.array([60, *[12] * 25]))
    assert few[0, 0] == many[0, 0]
    assert many[0, 1] < few[0, 1]
    assert many[0, 2] > few[0, 2]


def test_of_wholes_in_which_no_share_changed_few_are_called_growing():
    """Seeds of 10 topics, of many papers and of few, the later span half as busy as the earlier or twice."""
    false, wholes = 0, 240
    for seed in range(wholes):
        rng = np.random.default_rng(seed)
        shares = rng.dirichlet(np.ones(10))
        before = rng.multinomial(rng.integers(20, 400), shares)
        recent = rng.multinomial(max(10, int(before.sum() * rng.choice([0.5, 2]))), shares)
        false += bool((growth_intervals(recent, before)[:, 1] > 1).any())
    assert 0 < false <= 0.05 * wholes  # the promise; and they are not so wide that nothing is ever said


def test_a_share_that_doubled_is_found_as_a_rule():
    found = false = 0
    for seed in range(50):
        rng = np.random.default_rng(seed)
        before = rng.multinomial(2400, [0.05, *[0.095] * 10])
        recent = rng.multinomial(800, [0.1, *[0.09] * 10])
        low = growth_intervals(recent, before)[:, 1]
        found += bool(low[0] > 1)
        false += bool((low[1:] > 1).any())
    assert found >= 45
    assert false <= 0.05 * 50


# Topics


def corpus_of(folder, recent, before, *, written=10):
    """A corpus of the four topics of the test encoder with so many papers of each in the last 28 days, and
    in the 84 before; dates of so many letters.
    """
    papers = iter(make_papers(N_TOPICS * 2 * max(*recent, *before)))
    by_topic = {category: [] for category in TOPICS}
    for paper in papers:
        by_topic[paper.categories[0]].append(paper)
    dated = []
    for place, own in enumerate(by_topic.values()):
        days = [*(n % 28 for n in range(recent[place])), *(28 + n % 84 for n in range(before[place]))]
        for paper, days_ago in zip(own, days, strict=False):
            day = (date.fromisoformat(TODAY) - timedelta(days=days_ago)).isoformat()
            dated.append(dataclasses.replace(paper, published=day[:written]))
    return Corpus.build(dated, folder / "corpus", encoder=FakeEncoder())


def growth_of(corpus, until=TODAY, **options):
    topics = find_topics(corpus, n_topics=N_TOPICS)
    return growing_topics(topics, until=until, **options)


def names(growth):
    """The categories' words of the growing topics."""
    return [one.name for one in growth.growing]


def test_where_the_corpus_doubles_no_topic_grows(tmp_path):
    with corpus_of(tmp_path, recent=[60] * 4, before=[90] * 4) as corpus:
        growth = growth_of(corpus)
    assert (growth.recent, growth.before) == (240, 360)  # twice as many a day
    assert [round(one.ratio, 6) for one in growth.topics] == [1] * 4
    assert growth.growing == ()
    assert growth.nothing == "No topic is surely growing: each interval begins at 1 or below"


def test_the_topic_that_grows_is_called_growing_and_no_other(tmp_path):
    with corpus_of(tmp_path, recent=[90, 30, 30, 30], before=[90] * 4) as corpus:
        growth = growth_of(corpus)
    (one,) = growth.growing
    assert (one.recent, one.before) == (90, 90)
    assert any(word in one.name for word in TOPICS["cs.CV"].split())
    assert one.ratio == pytest.approx(2.0)  # half of all papers, a quarter before
    assert 1 < one.low < 2 < one.high
    assert growth.nothing == ""
    said = (
        f"90 papers in the 28 days to {growth.until}, 90 in the 84 before: 2.00 times its share of then "
        f"(interval {one.low:.2f} to "
    )
    assert growth.sentence(one) == f"{said}{one.high:.2f}): growing"
    assert "widened for 4 topics" in growth.order


def test_a_topic_that_grows_has_an_interval_that_is_said_to_lie_above_1():
    growth = TopicGrowth("2026-11-30", 28, 84, 100, 300, 0)
    barely, hardly = (Growth(1, "a", 30, 60, 1.5, low, 2.07) for low in (1.0004, 0.9996))
    assert growth.sentence(barely).endswith("(interval 1.0004 to 2.07): growing")
    assert growth.sentence(hardly).endswith("(interval 1.00 to 2.07)")


def test_papers_of_a_topic_that_fall_are_not_growth(tmp_path):
    with corpus_of(tmp_path, recent=[5, 60, 60, 60], before=[90] * 4) as corpus:
        growth = growth_of(corpus)
    assert [one.is_growing for one in growth.topics if one.recent == 5] == [False]


def test_a_corpus_that_knows_only_years_cannot_tell(tmp_path):
    with corpus_of(tmp_path, recent=[90, 30, 30, 30], before=[90] * 4, written=4) as corpus:
        growth, papers = growth_of(corpus), len(corpus)
    assert (growth.topics, growth.growing, growth.left_out) == ((), (), papers)
    assert growth.nothing == "No paper has a date that says the day, so it cannot be told which topics grow"


def test_by_when_papers_appeared_and_not_by_when_they_came(tmp_path):
    """Old papers of one topic come all at once."""
    with corpus_of(tmp_path, recent=[30] * 4, before=[90] * 4) as corpus:
        old = [paper for paper in make_papers(400, start=5000) if paper.categories == ("cs.CV",)]
        corpus.add([dataclasses.replace(paper, published="2021-03-05") for paper in old])
        growth = growth_of(corpus)
    assert growth.growing == ()
    assert (growth.recent, growth.before) == (120, 360)


def test_days_to_come_do_not_count(tmp_path):
    with corpus_of(tmp_path, recent=[90, 30, 30, 30], before=[90] * 4) as corpus:
        earlier = growth_of(corpus, until="2026-11-02")  # the last 28 days are those to come
        later = growth_of(corpus, until="2027-01-30")
    assert (earlier.recent, earlier.growing) == (4 * 34, ())  # 28 of the 84 days, 6 of them twice
    assert later.nothing == (
        "Too little to say which topics grow: no paper is dated to one of the 28 days to 2027-01-30"
    )


def test_without_papers_before_there_is_nothing_to_compare_with(tmp_path):
    with corpus_of(tmp_path, recent=[30] * 4, before=[0] * 4) as corpus:
        growth = growth_of(corpus)
    assert growth.nothing.endswith("no paper is dated to one of the 84 days before the last 28")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"until": "May"}, "'May' is no day"),
        ({"until": TODAY, "days": 0}, "0 days are to be compared with 84"),
    ],
)
def test_what_cannot_be_compared_is_said(tmp_path, options, said):
    with Corpus.build(make_papers(8), tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        topics = find_topics(corpus)
        with pytest.raises(ParameterError, match=said):
            growing_topics(topics, **options)
