"""BatchReport: a finished job, by its output folder and its manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .folder import OutFolder

__all__ = ["BatchReport"]


@dataclass(frozen=True)
class BatchReport:
    """A finished job: where its output is, and what ``manifest.json`` says of it.

    Attributes
    ----------
    path : Path
        The output folder.
    manifest : dict
        What ``manifest.json`` says: the job, its options, counts, warnings, timings and files.
    ran : bool
        Whether it was this call that finished it; False for a job that was done already.
    """

    path: Path
    manifest: dict[str, Any]
    ran: bool = True

    @property
    def output(self) -> Path | None:
        """The file of recommendations.

        Returns
        -------
        Path or None
            None where it is no more.
        """
        return OutFolder(self.path).output()

    @property
    def rejected(self) -> int:
        """How many profiles, rows, papers and interests were not served.

        Returns
        -------
        int
            The lines of ``rejected.jsonl``.
        """
        return int(self.manifest["counts"]["rejected"])

    @property
    def left_out(self) -> int:
        """How many rows, readers, papers and interests could not be served.

        Returns
        -------
        int
            An honest empty list is not among them.
        """
        counts = self.manifest["counts"]
        return self.rejected - int(counts["empty"])
