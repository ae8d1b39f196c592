"""Processes of this machine that work through numbered blocks: the same results whatever their number.

A batch job and the editions of a day are made by them. Each process opens what it needs with its first block
and works with one thread; the blocks come back in order.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ..encoders.base import limit_threads
from ..errors import BatchError
from ..processes import processors

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_Block = TypeVar("_Block")
_Result = TypeVar("_Result")

Opening: TypeAlias = Callable[[], Callable[[_Block], _Result]]
"""Opens what blocks are processed with; it can be pickled."""

# Blocks on their way to each worker: one in work, one that waits.
_WAITING = 2


def process_in_order(
    blocks: Iterator[tuple[int, _Block]],
    count: int,
    opening: Opening[_Block, _Result],
    *,
    workers: int | None = None,
) -> Generator[tuple[int, _Result], None, None]:
    """Each of `count` numbered blocks as it is processed, in order, by as many `workers` as there are
    processors.

    The next block is read when there is somebody to process it. The results are the same whatever the
    number of workers: each works with one thread. Raises BatchError when a worker dies.
    """
    workers = min(workers or processors(), count)
    if workers <= 1:
        yield from _process_here(blocks, opening)
    else:
        yield from _process_beside(blocks, opening, workers)


def _process_here(
    blocks: Iterator[tuple[int, _Block]], opening: Opening[_Block, _Result]
) -> Generator[tuple[int, _Result], None, None]:
    with _one_thread():
        process = opening()
        for number, block in blocks:
            yield number, process(block)


def _process_beside(
    blocks: Iterator[tuple[int, _Block]], opening: Opening[_Block, _Result], workers: int
) -> Generator[tuple[int, _Result], None, None]:
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # Not forked: threads that this process has, those of BLAS for one, would be cut off in the middle.
    context = get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (opening,))
    waiting: deque[tuple[int, Future[_Result]]] = deque()
    try:
        for number, block in blocks:
            with _signals_kept():  # here a worker may be started
                waiting.append((number, pool.submit(_process, block)))
            if len(waiting) >= _WAITING * workers:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
    except BrokenProcessPool as error:
        raise BatchError(
            "a worker process died, for want of memory perhaps; what is done is kept, the same command "
            "goes on (with fewer --workers each has more memory)"
        ) from error
    except BaseException:
        end_workers(pool)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def end_workers(pool: ProcessPoolExecutor) -> None:
    """Whoever stops the job does not wait for blocks that nobody will take."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()  # they only read, and are deaf to SIGTERM
    # One may have been half through with its result. The pool would wait for the rest for ever, as this
    # process too could write there: no longer, so that the pool comes upon the end instead.
    results = getattr(pool, "_result_queue", None)
    if results is not None:
        results._writer.close()


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Keep a Ctrl-C or SIGTERM until afterwards, also from processes that are started meanwhile: until such
    a one has begun it would end with a traceback of Python's own.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_processing: list[Callable[[Any], Any]] = []
"""In a worker process: what serves its blocks, or says why it cannot."""


def _begin(opening: Opening[Any, Any]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # may come to all at once: the parent ends its workers
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    use_one_thread()
    opened: list[Callable[[Any], Any]] = []

    def process(block: Any) -> Any:
        # Opened with the first block: what goes wrong then is told as that block's error.
        if not opened:
            opened.append(opening())
        return opened[0](block)

    _processing.append(process)


def _process(block: Any) -> Any:
    return _processing[0](block)


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next block for ever."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def use_one_thread() -> None:
    """BLAS, FAISS and models with one thread from now on: the workers are as many as the processors, and sums
    of floats depend on how they are divided.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    limit_threads(1)


@contextmanager
def _one_thread() -> Iterator[None]:
    """BLAS and FAISS with one thread for a while, in a process that others use as well."""
    import faiss
    from threadpoolctl import threadpool_limits

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        faiss.omp_set_num_threads(before)
