"""The durable collection: what goes in comes out, and nothing is encoded or numbered twice."""

import dataclasses
import json
import sqlite3

import numpy as np
import pandas as pd
import pytest
from conftest import FakeEncoder, kept, make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper
from recommender.corpus.ingest import BATCH
from recommender.corpus.maintenance import MANY_SEGMENTS
from recommender.errors import (
    CorpusError,
    CorpusExists,
    EncoderError,
    EncoderMismatch,
    NotACorpus,
    ParameterError,
    SourceError,
    UnknownPaper,
)


def state(corpus):
    """All papers in row order and their vectors."""
    rows = corpus.snapshot.rows()
    return list(corpus), corpus.snapshot.vectors(rows)


def test_what_goes_in_comes_out(corpus, papers, fake):
    found, vectors = state(corpus)
    assert found == papers
    np.testing.assert_array_equal(vectors, kept(fake.encode([paper.text for paper in papers])))
    assert len(corpus) == 60
    assert corpus.verify() == []


def test_opened_again_it_is_the_same_and_no_encoder_is_loaded(corpus, papers, monkeypatch):
    place = "recommender.encoders.EncoderOrigin.load"
    monkeypatch.setattr(place, lambda *_, **__: pytest.fail("loaded"))
    again = Corpus.open(corpus.path)
    assert list(again) == papers
    assert again[papers[3].id] == papers[3]
    assert papers[3].id in again
    assert "no such paper" not in again
    assert 7 not in again


def test_a_corpus_can_be_moved_and_names_no_path(corpus, tmp_path, papers):
    corpus.close()
    moved = corpus.path.rename(tmp_path / "elsewhere")
    assert list(Corpus.open(moved)) == papers
    content = b"".join(path.read_bytes() for path in moved.iterdir())
    assert str(tmp_path).encode() not in content


def test_add_tells_new_changed_and_unchanged_apart(corpus, papers, fake):
    fake.encoded.clear()
    other_text = dataclasses.replace(papers[1], abstract="entirely other words")
    other_facts = dataclasses.replace(papers[2], venue="A Venue")
    rows = {n: corpus.row(papers[n].id) for n in (0, 1, 2)}
    report = corpus.add([papers[0], other_text, other_facts, *make_papers(3, start=60)])
    assert (report.read, report.new, report.changed, report.unchanged) == (6, 3, 2, 1)
    assert fake.encoded == [other_text.text, *(paper.text for paper in make_papers(3, start=60))]
    assert corpus[papers[1].id].abstract == "entirely other words"
    assert corpus[papers[2].id].venue == "A Venue"
    assert corpus.row(papers[0].id) == rows[0]
    assert corpus.row(papers[2].id) == rows[2]
    assert corpus.row(papers[1].id) > 59
    assert len(corpus) == 63
    assert corpus.verify() == []


def test_adding_again_changes_no_byte_of_any_vector_file(corpus, papers):
    before = {path.name: path.read_bytes() for path in corpus.path.glob("vectors-*")}
    report = corpus.add(papers)
    assert (report.unchanged, report.encoded) == (60, 0)
    assert {path.name: path.read_bytes() for path in corpus.path.glob("vectors-*")} == before


def test_facts_change_without_any_encoder(corpus, papers):
    corpus.close()
    opened = Corpus.open(corpus.path)  # its encoder 'fake' is not to be had by name
    opened.add([dataclasses.replace(papers[0], venue="Elsewhere", categories=("cs.NEW",))])
    assert opened[papers[0].id].categories == ("cs.NEW",)
    assert opened.verify() == []


def test_another_spelling_of_an_id_is_the_same_paper_and_keeps_its_first_spelling(corpus, papers):
    paper = papers[4]
    report = corpus.add([dataclasses.replace(paper, id=f"arXiv:{paper.id}v3")])
    assert (report.new, report.unchanged, len(corpus)) == (0, 1, 60)
    report = corpus.add([dataclasses.replace(paper, id=f"arXiv:{paper.id}v4", abstract="a new version")])
    assert (report.new, report.changed, len(corpus)) == (0, 1, 60)
    assert corpus[paper.id].id == paper.id
    assert corpus.verify() == []


def test_of_duplicates_in_one_source_the_last_wins_and_they_are_counted(tmp_path, fake):
    first = Paper(id="a", title="First words of a long story")
    second = Paper(id="a", title="First words of a very long story")
    corpus = Corpus.build([first, Paper(id="b", title="Other"), second], tmp_path / "c", encoder=fake)
    assert corpus.report.duplicates == 1
    assert [paper.title for paper in corpus] == [second.title, "Other"]
    assert fake.encoded == [second.title, "Other"]
    again = corpus.add([first, Paper(id="b", title="Other"), second])
    assert (again.unchanged, again.encoded, again.duplicates) == (2, 0, 1)


def test_removed_papers_are_gone_and_unknown_ones_named(corpus, papers):
    assert corpus.remove([papers[0].id, papers[1].title, "nonsense"]) == ["nonsense"]
    assert len(corpus) == 58
    assert papers[0].id not in corpus
    with pytest.raises(UnknownPaper):
        corpus[papers[0].id]
    assert corpus.verify() == []


def test_rows_are_never_reused(corpus, papers):
    used = set(corpus.snapshot.rows().tolist())
    corpus.remove([paper.id for paper in papers])
    corpus.compact()
    assert len(corpus) == 0
    assert corpus.verify() == []
    corpus.add(papers[:5], again="all")
    rows = set(corpus.snapshot.rows().tolist())
    assert not rows & used
    assert corpus.verify() == []


def test_compact_keeps_papers_vectors_and_order_and_drops_the_rest(corpus, papers, fake):
    corpus.remove([paper.id for paper in papers[::2]])
    corpus.add(make_papers(7, start=100))
    before = state(corpus)
    files = set(corpus.path.glob("vectors-*"))
    corpus.compact()
    after = state(corpus)
    assert after[0] == before[0]
    np.testing.assert_array_equal(after[1], before[1])
    assert corpus.info().removed == 0
    assert len(corpus.snapshot.segments) == 1
    assert not files & set(corpus.path.glob("vectors-*"))
    assert corpus.verify() == []


def test_many_additions_are_merged_into_few_files_without_moving_a_row(corpus, papers):
    row = corpus.row(papers[7].id)
    for start in range(100, 100 + 3 * MANY_SEGMENTS, 3):
        corpus.add(make_papers(3, start=start))
    assert len(corpus.snapshot.segments) <= MANY_SEGMENTS
    assert len(list(corpus.path.glob("vectors-*"))) == len(corpus.snapshot.segments)
    assert corpus.row(papers[7].id) == row
    assert corpus.verify() == []


def test_a_pinned_reader_keeps_its_state_whatever_a_writer_does(corpus, papers):
    reader = Corpus.open(corpus.path).pinned()
    before = state(reader)
    corpus.remove([paper.id for paper in papers[:30]])
    corpus.add(make_papers(5, start=200))
    corpus.compact()
    after = state(reader)
    assert after[0] == before[0]
    np.testing.assert_array_equal(after[1], before[1])
    reader.refresh()
    assert len(reader) == 35


def test_vectors_of_two_encoders_do_not_mix_and_both_are_named(corpus, papers):
    other = FakeEncoder("other")
    with pytest.raises(EncoderMismatch, match=r"'fake'.*'other'"):
        Corpus.open(corpus.path, encoder=other)
    with pytest.raises(EncoderMismatch, match=r"'fake'.*'other'"):
        Corpus.build(papers, corpus.path, encoder=other)
    same_name = FakeEncoder(salt="trained further")
    with pytest.raises(EncoderMismatch):
        Corpus.open(corpus.path, encoder=same_name)
    assert corpus.verify() == []


def test_building_again_from_the_same_source_changes_nothing(tmp_path, fake):
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(paper.to_json() + "\n" for paper in make_papers(20)))
    first = Corpus.build(path, tmp_path / "c", encoder=fake)
    fake.encoded.clear()
    again = Corpus.build(path, tmp_path / "c", encoder=fake)
    assert (len(again), again.report.unchanged, fake.encoded) == (20, 20, [])
    assert list(first) == list(again)


def test_building_over_another_corpus_or_other_files_is_refused(corpus, tmp_path, fake):
    path = tmp_path / "papers.jsonl"
    path.write_text(make_papers(1)[0].to_json())
    with pytest.raises(CorpusExists, match="recommender add"):
        Corpus.build(path, corpus.path, encoder=fake)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("years of work")
    with pytest.raises(CorpusExists, match=r"chapter\.tex"):
        Corpus.build(path, tmp_path / "thesis", encoder=fake)
    with pytest.raises(CorpusExists, match="is a file"):
        Corpus.build(path, path, encoder=fake)
    assert (tmp_path / "thesis" / "chapter.tex").read_text() == "years of work"


@pytest.mark.parametrize("existing", [False, True])
def test_a_build_that_cannot_begin_leaves_nothing_behind(tmp_path, fake, existing):
    folder = tmp_path / "c"
    if existing:
        folder.mkdir()
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(SourceError, match="empty"):
        Corpus.build(empty, folder, encoder=fake)
    empty.write_text('{"title": ""}\n')
    with pytest.raises(SourceError, match="no paper"):
        Corpus.build(empty, folder, encoder=fake)
    assert folder.exists() == existing
    assert not existing or {path.name for path in folder.iterdir()} <= {"writer.lock"}


def test_an_addition_that_cannot_be_read_to_its_end_changes_nothing(corpus, papers):
    def broken():
        yield from make_papers(3, start=300)
        raise SourceError("cut off")

    with pytest.raises(SourceError, match="cut off"):
        corpus.add(broken())
    assert state(corpus)[0] == papers
    assert corpus.verify() == []


class Interrupting(FakeEncoder):
    """Stops the work when it has encoded so many batches."""

    def __init__(self, batches, error=KeyboardInterrupt):
        super().__init__()
        self.left = batches
        self.error = error

    def encode(self, texts):
        if self.left == 0:
            raise self.error
        self.left -= 1
        return super().encode(texts)


def test_an_interrupted_build_loses_at_most_the_batch_in_flight_and_resumes(tmp_path, fake):
    papers = make_papers(3 * BATCH + 10)
    whole = Corpus.build(papers, tmp_path / "whole", encoder=fake)
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(papers, tmp_path / "c", encoder=Interrupting(2))
    stopped = Corpus.open(tmp_path / "c")
    assert len(stopped) == 2 * BATCH
    assert stopped.info().unfinished == len(papers)
    assert stopped.verify() == []
    fake.encoded.clear()
    resumed = Corpus.build(papers, tmp_path / "c", encoder=fake)
    assert len(fake.encoded) == BATCH + 10
    assert resumed.info().unfinished is None
    assert state(resumed)[0] == state(whole)[0]
    np.testing.assert_array_equal(state(resumed)[1], state(whole)[1])
    assert resumed.verify() == []


def test_interrupted_before_its_first_batch_a_build_leaves_a_corpus_that_can_go_on(tmp_path, fake):
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(make_papers(5), tmp_path / "c", encoder=Interrupting(0))
    assert len(Corpus.build(make_papers(5), tmp_path / "c", encoder=fake)) == 5


@pytest.mark.parametrize(
    ("vectors", "what"),
    [
        (np.ones((60, 48), np.float32), "length"),
        (np.full((60, 48), np.nan, np.float32), "length"),
        (np.full((60, 48), 1e-10, np.float32), r"length 6\.\d+e-10"),
        (np.ones((59, 48), np.float32), "shape"),
        (np.ones((60, 47), np.float32), "shape"),
    ],
)
def test_an_encoder_that_breaks_its_promise_is_refused(tmp_path, papers, monkeypatch, vectors, what):
    broken = FakeEncoder()
    monkeypatch.setattr(broken, "encode", lambda texts: vectors)
    with pytest.raises(EncoderError, match=what):
        Corpus.build(papers, tmp_path / "c", encoder=broken)
    assert not (tmp_path / "c").exists()


def test_frames_files_and_limits(tmp_path, fake):
    papers = make_papers(30)
    frame = pd.DataFrame([json.loads(paper.to_json()) for paper in papers]).rename(columns={"title": "Name"})
    corpus = Corpus.build(frame, tmp_path / "frame", encoder=fake, mapping={"title": "Name"})
    assert list(corpus) == papers
    files = []
    for number, part in enumerate((papers[:10], papers[10:])):
        files.append(tmp_path / f"part{number}.jsonl")
        files[-1].write_text("".join(paper.to_json() + "\n" for paper in part))
    assert list(Corpus.build(files, tmp_path / "files", encoder=fake)) == papers
    assert list(Corpus.build(files, tmp_path / "few", encoder=fake, limit=12)) == papers[:12]
    with pytest.raises(ParameterError, match="limit is 0"):
        Corpus.build(files, tmp_path / "none", encoder=fake, limit=0)


def test_options_that_cannot_be(tmp_path, papers, fake):
    with pytest.raises(ParameterError, match="no kind of index"):
        Corpus.build(papers, tmp_path / "c", encoder=fake, index="psychic")
    assert not (tmp_path / "c").exists()


def test_folders_that_are_no_corpus(tmp_path):
    with pytest.raises(NotACorpus, match="no such folder"):
        Corpus.open(tmp_path / "nowhere")
    with pytest.raises(NotACorpus, match="no corpus"):
        Corpus.open(tmp_path)
    connection = sqlite3.connect(tmp_path / "corpus.sqlite")
    connection.execute("CREATE TABLE other (x)")
    connection.commit()
    connection.close()
    with pytest.raises(NotACorpus, match="another program"):
        Corpus.open(tmp_path)


def test_a_full_disk_is_named_and_what_was_committed_stays(corpus, monkeypatch, papers):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recommender.corpus.stored_vectors.os.fsync", full)
    with pytest.raises(CorpusError, match="No space left"):
        corpus.add(make_papers(3, start=100))
    monkeypatch.undo()
    assert state(corpus)[0] == papers
    assert corpus.verify() == []
    corpus.add(make_papers(3, start=100))
    assert len(corpus) == 63
    assert not list(corpus.path.glob("*.writing"))


def test_info_counts(corpus, papers):
    corpus.remove(papers[0].id)
    info = corpus.info()
    assert (info.papers, info.removed, info.encoder, info.dim, info.index) == (59, 1, "fake", 48, "exact")
    assert dict(info.categories)["cs.CL"] == 15
    assert info.first_published == min(paper.published for paper in papers[1:])
    assert info.vector_bytes == 60 * 48 * 2
    assert info.database_bytes == (corpus.path / "corpus.sqlite").stat().st_size
    assert info.bytes_per_paper * 59 == pytest.approx(info.vector_bytes + info.database_bytes)


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["add", "change", "facts", "remove", "compact"]), st.integers(0, 11)),
        max_size=12,
    )
)
def test_any_sequence_of_changes_equals_a_dictionary(tmp_path_factory, steps):
    """The corpus against the simplest model of it: a dict from id to paper."""
    base = make_papers(12)
    corpus = Corpus.build(base[:6], tmp_path_factory.mktemp("model") / "c", encoder=FakeEncoder())
    model = {paper.id: paper for paper in base[:6]}
    for count, (step, which) in enumerate(steps):
        paper = model.get(base[which].id, base[which])
        if step == "change":
            paper = dataclasses.replace(paper, abstract=f"text number {count}")
        if step == "facts":
            paper = dataclasses.replace(paper, venue=f"venue {count}", categories=(f"cs.V{count}",))
        if step in ("add", "change", "facts"):
            corpus.add([paper], again=paper.id)
            model[paper.id] = paper
        elif step == "remove":
            corpus.remove([paper.id])
            model.pop(paper.id, None)
        else:
            corpus.compact()
    assert {paper.id: paper for paper in corpus} == model
    rows = [corpus.row(paper_id) for paper_id in model]
    texts = [paper.text for paper in model.values()]
    np.testing.assert_array_equal(
        corpus.snapshot.vectors(np.array(rows, np.int64)), kept(corpus.encoder.encode(texts))
    ) if model else None
    assert corpus.verify() == []
    corpus.close()
