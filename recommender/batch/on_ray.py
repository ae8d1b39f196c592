"""Process blocks on a Ray cluster: actors that map the same corpus, each working with one thread.

What Ray does here is its own: it places the actors, starts one again that dies, and gives its block to it
once more. The bytes are those of the local executor.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

from .._extras import extra
from ..cluster import cluster, translated_ray_errors
from .asked import BatchOptions
from .local import Block, Blocks, use_one_thread
from .service import BlockResult, BlockWorker

__all__ = ["RayBlockWorker", "process_on_ray"]

_KEPT = "what is done is kept, the same command goes on"


class RayBlockWorker:
    """A worker; it opens the corpus with its first block, so that what goes wrong is that block's error."""

    def __init__(self, folder: str, options: BatchOptions, content: str, model_dir: str | None) -> None:
        use_one_thread()
        self._opening = (Path(folder), options, content, model_dir)
        self._service: BlockWorker | None = None

    def process(self, number: int, block: Block) -> tuple[int, BlockResult]:
        """The block of this number."""
        if self._service is None:
            folder, options, content, model_dir = self._opening
            # Nobody writes meanwhile, and SQLite's log would not work on a network file system.
            self._service = BlockWorker.open(folder, options, content, model_dir=model_dir, immutable=True)
        return number, self._service.process(block)


def process_on_ray(
    blocks: Blocks,
    count: int,
    folder: Path,
    options: BatchOptions,
    content: str,
    *,
    model_dir: str | None = None,
    workers: int | None = None,
    address: str | None = None,
) -> Generator[tuple[int, BlockResult], None, None]:
    """Each of `count` blocks as it is served, in no order, by the Ray at `address` or one started here.

    Every machine of the cluster must have this library, and the corpus at the same path. Raises
    ClusterError where no cluster answers or its workers cannot go on, and what a worker raises.
    """
    if not count:
        return
    with cluster(address=address, workers=workers) as found, translated_ray_errors(_KEPT):
        with extra("ray"):
            import ray

        remote = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)(RayBlockWorker)
        arguments = (str(folder.resolve()), options, content, model_dir)
        free = [remote.remote(*arguments) for _ in range(min(found.workers, count))]
        at_work: dict[Any, Any] = {}
        for number, block in blocks:
            actor = free.pop()
            at_work[actor.process.remote(number, block)] = actor
            if not free:
                yield _first_done(at_work, free)
        while at_work:
            yield _first_done(at_work, free)


def _first_done(at_work: dict[Any, Any], free: list[Any]) -> tuple[int, BlockResult]:
    """What the first worker has that is done; it is free then."""
    with extra("ray"):
        import ray

    (done,), _ = ray.wait(list(at_work), num_returns=1)
    free.append(at_work.pop(done))
    served: tuple[int, BlockResult] = ray.get(done)
    return served
