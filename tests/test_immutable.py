"""What a corpus's files are called, and that nothing goes that is not its own."""

import hashlib
import os
import re
import shutil

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers, names_in

from recommender import Corpus, Recommender
from recommender.cli import main
from recommender.corpus import immutable, ingest, maintenance
from recommender.corpus.immutable import ends_of, marker_of, remove_uncommitted, unfinished_file
from recommender.corpus.store import CorpusStore
from recommender.errors import CorpusDamaged, CorpusError, CorpusExists

OURS = re.compile(r"corpus\.sqlite(-wal|-shm)?|writer\.lock|vectors-0.*|index-.*")
# Of the user's: near our names, and none of them.
MINE = ("vectors-minilm.npy", "index-notes.md", "vectors-000000000000-5.npy.bak", "vectors-.npy", "x.writing")


class Crash(BaseException):
    """What a kill looks like from inside: nothing gets to clean up after it."""


def vector_file(folder):
    (path,) = folder.glob("vectors-0*.npy")
    return path


def change_everything(folder, papers):
    """Every operation that ever deletes a file; returns the corpus."""
    corpus = Corpus.open(folder, encoder=FakeEncoder())
    corpus.add(make_papers(3, start=100))
    corpus.remove([papers[0].id])
    corpus.compact(index="hnsw")
    corpus.add(make_papers(3, start=200))
    corpus.compact(index="exact")
    return corpus


def test_a_vector_file_is_named_by_its_rows_and_its_digest(corpus):
    path = vector_file(corpus.path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.name == f"vectors-000000000000-60-{digest[:12]}.npy"
    (segment,) = corpus.snapshot.segments
    assert (segment.sha256, segment.ends) == (digest, ends_of(path))


def test_the_ends_tell_size_beginning_and_end(tmp_path):
    (tmp_path / "f").write_bytes(b"begin" + bytes(200_000) + b"end")
    before = ends_of(tmp_path / "f")
    for position, same in ((3, False), (100_000, True), (200_006, False)):
        content = bytearray((tmp_path / "f").read_bytes())
        content[position] ^= 1
        (tmp_path / "g").write_bytes(content)
        assert (ends_of(tmp_path / "g") == before) == same
    (tmp_path / "g").write_bytes(bytes(content) + b"\0")
    assert ends_of(tmp_path / "g") != before


@pytest.mark.parametrize("precision", ["float16", "float32", "int8"])
def test_vectors_of_another_corpus_under_the_very_name_are_refused(tmp_path, papers, precision, capsys):
    for name, salt in (("mine", ""), ("other", "salt")):
        Corpus.build(papers, tmp_path / name, encoder=FakeEncoder(salt=salt), precision=precision).close()
    mine, other = vector_file(tmp_path / "mine"), vector_file(tmp_path / "other")
    assert mine.name != other.name
    assert mine.stat().st_size == other.stat().st_size
    shutil.copy(other, mine)
    with pytest.raises(CorpusDamaged, match=f"{mine.name}: not the vector file that was written"):
        Corpus.open(tmp_path / "mine")
    assert main(["like", papers[0].id, "--corpus", str(tmp_path / "mine")]) == 1
    assert mine.name in capsys.readouterr().err
    assert main(["verify", "--corpus", str(tmp_path / "mine")]) == 1
    assert mine.name in capsys.readouterr().err


def test_files_that_the_database_never_named_survive_everything(corpus, papers):
    folder = corpus.path
    corpus.close()
    for name in MINE:
        (folder / name).write_text("mine")
    link = folder / "vectors-000000000007-5-0123456789ab.npy"
    link.symlink_to(folder / MINE[0])
    (folder / marker_of(link.name)).symlink_to(folder / MINE[1])
    (folder / "index-mine").mkdir()
    changed = change_everything(folder, papers)
    assert changed.verify() == []
    assert [(folder / name).read_text() for name in MINE] == ["mine"] * len(MINE)
    assert link.is_symlink()
    assert (folder / marker_of(link.name)).is_symlink()
    assert (folder / "index-mine").is_dir()


@pytest.mark.parametrize("name", MINE)
def test_a_folder_with_such_a_file_is_not_replaced(corpus, name):
    (corpus.path / name).write_text("mine")
    with pytest.raises(CorpusExists, match=re.escape(name)):
        Corpus.build(make_papers(5, start=500), corpus.path, encoder=FakeEncoder(), overwrite=True)
    assert (corpus.path / name).read_text() == "mine"


def test_nor_does_a_file_of_ours_go_that_nothing_explains(corpus, papers):
    stray = corpus.path / "vectors-000000000000-5-0123456789ab.npy"
    older = corpus.path / "vectors-000000000000-5.npy"
    index = corpus.path / "index-hnsw-000000000000-60-0123456789ab"
    for path in (stray, older, index):
        path.write_text("anything")
    change_everything(corpus.path, papers)
    assert [path.read_text() for path in (stray, older, index)] == ["anything"] * 3


@pytest.mark.parametrize("named", [False, True])
def test_what_a_dead_writer_wrote_goes_with_its_marker_unless_it_is_named(tmp_path, named):
    name = "vectors-000000000000-5-0123456789ab.npy"
    for file in (name, marker_of(name), "vectors-.writing", "index-.writing", "notes.writing"):
        (tmp_path / file).write_text("")
    (tmp_path / marker_of("index-hnsw-000000000000-5-0123456789ab")).write_text("")
    remove_uncommitted(tmp_path, {name} if named else set())
    assert names_in(tmp_path) == ["notes.writing", *([name] if named else [])]


def test_what_is_written_never_goes_through_a_link(tmp_path):
    (tmp_path / "thesis").write_text("mine")
    for name in ("vectors-.writing", "vectors-1.writing"):
        (tmp_path / name).symlink_to(tmp_path / "thesis")
    with pytest.raises(FileExistsError), unfinished_file(tmp_path, "vectors-.writing"):
        pass
    (tmp_path / "aside").write_text("new")
    with pytest.raises(OSError, match=r"vectors-1\.writing"):
        immutable.finish(tmp_path / "aside", "vectors-1")
    assert (tmp_path / "thesis").read_text() == "mine"


def test_a_marker_stands_beside_a_file_until_the_commit_that_names_it(tmp_path, monkeypatch):
    seen = []
    named = ingest.register_segment

    def look(connection, segment):
        seen.append((tmp_path / "c" / marker_of(segment.file)).exists())
        named(connection, segment)

    monkeypatch.setattr(ingest, "register_segment", look)
    Corpus.build(make_papers(5), tmp_path / "c", encoder=FakeEncoder())
    assert seen == [True]
    assert not list((tmp_path / "c").glob("*.writing"))


STEPS = [
    (immutable, "sync_folder"),
    (ingest, "insert_papers"),
    (CorpusStore, "set_manifest"),
    (maintenance, "drop_segments"),
    (maintenance, "register_index_file"),
]


@pytest.mark.parametrize(("place", "name"), STEPS, ids=[name for _, name in STEPS])
def test_after_a_crash_verify_is_silent_and_the_same_change_leaves_nothing_over(
    corpus, papers, monkeypatch, place, name
):
    folder = corpus.path
    corpus.close()

    def crash(*_, **__):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(place, name, crash)
        # Nor does anything of the dying writer's own get to tidy up.
        patch.setattr(immutable, "remove_plain", lambda path: None)
        with pytest.raises(Crash):
            change_everything(folder, papers)
    with Corpus.open(folder) as opened:
        assert opened.verify() == []
    changed = change_everything(folder, papers)
    assert changed.verify() == []
    strange = [name for name in names_in(folder) if not OURS.fullmatch(name) or name.endswith(".writing")]
    assert strange == []
    named = [segment.file for segment in changed.snapshot.segments]
    assert sorted(path.name for path in folder.glob("vectors-*")) == named
    assert not list(folder.glob("index-*"))


def test_a_commit_that_fails_leaves_what_the_next_writer_clears(corpus, papers, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left")

    before = names_in(corpus.path)
    with monkeypatch.context() as patch:
        patch.setattr(CorpusStore, "set_manifest", full)
        with pytest.raises(CorpusError, match="No space left"):
            corpus.add(make_papers(3, start=100))
    left = set(names_in(corpus.path)) - set(before)
    assert any(name.endswith(".npy.writing") for name in left)
    assert corpus.verify() == []
    corpus.remove([papers[0].id])
    assert not [name for name in names_in(corpus.path) if name in left and name.startswith("vectors")]


def test_a_file_that_cannot_be_deleted_waits_for_another_time(corpus, papers, monkeypatch):
    corpus.add(make_papers(3, start=100))
    old = {path.name for path in corpus.path.glob("vectors-*")}
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", _refused(r"vectors-.*\.npy$"))
        corpus.compact()
    assert old < {path.name for path in corpus.path.glob("vectors-*")}
    assert corpus.verify() == []
    corpus.remove([papers[0].id])
    assert not old & {path.name for path in corpus.path.glob("vectors-*")}


def _refused(pattern):
    unlink = immutable.Path.unlink

    def refuse(path, missing_ok=False):
        if re.fullmatch(pattern, path.name):
            raise PermissionError(13, "in use")
        unlink(path, missing_ok=missing_ok)

    return refuse


def test_the_same_answer_from_a_folder_that_was_changed_with_files_of_the_user(corpus, papers):
    (corpus.path / MINE[0]).write_text("mine")
    before = Recommender(corpus).more_like(papers[5].id).scores
    corpus.compact()
    np.testing.assert_array_equal(Recommender(corpus).more_like(papers[5].id).scores, before)


NO_FILES = {
    "folder": lambda path: path.mkdir(),
    "pipe": os.mkfifo,
    "endless": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_in_the_place_of_vectors_is_named_and_never_waited_for(corpus, what, capsys):
    path = vector_file(corpus.path)
    corpus.close()
    path.unlink()
    NO_FILES[what](path)
    with pytest.raises(CorpusDamaged, match=f"{path.name}: is no file any more"):
        Corpus.open(corpus.path)
    assert main(["verify", "--corpus", str(corpus.path)]) == 1
    assert f"{path.name}: is no file any more" in capsys.readouterr().err


@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_in_the_place_of_an_index_makes_search_exact(corpus, papers, what, caplog):
    corpus.compact(index="hnsw")
    want = Recommender(corpus).more_like(papers[0].id).ids
    path = corpus.path / corpus.snapshot.index_file.file
    corpus.close()
    path.unlink()
    NO_FILES[what](path)
    with Corpus.open(corpus.path, encoder=FakeEncoder()) as again:
        assert Recommender(again).more_like(papers[0].id).ids == want
        assert [path.name in line for line in again.verify()] == [True]
        assert "search is exact until `recommender compact`" in caplog.text


def test_a_vector_file_that_cannot_be_read_is_a_line_of_verify(corpus, monkeypatch):
    path, find = vector_file(corpus.path), immutable.sha256_of

    def unreadable(asked):
        if asked == path:
            raise OSError(5, "Input/output error", str(asked))
        return find(asked)

    monkeypatch.setattr("recommender.corpus.stored_vectors.sha256_of", unreadable)
    assert corpus.verify() == [f"{path.name}: cannot be read (Input/output error)"]


def test_a_scratch_file_of_somebody_elses_is_in_the_way(corpus, papers):
    mine = corpus.path / "staging.sqlite"
    mine.write_text("thesis")
    with pytest.raises(CorpusError, match=r"staging\.sqlite is not of this corpus.*move it elsewhere"):
        corpus.add(make_papers(1, start=100))
    assert mine.read_text() == "thesis"
    mine.unlink()
    mine.symlink_to(corpus.path / "nowhere")
    with pytest.raises(CorpusError, match=r"staging\.sqlite is not of this corpus"):
        corpus.add(make_papers(1, start=100))
    assert mine.is_symlink()


def test_a_marker_has_nothing_in_it(corpus):
    mine = [corpus.path / f"vectors-000000000000-9-{'a' * 12}.npy{end}" for end in ("", ".writing")]
    for path in mine:
        path.write_text("thesis")
    corpus.add(make_papers(1, start=100))
    assert [path.read_text() for path in mine] == ["thesis", "thesis"]
