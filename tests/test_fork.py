"""A process that has answered is forked: its children answer too, and the same to the last bit."""

import os
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
from indexes.threads import one_thread
from recommender import Corpus

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
    with one_thread():
        assert faiss.omp_get_max_threads() == 1
        assert _in_thread(faiss.omp_get_max_threads) != 1 or os.cpu_count() == 1
    assert faiss.omp_get_max_threads() == 2


def test_a_child_can_build_an_index(built, parents, tmp_path):
    if built.info().index == "exact":
        pytest.skip("it has no file")
    folder, kind = tmp_path / "child", built.info().index

    def build():
        with Corpus.build(make_papers(300), folder, encoder=FakeEncoder(), index=kind) as corpus:
            return corpus.info().index, corpus.verify()

    assert in_fork(build) == (built.info().index, [])
