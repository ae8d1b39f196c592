"""A small cache of what is made of one state of a corpus."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import numpy as np

from ..processes import free_in_child

_Value = TypeVar("_Value")


class Cache(Generic[_Value]):
    """The `size` values that were used last, by key; threads may ask at once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, _Value] = OrderedDict()
        self._lock = threading.Lock()
        free_in_child(self, "_lock")

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """The value of this key, made now unless it is here. It is shared: an array is made read-only."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._size:
                self._values.popitem(last=False)
        return value
