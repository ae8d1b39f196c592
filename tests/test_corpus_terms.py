"""The terms of a corpus's papers: written with them, weighed by how rare they are in its state."""

import dataclasses
import sqlite3

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus.store import CorpusStore
from recommender.corpus.terms import load_statistics, store_statistics
from recommender.errors import CorpusDamaged, CorpusError
from recommender.lexical import (
    TermCounts,
    TermWeights,
    count_terms,
    document_frequencies,
    tfidf_vectors,
)


def all_rows(corpus):
    return corpus.snapshot.rows()


def expected_weights(papers):
    return TermWeights.counted(count_terms(paper.text for paper in papers))


def assert_vectors(found, texts, weights):
    expected = tfidf_vectors(count_terms(texts), weights)
    for name in ("starts", "numbers", "weights"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def assert_terms(corpus, counted=None):
    """Each paper has the terms of its text, weighed by their rarity among the counted papers."""
    papers = list(corpus)
    weights = expected_weights(papers if counted is None else counted)
    np.testing.assert_array_equal(corpus.snapshot.weights.idf, weights.idf)
    assert_vectors(corpus.snapshot.terms(all_rows(corpus)), [paper.text for paper in papers], weights)


def execute(corpus, statement):
    connection = sqlite3.connect(corpus.path / "corpus.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()
    return Corpus.open(corpus.path)


def stored_statistics(corpus):
    with CorpusStore.read(corpus.path) as store:
        return load_statistics(store)


def test_each_paper_has_the_terms_of_its_text(corpus):
    assert corpus.snapshot.has_terms
    assert_terms(corpus)


def test_the_terms_come_in_the_order_of_the_rows_asked_for(corpus, papers):
    order = [17, 3, 59, 3]
    texts = [papers[place].text for place in order]
    rows = all_rows(corpus)[order]
    assert_vectors(corpus.snapshot.terms(rows), texts, expected_weights(papers))
    assert len(corpus.snapshot.terms(rows[:0])) == 0


def test_terms_read_ahead_are_the_same(corpus, papers):
    corpus.remove([paper.id for paper in papers[10:20]])
    rows = all_rows(corpus)[[17, 3, 49, 3]]
    one_by_one = corpus.snapshot.terms(rows)
    corpus.snapshot.preload()
    ahead = corpus.snapshot.terms(rows)
    for name in ("starts", "numbers", "weights"):
        np.testing.assert_array_equal(getattr(ahead, name), getattr(one_by_one, name))


def test_other_texts_are_weighed_as_the_papers_are(corpus, papers):
    texts = ["robot grasp", papers[0].text, "", "a word that no paper has"]
    assert_vectors(corpus.snapshot.term_vectors(texts), texts, expected_weights(papers))


def test_added_papers_are_counted_at_the_end_of_the_addition(corpus, papers):
    corpus.add(make_papers(30, start=60))
    assert_terms(corpus)
    corpus.add(make_papers(5, start=90))
    assert_terms(corpus)


def test_a_removed_paper_counts_no_more_at_once(corpus, papers):
    corpus.remove([paper.id for paper in papers[:7]])
    assert_terms(corpus)
    assert corpus.verify() == []
    corpus.compact()
    assert_terms(corpus)
    assert len(corpus) == 53
    assert corpus.verify() == []
    corpus.add(make_papers(4, start=60))
    assert_terms(corpus)


def test_a_paper_whose_text_changed_has_the_terms_of_the_new_text(corpus, papers):
    changed = dataclasses.replace(papers[4], abstract="Tensor decompositions of hypergraphs.")
    corpus.add([changed])
    assert_terms(corpus)
    assert corpus.verify() == []
    corpus.compact()
    assert_terms(corpus)


def test_a_paper_whose_facts_alone_changed_keeps_its_terms(corpus, papers):
    before = corpus.snapshot.terms(all_rows(corpus)[4:5])
    corpus.add([dataclasses.replace(papers[4], venue="Elsewhere")])
    assert corpus[papers[4].id].venue == "Elsewhere"
    np.testing.assert_array_equal(corpus.snapshot.terms(all_rows(corpus)[4:5]).weights, before.weights)
    assert_terms(corpus, papers)


def test_a_build_under_way_has_no_statistics_to_weigh_terms_by(tmp_path):
    class Stopping(FakeEncoder):
        def encode(self, texts):
            if len(self.encoded) >= 128:
                raise KeyboardInterrupt
            return super().encode(texts)

    papers = make_papers(200)
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(papers, tmp_path / "c", encoder=Stopping())
    with Corpus.open(tmp_path / "c") as partial:
        assert len(partial) == 128
        assert not partial.snapshot.has_terms
        assert partial.info().term_bytes > 0
        assert partial.verify() == []
        with pytest.raises(CorpusError, match="no terms are counted"):
            partial.snapshot.term_vectors(["robot"])
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as whole:
        assert_terms(whole)


def test_an_addition_that_was_stopped_is_weighed_as_its_papers_say_and_counted_by_the_next(
    corpus, monkeypatch
):
    def stopped(*_):
        raise KeyboardInterrupt

    more = make_papers(10, start=60)
    with monkeypatch.context() as patch:
        patch.setattr("recommender.corpus.writer.keep_statistics", stopped)
        with pytest.raises(KeyboardInterrupt):
            corpus.add(more)
    reopened = Corpus.open(corpus.path, encoder=FakeEncoder())
    assert len(reopened) == 70
    assert_terms(reopened)
    assert reopened.verify() == []
    reopened.remove([more[3].id])  # one that is not counted yet
    assert_terms(reopened)
    reopened.add(more)
    assert_terms(reopened)
    assert stored_statistics(reopened).until == reopened.snapshot.manifest.next_row


def test_a_corpus_that_was_emptied_weighs_texts_all_the_same(corpus, papers):
    corpus.remove([paper.id for paper in papers])
    corpus.compact()
    assert corpus.snapshot.has_terms
    assert_terms(corpus)
    assert_vectors(corpus.snapshot.term_vectors(["robot arm"]), ["robot arm"], expected_weights([]))
    assert corpus.verify() == []


@pytest.mark.parametrize("ahead", [False, True], ids=["asked", "ahead"])
@pytest.mark.parametrize(
    ("statement", "match"),
    [
        ("DELETE FROM terms WHERE row = 3", "row 3 has no terms"),
        ("UPDATE terms SET packed = zeroblob(4) WHERE row = 3", "five bytes"),
        ("UPDATE terms SET packed = 'text' WHERE row = 3", "table terms"),
        ("UPDATE terms SET packed = 5 WHERE row = 3", "table terms"),
    ],
)
def test_terms_that_were_lost_or_altered_are_no_terms(corpus, statement, match, ahead):
    opened = execute(corpus, statement)

    def read():
        if ahead:
            opened.snapshot.preload()
        return opened.snapshot.terms(np.array([5, 3]))

    with pytest.raises(CorpusDamaged, match=match):
        read()


def test_damaged_statistics_are_told_and_counted_anew_by_the_next_writer(corpus, papers):
    opened = execute(corpus, "UPDATE term_statistics SET frequencies = zeroblob(262144)")
    with pytest.raises(CorpusDamaged, match="statistics of terms"):
        _ = opened.snapshot.weights
    opened = Corpus.open(opened.path, encoder=FakeEncoder())
    opened.add(make_papers(3, start=60))
    assert_terms(opened)
    opened = execute(opened, "DELETE FROM term_statistics")
    assert not opened.snapshot.has_terms
    opened.compact()
    assert_terms(opened)


def test_statistics_that_do_not_fit_the_papers_are_found_and_compaction_counts_them_anew(corpus):
    with CorpusStore.write(corpus.path) as store:
        statistics = load_statistics(store)
        statistics.frequencies[7] += 1
        store_statistics(store, statistics)
    (problem,) = corpus.verify()
    assert "term_statistics" in problem
    corpus.compact()
    assert corpus.verify() == []
    assert_terms(corpus)


def test_info_tells_the_bytes_of_the_terms(corpus, papers):
    assert corpus.info().term_bytes == sum(map(len, count_terms(paper.text for paper in papers).pack()))


def test_the_sample_has_terms(sample):
    assert_terms(sample)


def assert_statistics(folder):
    """What is stored counts the papers in the rows below `until`, and no others."""
    with CorpusStore.read(folder) as store:
        stored = load_statistics(store)
        early = "SELECT packed FROM terms WHERE row < ? AND row IN (SELECT row FROM papers)"
        packed = [packed for (packed,) in store.execute(early, (stored.until,))]
    assert stored.papers == len(packed)
    np.testing.assert_array_equal(stored.frequencies, document_frequencies(TermCounts.unpack(packed)))
    return stored.until


class Looking(FakeEncoder):
    """Looks at the statistics between one commit and the next."""

    def __init__(self, folder):
        super().__init__()
        self.folder, self.until = folder, []

    def encode(self, texts):
        self.until.append(assert_statistics(self.folder))
        return super().encode(texts)


def test_after_each_commit_the_statistics_count_the_papers_that_are_there(corpus, papers):
    looking = Looking(corpus.path)
    opened = Corpus.open(corpus.path, encoder=looking)
    opened.add(make_papers(150, start=100))
    texts = ["Tensor decompositions of hypergraphs.", "Robot language, and a protein's image."]
    changed = [dataclasses.replace(paper, abstract=texts[n % 2]) for n, paper in enumerate(opened)]
    opened.add([*changed, *make_papers(60, start=300)])
    assert len(looking.until) == 2 + 3
    opened.remove([paper.id for paper in papers[5:40]])
    assert assert_statistics(corpus.path) == opened.snapshot.manifest.next_row
    assert_terms(opened)


def test_a_long_addition_counts_its_papers_now_and_then_and_a_first_build_at_its_end(
    tmp_path, corpus, monkeypatch
):
    monkeypatch.setattr("recommender.corpus.terms._BEHIND", 100)
    looking = Looking(corpus.path)
    Corpus.open(corpus.path, encoder=looking).add(make_papers(500, start=100))
    assert looking.until == [60, 188, 316, 444]
    counted = []
    monkeypatch.setattr("recommender.corpus.terms.keep_statistics", lambda *_: counted.append(1))
    Corpus.build(make_papers(300), tmp_path / "new", encoder=FakeEncoder())
    assert not counted


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE terms SET packed = zeroblob(4) WHERE row = 3",
        "DELETE FROM terms WHERE row = 3",
        "UPDATE term_statistics SET papers = 4",
    ],
)
def test_what_was_damaged_can_be_removed_and_is_counted_anew(corpus, papers, statement):
    opened = execute(corpus, statement)
    opened.remove([papers[3].id, papers[9].id])
    assert opened.verify() == []
    assert_terms(opened)
