"""A crash at any instant leaves the old corpus or the new one, never a mix."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers
from gates import at_gates, go_on, waits_at

from recommender import Corpus
from recommender.corpus import immutable, ingest, maintenance, store, stored_vectors, terms, writer
from recommender.lexical import count_terms

WRITER = """
import sys
sys.path.insert(0, {tests!r})
from conftest import FakeEncoder, make_papers
from recommender import Corpus
from recommender.corpus import ingest, maintenance, store, stored_vectors, terms, writer

ingest.BATCH = 8
maintenance.MANY_SEGMENTS = 3

def build():
    return Corpus.build(make_papers(80), {folder!r}, encoder=FakeEncoder())

def change(corpus):
    corpus.add(make_papers(40, start=80))
    corpus.remove([paper.id for paper in make_papers(20, start=90)])
    corpus.compact()
"""

# A step is a statement, a file opened, renamed or removed, and a file put on the disk.
STEPWISE = """
import os, signal, sqlite3

LAST, steps = int(sys.argv[1]), 0

def step(*_):
    global steps
    steps += 1
    if steps == LAST:
        os.kill(os.getpid(), signal.SIGKILL)

def hear(event, arguments):
    if event in ("open", "os.rename", "os.remove", "os.mkdir") and str(arguments[0]).startswith({folder!r}):
        step()

def connecting(*arguments, **options):
    connection = connect(*arguments, **options)
    connection.set_trace_callback(step)
    return connection

sys.addaudithook(hear)
fsync, connect = os.fsync, sqlite3.connect
os.fsync, sqlite3.connect = lambda file: (step(), fsync(file)), connecting
corpus = build()
built = steps
while True:
    change(corpus)
    if LAST == 0:
        print(built, steps)
        break
"""


def program(text: str, folder: Path) -> str:
    return (WRITER + text).format(tests=str(Path(__file__).parent), folder=str(folder))


class Crash(BaseException):
    """What a kill looks like from inside: nothing gets to clean up after it."""


def stepwise(folder: Path, last: int) -> subprocess.CompletedProcess[str]:
    """A writer that is killed at its step number `last`."""
    command = [sys.executable, "-c", program(STEPWISE, folder), str(last)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)


@pytest.fixture(scope="module")
def steps(tmp_path_factory) -> tuple[int, int]:
    """How many a build takes, and how many with the changes after it."""
    built, changed = map(int, stepwise(tmp_path_factory.mktemp("steps") / "c", 0).stdout.split())
    assert 50 < built < changed - 50
    return built, changed


def assert_whole(corpus: Corpus) -> None:
    """Every paper is there with its own vector and terms, and nothing else is."""
    assert corpus.verify() == []
    papers = list(corpus)
    rows = corpus.snapshot.rows()
    expected = kept(FakeEncoder().encode([paper.text for paper in papers]))
    np.testing.assert_array_equal(corpus.snapshot.vectors(rows), expected)
    if corpus.snapshot.has_terms:
        counted = count_terms(paper.text for paper in papers)
        np.testing.assert_array_equal(corpus.snapshot.terms(rows).starts, counted.starts)
        np.testing.assert_array_equal(corpus.snapshot.terms(rows).numbers, counted.numbers)
    else:
        assert corpus.info().unfinished is not None


@pytest.mark.parametrize(
    "attempt", [*range(4), *(pytest.param(n, marks=pytest.mark.slow) for n in range(4, 12))]
)
def test_killed_at_a_random_step_it_is_whole_and_goes_on(tmp_path, steps, attempt):
    built, changed = steps
    chance = random.Random(attempt)
    folder = tmp_path / "c"
    for _ in range(2):
        # Within the first build, or inside the changes that follow it.
        last = chance.randint(1, built) if attempt % 2 else chance.randint(built, changed)
        assert stepwise(folder, last).returncode == -signal.SIGKILL
    resumed = Corpus.build(make_papers(80), folder, encoder=FakeEncoder())
    assert {paper.id for paper in make_papers(80)} <= {paper.id for paper in resumed}
    assert resumed.snapshot.has_terms
    assert_whole(resumed)
    resumed.compact()
    assert_whole(resumed)
    assert not list(folder.glob("*.writing")) + list(folder.glob("staging*"))


STEPS = [
    (stored_vectors.os, "fsync"),
    (immutable, "sync_folder"),
    (ingest, "write_segment"),
    (ingest, "insert_papers"),
    (ingest, "register_segment"),
    (ingest, "delete_terms"),
    (ingest, "insert_terms"),
    (store.CorpusStore, "set_manifest"),
    (writer, "keep_statistics"),
    (terms, "store_statistics"),
    (maintenance, "write_segment"),
    (maintenance, "register_segment"),
    (maintenance, "store_statistics"),
    (store.CorpusStore, "set_manifest", 2),  # by compaction
]


def change(corpus: Corpus) -> None:
    corpus.add(make_papers(4, start=20))
    corpus.compact()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: ".".join([step[0].__name__, *map(str, step[1:])]))
def test_a_crash_before_or_after_each_step_leaves_the_old_state_or_the_new(
    tmp_path, monkeypatch, step, after
):
    place, name, *which = step
    monkeypatch.setattr(maintenance, "MANY_SEGMENTS", 1)
    corpus = Corpus.build(make_papers(10), tmp_path / "c", encoder=FakeEncoder())
    corpus.add(make_papers(5, start=10))
    corpus.remove([make_papers(1)[0].id])
    old = {paper.id for paper in corpus}
    new = old | {paper.id for paper in make_papers(4, start=20)}
    take, calls = getattr(place, name), iter(range(1, 100))

    def crash(*arguments, **options):
        if next(calls) not in (which or [1]):
            return take(*arguments, **options)
        if after:
            take(*arguments, **options)
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


GATED = """
corpus = build()
for place, name in [
    (ingest, "write_segment"),
    (ingest, "insert_papers"),
    (ingest, "register_segment"),
    (store.CorpusStore, "set_manifest"),
    (maintenance, "write_segment"),
    (maintenance, "register_segment"),
]:
    before(place, name, called=place.__name__.rpartition(".")[2] + "." + name)
change(corpus)
"""


def test_readers_are_never_blocked_while_another_process_writes(tmp_path):
    """They read while the writer waits in the middle of each of its steps."""
    folder, gates = tmp_path / "c", set()
    with at_gates(program(GATED, folder)) as writing:
        while gate := waits_at(writing):
            gates.add(gate)
            with Corpus.open(folder) as corpus:
                papers = list(corpus)
                assert len(papers) == len(corpus) >= 80
                rows = corpus.snapshot.rows()
                expected = kept(FakeEncoder().encode([paper.text for paper in papers]))
                np.testing.assert_array_equal(corpus.snapshot.vectors(rows), expected)
            go_on(writing)
        assert writing.wait() == 0
    assert len(gates) == 6
