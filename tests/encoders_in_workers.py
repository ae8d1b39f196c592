"""Encoders that Ray's worker processes find by name; Ray calls `register` in each that it starts."""

import os
from pathlib import Path

from conftest import FakeEncoder

from recommender.encoders import ENCODERS

SIGNS = "RECOMMENDER_TEST_SIGNS"
"""Names the folder in which each worker that has loaded `gated` leaves a file called like its process id."""

GATE = "RECOMMENDER_TEST_GATE"
"""Names a pipe. What is opened for reading waits there until somebody has it open for writing."""

FIRST = "Study 0 of"
"""With this begins the text of the only paper whose batch `gated` does not keep at the gate."""

TESTS_PROCESS = "RECOMMENDER_TEST_PROCESS"
"""The process id of the tests: any other process is a worker."""


def in_worker():
    return os.environ[TESTS_PROCESS] != str(os.getpid())


class GatedEncoder(FakeEncoder):
    """In workers it encodes the first batch, and the others when a third worker has begun."""

    def __init__(self):
        super().__init__(name="gated")
        if in_worker():
            signs = Path(os.environ[SIGNS])
            (signs / str(os.getpid())).touch()
            if len(list(signs.iterdir())) > 2:
                self.open = os.open(os.environ[GATE], os.O_RDWR)  # for as long as this worker lives

    def encode(self, texts):
        if in_worker() and not texts[0].startswith(FIRST):
            os.close(os.open(os.environ[GATE], os.O_RDONLY))
        return super().encode(texts)


class DeadlyEncoder(FakeEncoder):
    """Ends the process that encodes with it."""

    def encode(self, texts):
        if in_worker():
            os._exit(1)
        return super().encode(texts)


def register():
    ENCODERS["plain"] = lambda folder: FakeEncoder(name="plain")
    ENCODERS["gated"] = lambda folder: GatedEncoder()
    ENCODERS["deadly"] = lambda folder: DeadlyEncoder(name="deadly")
    # Not the same in a worker as where the corpus is.
    ENCODERS["changed"] = lambda folder: FakeEncoder(name="changed", salt="other" if in_worker() else "")
