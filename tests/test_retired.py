"""What the database names no more goes when no state on the disk names it, and not before."""

import shutil

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus import writer
from recommender.corpus.immutable import marker_of, named_files, remove_retired, retired_files
from recommender.corpus.store import CorpusStore, writer_lock
from recommender.corpus.vector_sources import EncoderVectors, SourceChoice
from recommender.corpus.verification import find_unexplained


def vector_files(folder):
    return {path.name for path in folder.glob("vectors-*")}


def retired(folder):
    with CorpusStore.read(folder) as store:
        return retired_files(store)


@pytest.mark.parametrize("change", ["merge", "compact", "index"])
def test_a_name_that_goes_is_retired_in_the_same_commit(corpus, papers, change, monkeypatch):
    corpus.add(make_papers(3, start=100))
    if change == "index":
        corpus.compact(index="hnsw")
    (corpus.path / "copy").mkdir()  # which no writer minds
    pinned = Corpus.open(corpus.path).pinned()
    with CorpusStore.write(corpus.path) as store:
        before = named_files(store)
    if change == "merge":
        monkeypatch.setattr("recommender.corpus.maintenance.MANY_SEGMENTS", 1)
        corpus.add(make_papers(3, start=200))
    else:
        corpus.compact(index="exact" if change == "index" else None)
    with CorpusStore.write(corpus.path) as store:
        now = named_files(store)
    gone = before - now
    assert gone
    assert gone <= retired(corpus.path)
    assert len(list(pinned)) == len(pinned)
    assert corpus.verify() == []


def test_retired_files_wait_while_a_reader_has_the_old_state_and_go_with_a_later_writer(corpus, papers):
    corpus.add(make_papers(3, start=100))
    old = vector_files(corpus.path)
    reader = Corpus.open(corpus.path).pinned()
    rows = reader.snapshot.rows()
    before = reader.snapshot.vectors(rows).tobytes()
    corpus.compact()
    assert old < vector_files(corpus.path)
    assert retired(corpus.path) == old
    assert corpus.verify() == []
    found = find_unexplained(corpus.path)
    assert (found.lost, found.others) == ((), ())
    corpus.remove([papers[0].id])
    assert old < vector_files(corpus.path)
    assert reader.snapshot.vectors(rows).tobytes() == before
    reader.close()
    del reader
    corpus.remove([papers[1].id])
    assert not old & vector_files(corpus.path)
    assert retired(corpus.path) == set()
    assert corpus.verify() == []


def test_without_a_reader_they_go_at_once_also_after_an_addition(corpus, papers, monkeypatch):
    monkeypatch.setattr("recommender.corpus.maintenance.MANY_SEGMENTS", 1)
    corpus.add(make_papers(3, start=100))
    assert vector_files(corpus.path) == {segment.file for segment in corpus.snapshot.segments}
    assert retired(corpus.path) == set()


def test_a_log_that_is_lost_after_a_compaction_leaves_the_old_state_whole(corpus, papers, tmp_path):
    """The reader keeps the log from being emptied, as whoever is killed leaves it."""
    corpus.add(make_papers(3, start=100))
    reader = Corpus.open(corpus.path).pinned()
    corpus.compact()
    copy = shutil.copytree(corpus.path, tmp_path / "copy")
    for suffix in ("-wal", "-shm"):
        (copy / f"corpus.sqlite{suffix}").unlink()
    with Corpus.open(copy, encoder=FakeEncoder()) as old:
        assert {paper.id for paper in old} == {paper.id for paper in reader}
        assert old.snapshot.segments == reader.snapshot.segments
        old.compact()
        assert old.verify() == []


def test_a_file_that_is_named_again_is_retired_no_more(tmp_path, papers, fake):
    """An index file that is damaged is built again: the same bytes, the same name."""
    with Corpus.build(papers, tmp_path / "c", encoder=fake, index="hnsw") as corpus:
        (path,) = (tmp_path / "c").glob("index-*")
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        corpus.compact()
        assert path.read_bytes() == whole
        assert retired(tmp_path / "c") == set()
        assert corpus.verify() == []
        assert corpus.info().index == "hnsw"


def test_names_that_are_none_of_ours_are_forgotten_and_nothing_is_deleted(corpus, tmp_path):
    mine = ["writer.lock", "../mine", "vectors-minilm.npy"]
    (tmp_path / "mine").write_text("mine")
    (corpus.path / "vectors-minilm.npy").write_text("mine")
    corpus.close()
    with writer_lock(corpus.path), CorpusStore.write(corpus.path) as store:
        store.executemany("INSERT INTO retired VALUES (?)", ((name,) for name in mine))
        remove_retired(store)
        assert retired_files(store) == set()
    assert (tmp_path / "mine").exists()
    assert (corpus.path / "vectors-minilm.npy").exists()


def test_what_a_stopped_build_with_another_encoder_stored_is_retired(tmp_path, monkeypatch):
    class Stopping(FakeEncoder):
        def encode(self, texts):
            if self.encoded:
                raise KeyboardInterrupt
            return super().encode(texts)

    papers = make_papers(200)
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(papers, tmp_path / "c", encoder=Stopping("one"))
    old = vector_files(tmp_path / "c")
    assert old
    another = EncoderVectors(FakeEncoder("two"))
    monkeypatch.setattr(SourceChoice, "for_existing", lambda self, name: another)
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder("two")) as corpus:
        assert corpus.verify() == []
        assert len(corpus) == 200
    assert not old & vector_files(tmp_path / "c")


def test_a_commit_that_failed_and_comes_back_from_the_log_finds_its_file(corpus, tmp_path, monkeypatch):
    """Put on the disk with an error, it is in the log, though whoever has the corpus open sees none of it."""
    folder = corpus.path
    corpus.add(make_papers(3, start=100))
    reader = Corpus.open(folder).pinned()
    before = vector_files(folder)
    shared = (folder / "corpus.sqlite-shm").read_bytes()
    corpus.add(make_papers(3, start=200))
    (failed,) = vector_files(folder) - before
    (folder / marker_of(failed)).touch()
    with (folder / "corpus.sqlite-shm").open("r+b") as file:  # as SQLite leaves it after such an error
        file.write(shared)

    def die(store):
        shutil.copytree(store.path, tmp_path / "died", ignore=shutil.ignore_patterns("*-shm"))
        raise KeyboardInterrupt

    monkeypatch.setattr(writer, "remove_retired", die)
    with pytest.raises(KeyboardInterrupt), Corpus.open(folder, encoder=FakeEncoder()) as again:
        again.remove(make_papers(1)[0].id)
    assert not (folder / failed).exists()
    del reader
    with Corpus.open(tmp_path / "died", encoder=FakeEncoder()) as found:
        assert (len(found), found.verify()) == (63, [])
