"""A batch job on a real local Ray: the bytes of the local executor, also when a worker is killed."""

import functools
import importlib.util
import json
import os
import signal
from pathlib import Path

import numpy as np
import psutil
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Recommender
from recommender.batch import BatchOptions, recommend_frame, run_batch
from recommender.batch.folder import OutFolder
from recommender.cli import main
from recommender.errors import BatchError, ClusterError, CorpusError, MissingPackage
from recommender.ray_cluster import cluster

PAPERS = make_papers(60)

# Blocks of 8 profiles: a few readers make a job of several.
run_batch = functools.partial(run_batch, block_size=8, workers=1)


@pytest.fixture(scope="module")
def ray_here():
    with cluster(workers=2) as found:
        yield found


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("on-ray") / "corpus"
    Corpus.build(PAPERS, folder, encoder=FakeEncoder()).close()
    return folder


@pytest.fixture
def profiles(tmp_path):
    rng = np.random.default_rng(1)
    path = tmp_path / "profiles.jsonl"
    chosen = [[PAPERS[place].id for place in rng.permutation(60)[:4]] for _ in range(48)]
    records = [{"user": f"r{number}", "liked": liked} for number, liked in enumerate(chosen)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records) + '{"user": "none"}\n')
    return path


def outputs(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.name != "manifest.json"}


def workers():
    """The processes of this test's Ray that serve blocks."""
    family = psutil.Process().children(recursive=True)
    return [
        process.pid
        for process in family
        if process.cmdline()[:1] and "RayBlockWorker" in process.cmdline()[0]
    ]


@pytest.mark.ray
def test_the_bytes_are_those_of_the_local_executor(ray_here, library, profiles, tmp_path):
    local = run_batch(profiles, library, tmp_path / "local", BatchOptions(k=4))
    there = run_batch(profiles, library, tmp_path / "ray", BatchOptions(k=4), executor="ray", workers=2)
    assert outputs(tmp_path / "local") == outputs(tmp_path / "ray")
    assert there.manifest["timings"]["executor"] == "ray"
    assert (local.manifest["job"], local.manifest["counts"]) == (
        there.manifest["job"],
        there.manifest["counts"],
    )


@pytest.mark.ray
def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(
    ray_here, library, profiles, tmp_path, monkeypatch
):
    run_batch(profiles, library, tmp_path / "whole", BatchOptions(k=4))
    killed, keep = [], OutFolder.commit_part

    def kill_one(self, number, served):
        keep(self, number, served)
        if not killed:
            killed.append(workers()[0])
            os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(OutFolder, "commit_part", kill_one)
    run_batch(profiles, library, tmp_path / "out", BatchOptions(k=4), executor="ray", workers=2)
    assert killed
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


@pytest.mark.ray
def test_what_a_worker_raises_is_told(ray_here, library, profiles, tmp_path, monkeypatch):
    with Corpus.build(PAPERS[:40], tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        monkeypatch.setattr(OutFolder, "begin", lambda self, job: corpus.add(PAPERS[40:]) and None)
        with pytest.raises((BatchError, CorpusError), match=r"was changed while|changes wait in"):
            run_batch(profiles, corpus.path, tmp_path / "out", BatchOptions(), executor="ray")


@pytest.mark.ray
def test_another_cluster_than_the_one_that_is_connected_is_refused(ray_here, library, profiles, tmp_path):
    with pytest.raises(ClusterError, match="is connected to the Ray at"):
        run_batch(profiles, library, tmp_path / "out", BatchOptions(), executor="ray", address="127.0.0.1:1")


def test_without_ray_it_says_what_to_install(library, profiles, tmp_path, monkeypatch, capsys):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ray" else find(name))
    out = tmp_path / "out"
    with pytest.raises(MissingPackage, match=r"pip install 'paper-recommender\[ray\]'"):
        run_batch(profiles, library, out, BatchOptions(), executor="ray")
    assert main(["batch", str(profiles), "--corpus", str(library), "--out", str(out), "--engine", "ray"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not out.exists()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Ray itself
def test_a_dataset_of_ray_is_a_source_of_papers_and_of_readers(ray_here, library, tmp_path):
    import ray.data

    rows = [{"id": paper.id, "title": paper.title, "abstract": paper.abstract} for paper in PAPERS]
    with Corpus.build(ray.data.from_items(rows), tmp_path / "c", encoder=FakeEncoder()) as corpus:
        assert sorted(corpus.to_frame()["id"]) == sorted(paper.id for paper in PAPERS)
        readers = ray.data.from_items([{"user": "a", "paper": PAPERS[0].id}])
        listed = recommend_frame(corpus, readers, k=3)
        assert listed["id"].tolist() == Recommender(corpus).more_like(PAPERS[0], k=3).ids
