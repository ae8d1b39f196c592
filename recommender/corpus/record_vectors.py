"""Vectors that lie in the records themselves, as Semantic Scholar gives them: ``embedding.vector``."""

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
    ``vector``. The array goes to a file in `folder`. Raises ValueError, naming the record, where one
    has none or one of another length, SourceError where the file cannot be read.
    """
    dim = None
    count = 0
    flat = folder / "vectors.f4"
    with flat.open("wb") as file:
        for row, record in json_objects(Source(path)):
            vector = None if isinstance(record, NotAnObject) else _vector(record)
            if vector is None or (dim is not None and len(vector) != dim):
                found = "no numbers under `embedding`" if vector is None else f"{len(vector)} numbers"
                needed = "" if dim is None else f", {dim} are needed"
                raise ValueError(f"record {row} has {found}{needed}")
            dim = len(vector)
            file.write(vector.tobytes())
            count += 1
    if dim is None:
        raise ValueError("it holds no record")
    return np.memmap(flat, np.float32, "r", shape=(count, dim)).view(np.ndarray)


def _vector(record: dict[str, Any]) -> NDArray[np.float32] | None:
    value = record.get("embedding", record.get("vector"))
    if isinstance(value, dict):
        value = value.get("vector")
    if not isinstance(value, list) or not value:
        return None
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in value):
        return None
    with np.errstate(over="ignore"):
        return np.array(value, np.float32)
