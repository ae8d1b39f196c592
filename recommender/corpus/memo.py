"""What was read from a state that does not change, kept for the next who asks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import numpy as np

from ..forking import free_in_child

__all__ = ["Memo"]

_Kept = TypeVar("_Kept")


class Memo(Generic[_Kept]):
    """The last `size` things asked for, by key; threads may ask at once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._things: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        free_in_child(self, "_lock")

    def get(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """The thing of this key, made now unless it is kept. It is shared: an array is made read-only."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        thing = make()
        if isinstance(thing, np.ndarray):
            thing.flags.writeable = False
        with self._lock:
            self._things[key] = thing
            if len(self._things) > self._size:
                self._things.popitem(last=False)
        return thing
