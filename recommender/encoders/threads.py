"""How many threads a model may use: all cores of the machine, unless it shares them with other processes."""

from __future__ import annotations

import os
import sys

from ..processors import processors

__all__ = ["limit_threads", "threads"]

_limit: list[int] = []


def threads() -> int:
    """As many as this process has cores, or as `limit_threads` allows."""
    if _limit:
        return _limit[-1]
    return processors()


def limit_threads(count: int) -> None:
    """Have every model that this process opens from now on, and numpy, use so many threads."""
    from threadpoolctl import threadpool_limits

    _limit[:] = [count]
    # For libraries that are loaded later; those that are loaded already are told themselves.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = str(count)
    threadpool_limits(count)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(count)


def _forked() -> None:
    # As FAISS, see `indexes.threads`: the team of threads that torch had does not survive a fork.
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # else it warns that it takes one


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_forked)
