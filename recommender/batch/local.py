"""Process blocks on this machine: in this process, or in several that share the corpus's mapped files."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ..encoders.threads import limit_threads
from ..errors import BatchError
from ..processors import processors
from ..profiles import Profile, Skipped
from .asked import BatchOptions
from .service import BlockResult, BlockWorker

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

__all__ = ["Block", "Blocks", "end_workers", "process_locally", "use_one_thread"]

Block: TypeAlias = Sequence[Profile | Skipped]

Blocks: TypeAlias = Iterator[tuple[int, Block]]
"""Numbered blocks of profiles; the next one is read when there is somebody to serve it."""

# Blocks on their way to each worker: one in work, one that waits.
_WAITING = 2


def process_locally(
    blocks: Blocks,
    count: int,
    folder: Path,
    options: BatchOptions,
    content: str,
    *,
    model_dir: str | None = None,
    workers: int | None = None,
) -> Generator[tuple[int, BlockResult], None, None]:
    """Each of `count` blocks as it is served, in order, by as many `workers` as there are processors.

    The bytes are the same whatever their number: each works with one thread. Raises BatchError when a
    worker dies.
    """
    workers = min(workers or processors(), count)
    if workers <= 1:
        yield from _process_here(blocks, folder, options, content, model_dir)
    else:
        yield from _process_beside(blocks, folder, options, content, model_dir, workers)


def _process_here(
    blocks: Blocks, folder: Path, options: BatchOptions, content: str, model_dir: str | None
) -> Generator[tuple[int, BlockResult], None, None]:
    with _one_thread():
        service = BlockWorker.open(folder, options, content, model_dir=model_dir)
        for number, block in blocks:
            yield number, service.process(block)


def _process_beside(
    blocks: Blocks, folder: Path, options: BatchOptions, content: str, model_dir: str | None, workers: int
) -> Generator[tuple[int, BlockResult], None, None]:
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # Not forked: threads that this process has, those of BLAS for one, would be cut off in the middle.
    context = get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (folder, options, content, model_dir))
    waiting: deque[tuple[int, Future[BlockResult]]] = deque()
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


_processing: list[Callable[[Block], BlockResult]] = []
"""In a worker process: what serves its blocks, or says why it cannot."""


def _begin(folder: Path, options: BatchOptions, content: str, model_dir: str | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # may come to all at once: the parent ends its workers
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    use_one_thread()
    opened: list[BlockWorker] = []

    def process(block: Block) -> BlockResult:
        # Opened with the first block: what goes wrong then is told as that block's error.
        if not opened:
            opened.append(BlockWorker.open(folder, options, content, model_dir=model_dir))
        return opened[0].process(block)

    _processing.append(process)


def _process(block: Block) -> BlockResult:
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
