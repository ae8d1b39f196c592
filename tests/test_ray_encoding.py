"""A corpus encoded by Ray is the same, byte for byte, whatever happens to the workers."""

import functools
import importlib.util
import os
import signal
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import encoders_in_workers
import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.cli import main
from recommender.corpus import ingest, text_encoding, vector_sources
from recommender.encoders import ENCODERS
from recommender.errors import ClusterError, EncoderMismatch, ParameterError
from recommender.ray_cluster import cluster

pytestmark = [
    # Ray Data warns of its own settings when it copies them.
    pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning:ray.data.context"),
]


@pytest.fixture(scope="module")
def signs(tmp_path_factory):
    return tmp_path_factory.mktemp("signs")


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    path = tmp_path_factory.mktemp("gate") / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture(scope="module")
def ray_with_encoders(signs, gate):
    """A local Ray of two workers that know the encoders of `encoders_in_workers`."""
    import ray

    hook = {"worker_process_setup_hook": "encoders_in_workers.register"}
    with pytest.MonkeyPatch.context() as patch:
        tests = Path(__file__).parent
        patch.setenv("PYTHONPATH", os.pathsep.join([str(tests), str(tests.parent)]))
        patch.setenv(encoders_in_workers.SIGNS, str(signs))
        patch.setenv(encoders_in_workers.GATE, str(gate))
        patch.setenv(encoders_in_workers.TESTS_PROCESS, str(os.getpid()))
        for name in ("plain", "gated", "deadly", "changed"):
            patch.setitem(ENCODERS, name, None)
        encoders_in_workers.register()
        patch.setattr(ray, "init", functools.partial(ray.init, runtime_env=hook))
        with cluster(workers=2) as found:
            yield found


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(ingest, "BATCH", 16)
    monkeypatch.setattr(vector_sources, "_FAST_BATCH", 16)


def contents(folder):
    """Every byte that counts: the files named by the database, and all that it holds."""
    with sqlite3.connect(folder / "corpus.sqlite") as connection:
        tables = sorted(connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall())
        rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}
    connection.close()
    files = {path.name: path.read_bytes() for path in folder.iterdir() if "sqlite" not in path.name}
    return rows, files


MORNING = datetime(2026, 11, 30, 6, tzinfo=UTC)
"""When all papers arrive, which is in the files."""


def assert_same(first, second):
    assert contents(first) == contents(second)
    assert (first / "corpus.sqlite").read_bytes() == (second / "corpus.sqlite").read_bytes()


@pytest.mark.ray
def test_it_is_the_same_corpus_byte_for_byte(ray_with_encoders, small_batches, tmp_path):
    papers, text = make_papers(100), "{title}[SEP]{abstract}"
    local = Corpus.build(papers, tmp_path / "local", encoder="plain", text=text, at=MORNING)
    there = Corpus.build(papers, tmp_path / "ray", encoder="plain", text=text, executor="ray", at=MORNING)
    assert there.report.encoded == 100
    assert_same(local.path, there.path)
    changed = [*make_papers(30, seed=1), *make_papers(20, start=100)]
    local.add(changed, at=MORNING)
    report = there.add(changed, executor="ray", at=MORNING)
    assert (report.new, report.changed, report.encoded) == (20, 30, 50)
    assert_same(local.path, there.path)
    assert there.verify() == []


@pytest.mark.ray
@pytest.mark.parametrize("encoder", ["static", "static@64", "minilm", "minilm:torch"])
def test_the_real_encoders_give_the_same_bytes(ray_with_encoders, tmp_path, encoder):
    papers = make_papers(200)
    local = Corpus.build(papers, tmp_path / "local", encoder=encoder, at=MORNING)
    there = Corpus.build(papers, tmp_path / "ray", encoder=encoder, executor="ray", at=MORNING)
    assert_same(local.path, there.path)


@pytest.mark.ray
def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(
    ray_with_encoders, small_batches, signs, tmp_path, monkeypatch
):
    papers = make_papers(240)
    commit, killed = ingest._commit, []

    def killing(*arguments):
        commit(*arguments)
        if not killed:
            killed.append(min(signs.iterdir(), key=lambda sign: sign.stat().st_mtime))
            os.kill(int(killed[0].name), signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "_commit", killing)
        there = Corpus.build(papers, tmp_path / "ray", encoder="gated", executor="ray", at=MORNING)
    assert killed
    assert len(list(signs.iterdir())) > 2  # two workers and the one in place of the first
    assert_same(Corpus.build(papers, tmp_path / "local", encoder="gated", at=MORNING).path, there.path)


class Stopped(BaseException):
    """As Ctrl-C, between two batches."""


@pytest.mark.ray
def test_stopped_in_the_middle_it_goes_on_from_there(ray_with_encoders, small_batches, tmp_path, monkeypatch):
    monkeypatch.setattr(text_encoding, "_MOST_TEXTS", 64)  # so that there is more than one window
    papers = make_papers(100)
    commit, commits = ingest._commit, []

    def stopping(*arguments):
        commit(*arguments)
        commits.append(1)
        if len(commits) == 3:
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "_commit", stopping)
        with pytest.raises(Stopped):
            Corpus.build(papers, tmp_path / "ray", encoder="plain", executor="ray", at=MORNING)
    assert len(Corpus.open(tmp_path / "ray")) == 48
    there = Corpus.build(papers, tmp_path / "ray", encoder="plain", executor="ray", at=MORNING)
    assert there.report.encoded == 52
    local = Corpus.build(papers, tmp_path / "local", encoder="plain", at=MORNING)
    assert contents(there.path)[1] == contents(local.path)[1]
    np.testing.assert_array_equal(
        there.snapshot.vectors(np.arange(100)), local.snapshot.vectors(np.arange(100))
    )


@pytest.mark.ray
def test_a_worker_with_another_model_is_refused(ray_with_encoders, tmp_path):
    here = FakeEncoder(name="changed").fingerprint[:12]
    there = FakeEncoder(name="changed", salt="other").fingerprint[:12]
    with pytest.raises(
        EncoderMismatch, match=f"'changed' with fingerprint {there} .* but with {here} here; [^\n]*$"
    ):
        Corpus.build(make_papers(5), tmp_path / "c", encoder="changed", executor="ray")
    assert not (tmp_path / "c").exists()


@pytest.mark.ray
def test_a_batch_that_kills_every_worker_ends_in_one_line(ray_with_encoders, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(text_encoding, "_PATIENCE", 3)
    papers = make_papers(5)
    with pytest.raises(ClusterError, match=r"^Ray's workers cannot go on .*goes on from there$"):
        Corpus.build(papers, tmp_path / "c", encoder="deadly", executor="ray")
    assert capfd.readouterr() == ("", "")


# What cannot be


def test_an_encoder_without_a_name_is_refused(tmp_path, fake, papers, corpus):
    with pytest.raises(ParameterError, match="by its name in each worker, and 'fake' was given as an object"):
        Corpus.build(papers, tmp_path / "c", encoder=fake, executor="ray")
    assert not (tmp_path / "c").exists()
    with pytest.raises(ParameterError, match="'fake' was given as an object"):
        corpus.add(make_papers(3, start=100), executor="ray")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"executor": "spark"}, "'spark' is no executor; known: local, ray"),
        ({"workers": 2}, "workers is 2, which only the executor ray can use"),
        ({"address": "auto"}, "address is auto, which only the executor ray can use"),
        ({"executor": "ray", "workers": 0}, "workers is 0; 1 or more are needed"),
        ({"executor": "ray", "address": "here"}, "'here' is no address of a Ray cluster: write host:port"),
        ({"executor": "ray", "vectors": np.eye(2)}, "nothing to encode for the executor ray"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path, options, said):
    with pytest.raises(ParameterError, match=said):
        Corpus.build(make_papers(2), tmp_path / "c", encoder="static", **options)
    assert not (tmp_path / "c").exists()


def test_without_ray_the_command_says_what_to_install(tmp_path, monkeypatch, capsys):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ray" else find(name))
    (tmp_path / "p.jsonl").write_text('{"id": "1", "title": "A title"}\n')
    source, folder = str(tmp_path / "p.jsonl"), str(tmp_path / "c")
    assert main(["build", source, "--corpus", folder, "--engine", "ray"]) == 1
    said = capsys.readouterr().err
    assert said == (
        "recommender: ray is not installed, which runs jobs on Ray: pip install 'paper-recommender[ray]'\n"
    )
