"""Readership: the file of readers, opened to be read, for a short change, or for a job."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..errors import BatchError
from ..files import checked_path
from ..option_values import LEDGER
from .database import READERS, Database
from .ledger import Ledger, job_lock
from .taking_over import take_over

_LOG = logging.getLogger("recommender")


class Readership:
    """The file of readers, open; made by `open`, `job` or `read`, each a context.

    Attributes
    ----------
    path : Path
        Where the file is.
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
            Whether it is made where there is none; what the ledger of batch jobs that lies beside it holds
            moves into it.

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
            readership = cls(file)
            if create:
                readership._take_over()
            yield readership

    def _take_over(self) -> None:
        """What batch jobs showed before there were readers, they were shown."""
        old = self.path.parent / LEDGER
        if old.is_file() and old != self.path:
            try:
                take_over(self.ledger, old)
            except BatchError as error:
                _LOG.warning("%s; what it holds is not taken over", error)

    @classmethod
    @contextmanager
    def job(cls, path: str | os.PathLike[str], *, create: bool = False) -> Iterator[Readership]:
        """Open the file for a job, which looks at what was shown and adds to it later: one at a time.

        Another job, a batch job too, waits until this is done, and says so; short changes go on meanwhile.

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
