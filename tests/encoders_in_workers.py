"""Encoders that Ray's worker processes find by name; Ray calls `register` in each that it starts."""

import os
import time
from pathlib import Path

from conftest import FakeEncoder

from recommender.encoders import ENCODERS

SIGNS = "RECOMMENDER_TEST_SIGNS"
"""Names the folder in which each worker that has loaded `slow` leaves a file called like its process id."""

TESTS_PROCESS = "RECOMMENDER_TEST_PROCESS"
"""The process id of the tests: any other process is a worker."""


def in_worker():
    return os.environ[TESTS_PROCESS] != str(os.getpid())


class SlowEncoder(FakeEncoder):
    def __init__(self):
        super().__init__(name="slow")
        if in_worker():
            (Path(os.environ[SIGNS]) / str(os.getpid())).touch()

    def encode(self, texts):
        if in_worker():
            time.sleep(0.1)
        return super().encode(texts)


class DeadlyEncoder(FakeEncoder):
    """Ends the process that encodes with it."""

    def encode(self, texts):
        if in_worker():
            os._exit(1)
        return super().encode(texts)


def register():
    ENCODERS["plain"] = lambda folder: FakeEncoder(name="plain")
    ENCODERS["slow"] = lambda folder: SlowEncoder()
    ENCODERS["deadly"] = lambda folder: DeadlyEncoder(name="deadly")
    # Not the same in a worker as where the corpus is.
    ENCODERS["changed"] = lambda folder: FakeEncoder(name="changed", salt="other" if in_worker() else "")
