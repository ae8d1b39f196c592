"""Encode papers by Ray Data: a pool of processes with one model each, on this machine or on a cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .._extras import extra
from ..cluster import Cluster, cluster, require_ray, translated_ray_errors
from ..encoders import EncoderOrigin, Vectors
from .encoding_worker import TEXT, VECTOR, EncodingWorker
from .staging import Batches, Encoded, Staged

if TYPE_CHECKING:
    import pyarrow

__all__ = ["RayEncoding"]

# Ray makes the processes of a pool anew for each window, in some seconds, and at a window's end
# waits for the last of them; but a window's texts lie in memory together, 1.5 kB each and twice. So
# a window is long enough for those seconds to count for little, 8,192 texts taking a process of
# minilm two minutes, and short enough for a laptop. Encoders as fast as static have batches of 4,096.
_TEXTS, _BATCHES = 8192, 16
_MOST_TEXTS = 131_072

# Ray replaces a worker that dies as often as it dies, and gives its batch to the next: where a batch
# is what kills them, or no machine is free, nothing comes any more. A batch takes minutes at most.
_PATIENCE = 30 * 60  # seconds

# So many workers in a row may die before they have begun.
_FALSE_STARTS = 5

_KEPT = "what was committed before is safe, and the same command goes on from there"


class RayEncoding:
    """Encoding on the Ray at `address`, or on one of this machine's own, by so many processes.

    Each batch that one process would encode is encoded by one process as a whole, so the vectors
    are the same. Raises ParameterError where Ray is not installed or a value cannot be used.
    """

    def __init__(self, *, address: str | None = None, workers: int | None = None) -> None:
        require_ray(address=address, workers=workers)
        self._address = address
        self._workers = workers

    def encode(self, origin: EncoderOrigin, fingerprint: str, batches: Batches) -> Encoded:
        """Each batch with its vectors, in order; `batches` begins anew each time it is called.

        Raises EncoderMismatch where a worker's encoder has another fingerprint, what it raises
        itself, and ClusterError where no cluster answers or its workers cannot go on.
        """
        with cluster(address=self._address, workers=self._workers) as found, translated_ray_errors(_KEPT):
            # The second is read again, batch by batch, as vectors come: papers need not wait in memory.
            waiting, encoded = batches(), batches()
            while window := _window(waiting, found.workers):
                for vectors in _encoded(window, found, (origin, fingerprint, found.threads)):
                    yield next(encoded), vectors


def _window(batches: Iterator[list[Staged]], workers: int) -> list[pyarrow.Table]:
    """The next batches' texts, a table of each batch; none when there are no more."""
    with extra("frames"):
        import pyarrow

    window: list[pyarrow.Table] = []
    texts, enough = 0, 1
    while texts < enough and (batch := next(batches, None)):
        # In 64 bits, as thousands of long texts can have more than 2 GB together.
        column = pyarrow.array([staged.paper.text for staged in batch], pyarrow.large_string())
        window.append(pyarrow.table({TEXT: column}))
        texts += len(batch)
        enough = min(workers * max(_TEXTS, _BATCHES * len(batch)), _MOST_TEXTS)
    return window


def _encoded(
    window: list[pyarrow.Table], found: Cluster, arguments: tuple[EncoderOrigin, str, int]
) -> Iterator[Vectors]:
    """The vectors of each batch of the window, in order."""
    with extra("ray"):
        import ray.data

    data = ray.data.from_blocks(window).map_batches(
        EncodingWorker,
        fn_constructor_args=arguments,
        batch_size=None,  # a batch is a block
        compute=ray.data.ActorPoolStrategy(size=min(found.workers, len(window))),
        num_cpus=found.threads,
    )
    context = data.context
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    context.raise_original_map_exception = True
    context.execution_no_progress_timeout_s = _PATIENCE
    context.max_consecutive_actor_init_deaths = _FALSE_STARTS
    # One that is stopped halfway is to end at once, with its processes.
    with contextlib.closing(iter(data.iter_batches(batch_size=None, prefetch_batches=0))) as blocks:
        for block in blocks:
            yield block[VECTOR]
