"""Backups: a state of the corpus and of the readers, whole or not at all, while others write to both."""

import datetime
import json
import shutil
import threading

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Recommender, backup
from recommender.backup import make_backup
from recommender.cli import main
from recommender.corpus import content_hash
from recommender.errors import BackupError, CorpusDamaged, NotACorpus, ReadershipError
from recommender.readership import Readership, add_reader, all_readers

NOW = datetime.datetime(2026, 11, 30, 6, tzinfo=datetime.UTC)
PAPERS = make_papers(40)


@pytest.fixture
def papers_folder(tmp_path, fake):
    folder = tmp_path / "papers" / "my.corpus"
    Corpus.build(PAPERS, folder, encoder=fake).close()
    with Readership.open(folder.parent / "readers.sqlite", create=True) as file:
        add_reader(file, "Mei", at=NOW)
    return folder


@pytest.fixture
def saved(tmp_path):
    return tmp_path / "saved"


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_is_restored_is_what_was_there(papers_folder, saved, fake, tmp_path):
    with Corpus.open(papers_folder) as corpus:
        corpus.remove(PAPERS[0].id)
        before, answers = content_hash(corpus.snapshot), Recommender(corpus).more_like(PAPERS[1].id)
    made = make_backup(saved, papers_folder, at=NOW)
    assert (made.papers, made.readers, made.made) == (39, 1, "2026-11-30T06:00:00+00:00")
    shutil.rmtree(papers_folder.parent)
    shutil.copytree(saved / "corpus", papers_folder)
    with Corpus.open(papers_folder, encoder=fake) as corpus:
        assert (corpus.verify(), content_hash(corpus.snapshot)) == ([], before)
        again = Recommender(corpus).more_like(PAPERS[1].id)
        assert (again.ids, list(again.scores)) == (answers.ids, list(answers.scores))
        assert corpus.add(make_papers(3, start=90)).new == 3
    with Readership.read(saved / "readers.sqlite") as file:
        assert [reader.name for reader in all_readers(file)] == ["Mei"]
    assert (saved / "readers.sqlite").stat().st_mode & 0o077 == 0


def test_beside_writers_each_backup_is_one_state(papers_folder, saved):
    stop, failed = threading.Event(), []

    def write():
        try:
            corpus = Corpus.open(papers_folder, encoder=FakeEncoder())
            for turn in range(1000):
                corpus.add(make_papers(7, start=100 + 7 * turn))
                corpus.remove(make_papers(3, start=100 + 7 * turn)[0].id)
                if turn % 3 == 0:
                    corpus.compact()
                with Readership.open(papers_folder.parent / "readers.sqlite") as file:
                    add_reader(file, f"Reader {turn}", at=NOW)
                if stop.is_set():
                    return
        except BaseException as error:
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for _ in range(6):
            made = make_backup(saved, papers_folder, at=NOW)
            with Corpus.open(saved / "corpus") as corpus:
                assert (corpus.verify(), len(corpus)) == ([], made.papers)
            counts.append(made.papers)
    finally:
        stop.set()
        writer.join()
    assert failed == []
    # Of each turn six papers stay; between its addition and its removal there is one more.
    assert all((count - 40) % 6 <= 1 for count in counts)


def test_a_later_backup_takes_the_place_of_the_one_before_and_links_what_is_the_same(papers_folder, saved):
    make_backup(saved, papers_folder, at=NOW)
    (vectors,) = (saved / "corpus").glob("vectors-*.npy")
    inode = vectors.stat().st_ino
    with Corpus.open(papers_folder, encoder=FakeEncoder()) as corpus:
        corpus.add(make_papers(5, start=200))
    made = make_backup(saved, papers_folder, at=NOW)
    assert made.papers == 45
    assert vectors.stat().st_ino == inode
    assert (papers_folder / vectors.name).stat().st_ino != inode  # a copy of what is in use, no link to it
    assert Corpus.open(saved / "corpus").verify() == []
    assert [path.name for path in saved.parent.iterdir() if path.name.startswith("saved")] == ["saved"]
    assert names(saved)[0] == "backup.json"
    found = json.loads((saved / "backup.json").read_text())
    assert {*found["files"], "backup.json"} <= {*names(saved)}
    assert str(papers_folder.parent) not in (saved / "backup.json").read_text()


def test_a_damaged_file_of_the_one_before_is_copied_again(papers_folder, saved):
    make_backup(saved, papers_folder, at=NOW)
    (vectors,) = (saved / "corpus").glob("vectors-*.npy")
    content = vectors.read_bytes()
    vectors.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    make_backup(saved, papers_folder, at=NOW)
    assert vectors.read_bytes() == content


@pytest.mark.parametrize("moment", ["copy_corpus", "_copy_readers", "_exchange"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_where_it_fails_the_one_before_is_as_it_was(papers_folder, saved, monkeypatch, moment, error):
    make_backup(saved, papers_folder, at=NOW)
    before = {name: (saved / name).read_bytes() for name in names(saved)}
    original = getattr(backup, moment)

    def fail(*args, **kwargs):
        if moment != "_exchange":
            original(*args, **kwargs)
        raise error

    monkeypatch.setattr(backup, moment, fail)
    with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else BackupError, match=r"space|^$"):
        make_backup(saved, papers_folder, at=NOW)
    assert {name: (saved / name).read_bytes() for name in names(saved)} == before
    assert not saved.with_name("saved.new").exists()


def test_one_that_was_killed_leaves_nothing_in_the_way(papers_folder, saved):
    """Beside the backup in the midst of copying, and between the two renamings."""
    make_backup(saved, papers_folder, at=NOW)
    half = saved.with_name("saved.new")
    shutil.copytree(saved, half)
    (half / "corpus" / "corpus.sqlite").unlink()
    assert make_backup(saved, papers_folder, at=NOW).papers == 40
    saved.rename(saved.with_name("saved.old"))
    assert make_backup(saved, papers_folder, at=NOW).papers == 40
    assert [path.name for path in saved.parent.iterdir() if path.name.startswith("saved")] == ["saved"]


def test_two_at_once_are_refused(papers_folder, saved, monkeypatch):
    original = backup.copy_corpus

    def meanwhile(*args, **kwargs):
        monkeypatch.setattr(backup, "copy_corpus", original)
        with pytest.raises(BackupError, match="saved is being made; wait for it"):
            make_backup(saved, papers_folder, at=NOW)
        return original(*args, **kwargs)

    monkeypatch.setattr(backup, "copy_corpus", meanwhile)
    assert make_backup(saved, papers_folder, at=NOW).papers == 40


@pytest.mark.parametrize("what", ["file", "others", "corpus", "beside"])
def test_nothing_but_a_backup_is_ever_replaced(papers_folder, saved, fake, what):
    if what == "file":
        saved.write_text("mine")
    elif what == "corpus":
        Corpus.build(PAPERS[:5], saved, encoder=fake).close()
    else:
        folder = saved if what == "others" else saved.with_name("saved.new")
        folder.mkdir()
        (folder / "thesis.txt").write_text("mine")
    before = {path: path.read_bytes() for path in saved.parent.glob("saved*/**/*") if path.is_file()}
    with pytest.raises(BackupError, match="saved"):
        make_backup(saved, papers_folder, at=NOW)
    assert {path: path.read_bytes() for path in before} == before


def test_a_backup_that_was_written_to_is_not_replaced(papers_folder, saved, fake):
    make_backup(saved, papers_folder, at=NOW)
    Corpus.open(saved / "corpus").verify()  # reading does not count
    make_backup(saved, papers_folder, at=NOW)
    Corpus.open(saved / "corpus", encoder=fake).add(make_papers(2, start=70))
    with pytest.raises(BackupError, match="saved was used since it was made"):
        make_backup(saved, papers_folder, at=NOW)


def test_it_lies_apart_from_the_corpus(papers_folder):
    with pytest.raises(BackupError, match="is within the corpus"):
        make_backup(papers_folder / "saved", papers_folder, at=NOW)
    with pytest.raises(BackupError, match="which a backup would replace"):
        make_backup(papers_folder.parent, papers_folder, at=NOW)


def test_what_cannot_be_copied_leaves_nothing(papers_folder, saved, tmp_path):
    with pytest.raises(NotACorpus):
        make_backup(saved, tmp_path / "none", at=NOW)
    with pytest.raises(ReadershipError, match=r"nobody\.sqlite"):
        make_backup(saved, papers_folder, readers=tmp_path / "nobody.sqlite", at=NOW)
    (vectors,) = papers_folder.glob("vectors-*.npy")
    content = vectors.read_bytes()
    vectors.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(CorpusDamaged, match="SHA-256"):
        make_backup(saved, papers_folder, at=NOW)
    vectors.unlink()
    with pytest.raises(CorpusDamaged, match="missing"):
        make_backup(saved, papers_folder, at=NOW)
    assert not list(saved.parent.glob("saved*"))


def test_the_command_and_a_corpus_without_readers(papers_folder, saved, capsys):
    (papers_folder.parent / "readers.sqlite").unlink()
    assert main(["backup", str(saved), "--corpus", str(papers_folder)]) == 0
    assert capsys.readouterr().out.startswith(f"{saved}: 40 papers and no readers, ")
    assert main(["verify", "--corpus", str(saved / "corpus")]) == 0
    capsys.readouterr()
    assert main(["backup", str(saved), "--corpus", str(papers_folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["papers"], found["readers"], found["folder"]) == (40, None, str(saved))
