"""Timing by turns: what is compared is measured side by side, so that a busy moment hits all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

__all__ = ["Times", "in_turn"]

# A task that is slow is called less often, but never less often than this.
_LEAST_CALLS = 5


@dataclass
class Times:
    """Seconds of each call."""

    seconds: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Seconds that this share of the calls did not exceed."""
        return float(np.quantile(self.seconds, share))

    @property
    def median(self) -> float:
        """Seconds of the median call."""
        return self.quantile(0.5)

    @property
    def calls(self) -> int:
        """How many calls were timed."""
        return len(self.seconds)


def in_turn(
    tasks: Mapping[str, Callable[[int], object]],
    *,
    calls: int,
    turn: int = 10,
    limit_s: float = 30.0,
    warm_up: bool = True,
    prepare: Callable[[int], object] = lambda number: None,
) -> dict[str, Times]:
    """Call each task with 0, 1, ..., calls - 1, some calls of one, then of the next, round by round.

    `prepare` is called before each call, with its number, untimed. With `warm_up` the first call of each
    is made once more beforehand, untimed. A task is left out of later rounds once it has taken `limit_s`
    seconds.
    """
    times = {name: Times() for name in tasks}
    for task in tasks.values() if warm_up else ():
        prepare(0)
        task(0)
    for start in range(0, calls, turn):
        for name, task in tasks.items():
            taken = times[name].seconds
            for number in range(start, min(start + turn, calls)):
                if sum(taken) > limit_s and len(taken) >= _LEAST_CALLS:
                    break
                prepare(number)
                begin = time.perf_counter()
                task(number)
                taken.append(time.perf_counter() - begin)
    return times
