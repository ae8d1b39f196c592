"""What a batch job may write and delete in its output folder: what its own records name, and nothing else."""

import functools
import json
import shutil
from pathlib import Path

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.batch import BatchOptions, run_batch
from recommender.batch.folder import OutFolder
from recommender.cli import main
from recommender.errors import BatchError, ParameterError, ProfileError

PAPERS = make_papers(40)

# Blocks of 2 profiles, in this process.
run_batch = functools.partial(run_batch, block_size=2, workers=1)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("folder") / "corpus"
    Corpus.build(PAPERS, folder, encoder=FakeEncoder()).close()
    return folder


@pytest.fixture
def profiles(tmp_path):
    path = tmp_path / "profiles.jsonl"
    records = [{"user": f"r{number}", "liked": [PAPERS[number].id]} for number in range(6)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def everything(folder):
    """Each file and link below a folder, by its path in it."""
    return {
        str(path.relative_to(folder)): path.readlink() if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def job(profiles, library, out, *, overwrite=False, kind="csv", **options):
    return run_batch(profiles, library, out, BatchOptions(k=2, format=kind, **options), overwrite=overwrite)


def stopped(profiles, library, out, monkeypatch, what="finish"):
    """A job that was stopped there."""
    with monkeypatch.context() as patch:
        patch.setattr(OutFolder, what, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            job(profiles, library, out)


@pytest.fixture(scope="module")
def whole(library, tmp_path_factory):
    """What the job leaves in its folder that is never stopped, but for the manifest."""
    folder = tmp_path_factory.mktemp("whole")
    records = [{"user": f"r{number}", "liked": [PAPERS[number].id]} for number in range(6)]
    (folder / "profiles.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    job(folder / "profiles.jsonl", library, folder / "out")
    return output(folder / "out")


def output(folder):
    files = everything(folder)
    del files["manifest.json"]
    return files


# What is somebody else's


@pytest.mark.parametrize("more", [[], ["--overwrite"], ["--since-last"]])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("unfinished/thesis.tex", "years of work"),
        ("unfinished/job.json", '{"job": "of somebody else"}'),
        ("unfinished/profiles.sqlite", "of somebody else"),
        ("unfinished/parts/notes.txt", "of somebody else"),
        ("unfinished", "a file"),
        ("recommendations.csv", "to friends"),
        ("recommendations.parquet", "to friends"),
        ("recommendations.csv/notes.txt", "a folder"),
        ("rejected.jsonl", "by the journal"),
        ("manifest.json", '{"name": "a site"}'),
        (".lock", "held by nobody of us"),
    ],
)
def test_what_is_called_like_ours_is_refused_before_any_work(
    library, profiles, tmp_path, capsys, name, content, more
):
    out = tmp_path / "runs" / "mine"
    (out / name).parent.mkdir(parents=True)
    (out / name).write_text(content)
    before = everything(tmp_path / "runs")
    command = ["batch", str(profiles), "--corpus", str(library), "--out", str(out), "--format", "csv"]
    assert main([*command, *more]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert str(out / Path(name).parts[0]) in told
    assert "another folder for --out" in told
    assert everything(tmp_path / "runs") == before


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("link", ["unfinished", "recommendations.csv", "manifest.json", ".lock"])
def test_a_link_is_not_followed(library, profiles, tmp_path, link, overwrite):
    away = tmp_path / "away"
    away.mkdir()
    target = away / ("folder" if link == "unfinished" else "file")
    if link == "unfinished":
        (target / "parts").mkdir(parents=True)
    else:
        target.write_text("precious" if link != ".lock" else "")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / link).symlink_to(target)
    with pytest.raises(BatchError, match=link):
        job(profiles, library, tmp_path / "out", overwrite=overwrite)
    assert (tmp_path / "out" / link).is_symlink()
    assert target.exists()
    assert everything(away) in ({}, {"file": b"precious"}, {"file": b""})


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_strange_file_in_the_state_of_a_job_makes_it_stay(
    library, profiles, tmp_path, monkeypatch, whole, overwrite
):
    out = tmp_path / "out"
    stopped(profiles, library, out, monkeypatch)
    for strange in (out / "unfinished" / "mine.txt", out / "unfinished" / "parts" / "0.rows"):
        strange.write_text("mine")
        before = everything(out)
        with pytest.raises(BatchError, match=f"{strange.name}: no batch job wrote that"):
            job(profiles, library, out, overwrite=overwrite)
        assert everything(out) == before
        strange.unlink()
    rows = out / "unfinished" / "parts" / "00000000.rows"
    (tmp_path / "away").write_bytes(rows.read_bytes())
    rows.unlink()
    rows.symlink_to(tmp_path / "away")
    with pytest.raises(BatchError, match=r"00000000\.rows: no batch job wrote that"):
        job(profiles, library, out, overwrite=overwrite)
    rows.unlink()
    job(profiles, library, out, overwrite=overwrite)
    assert output(out) == whole


def test_what_a_file_aside_is_linked_to_is_not_written(library, profiles, tmp_path, whole):
    """A link may come there while the job runs."""
    away = tmp_path / "away"
    away.write_text("precious")
    (tmp_path / "out").mkdir()
    keep, names = (
        OutFolder.commit_part,
        ("recommendations.csv.part", "rejected.jsonl.part", "manifest.json.part"),
    )

    def linked(self, number, served):
        for name in names:
            if not (self.path / "unfinished" / name).is_symlink():
                (self.path / "unfinished" / name).symlink_to(away)
        keep(self, number, served)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OutFolder, "commit_part", linked)
        job(profiles, library, tmp_path / "out")
    assert away.read_text() == "precious"
    assert output(tmp_path / "out") == whole


def test_overwriting_deletes_only_what_the_manifest_names(library, profiles, tmp_path):
    out = tmp_path / "out"
    job(profiles, library, out)
    (out / "recommendations.jsonl").write_text("mine")
    (out / "notes.txt").write_text("mine")
    before = everything(out)
    for kind in ("jsonl", "parquet"):
        with pytest.raises(BatchError, match=r"recommendations\.jsonl: nothing says that a batch job wrote"):
            job(profiles, library, out, kind=kind, overwrite=True)
    assert everything(out) == before
    assert not job(profiles, library, out).ran
    (out / "recommendations.jsonl").unlink()
    report = job(profiles, library, out, kind="parquet", overwrite=True)
    assert report.output == out / "recommendations.parquet"
    assert sorted(output(out)) == ["notes.txt", "recommendations.parquet", "rejected.jsonl"]


def test_the_output_is_the_file_that_the_manifest_names(library, profiles, tmp_path):
    out = tmp_path / "out"
    assert job(profiles, library, out).output == out / "recommendations.csv"
    (out / "recommendations.parquet").write_text("mine")
    again = job(profiles, library, out)
    assert (again.ran, again.output) == (False, out / "recommendations.csv")


@pytest.mark.parametrize("name", ["recommendations.csv", "rejected.jsonl", "manifest.json"])
def test_what_comes_there_while_the_job_runs_is_left(library, profiles, tmp_path, whole, name):
    out, keep = tmp_path / "out", OutFolder.commit_part
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            OutFolder,
            "commit_part",
            lambda self, *block: (out / name).write_text("mine") and keep(self, *block),
        )
        with pytest.raises(BatchError, match=rf"{name}: came there while the job ran"):
            job(profiles, library, out)
    assert (out / name).read_text() == "mine"
    (out / name).rename(tmp_path / "moved away")
    assert job(profiles, library, out).manifest["timings"]["blocks_done_before"] == 3
    assert output(out) == whole


def test_a_job_that_is_done_says_so_beside_a_folder_of_somebody_elses(library, profiles, tmp_path):
    out = tmp_path / "out"
    job(profiles, library, out)
    (out / "unfinished").mkdir()
    (out / "unfinished" / "thesis.tex").write_text("years of work")
    assert not job(profiles, library, out).ran
    with pytest.raises(BatchError, match=r"thesis\.tex: no batch job wrote that"):
        job(profiles, library, out, overwrite=True)
    assert (out / "unfinished" / "thesis.tex").read_text() == "years of work"
    assert "recommendations.csv" in everything(out)


# What is a job's


def until_it_ends(monkeypatch, act):
    """Stop `act` before each file that it deletes in turn; yields after each stop."""
    number = 0
    while True:
        number += 1
        left = [number]
        unlink, rmdir = Path.unlink, Path.rmdir

        def counted(method, left=left):
            def stopping(path, *arguments, **options):
                left[0] -= path.exists()
                if not left[0]:
                    raise KeyboardInterrupt
                return method(path, *arguments, **options)

            return stopping

        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", counted(unlink))
            patch.setattr(Path, "rmdir", counted(rmdir))
            try:
                act()
                return
            except KeyboardInterrupt:
                pass
        yield number


@pytest.mark.parametrize("what", ["finished", "placed", "half"])
def test_clearing_a_folder_may_be_stopped_anywhere_and_gone_on_with(
    library, profiles, tmp_path, monkeypatch, what
):
    template, out = tmp_path / "template", tmp_path / "out"
    if what == "finished":
        job(profiles, library, template)
    else:
        stopped(profiles, library, template, monkeypatch, {"placed": "finalize", "half": "finish"}[what])
    (template / "mine.txt").write_text("mine")

    def clear():
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(template, out)
        OutFolder(out).clear()

    stops = []
    for number in until_it_ends(monkeypatch, clear):
        stops.append(number)
        OutFolder(out).clear()
        assert sorted(everything(out)) == ["mine.txt"]
    assert len(stops) > 2


def test_the_state_never_stays_beside_a_finished_job(library, profiles, tmp_path, monkeypatch, whole):
    sealed, out = tmp_path / "sealed", tmp_path / "out"
    clear = OutFolder.clear_unfinished
    with monkeypatch.context() as patch:
        patch.setattr(
            OutFolder, "clear_unfinished", lambda self: (self.path / "manifest.json").exists() or clear(self)
        )
        job(profiles, library, sealed)
    assert (sealed / "unfinished" / "job.json").exists()
    assert (sealed / "manifest.json").exists()

    def again():
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(sealed, out)
        job(profiles, library, out)

    for number in until_it_ends(monkeypatch, again):
        overwrite = number % 2 == 1 and (out / "unfinished").exists()  # what is done may be made again
        report = job(profiles, library, out, overwrite=overwrite)
        assert report.ran is False
        assert not (out / "unfinished").exists()
        assert output(out) == whole


def test_what_a_job_leaves_that_is_stopped_before_it_is_named_is_gone_on_with(
    library, profiles, tmp_path, whole
):
    """As the system finds it that kills it: the first files of the state, some of them empty."""
    out = tmp_path / "out"
    for folder, file in (("unfinished", None), ("unfinished/parts", "unfinished/profiles.sqlite.part")):
        (out / folder).mkdir(parents=True)
        if file:
            (out / file).touch()
        job(profiles, library, out)
        assert output(out) == whole
        shutil.rmtree(out)


def test_profiles_that_cannot_be_used_leave_nothing(library, tmp_path):
    bad = tmp_path / "ratings.csv"
    bad.write_text(f"user,paper,rating\na,{PAPERS[0].id},70\nb,{PAPERS[1].id},20\n")
    with pytest.raises(ParameterError, match="does not tell what is a like"):
        job(bad, library, tmp_path / "out")
    nothing = tmp_path / "day.jsonl"
    nothing.write_text('{"user": 1.5}\n')
    with pytest.raises(ProfileError, match=r"day\.jsonl, line 1: user is 1\.5; it must be a text"):
        job(nothing, library, tmp_path / "out")
    assert [*(tmp_path / "out").iterdir()] == []


@pytest.mark.parametrize("what", ["finish", "finalize"])
def test_a_job_that_the_version_before_began_is_served_again(
    library, profiles, tmp_path, monkeypatch, whole, what
):
    """It had no checksums, and did not say which output files are its own."""
    out = tmp_path / "out"
    stopped(profiles, library, out, monkeypatch, what)
    state = out / "unfinished"
    record = json.loads((state / "job.json").read_text())
    del record["store"]
    (state / "job.json").write_text(json.dumps(record))
    (state / "files.json").unlink(missing_ok=True)
    for counts in (state / "parts").glob("*.counts"):
        counts.write_text(json.dumps(json.loads(counts.read_text())["counts"]))
    report = job(profiles, library, out)
    assert report.manifest["timings"]["blocks_done_before"] == 0
    assert output(out) == whole
    assert not job(profiles, library, out).ran


def test_the_lock_goes_while_it_is_held(library, profiles, tmp_path, monkeypatch):
    """Whoever waits for it would else have a lock that nobody sees any more."""
    from filelock import FileLock

    release, held = FileLock.release, []

    def looked_at(self, *arguments, **options):
        held.append(Path(self.lock_file).exists())
        release(self, *arguments, **options)

    monkeypatch.setattr(FileLock, "release", looked_at)
    with OutFolder(tmp_path / "out").locked():
        assert (tmp_path / "out" / ".lock").exists()
    assert held[0] is False
