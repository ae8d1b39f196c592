"""A process that has answered is forked: its children answer too, and the same to the last bit."""

import os
import subprocess
import sys
import threading

import faiss
import pytest
from answers_in_children import (
    LIMIT,
    answers,
    in_fork,
    in_pools,
    inherited,
    inherited_answers,
    opened_answers,
)
from conftest import FakeEncoder, make_papers

from indexes import KINDS
from indexes.base import one_thread
from recommender import Corpus, Recommender
from recommender.corpus.store import GATE
from recommender.corpus.terms import TermStore
from recommender.errors import CorpusError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.fixture(scope="module", params=sorted(KINDS))
def built(request, tmp_path_factory):
    """A corpus of each kind of index, large enough for its structure to be asked."""
    folder = tmp_path_factory.mktemp("fork") / request.param
    with Corpus.build(make_papers(1500), folder, encoder=FakeEncoder(), index=request.param) as corpus:
        assert corpus.info().index == request.param
        yield corpus


@pytest.fixture
def parents(built):
    """What the parent answers with a team of threads, whose bookkeeping its children inherit."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(2)
    inherited["corpus"] = built
    yield answers(built)
    inherited.clear()
    faiss.omp_set_num_threads(before)


def test_a_forked_child_gives_its_parents_answers(built, parents):
    assert in_fork(inherited_answers) == parents
    assert in_fork(opened_answers, built.path) == parents
    assert answers(built) == parents


@pytest.mark.parametrize(
    "built",
    ["exact", *[pytest.param(kind, marks=pytest.mark.slow) for kind in ("hnsw", "ivf")]],
    indirect=True,
)
def test_workers_of_pools_do_too(built):
    pools = ("fork inherited pool", "fork own pool", "spawn own pool", "fork inherited executor")
    assert in_pools(built.path) == dict.fromkeys(pools, "same")


def test_a_grandchild_answers_and_so_does_a_thread_of_a_child(parents):
    assert in_fork(lambda: in_fork(inherited_answers, limit=LIMIT // 2)) == parents
    assert in_fork(_in_thread, inherited_answers) == parents


def _in_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_a_child_has_one_thread_and_its_parent_as_many_as_before(parents):
    assert in_fork(faiss.omp_get_max_threads) == 1
    assert faiss.omp_get_max_threads() == 2


def test_one_thread_is_only_for_the_thread_that_asks(parents):
    others = _in_thread(faiss.omp_get_max_threads)
    with one_thread():
        assert faiss.omp_get_max_threads() == 1
        assert _in_thread(faiss.omp_get_max_threads) == others
    assert faiss.omp_get_max_threads() == 2


def test_a_child_can_build_an_index(built, parents, tmp_path):
    if built.info().index == "exact":
        pytest.skip("it has no file")
    folder, kind = tmp_path / "child", built.info().index

    def build():
        with Corpus.build(make_papers(300), folder, encoder=FakeEncoder(), index=kind) as corpus:
            return corpus.info().index, corpus.verify()

    assert in_fork(build) == (built.info().index, [])


def test_threads_answer_alike_beside_each_other(built, parents):
    found = []
    threads = [threading.Thread(target=lambda: found.append(answers(built))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [parents] * 3


@pytest.fixture
def small(tmp_path):
    with Corpus.build(make_papers(60), tmp_path / "small", encoder=FakeEncoder()) as corpus:
        yield corpus


@pytest.mark.parametrize("which", ["a cache", "the newest state", "a cached property"])
def test_a_lock_that_another_thread_holds_is_free_in_a_child(small, which):
    lock = {
        "a cache": small.snapshot._cache._lock,
        "the newest state": small._state._looking,
        "a cached property": getattr(vars(TermStore)["weights"], "lock", threading.Lock()),
    }[which]
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        held.wait()
        expected = [paper.id for paper in make_papers(60)]
        recommender = Recommender(small)
        assert set(in_fork(lambda: recommender.more_like(expected[0], k=9).ids)) < set(expected)
    finally:
        done.set()
        thread.join()


def test_a_fork_waits_until_sqlite_is_at_rest(small):
    """A call that another thread has begun would never end in the child."""
    began, forked = threading.Event(), []
    store = small.snapshot.store

    def at_work():
        with GATE:
            began.set()
            for _ in range(50):
                store.execute("SELECT count(*) FROM papers").fetchone()
            forked.append(False)

    thread = threading.Thread(target=at_work)
    thread.start()
    began.wait()
    assert in_fork(lambda: list(forked)) == [False]
    thread.join()


def _add(folder):
    with Corpus.open(folder, encoder=FakeEncoder()) as corpus:
        corpus.add(make_papers(5, start=60))


def test_a_child_opens_the_state_anew_and_sees_what_is_new(small):
    def child():
        before = len(small)
        in_fork(_add, small.path)
        return before, len(small), len(answers_of(small)), small.snapshot.manifest.next_row

    answers_of(small)
    assert in_fork(child) == (60, 65, 10, 65)
    assert len(small) == 65


def test_a_child_whose_pinned_state_is_gone_says_so(small):
    pinned = small.pinned()
    expected = answers_of(pinned)

    def child():
        in_fork(_add, small.path)
        with pytest.raises(CorpusError, match="was changed since this process was forked; open it again"):
            answers_of(pinned)

    assert in_fork(answers_of, pinned) == expected
    assert in_fork(child) is None
    assert answers_of(pinned) == expected


def answers_of(corpus):
    return Recommender(corpus).more_like(make_papers(1)[0].id, k=10).ids


@pytest.mark.slow
def test_a_childs_locks_are_its_own(small):
    """Once the parent has closed, a writer still may not empty the log under a child that reads."""
    with Corpus.open(small.path) as other:
        other.snapshot.rows()
        asked, writing = os.pipe()
        closed, closing = os.pipe()

        def child():
            before = [paper.text for paper in other.pinned()]
            pinned = other.pinned()
            assert len(pinned.snapshot.rows()) == len(before)
            os.write(writing, b"x")
            os.read(closed, 1)
            return _emptied(small.path)

        found = []
        thread = threading.Thread(target=lambda: found.append(in_fork(child)))
        thread.start()
        os.read(asked, 1)
        other.close()
        small.close()
        os.write(closing, b"x")
        thread.join()
    assert found == [False]
    assert _emptied(small.path)


_EMPTY = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("INSERT INTO tombstones VALUES (1000000)")
connection.execute("DELETE FROM tombstones WHERE row = 1000000")
print(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
"""


def _emptied(folder):
    """Whether a process of its own finds nobody reading from the log, after it has written."""
    command = [sys.executable, "-c", _EMPTY, str(folder / "corpus.sqlite")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "0"
