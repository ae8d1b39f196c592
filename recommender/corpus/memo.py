"""What was read from a state that does not change, kept for the next who asks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Memo"]


class Memo:
    """The last `size` arrays asked for, by key; threads may ask at once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._arrays: OrderedDict[Hashable, NDArray[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """The array of this key, made now unless it is kept. Read-only: it is shared."""
        with self._lock:
            array = self._arrays.get(key)
            if array is not None:
                self._arrays.move_to_end(key)
                return array
        array = np.asarray(make())
        array.flags.writeable = False
        with self._lock:
            self._arrays[key] = array
            if len(self._arrays) > self._size:
                self._arrays.popitem(last=False)
        return array
