"""Everybody: whose editions are the same for all, and stored as a reader's are."""

from __future__ import annotations

from .readers import COLUMNS, EVERYBODY, Reader
from .readership import Readership


def everybody(readership: Readership) -> Reader:
    """Give whom everybody's editions belong to: no reader, without a name, opinions and mail.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed: a line is made when it is first needed.

    Returns
    -------
    Reader
        With an empty name; nothing counts as shown to it.
    """
    readership.file.rows("INSERT OR IGNORE INTO readers VALUES (?, '', '', '', 0, 0, '', '')", (EVERYBODY,))
    found = readership.file.row(f"SELECT {COLUMNS} FROM readers WHERE number = ?", (EVERYBODY,))
    assert found is not None, "the line was added just now"
    return Reader(*found)
