"""Readership: the file of readers, opened to be read, for a short change, or for a job."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..files import checked_path
from ..option_values import READERS_FILE
from .database import READERS, Database
from .ledger import Ledger, job_lock


class Readership:
    """The file of readers, open; made by `open`, `job` or `read`, each a context.

    Attributes
    ----------
    file : Database
        The SQLite file, which the functions of this package read and change.
    ledger : Ledger
        What was shown, by batch jobs and by editions alike.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, all_readers
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     _ = add_reader(file, "Mei", at=datetime(2026, 11, 30, tzinfo=UTC))
    >>> with Readership.read("readers.sqlite") as file:
    ...     [reader.name for reader in all_readers(file)]
    ['Mei']
    """

    def __init__(self, file: Database) -> None:
        self.file = file
        self.ledger = Ledger(file)

    @property
    def path(self) -> Path:
        """Where the file is.

        Returns
        -------
        Path
            As it was opened.
        """
        return self.file.path

    @classmethod
    @contextmanager
    def open(cls, path: str | os.PathLike[str], *, create: bool = False) -> Iterator[Readership]:
        """Open the file for short changes: each waits for those of others.

        Parameters
        ----------
        path : str or path
            The file; one of an older version is brought to this one.
        create : bool, default False
            Whether it is made where there is none.

        Yields
        ------
        Readership
            The file.

        Raises
        ------
        ReadershipError
            Where there is no such file, it is another program's or a later version's, or is damaged.
        """
        place = checked_path(path, "the file of readers")
        if not create:
            Database.reading(place).close()  # says what is wrong, and makes nothing
        with closing(Database.at(place)) as file:
            yield cls(file)

    @classmethod
    @contextmanager
    def job(cls, path: str | os.PathLike[str], *, create: bool = False) -> Iterator[Readership]:
        """Open the file for a job, which looks at what was shown and adds to it later: one at a time.

        Another job, a batch job too, waits until this is done, and says so; short changes go on meanwhile.

        Parameters
        ----------
        path, create
            As for `open`.

        Yields
        ------
        Readership
            The file.

        Raises
        ------
        ReadershipError
            As `open`.
        """
        place = checked_path(path, "the file of readers")
        if not create:
            Database.reading(place).close()
        with job_lock(place, READERS) as real, cls.open(real, create=create) as readership:
            yield readership

    @classmethod
    @contextmanager
    def read(cls, path: str | os.PathLike[str]) -> Iterator[Readership]:
        """Open the file to be read: nothing is written, and nobody who writes waits.

        Parameters
        ----------
        path : str or path
            The file; of an older version a copy is read.

        Yields
        ------
        Readership
            The file.

        Raises
        ------
        ReadershipError
            As `open`.
        """
        with closing(Database.reading(checked_path(path, "the file of readers"))) as file:
            yield cls(file)


def readers_file(corpus: str | os.PathLike[str] | None) -> Path:
    """Where the file of readers is by default: in the folder that the corpus folder is in.

    Parameters
    ----------
    corpus : str, path or None
        The corpus's folder; None for the embedded sample, whose readers are in the working folder.

    Returns
    -------
    Path
        The file, which need not be there.

    Examples
    --------
    >>> from recommender.readership import readers_file
    >>> str(readers_file(None))
    'readers.sqlite'
    """
    if corpus is None:
        return Path(READERS_FILE)
    return Path(os.path.realpath(checked_path(corpus, "the corpus"))).parent / READERS_FILE
