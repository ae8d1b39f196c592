"""A crash at any instant leaves the old corpus or the new one, never a mix."""

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers

from recommender import Corpus
from recommender.corpus import compaction, ingest, segments, terms, writer
from recommender.lexical import count_terms

WRITER = """
import sys, time
sys.path.insert(0, {tests!r})
from conftest import FakeEncoder, make_papers
from recommender import Corpus
from recommender.corpus import ingest, compaction

ingest.BATCH = 8
compaction.MANY_SEGMENTS = 3

class Slow(FakeEncoder):
    def encode(self, texts):
        time.sleep(0.004)
        return super().encode(texts)

corpus = Corpus.build(make_papers(80), {folder!r}, encoder=Slow())
print("built", flush=True)
while True:
    corpus.add(make_papers(40, start=80))
    corpus.remove([paper.id for paper in make_papers(20, start=90)])
    corpus.compact()
"""


class Crash(BaseException):
    """What a kill looks like from inside: nothing gets to clean up after it."""


def killed_writer(folder: Path, seconds: float) -> None:
    script = WRITER.format(tests=str(Path(__file__).parent), folder=str(folder))
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    if seconds > 1:  # these are killed among additions, removals and compactions
        process.stdout.readline()
        seconds -= 1
    time.sleep(seconds)
    process.kill()
    process.wait()
    process.stdout.close()


def assert_whole(corpus: Corpus) -> None:
    """Every paper is there with its own vector and terms, and nothing else is."""
    assert corpus.verify() == []
    papers = list(corpus)
    rows = corpus.snapshot.rows("SELECT row FROM papers ORDER BY row")
    expected = kept(FakeEncoder().encode([paper.text for paper in papers]))
    np.testing.assert_array_equal(corpus.snapshot.vectors(rows), expected)
    if corpus.snapshot.has_terms:
        counted = count_terms(paper.text for paper in papers)
        np.testing.assert_array_equal(corpus.snapshot.terms(rows).starts, counted.starts)
        np.testing.assert_array_equal(corpus.snapshot.terms(rows).buckets, counted.buckets)
    else:
        assert corpus.info().unfinished is not None


@pytest.mark.parametrize("attempt", range(8))
def test_killed_at_a_random_moment_it_is_whole_and_goes_on(tmp_path, attempt):
    chance = random.Random(attempt)
    folder = tmp_path / "c"
    for _ in range(2):
        # From within the first build to well inside the changes that follow it.
        killed_writer(folder, chance.uniform(0.35, 0.7) if attempt % 2 else chance.uniform(1.0, 1.3))
    if not (folder / "corpus.sqlite").exists():
        return
    resumed = Corpus.build(make_papers(80), folder, encoder=FakeEncoder())
    assert {paper.id for paper in make_papers(80)} <= {paper.id for paper in resumed}
    assert resumed.snapshot.has_terms
    assert_whole(resumed)
    resumed.compact()
    assert_whole(resumed)
    assert not list(folder.glob("*.writing")) + list(folder.glob("staging*"))


STEPS = [
    (segments.os, "fsync"),
    (segments, "sync_folder"),
    (ingest, "write_segment"),
    (ingest, "insert_papers"),
    (ingest, "name_segment"),
    (ingest, "delete_terms"),
    (ingest, "insert_terms"),
    (ingest, "store_manifest"),
    (writer, "keep_statistics"),
    (terms, "store_statistics"),
    (compaction, "write_segment"),
    (compaction, "name_segment"),
    (compaction, "store_statistics"),
    (compaction, "store_manifest"),
]


def change(corpus: Corpus) -> None:
    corpus.add(make_papers(4, start=20))
    corpus.compact()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("place", "name"), STEPS, ids=[f"{p.__name__}.{n}" for p, n in STEPS])
def test_a_crash_before_or_after_each_step_leaves_the_old_state_or_the_new(
    tmp_path, monkeypatch, place, name, after
):
    monkeypatch.setattr(compaction, "MANY_SEGMENTS", 1)
    corpus = Corpus.build(make_papers(10), tmp_path / "c", encoder=FakeEncoder())
    corpus.add(make_papers(5, start=10))
    corpus.remove([make_papers(1)[0].id])
    old = {paper.id for paper in corpus}
    new = old | {paper.id for paper in make_papers(4, start=20)}
    step = getattr(place, name)

    def crash(*arguments, **options):
        if after:
            step(*arguments, **options)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(place, name, crash)
        with pytest.raises(Crash):
            change(corpus)
    reopened = Corpus.open(tmp_path / "c", encoder=FakeEncoder())
    assert {paper.id for paper in reopened} in (old, new)
    assert_whole(reopened)
    change(reopened)
    assert {paper.id for paper in reopened} == new
    assert_whole(reopened)
    assert len(list((tmp_path / "c").glob("vectors-*"))) == 1


def test_readers_are_never_blocked_while_another_process_writes(tmp_path):
    folder = tmp_path / "c"
    script = WRITER.format(tests=str(Path(__file__).parent), folder=str(folder))
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    try:
        writer.stdout.readline()
        for _ in range(30):
            with Corpus.open(folder) as corpus:
                papers = list(corpus)
                assert len(papers) == len(corpus) >= 80
                rows = corpus.snapshot.rows("SELECT row FROM papers ORDER BY row")
                expected = kept(FakeEncoder().encode([papers[-1].text]))
                np.testing.assert_array_equal(corpus.snapshot.vectors(rows[-1:]), expected)
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
