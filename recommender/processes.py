"""Processes: how many processors one may use, and locks that a forked child finds free."""

from __future__ import annotations

import os
import sys
import threading
from functools import cached_property
from types import ModuleType
from weakref import WeakKeyDictionary

_owners: WeakKeyDictionary[object, str] = WeakKeyDictionary()

_OURS = ("recommender", "indexes")


def free_in_child(owner: object, name: str) -> None:
    """Have the lock that is this attribute of an object be a new one in each forked child.

    What it guards must be sound between any two of its operations: the child goes on from there.
    """
    _owners[owner] = name


def _forked() -> None:
    for owner, name in list(_owners.items()):
        setattr(owner, name, threading.Lock())
    if sys.version_info < (3, 12):  # from then on a cached property has no lock
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in _OURS:
                _free_cached_properties(module)


def _free_cached_properties(module: ModuleType) -> None:
    for found in list(vars(module).values()):
        if isinstance(found, type) and found.__module__ == module.__name__:
            for attribute in vars(found).values():
                if isinstance(attribute, cached_property):
                    vars(attribute)["lock"] = threading.RLock()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_forked)


def processors() -> int:
    """Those that it is bound to, where the system knows; else all there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
