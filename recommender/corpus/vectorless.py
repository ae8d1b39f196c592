"""The rows of papers without a vector: the encoder knows nothing of them, or they came without one.

Only the rows of table `vectorless` may hold zeros. Search skips them: such a paper is near nothing, and is
compared by its words alone. A row stays in the table as long as its vector is in a file, whatever becomes
of its paper.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .store import CorpusStore

__all__ = ["load_vectorless", "mark_vectorless", "move_vectorless"]


def load_vectorless(store: CorpusStore) -> NDArray[np.int64]:
    """The rows without a vector in the connection's state, ascending."""
    if not store.execute("SELECT 1 FROM sqlite_schema WHERE name = 'vectorless'").fetchone():
        return np.empty(0, np.int64)  # formats 1 to 3 had no such rows
    rows = store.execute("SELECT row FROM vectorless ORDER BY row")
    return np.fromiter((row for (row,) in rows), np.int64)


def mark_vectorless(store: CorpusStore, rows: Iterable[int]) -> None:
    """Say in the open transaction that the vectors of these rows are zeros."""
    store.executemany("INSERT INTO vectorless VALUES (?)", ((int(row),) for row in rows))


def move_vectorless(store: CorpusStore) -> None:
    """Follow the papers to their rows in table ``temp.moved``, in the open transaction; others go."""
    store.execute("DELETE FROM vectorless WHERE row NOT IN (SELECT old FROM temp.moved)")
    store.execute("UPDATE vectorless SET row = (SELECT new FROM temp.moved WHERE old = row)")
