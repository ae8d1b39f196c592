"""A corpus in place of another, corpora that go again, and papers given as dicts."""

import contextlib
import gc
import pathlib
import sqlite3

import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Recommender
from recommender.cli import main
from recommender.corpus import folder_in_work
from recommender.corpus.store import writer_lock
from recommender.errors import (
    CorpusError,
    CorpusExists,
    CorpusLocked,
    EncoderError,
    NotACorpus,
    ParameterError,
    SourceError,
)

OTHERS = make_papers(200, seed=1, start=500)


class Stopping(FakeEncoder):
    """Stops after its first batch, which is committed then."""

    def encode(self, texts):
        if self.encoded:
            raise EncoderError("stopped")
        return super().encode(texts)


def names(folder):
    return sorted(path.name for path in folder.parent.iterdir())


def test_a_corpus_is_replaced_by_another(corpus, fake):
    folder, before = corpus.path, corpus.pinned()
    report = Corpus.build(OTHERS, folder, encoder=FakeEncoder("other", dim=32), overwrite=True).report
    assert report.new == 200
    with Corpus.open(folder) as opened:
        assert (list(opened), opened.info().encoder) == (OTHERS, "other")
        assert opened.verify() == []
    assert names(folder) == ["corpus"]
    assert len(before) == 60  # whoever is in the middle of something still has the old one
    assert len(corpus) == 200


def test_where_no_corpus_is_one_is_built(tmp_path, fake):
    for path in (tmp_path / "deep" / "new", tmp_path / "deep" / "new"):
        assert list(Corpus.build(OTHERS, path, encoder=fake, overwrite=True)) == OTHERS
    assert names(tmp_path / "deep" / "new") == ["new"]


def test_without_the_option_another_source_is_refused(corpus, tmp_path, fake):
    pd.DataFrame({"title": ["Reeds"]}).to_csv(tmp_path / "other.csv")
    with pytest.raises(CorpusExists, match="already holds a corpus"):
        Corpus.build(tmp_path / "other.csv", corpus.path, encoder=fake)
    assert len(Corpus.build(tmp_path / "other.csv", corpus.path, encoder=fake, overwrite=True)) == 1


@pytest.mark.parametrize("source", ["none.csv", [{"title": ""}], [Paper(title="Reeds")]])
def test_a_build_that_fails_leaves_the_old_one_and_nothing_else(corpus, papers, source):
    class Failing(FakeEncoder):
        def encode(self, texts):
            raise EncoderError("no")

    with pytest.raises((SourceError, EncoderError)):
        Corpus.build(source, corpus.path, encoder=Failing(), overwrite=True)
    with Corpus.open(corpus.path) as opened:
        assert list(opened) == papers
        assert opened.verify() == []
    assert names(corpus.path) == ["corpus"]


def test_one_that_was_stopped_goes_on_and_the_old_one_answers_until_it_is_whole(corpus, papers, fake):
    with pytest.raises(EncoderError, match="stopped"):
        Corpus.build(OTHERS, corpus.path, encoder=Stopping(), overwrite=True)
    assert list(Corpus.open(corpus.path)) == papers
    assert folder_in_work(corpus.path) == corpus.path.with_name("corpus.new")
    with Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True) as built:
        assert (built.report.unchanged, built.report.new) == (128, 72)
        assert list(built) == OTHERS
    assert names(corpus.path) == ["corpus"]
    assert folder_in_work(corpus.path) == corpus.path


def test_what_a_stopped_one_of_another_source_left_is_dropped(corpus, tmp_path, fake):
    with pytest.raises(EncoderError, match="stopped"):
        Corpus.build(OTHERS, corpus.path, encoder=Stopping(), overwrite=True)
    pd.DataFrame({"title": ["Reeds"]}).to_csv(tmp_path / "other.csv")
    with Corpus.build(tmp_path / "other.csv", corpus.path, encoder=fake, overwrite=True) as built:
        assert [paper.title for paper in built] == ["Reeds"]


def test_nor_papers_that_another_list_did_not_hold(corpus, fake):
    with pytest.raises(EncoderError, match="stopped"):
        Corpus.build(OTHERS, corpus.path, encoder=Stopping(), overwrite=True)
    now = [*OTHERS[100:150], *make_papers(3, start=700)]
    with Corpus.build(now, corpus.path, encoder=fake, overwrite=True) as built:
        assert sorted(paper.id for paper in built) == sorted(paper.id for paper in now)
        assert built.verify() == []


def test_one_that_was_stopped_in_another_precision_begins_anew(corpus, fake):
    with pytest.raises(EncoderError, match="stopped"):
        Corpus.build(OTHERS, corpus.path, encoder=Stopping(), overwrite=True)
    with Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True, precision="float32") as built:
        assert (built.info().precision, list(built)) == ("float32", OTHERS)


def test_one_that_ended_between_two_names_is_put_right(corpus, papers, fake, monkeypatch):
    rename = pathlib.Path.rename

    def killed(self, target):
        if str(target).endswith(".old"):
            rename(self, target)
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(pathlib.Path, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True)
    monkeypatch.undo()
    assert names(corpus.path) == ["corpus.new", "corpus.old"]
    assert list(Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True)) == OTHERS
    assert names(corpus.path) == ["corpus"]


def test_where_it_cannot_be_renamed_the_old_one_stays(corpus, papers, fake, monkeypatch):
    rename = pathlib.Path.rename

    def refused(self, target):
        if self.name.endswith(".new"):
            raise OSError(16, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(pathlib.Path, "rename", refused)
    with pytest.raises(CorpusError, match=r"cannot be replaced \(Device or resource busy\)"):
        Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True)
    assert list(Corpus.open(corpus.path)) == papers


@pytest.mark.parametrize("what", ["a note", "a folder", "a new note", "another database"])
def test_only_a_corpus_is_ever_deleted(corpus, papers, fake, what):
    folder, new = corpus.path, corpus.path.with_name("corpus.new")
    corpus.close()
    if what == "a note":
        (folder / "notes.txt").write_text("mine")
    elif what == "a folder":
        (folder / "index-mine").mkdir()
    elif what == "a new note":
        new.mkdir()
        (new / "notes.txt").write_text("mine")
    else:
        for path in folder.iterdir():
            path.unlink()
        with sqlite3.connect(folder / "corpus.sqlite") as connection:
            connection.execute("CREATE TABLE mine (one)")
        connection.close()
    before = {path: path.stat().st_size for path in folder.parent.rglob("*")}
    with pytest.raises(CorpusExists, match=r"(other files|no corpus's).*not replaced; move"):
        Corpus.build(OTHERS, folder, encoder=fake, overwrite=True)
    assert {path: path.stat().st_size for path in before} == before


@pytest.mark.parametrize("suffix", [".old", ".new"])
def test_a_corpus_beside_it_that_is_somebodys_own_is_never_deleted(corpus, papers, fake, suffix):
    mine = Corpus.build(papers[:7], corpus.path.with_name(f"corpus{suffix}"), encoder=FakeEncoder("mine"))
    mine.close()
    with pytest.raises(CorpusExists, match=rf"corpus\{suffix} is in the way .* move it elsewhere first"):
        Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True)
    assert list(Corpus.open(mine.path)) == papers[:7]
    assert list(Corpus.open(corpus.path)) == papers


def test_nor_is_it_taken_for_one_that_was_put_aside(corpus, papers, fake):
    """Whoever keeps the corpus that he had under another name has it afterwards as well."""
    corpus.close()
    mine = corpus.path.rename(corpus.path.with_name("corpus.old"))
    with Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True) as built:
        assert list(built) == OTHERS
    assert list(Corpus.open(mine)) == papers


def steps_of(monkeypatch, last):
    """Each renaming, marking and deleting of a file, of which the last one is not done."""
    steps = []

    def counting(name):
        real = getattr(pathlib.Path, name)

        def step(self, *arguments, **options):
            steps.append(name)
            if len(steps) == last:
                raise KeyboardInterrupt
            return real(self, *arguments, **options)

        return step

    for name in ("rename", "touch", "unlink", "rmdir", "mkdir"):
        monkeypatch.setattr(pathlib.Path, name, counting(name))
    return steps


@pytest.mark.slow
def test_stopped_at_any_step_the_same_command_goes_on(tmp_path, papers, fake):
    few = OTHERS[:3]
    last = steps = 0
    while last <= steps:
        last += 1
        folder = tmp_path / f"{last}" / "c"
        Corpus.build(papers[:3], folder, encoder=fake).close()
        with pytest.MonkeyPatch.context() as patch:
            counted = steps_of(patch, last)
            with contextlib.suppress(KeyboardInterrupt):
                Corpus.build(few, folder, encoder=FakeEncoder("other"), overwrite=True).close()
            steps = len(counted)
        if folder.exists():
            assert list(Corpus.open(folder)) in (papers[:3], few)
        else:
            with pytest.raises(NotACorpus, match=r"c\.old holds one.*the same command goes on"):
                Corpus.open(folder)
        with Corpus.build(few, folder, encoder=FakeEncoder("other"), overwrite=True) as built:
            assert list(built) == few
            assert built.verify() == []
        assert names(folder) == ["c"]
        assert not (folder / "overwriting.mark").exists()
    assert steps > 10


def test_in_the_moment_between_two_names_a_reader_waits(corpus, papers, monkeypatch):
    corpus.close()
    aside = corpus.path.rename(corpus.path.with_name("corpus.old"))
    monkeypatch.setattr("time.sleep", lambda seconds: aside.rename(corpus.path))
    assert list(Corpus.open(corpus.path)) == papers


def test_the_folder_one_is_in_is_not_replaced(corpus, fake, monkeypatch):
    monkeypatch.chdir(corpus.path)
    with pytest.raises(CorpusExists, match="go to another one"):
        Corpus.build(OTHERS, ".", encoder=fake, overwrite=True)


def test_one_that_is_being_written_is_not_replaced(corpus, fake):
    with writer_lock(corpus.path), pytest.raises(CorpusLocked):
        Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True)
    assert len(Corpus.open(corpus.path)) == 60


def test_what_is_made_of_the_old_one_may_replace_it(corpus, papers, fake):
    newest = (paper for paper in corpus if paper.published > "2017")
    with Corpus.build(newest, corpus.path, encoder=fake, overwrite=True) as built:
        assert list(built) == [paper for paper in papers if paper.published > "2017"]


def test_a_link_is_followed(corpus, fake):
    link = corpus.path.with_name("link")
    link.symlink_to(corpus.path)
    assert list(Corpus.build(OTHERS, link, encoder=fake, overwrite=True)) == OTHERS
    assert link.is_symlink()
    assert list(Corpus.open(corpus.path)) == OTHERS


def test_the_command_replaces(tmp_path, fake_by_name, capsys):
    for name in ("one", "two"):
        pd.DataFrame({"title": [f"Reeds of {name}"]}).to_csv(tmp_path / f"{name}.csv")
    line = ["--corpus", str(tmp_path / "c"), "--encoder", "fake"]
    assert main(["build", str(tmp_path / "one.csv"), *line]) == 0
    assert main(["build", str(tmp_path / "two.csv"), *line]) == 1
    assert main(["build", str(tmp_path / "two.csv"), *line, "--overwrite"]) == 0
    assert [paper.title for paper in Corpus.open(tmp_path / "c")] == ["Reeds of two"]


def test_stopped_before_its_first_paper_it_does_not_count_those_of_the_old_one(
    tmp_path, papers, fake_by_name, capsys, monkeypatch
):
    folder, source = tmp_path / "c", tmp_path / "papers.jsonl"
    source.write_text("".join(paper.to_json() + "\n" for paper in papers))
    Corpus.build(papers[:9], folder, encoder="fake").close()

    def stop(texts):
        raise KeyboardInterrupt

    monkeypatch.setattr(fake_by_name, "encode", stop)
    line = ["build", str(source), "--corpus", str(folder), "--encoder", "fake", "--overwrite"]
    assert main(line) == 130
    told = capsys.readouterr().err
    assert f"{folder}: the corpus that was there is as it was; the same command" in told
    assert len(Corpus.open(folder)) == 9


# Corpora that go again


def test_a_temporary_corpus_answers_and_goes_when_no_longer_used(papers, fake):
    corpus = Corpus.in_memory(papers, encoder=fake)
    folder = corpus.path
    assert list(corpus) == papers
    assert repr(corpus) == "Corpus('a temporary corpus', 60 papers, encoder 'fake')"
    assert len(Recommender(corpus).more_like(papers[0].id, k=5).ids) == 5
    corpus.add([{"title": "Grebes among reeds"}])
    assert len(corpus) == 61
    assert folder.is_dir()
    del corpus
    gc.collect()
    assert not folder.exists()


def test_one_that_cannot_be_made_leaves_nothing(fake, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SourceError):
        Corpus.in_memory(tmp_path / "none.csv", encoder=fake)
    assert list(tmp_path.iterdir()) == []


def test_options_are_those_of_build(tmp_path, fake):
    (tmp_path / "papers.tsv").write_text("Name\tid\nReeds\ta\nPonds\tb\n")
    options = {"mapping": {"title": "Name"}, "limit": 1, "format": "csv", "precision": "float32"}
    corpus = Corpus.in_memory(tmp_path / "papers.tsv", encoder=fake, **options)
    assert [paper.title for paper in corpus] == ["Reeds"]
    assert corpus.info().precision == "float32"
    with pytest.raises(ParameterError, match="limit is 0"):
        Corpus.in_memory([], encoder=fake, limit=0)


# Papers as dicts


def test_dicts_are_papers_as_the_rows_of_a_table_are(tmp_path, fake):
    dicts = [
        {"Title": "Reeds", "Year": 2020, "Author": "Bee, Ann and Dee, C.", "DOI": "10.1/x"},
        {
            "title": "Ponds",
            "abstract": "Still water.",
            "authors": ["A. Bee"],
            "categories": ["cs.CL"],
            "id": 7,
        },
        Paper(id="p", title="Grebes"),
    ]
    with Corpus.build(dicts, tmp_path / "c", encoder=fake) as corpus:
        assert [paper.title for paper in corpus] == ["Reeds", "Ponds", "Grebes"]
        assert corpus["10.1/x"].authors == ("Ann Bee", "C. Dee")
        assert (corpus["Reeds"].published, corpus["Ponds"].id) == ("2020", "7")
        report = corpus.add(entry for entry in [{"name": "Lakes"}, {"title": "Seas"}, {"title": " "}, 5])
        assert (report.read, report.new, report.rejected) == (1, 1, 3)
        assert report.problems == [
            "papers, item 1: has no title among 'name'; "
            'name the key that has it with mapping={"title": KEY}',
            "papers, item 3: has no title",
            "papers, item 4: is a int, neither a Paper nor a dict",
        ]
        report = corpus.add([{"name": "Lakes"}], mapping={"title": "name"})
        assert report.new == 1
        with pytest.raises(SourceError, match="item 1: no column 'Work' for 'title' among 'name'"):
            corpus.add([{"name": "Lakes"}], mapping={"title": "Work"})


def test_dicts_without_a_title_make_no_corpus_and_a_dict_alone_is_none(tmp_path, fake):
    with pytest.raises(SourceError, match=r"no paper could be read.* item 1: has no title among 'name'"):
        Corpus.build([{"name": "Reeds"}, {}], tmp_path / "c", encoder=fake)
    with pytest.raises(ParameterError, match=r"a dict is no source of papers; give .* a list of Paper or of"):
        Corpus.build({"title": "Reeds"}, tmp_path / "c", encoder=fake)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("name", [f"vectors-{0:012d}-60-{'a' * 12}.npy", f"index-ivf-{0:012d}-60-{'a' * 12}"])
def test_a_file_named_like_ours_that_the_database_never_named_stays(corpus, fake, name):
    corpus.close()
    mine = corpus.path / name
    mine.write_text("thesis")
    with pytest.raises(CorpusExists, match=f"holds {name}, which its database does not name"):
        Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True)
    assert mine.read_text() == "thesis"
    with contextlib.closing(sqlite3.connect(corpus.path / "corpus.sqlite")) as connection:
        connection.execute("DROP TABLE manifest")  # now nobody knows what it named
    Corpus.build(OTHERS, corpus.path, encoder=fake, overwrite=True).close()
    assert not mine.exists()
