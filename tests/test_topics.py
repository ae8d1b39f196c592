"""Topics of a corpus: what they hold, what they are called, when their papers appeared, what lies between."""

import datetime
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from conftest import TOPICS, make_papers

from recommender import Corpus, Paper
from recommender.corpus.topic_groups import nearest_centres
from recommender.errors import CorpusError, ParameterError
from recommender.interests import first_centres
from recommender.topics import count_by_period, disambiguate, find_gaps, find_topics, name_groups


@pytest.fixture(scope="module")
def topics(sample):
    return find_topics(sample)


# Groups


def test_each_paper_is_in_the_topic_whose_centre_is_nearest(sample, topics):
    rows = sample.snapshot.rows()
    assert topics.rows.tolist() == rows.tolist()
    cosines = sample.snapshot.vectors(rows) @ topics.centres.T
    assert topics.labels.tolist() == cosines.argmax(axis=1).tolist()
    for number, topic in enumerate(topics):
        mine = np.flatnonzero(topics.labels == number)
        assert sorted(topic.rows) == rows[mine].tolist()
        inner = cosines[np.searchsorted(rows, topic.rows), number]
        assert (np.diff(inner) <= 0).all(), "the most central comes first"
        assert [paper.id for paper in topic.papers] == [
            paper.id for paper in sample.snapshot.papers(topic.rows[:3].tolist())
        ]


def test_topics_are_the_largest_first_and_hold_all(topics):
    sizes = [len(topic) for topic in topics]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == 232
    assert len({topic.name for topic in topics}) == len(topics)


def test_clear_subjects_are_found_and_named_by_their_words(corpus):
    topics = find_topics(corpus, n_topics=len(TOPICS))
    for topic in topics:
        (category,) = {paper.categories for paper in corpus.snapshot.papers(topic.rows.tolist())}
        words = set(TOPICS[category[0]].split())
        assert set(" ".join(topic.terms).split()) <= words
        assert len(topic.terms) == 4


@pytest.mark.parametrize(
    ("papers", "wanted", "most"), [(1, None, 1), (2, None, 2), (40, 7, 7), (40, 500, 40)]
)
def test_there_are_as_many_as_asked_or_as_suit_the_size(tmp_path, fake, papers, wanted, most):
    with Corpus.build(make_papers(papers), tmp_path / "c", encoder=fake) as corpus:
        topics = find_topics(corpus, n_topics=wanted)
        assert 1 <= len(topics) <= most
        assert sum(map(len, topics)) == papers
        assert (topics.labels < len(topics)).all()


def test_a_large_corpus_has_24_topics(tmp_path, fake):
    with Corpus.build(make_papers(1400), tmp_path / "c", encoder=fake) as corpus:
        assert len(find_topics(corpus)) == 24


def test_a_topic_is_in_its_topics(topics):
    assert topics[0] in topics
    assert topics.index(topics[2]) == 2
    assert len({*topics}) == len(topics)
    assert topics[:2] == topics.items[:2]


def test_the_same_twice(sample, topics):
    again = find_topics(sample)
    assert again.labels.tolist() == topics.labels.tolist()
    assert [topic.name for topic in again] == [topic.name for topic in topics]
    assert find_topics(sample, seed=1).labels.tolist() != topics.labels.tolist()


def test_removed_papers_are_in_no_topic(tmp_path, fake, papers):
    with Corpus.build(papers, tmp_path / "c", encoder=fake) as corpus:
        corpus.remove([paper.id for paper in papers[::2]])
        topics = find_topics(corpus)
        assert sum(map(len, topics)) == len(corpus) == 30


def test_what_cannot_be_grouped_is_said(tmp_path, corpus, fake, papers):
    for count in (0, 501):
        with pytest.raises(ParameterError, match=f"{count} topics are asked for; there may be 1 to 500"):
            find_topics(corpus, n_topics=count)
    for count in (True, 2.5, "5"):
        with pytest.raises(ParameterError, match="give a whole number of topics"):
            find_topics(corpus, n_topics=count)
    assert len(find_topics(corpus, n_topics=np.int64(3))) == len(find_topics(corpus, n_topics=3))
    corpus.remove([paper.id for paper in papers])
    with pytest.raises(CorpusError, match="empty corpus"):
        find_topics(corpus)


def test_many_papers_are_put_to_centres_of_some(sample, topics):
    some = find_topics(sample, n_topics=11, sample_size=100)
    keyed = sample.snapshot.comparable
    marks = sample.snapshot.marks(keyed)
    drawn = keyed[marks <= np.sort(marks)[99]]
    centres = first_centres(sample.snapshot.vectors(drawn), sample.snapshot.marks(drawn), 11)
    labels = (sample.snapshot.vectors(topics.rows) @ centres.T).argmax(axis=1)
    assert sorted(np.bincount(some.labels)) == sorted(np.bincount(labels))
    found, cosines = nearest_centres(sample.snapshot, topics.rows, centres, block_size=30)
    np.testing.assert_array_equal(found, labels)
    expected = (sample.snapshot.vectors(topics.rows) * centres[labels]).sum(axis=1)
    np.testing.assert_allclose(cosines, expected, atol=1e-6)


# Names


def test_a_name_sets_a_group_apart_from_the_others(tmp_path, fake):
    shared = "method method results"
    papers = [Paper(id=f"a{n}", title=f"Kettle {n}", abstract=f"{shared} kettle spout") for n in range(5)]
    papers += [Paper(id=f"b{n}", title=f"Anvil {n}", abstract=f"{shared} anvil hammer") for n in range(5)]
    with Corpus.build(papers, tmp_path / "c", encoder=fake) as corpus:
        groups = [np.array([corpus.row(f"{group}{n}") for n in range(5)]) for group in "ab"]
        first, second = name_groups(corpus.snapshot, groups, n_terms=2)
        assert set(" ".join(first).split()) <= {"kettle", "spout"}
        assert set(" ".join(second).split()) <= {"anvil", "hammer"}
        assert name_groups(corpus.snapshot, groups[:1])[0]


def test_names_are_told_apart():
    assert disambiguate(["a", "b", "a", "a", "a (2)"]) == ["a", "b", "a (2)", "a (3)", "a (2) (2)"]


# Time


def dated(tmp_path, fake, dates):
    papers = [Paper(id=f"p{n}", title=f"Title {n}", published=date) for n, date in enumerate(dates)]
    corpus = Corpus.build(papers, tmp_path / "c", encoder=fake)
    rows = corpus.snapshot.rows()
    return corpus.snapshot, rows


DATES = ["2020-03", "2020-04-30", "2022", "", "2020", "2021-02-01"]


@pytest.mark.parametrize(
    ("by", "names", "counts", "left_out"),
    [
        ("year", ["2020", "2021", "2022"], [[2, 0, 1], [1, 1, 0]], 1),
        (
            "quarter",
            [f"2020-Q{n}" for n in (1, 2, 3, 4)] + ["2021-Q1"],
            [[1, 1, 0, 0, 0], [0, 0, 0, 0, 1]],
            3,
        ),
        ("month", [f"2020-{n:02d}" for n in range(3, 13)] + ["2021-01", "2021-02"], None, 3),
    ],
)
def test_papers_are_counted_by_topic_and_period(tmp_path, fake, by, names, counts, left_out):
    snapshot, rows = dated(tmp_path, fake, DATES)
    found = count_by_period(snapshot, rows, np.array([0, 0, 0, 0, 1, 1]), by=by)
    assert found[0] == names
    assert found[1].tolist() == (counts or [[1, 1, *[0] * 10], [*[0] * 11, 1]])
    assert found[2] == left_out


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        ([f"{year}-05-01" for year in range(2010, 2021)], "2010"),
        ([f"2020-{month:02d}-01" for month in range(1, 13)], "2020-01"),
        ([f"{2018 + n // 4}-{n % 4 * 3 + 1:02d}-01" for n in range(12)], "2018-Q1"),
        (["2019", "2020", "2021"], "2019"),
        (["2020-01-01"], "2020-01"),
        ([f"2024-01-{n % 28 + 1:02d}" for n in range(100)], "2024-W01"),  # four weeks, a few papers a day
        ([f"2024-01-{n % 28 + 1:02d}" for n in range(560)], "2024-01-01"),  # and with many
        ([f"2024-02-{n % 3 + 27:02d}" for n in range(6)], "2024-02-27"),
        ([*(f"2024-01-{n % 28 + 1:02d}" for n in range(100)), *["2024-01"] * 20], "2024-01"),
    ],
)
def test_the_period_suits_the_dates(tmp_path, fake, dates, first):
    snapshot, rows = dated(tmp_path, fake, dates)
    assert count_by_period(snapshot, rows, np.zeros(len(rows), int))[0][0] == first


@pytest.mark.parametrize("by", ["week", "day"])
def test_weeks_and_days_equal_the_calendar(tmp_path, fake, by):
    days = [datetime.date(2020, 12, 20) + datetime.timedelta(days=n * n % 40) for n in range(60)]
    snapshot, rows = dated(tmp_path, fake, [day.isoformat() for day in days])
    periods, counts, left_out = count_by_period(snapshot, rows, np.zeros(60, int), by=by)
    name = {"week": lambda day: "{:04d}-W{:02d}".format(*day.isocalendar()), "day": str}[by]
    counted = Counter(map(name, days))
    between = [min(days) + datetime.timedelta(days=n) for n in range((max(days) - min(days)).days + 1)]
    assert periods == list(dict.fromkeys(map(name, between))), "across the new year, none left out"
    assert dict(zip(periods, counts[0].tolist(), strict=True)) == {p: counted[p] for p in periods}
    assert left_out == 0


def test_without_dates_there_is_no_time(tmp_path, fake):
    snapshot, rows = dated(tmp_path, fake, ["", ""])
    with pytest.raises(CorpusError, match="no paper of this corpus has a date"):
        count_by_period(snapshot, rows, np.zeros(2, int))
    with pytest.raises(ParameterError, match="fortnight"):
        count_by_period(snapshot, rows, np.zeros(2, int), by="fortnight")


@pytest.mark.parametrize("by", ["quarter", "month"])
def test_dates_less_exact_than_the_period_are_said(tmp_path, fake, by):
    snapshot, rows = dated(tmp_path, fake, ["2010", "2011", ""])
    with pytest.raises(CorpusError, match=f"no date of this corpus is as exact as a {by}"):
        count_by_period(snapshot, rows, np.zeros(3, int), by=by)


def test_a_mistyped_year_does_not_stretch_the_time(tmp_path, fake):
    dates = [f"2024-{n % 12 + 1:02d}-01" for n in range(120)]
    snapshot, rows = dated(tmp_path, fake, [*dates, "0024", "9024-01-01"])
    periods, counts, left_out = count_by_period(snapshot, rows, np.zeros(122, int))
    assert periods == [f"2024-{n:02d}" for n in range(1, 13)]
    assert (counts.sum(), left_out) == (120, 2)


def test_trends_are_shares_of_all_papers_of_the_time(sample, topics):
    frame = topics.trends()
    assert frame.groupby("period")["share"].sum().to_numpy() == pytest.approx(1)
    assert frame["papers"].sum() == 232 - frame.attrs["left_out"]
    years = pd.Series([paper.published[:4] for paper in sample]).value_counts()
    assert frame.groupby("period")["papers"].sum().to_dict() == years.to_dict()


# Gaps


def test_gaps_equal_brute_force(topics):
    vectors = topics.snapshot.vectors(topics.rows)
    found = find_gaps(vectors, topics.labels, topics.centres)
    pairs = [(a, b) for a in range(len(topics)) for b in range(a + 1, len(topics))]
    assert len(found) == pytest.approx(len(pairs) / 4, abs=1)
    least = min(gap[2] for gap in found)
    for first, second in pairs:
        closeness = float(topics.centres[first] @ topics.centres[second])
        gap = next((gap for gap in found if gap[:2] == (first, second)), None)
        assert (gap is not None) == (closeness >= least)
        if gap is None:
            continue
        between = 0
        for one, other in ((first, second), (second, first)):
            edge = np.quantile(vectors[topics.labels == other] @ topics.centres[other], 0.25)
            between += int((vectors[topics.labels == one] @ topics.centres[other] > edge).sum())
        assert gap[2:4] == (pytest.approx(closeness), between)
        assert gap[4] == between / (len(topics[first]) + len(topics[second]))
    assert [gap[4] for gap in found] == sorted(gap[4] for gap in found)


def test_a_frame_of_gaps_and_of_topics(topics):
    gaps = topics.gaps()
    assert list(gaps.columns) == ["first", "second", "closeness", "between", "share"]
    assert set(gaps["first"]) <= {topic.name for topic in topics}
    frame = topics.to_frame(by="topic")
    assert frame["papers"].tolist() == [len(topic) for topic in topics]
    assert frame["share"].sum() == pytest.approx(1)
    assert frame["central_id"][0] == topics[0].papers[0].id


def test_one_topic_has_no_gaps(tmp_path, fake):
    days = (str(1900 + 3 * number) for number in range(5))  # else they are one paper
    papers = [
        Paper(id=f"p{n}", title="The same", abstract="in every one", published=day)
        for n, day in enumerate(days)
    ]
    with Corpus.build(papers, tmp_path / "c", encoder=fake) as corpus:
        (topic,) = topics = find_topics(corpus)
        assert len(topic) == 5
        assert len(topics.gaps()) == 0
        assert "same" in str(topics)
