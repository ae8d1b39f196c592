"""The threads that FAISS searches with: as many as OpenMP has, one for a single query, one after a fork.

OpenMP keeps a team of threads for each thread that has asked for one. A forked child has the team's
bookkeeping but not its threads, and waits for them for ever. So a child of `os.fork`, of multiprocessing's
or of a pool's, searches with the one thread that it has; FAISS is told so here, when it is first imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import faiss

__all__ = ["one_thread"]


@contextmanager
def one_thread() -> Iterator[None]:
    """FAISS without a team of threads: for a single query waking one costs more than it gives.

    Only for the thread that asks: to OpenMP each has a number of its own.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _forked() -> None:
    # This sets a number and starts nothing: safe right after a fork. A thread that the child starts later
    # has no team yet, and may make one of its own.
    faiss.omp_set_num_threads(1)


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_forked)
