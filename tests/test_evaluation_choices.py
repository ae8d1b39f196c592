"""Choosing an encoder and an index on one's own corpus."""

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from IPython.core.formatters import DisplayFormatter
from pages import Page

from indexes import KINDS
from recommender import Corpus, Profile
from recommender.errors import CorpusError, ParameterError, ProfileError
from recommender.evaluation import MeasuredEncoder, compare_encoders, compare_indexes, self_test
from recommender.evaluation.choices import EncoderChoice


@pytest.fixture
def corpora(tmp_path, papers):
    encoders = [FakeEncoder(), FakeEncoder("short", dim=8)]
    built = [Corpus.build(papers, tmp_path / each.name, encoder=each) for each in encoders]
    yield built
    for corpus in built:
        corpus.close()


@pytest.fixture
def readers(papers):
    return [Profile(liked=[paper.id for paper in papers[start:32:4]]) for start in range(3)]


# Encoders


def test_quality_is_that_of_the_self_tests(corpora, readers):
    choice = compare_encoders(corpora, readers, k=5, splits=3)
    for place, one in enumerate(choice.measured):
        tests = [self_test(corpora, reader, strategies=["interests"], k=5, splits=3) for reader in readers]
        means = [test.rows[place].estimates["nDCG@5"].mean for test in tests]
        assert one.quality == pytest.approx(np.mean(means))
        assert one.low <= one.quality <= one.high
        assert min(means) <= one.low
        assert one.high <= max(means)
    assert [one.encoder for one in choice.measured] == ["fake", "short"]
    assert [one.size for one in choice.measured] == [2 * 48, 2 * 8]
    assert all(one.rate > 0 for one in choice.measured)


def test_of_one_reader_the_interval_is_over_the_papers(corpora, readers):
    (one, _) = compare_encoders(corpora, readers[0], k=5, splits=3).measured
    (test, *_) = self_test(corpora, readers[0], strategies=["interests"], k=5, splits=3).rows
    estimate = test.estimates["nDCG@5"]
    assert (one.quality, one.low, one.high) == (estimate.mean, estimate.low, estimate.high)


def test_the_choice_is_a_table_a_text_and_a_frame(corpora, readers):
    choice = compare_encoders(corpora, readers, k=5, splits=3)
    page = Page(choice._repr_html_())
    assert [line[0] for line in page.cells] == ["fake", "short"]
    assert page.notes[0].startswith("papers of 3 readers, part of them hidden")
    assert DisplayFormatter().format(choice)[0]["text/plain"] == str(choice)
    assert choice.to_frame()["encoder"].tolist() == ["fake", "short"]


def test_one_encoder_at_several_precisions_is_told_apart(corpora, readers, papers, tmp_path):
    with Corpus.build(papers, tmp_path / "whole", encoder=FakeEncoder(), precision="float32") as whole:
        choice = compare_encoders([*corpora, whole], readers, k=5, splits=2)
    assert [one.encoder for one in choice.measured] == ["fake float16", "short", "fake float32"]
    assert [one.size for one in choice.measured] == [2 * 48, 2 * 8, 4 * 48]


def test_a_reader_who_cannot_be_tested_is_told_and_the_others_are(corpora, readers):
    few = Profile(liked=readers[0].liked[:2], name="Ann")
    choice = compare_encoders(corpora, [few, *readers], k=5, splits=2)
    alone = compare_encoders(corpora, readers, k=5, splits=2)
    assert choice.readers == len(readers)
    assert [one.quality for one in choice.measured] == [one.quality for one in alone.measured]
    assert choice.warnings == ("profile 'Ann' has 2 liked papers in the corpus; a self-test needs 4 or more",)
    with pytest.raises(ProfileError, match="'Ann' has 2 liked papers"):
        compare_encoders(corpora, [few, few])


def test_one_of_a_thing_needs_no_list(corpora, readers, corpus):
    assert len(compare_encoders(corpora[0], readers[0], splits=2).measured) == 1
    assert [one.kind for one in compare_indexes(corpus, "hnsw").measured] == ["hnsw"]
    assert self_test(corpora[0], readers[0], strategies="mean", splits=2).rows[0].system.strategy == "mean"


@pytest.mark.parametrize("asked", [{"k": 0}, {"splits": 0}])
def test_a_test_of_nothing_is_refused(corpora, readers, asked):
    with pytest.raises(ParameterError, match=f"{next(iter(asked))} is 0; it must be at least 1"):
        compare_encoders(corpora, readers, **asked)


def test_without_corpora_or_readers_there_is_no_choice(corpora, readers):
    with pytest.raises(ParameterError, match="a corpus of each"):
        compare_encoders([], readers)
    with pytest.raises(ParameterError, match="a reader at least"):
        compare_encoders(corpora, [])
    with pytest.raises(ProfileError, match="a self-test needs 4"):
        compare_encoders(corpora, Profile(liked=readers[0].liked[:2]))


def test_corpora_of_other_papers_are_refused(corpora, readers, papers):
    corpora[1].remove([papers[-1].id])
    with pytest.raises(ParameterError, match="holds other papers than"):
        compare_encoders(corpora, readers)
    corpora[0].remove([papers[-1].id])
    assert [one.size for one in compare_encoders(corpora, readers, splits=2).measured] == [96, 16]


def test_what_could_not_be_used_is_told(corpora, readers):
    reader = Profile(liked=(*readers[0].liked, "nobody"))
    choice = compare_encoders(corpora, [reader, readers[1]], splits=2)
    assert len(choice.warnings) == 1
    assert "no paper 'nobody'" in choice.warnings[0]
    assert choice.warnings[0] in str(choice)


def measured(name, quality, rate, size, spread=0.01):
    return MeasuredEncoder(name, quality, quality - spread, quality + spread, rate, size)


def test_the_front_is_what_no_other_beats_in_everything():
    one, two = measured("a", 0.5, 10, 100), measured("b", 0.5, 10, 100)
    assert not one.beaten_by(two)
    assert measured("c", 0.5, 10, 101).beaten_by(one)
    assert not measured("d", 0.6, 1, 1000).beaten_by(one)
    choice = EncoderChoice(10, 1, (one, measured("worse", 0.4, 9, 200), measured("d", 0.6, 1, 1000)))
    assert [each.encoder for each in choice.front] == ["a", "d"]
    assert "another one is as good in all, and better in some" in str(choice).splitlines()[3]


def test_intervals_that_overlap_are_said():
    near = EncoderChoice(10, 2, (measured("a", 0.5, 1, 1, 0.2), measured("b", 0.6, 1, 1, 0.2)))
    far = EncoderChoice(10, 2, (measured("a", 0.5, 1, 1), measured("b", 0.6, 1, 1)))
    assert "differences may be luck" in str(near)
    assert "luck" not in str(far)
    assert "luck" not in str(EncoderChoice(10, 2, near.measured[:1]))


# Indexes


def test_each_kind_of_index_is_measured(tmp_path, fake):
    with Corpus.build(make_papers(300), tmp_path / "c", encoder=fake) as corpus:
        choice = compare_indexes(corpus, recall=0.9)
        assert [one.kind for one in choice.measured] == list(KINDS)
        assert choice.papers == 300
        exact, *others = choice.measured
        assert (exact.recall, exact.size) == (1.0, 0)
        assert all(one.recall >= 0.9 and one.size > 0 and one.answer > 0 for one in others)
        assert [line[0] for line in Page(choice._repr_html_()).cells] == list(KINDS)
        assert choice.to_frame()["kind"].tolist() == list(KINDS)
        assert str(choice).endswith("300 papers")
        corpus.remove([paper.id for paper in corpus][:100])
        assert compare_indexes(corpus, ["exact"]).papers == 200


def test_what_cannot_be_compared_is_said(corpus, papers):
    with pytest.raises(ParameterError, match="'tree' is no kind of index; known: exact"):
        compare_indexes(corpus, ["tree"])
    for recall in (0, 5.0):
        with pytest.raises(ParameterError, match=f"recall is {recall}"):
            compare_indexes(corpus, recall=recall)
    corpus.remove([paper.id for paper in papers])
    with pytest.raises(CorpusError, match="an empty corpus"):
        compare_indexes(corpus)
