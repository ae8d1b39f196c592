"""Rate and remaining time of some work."""

from __future__ import annotations

from collections.abc import Callable

from ..display import visible

__all__ = ["Pace", "duration"]


class Pace:
    """Units done of some work, by a clock that gives seconds; those of before it began count for no rate."""

    def __init__(
        self, what: str, total: int | None, *, unit: str, before: int, clock: Callable[[], float]
    ) -> None:
        self.what = visible(what)  # it may hold the name of a folder
        self.total = total
        self.unit = unit
        self.before = before
        self.count = 0
        self.clock = clock
        self._started = clock()

    def add(self, count: int) -> None:
        """So many more are done."""
        self.count += count

    @property
    def done(self) -> int:
        """How many are done, with those from before."""
        return self.before + self.count

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return self.clock() - self._started

    def line(self) -> str:
        """Where it is: ``encoding: 5,000 of 146,289 papers, 4,800 papers/s, about 29 s left``."""
        elapsed = self.elapsed
        rate = self.count / elapsed if elapsed > 0 else 0.0
        of = "" if self.total is None else f" of {self.total:,}"
        parts = [f"{self.what}: {self.done:,}{of} {self.unit}"]
        if rate:
            parts.append(self._speed(rate))
            if self.total is not None:
                parts.append(f"about {duration(max(self.total - self.done, 0) / rate)} left")
        return ", ".join(parts)

    def last(self) -> str:
        """What it took: ``encoding: 146,289 papers in 30 s, 4,876 papers/s``."""
        elapsed = self.elapsed
        if self.single or not self.count:
            return f"{self.what}: done in {duration(elapsed)}"
        speed = f", {self._speed(self.count / elapsed)}" if elapsed > 0 else ""
        return f"{self.what}: {self.count:,} {self.unit} in {duration(elapsed)}{speed}"

    @property
    def single(self) -> bool:
        """Whether it is one step, of which nothing is heard until it is done."""
        return self.total == 1 and not self.before

    def _speed(self, rate: float) -> str:
        return f"{rate:,.0f} {self.unit}/s" if rate >= 10 else f"{rate:,.1f} {self.unit}/s"


def duration(seconds: float) -> str:
    """A time as it is said."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
