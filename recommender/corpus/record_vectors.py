"""Read vectors from JSON records, as Semantic Scholar gives them: ``embedding.vector``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..readers.base import Source
from ..readers.objects import NotAnObject, json_objects

__all__ = ["record_vectors"]


def record_vectors(path: Path, folder: Path) -> NDArray[np.float32]:
    """The vector of each record of a JSON Lines file or JSON array, shape (records, dim), memory-mapped.

    A record has it under ``embedding`` or ``vector``, as a list of numbers or as an object with
    ``vector``. One that has none, or null there, has a row of zeros, which stands for no vector. The array
    goes to a file in `folder`. Raises ValueError where no record has one, and, naming the record, where one
    has something else or one of another length, SourceError where the file cannot be read.
    """
    dim = None
    count = 0
    flat = folder / "vectors.f4"
    with flat.open("wb") as file:
        for row, record in json_objects(Source(path)):
            value = record if isinstance(record, NotAnObject) else _value(record)
            count += 1
            if value is None:  # of the first ones the length is not known yet
                file.write(bytes(4 * (dim or 0)))
                continue
            vector = _numbers(value)
            if vector is None or (dim is not None and len(vector) != dim):
                found = "no numbers under `embedding`" if vector is None else f"{len(vector)} numbers"
                needed = "" if dim is None else f", {dim} are needed"
                raise ValueError(f"record {row} has {found}{needed}")
            if dim is None:
                dim = len(vector)
                file.seek(4 * dim * (count - 1))  # what is passed over are zeros
            file.write(vector.tobytes())
    if dim is None:
        raise ValueError("no record has numbers under `embedding`" if count else "it holds no record")
    return np.memmap(flat, np.float32, "r", shape=(count, dim)).view(np.ndarray)


def _value(record: dict[str, Any]) -> object:
    """What stands where the vector should, None where nothing does."""
    value = record.get("embedding", record.get("vector"))
    return value.get("vector") if isinstance(value, dict) else value


def _numbers(value: object) -> NDArray[np.float32] | None:
    if not isinstance(value, list) or not value:
        return None
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in value):
        return None
    with np.errstate(over="ignore"):
        return np.array(value, np.float32)
