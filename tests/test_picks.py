"""What is like earlier picks: learnt of what was known, in time, by content and by authors."""

import dataclasses
import datetime

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus.authors_and_venues import authors_of
from recommender.engine.picked_authors import PickedAuthors
from recommender.engine.picks import Picks, closest_picks, like_picks

FIRST = datetime.date(2026, 1, 1)
TODAY = datetime.date(2026, 6, 30).toordinal()
COUNT = 240
TOPICS = 4  # of make_papers


def day(number):
    return FIRST.toordinal() + number * 180 // COUNT


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Papers of some topics, one after the other through half a year."""
    papers = [
        dataclasses.replace(
            paper,
            published=datetime.date.fromordinal(day(place)).isoformat(),
            authors=(f"Author {place}",),  # who is picked once at most
        )
        for place, paper in enumerate(make_papers(COUNT))
    ]
    with Corpus.build(papers, tmp_path_factory.mktemp("picks") / "c", encoder=FakeEncoder()) as built:
        yield built


def topic(snapshot, row):
    return snapshot.papers([row])[0].categories[0]


def of_topic(snapshot, name):
    return [row for row in snapshot.rows().tolist() if topic(snapshot, row) == name]


def picks_of(rows, on):
    return Picks(np.array(rows, np.int64), np.array(on, np.int64))


def test_what_is_of_the_picked_topic_comes_first(corpus):
    snapshot = corpus.snapshot
    name = topic(snapshot, 0)
    rows = of_topic(snapshot, name)
    picks = picks_of(rows[:20], [day(row) + 1 for row in rows[:20]])
    candidates = np.arange(COUNT - 40, COUNT)
    scores = like_picks(snapshot, picks, candidates, day=TODAY)
    of = np.array([topic(snapshot, row) == name for row in candidates.tolist()])
    assert of.sum() == 40 / TOPICS
    assert scores[of].min() > scores[~of].max()


def test_later_picks_count_more(corpus):
    snapshot = corpus.snapshot
    old, new = (of_topic(snapshot, topic(snapshot, row))[:15] for row in (0, 1))
    candidates = np.arange(COUNT - 40, COUNT)
    gap = []
    for first, second in ((old, new), (new, old)):
        picks = picks_of([*first, *second], [TODAY - 300] * 15 + [TODAY - 3] * 15)
        scores = like_picks(snapshot, picks, candidates, day=TODAY)
        of = np.array([topic(snapshot, row) == topic(snapshot, 0) for row in candidates.tolist()])
        other = np.array([topic(snapshot, row) == topic(snapshot, 1) for row in candidates.tolist()])
        gap.append(scores[of].mean() - scores[other].mean())
    assert gap[0] < -0.1
    assert gap[1] > 0.1


def test_what_is_picked_later_changes_nothing_and_neither_do_years_gone_by(corpus):
    snapshot = corpus.snapshot
    candidates = np.arange(COUNT - 40, COUNT)
    rows = of_topic(snapshot, topic(snapshot, 0))[:20]
    others = of_topic(snapshot, topic(snapshot, 1))[:20]
    before = datetime.date(2026, 5, 1).toordinal()
    known = like_picks(snapshot, picks_of(rows, [before - 9] * 20), candidates, day=before)
    later = picks_of(rows + others, [before - 9] * 20 + [before + 1] * 20)
    np.testing.assert_array_equal(like_picks(snapshot, later, candidates, day=before), known)
    assert not like_picks(snapshot, picks_of(rows, [before - 400] * 20), candidates, day=before).any()
    assert not like_picks(snapshot, picks_of([], []), candidates, day=before).any()


def test_authors_of_later_picks_are_not_known_yet(tmp_path):
    papers = [
        dataclasses.replace(paper, published=datetime.date.fromordinal(day(place)).isoformat())
        for place, paper in enumerate(make_papers(COUNT))
    ]
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as built:
        before = datetime.date(2026, 5, 1).toordinal()
        candidates = np.arange(COUNT - 40, COUNT)
        # Authors here are of one paper each but for one of all, so the later picks are candidates themselves.
        picks = picks_of([*range(0, 80, 4)], [before - 9] * 20)
        later = picks_of([*range(0, 80, 4), *candidates[:10]], [before - 9] * 20 + [before + 5] * 10)
        known, knowing = (like_picks(built.snapshot, some, candidates, day=before) for some in (picks, later))
        np.testing.assert_array_equal(known, knowing)


def test_the_order_of_candidates_and_of_picks_is_nothing_to_it(corpus):
    snapshot = corpus.snapshot
    rows = np.array(of_topic(snapshot, topic(snapshot, 0))[:20])
    on = np.array([day(row) + 1 for row in rows.tolist()])
    candidates = np.arange(COUNT - 40, COUNT)
    scores = like_picks(snapshot, Picks(rows, on), candidates, day=TODAY)
    backward = like_picks(snapshot, Picks(rows[::-1], on[::-1]), candidates[::-1], day=TODAY)
    np.testing.assert_allclose(backward[::-1], scores, atol=1e-3)
    np.testing.assert_array_equal(like_picks(snapshot, Picks(rows, on), candidates, day=TODAY), scores)


def test_where_everything_else_is_a_candidate_they_are_told_from_one_another(corpus):
    snapshot = corpus.snapshot
    name = topic(snapshot, 0)
    rows = of_topic(snapshot, name)
    candidates = np.setdiff1d(snapshot.rows(), rows[:20])
    picks = picks_of(rows[:20], [TODAY - 5] * 20)
    scores = like_picks(snapshot, picks, candidates, day=TODAY)
    of = np.array([topic(snapshot, row) == name for row in candidates.tolist()])
    assert scores[of].min() > scores[~of].max()
    everything = picks_of(snapshot.rows(), [TODAY - 5] * COUNT)
    assert not like_picks(snapshot, everything, candidates, day=TODAY).any()


def test_a_corpus_without_dates_is_told_apart_too(tmp_path):
    papers = [dataclasses.replace(paper, published="") for paper in make_papers(80)]
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as undated:
        snapshot = undated.snapshot
        rows = of_topic(snapshot, topic(snapshot, 0))
        candidates = np.setdiff1d(snapshot.rows(), rows[:10])
        scores = like_picks(snapshot, picks_of(rows[:10], [TODAY - 5] * 10), candidates, day=TODAY)
        of = np.array([topic(snapshot, row) == topic(snapshot, 0) for row in candidates.tolist()])
        assert scores[of].min() > scores[~of].max()


def test_the_closest_pick_is_the_one_of_the_highest_cosine(corpus):
    snapshot = corpus.snapshot
    picks, rows = np.array([3, 9, 20, 31]), np.array([100, 101, 102])
    found, cosines = closest_picks(snapshot, picks, rows)
    vectors = snapshot.vectors(picks)
    for row, pick, cosine in zip(rows.tolist(), found.tolist(), cosines.tolist(), strict=True):
        by_hand = {
            one: float(snapshot.vectors(np.array([row]))[0] @ vector)
            for one, vector in zip(picks.tolist(), vectors, strict=True)
        }
        assert pick == max(by_hand, key=by_hand.__getitem__)
        assert cosine == pytest.approx(float(snapshot.cosine_scale.of(np.array(by_hand[pick]))), abs=1e-5)


def test_authors_are_counted_before_the_day_and_nobody_is_no_author(tmp_path):
    names = [("Müller, Jörg", "Ada Lovelace"), ("ada lovelace", "et al."), ("Ada Lovelace",), ()]
    papers = [
        dataclasses.replace(paper, authors=of) for paper, of in zip(make_papers(4), [*names], strict=True)
    ]
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as built:
        snapshot = built.snapshot
        rows = np.arange(4)
        assert 3 not in authors_of(snapshot, rows)
        known = PickedAuthors.of(snapshot, rows[:2], np.array([10, 20]))
        assert "et al." not in known.days
        counts = known.counts(snapshot, rows, np.array([10, 20, 21, 21]))
        assert counts.tolist() == [[0, 0], [1, 1], [2, 2], [0, 0]]
        assert known.counts(snapshot, rows[:1], np.array([11])).tolist() == [[1, 2]]


def test_an_author_who_was_picked_before_counts(corpus, tmp_path):
    papers = [
        dataclasses.replace(
            paper,
            published=datetime.date.fromordinal(day(place)).isoformat(),
            authors=("Grace Hopper",) if place % 3 == 0 else (f"Author {place}",),
            title=f"Study {place}",
            abstract="the same words everywhere",
        )
        for place, paper in enumerate(make_papers(COUNT))
    ]
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as built:
        snapshot = built.snapshot
        rows = [row for row in range(150) if row % 3 == 0]
        candidates = np.arange(COUNT - 40, COUNT)
        picks = picks_of(rows, [day(row) + 1 for row in rows])
        scores = like_picks(snapshot, picks, candidates, day=TODAY)
        hers = candidates % 3 == 0
        assert scores[hers].min() > scores[~hers].max()
