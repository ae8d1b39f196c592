"""Topics go on: numbers, names and papers of yesterday's topics, and what is told of those that changed."""

import sqlite3

import numpy as np
import pytest
from conftest import make_papers
from sklearn.metrics import adjusted_rand_score

from recommender import Corpus, Paper
from recommender.corpus.topic_changes import TopicChange
from recommender.errors import CorpusDamaged, ParameterError
from recommender.topics import find_topics


def stored(corpus):
    return corpus.snapshot.topics


def test_dates_in_the_table_of_topics_are_dates(many):
    frame = find_topics(many).to_frame()
    assert frame.published.dtype.kind == "M"
    assert [frame.id.tolist(), frame.published_written.tolist()] == [
        [paper.id for paper in many],
        [paper.published or "" for paper in many],
    ]


def by_id(topics):
    frame = topics.to_frame()
    return dict(zip(frame.id, frame.number, strict=True))


def index(before, after):
    """The adjusted Rand index over the papers that both have."""
    both = sorted(before.keys() & after.keys())
    return adjusted_rand_score([before[paper] for paper in both], [after[paper] for paper in both])


@pytest.fixture
def many(tmp_path, fake):
    with Corpus.build(make_papers(400), tmp_path / "c", encoder=fake) as corpus:
        yield corpus


def test_a_corpus_has_none_stored_until_it_changes_and_then_those_of_before(many):
    before = find_topics(many)
    assert stored(many) is None
    many.add(make_papers(1, start=1000))
    assert [topic.name for topic in stored(many).topics] == [topic.name for topic in before]
    assert stored(many).papers == 400


def test_one_paper_more_changes_nothing_else(many):
    before = find_topics(many)
    many.add(make_papers(3, start=1000))
    after = find_topics(many)
    assert {topic.number: topic.name for topic in after} == {topic.number: topic.name for topic in before}
    assert index(by_id(before), by_id(after)) == 1
    assert sum(map(len, after)) == 403
    np.testing.assert_array_equal(np.sort(after.centres, axis=0), np.sort(before.centres, axis=0))
    assert after.changes == ()


def test_the_start_alone_keeps_most(tmp_path, sample):
    """Two corpora that were built anew, one of them with a twentieth more papers."""
    papers = list(sample)
    with (
        Corpus.in_memory(papers[12:], encoder="static") as fewer,
        Corpus.in_memory(papers, encoder="static") as whole,
    ):
        assert index(by_id(find_topics(fewer)), by_id(find_topics(whole))) > 0.6


def test_they_do_not_hang_on_the_order_of_the_papers(tmp_path, fake):
    papers = make_papers(150)
    with (
        Corpus.build(papers, tmp_path / "a", encoder=fake) as one,
        Corpus.build(papers[::-1], tmp_path / "b", encoder=fake) as other,
    ):
        first, second = find_topics(one), find_topics(other)
        assert [topic.name for topic in first] == [topic.name for topic in second]
        assert by_id(first) == by_id(second)


def test_a_twentieth_more_keeps_numbers_and_papers(tmp_path, sample):
    papers = list(sample)
    with Corpus.in_memory(papers[12:], encoder="static") as corpus:
        before = by_id(find_topics(corpus))
        corpus.add(papers[:12])
        after = find_topics(corpus)
        assert index(before, by_id(after)) >= 0.9


def subject(word, count, start=0):
    return [
        Paper(
            id=f"{word}{n}",
            title=f"{word} {n}",
            abstract=f"{word} {word}er {word}ing {word}ed {n}",
            authors=(f"A{word}{n}",),
        )
        for n in range(start, start + count)
    ]


def test_a_subject_that_comes_is_born_and_told(many):
    before = {topic.number for topic in find_topics(many)}
    report = many.add(subject("zeppelin", 60))
    after = find_topics(many)
    (change,) = [one for one in after.changes if one.kind == "born"]
    assert change.number not in before
    (born,) = [topic for topic in after if topic.number == change.number]
    assert {paper.id[:8] for paper in many.snapshot.papers(born.rows.tolist())} == {"zeppelin"}
    assert f"topic {change}" in report.remarks
    assert report.topic_changes == after.changes


def test_a_subject_that_goes_dies_and_its_number_never_comes_again(many):
    topics = find_topics(many)
    numbers = {topic.number for topic in topics}
    gone = topics[0]
    many.remove([paper.id for paper in many.snapshot.papers(gone.rows.tolist())])
    after = find_topics(many)
    assert gone.number not in {topic.number for topic in after}
    assert (gone.number, gone.name) in {(one.number, one.name) for one in after.changes}
    assert {one.kind for one in after.changes} <= {"died", "merged", "split"}
    many.add(subject("zeppelin", 80))
    new = {topic.number for topic in find_topics(many)} - numbers
    assert new
    assert min(new) > max(numbers)


def test_the_numbers_of_a_split_and_a_merge_are_told():
    assert str(TopicChange("split", 9, "bees", 2, "insects")) == "split: bees of insects"
    assert str(TopicChange("merged", 2, "bees", 9, "insects")) == "merged: bees with insects"
    assert str(TopicChange("died", 2, "bees")) == "died: bees"
    assert str(TopicChange("born", 3, "drones", 2, "bees")) == "born: drones beside bees"


def test_what_is_compacted_is_not_new(many):
    many.add(make_papers(2, start=900))
    many.remove("p3")
    many.compact()
    assert many.verify() == []
    many.add(make_papers(40, start=1000))
    assert "born" not in {change.kind for change in find_topics(many).changes}


def test_any_option_makes_them_anew(many):
    many.add(make_papers(2, start=900))
    assert len(find_topics(many, n_topics=3)) == 3
    assert find_topics(many, n_topics=3).changes == ()
    assert find_topics(many, seed=1).labels.tolist() != find_topics(many).labels.tolist()


def test_trends_are_of_the_same_topic(many):
    before = find_topics(many).trends(by="year")
    many.add(make_papers(2, start=900))
    after = find_topics(many).trends(by="year")
    assert set(before.topic) == set(after.topic)
    assert after.papers.sum() - before.papers.sum() == 2


def test_the_frame_of_papers_has_the_topic_of_each(many):
    topics = find_topics(many)
    frame = topics.to_frame()
    assert len(frame) == 400
    for topic in topics:
        mine = {paper.id for paper in many.snapshot.papers(topic.rows.tolist())}
        assert set(frame.id[frame.number == topic.number]) == mine
    cosines = (many.snapshot.vectors(topics.rows) * topics.centres[topics.labels]).sum(axis=1)
    np.testing.assert_allclose(frame.cosine, cosines, atol=1e-5)
    with pytest.raises(ParameterError, match="by is 'day'"):
        topics.to_frame(by="day")


def test_what_was_altered_is_not_believed(many, fake):
    many.add(make_papers(1, start=900))
    folder = many.path
    many.close()
    with sqlite3.connect(folder / "corpus.sqlite") as connection:
        connection.execute("UPDATE topics SET centres = zeroblob(length(centres))")
    with Corpus.open(folder, encoder=fake) as corpus:
        assert corpus.verify() == ["table topics: its line is not what was written"]
        with pytest.raises(CorpusDamaged, match="table topics"):
            find_topics(corpus)
        corpus.add(make_papers(1, start=950))  # which it does not keep from going on
        corpus.compact()
        assert corpus.verify() == []
        assert len(find_topics(corpus)) == 14
