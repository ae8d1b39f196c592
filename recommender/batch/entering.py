"""Coming into an output folder: to begin, to go on, to find all done, or not at all."""

from __future__ import annotations

import logging
from typing import Any

from ..errors import BatchError
from .folder import OutFolder
from .job import Job, differences
from .ledger import Ledger

__all__ = ["entered"]

_LOG = logging.getLogger("recommender")


def entered(
    folder: OutFolder, job: Job, ledger: Ledger | None, *, overwrite: bool
) -> tuple[Job, dict[str, Any] | None]:
    """The job to do or to go on with; and the manifest where it is done already.

    What was served before other jobs were added to the `ledger` may have been shown by these meanwhile: such
    a job begins anew.

    Raises BatchError where the folder holds anything else, unless that may be overwritten.
    """
    begun, manifest = folder.job(), folder.manifest()
    if begun is not None:
        same = job.as_of(begun.get("shown_by_runs"))
        changed = differences(begun, same.record())
        if not changed and manifest is None and _is_overtaken(same, job, ledger, folder):
            _LOG.info("other jobs ended since the one in %s was stopped: it begins anew", folder.path)
            folder.clear()
            return job, None
        if not changed and manifest is None:
            _LOG.info("going on with the job in %s", folder.path)
            return same, None
        if manifest is not None and manifest.get("job") == same.name:
            folder.clear_unfinished()  # it was stopped when all was done
            return same, manifest
        if not overwrite:
            raise BatchError(
                f"{folder.path} holds an unfinished job that is another one ({changed}); "
                "--overwrite begins anew, or choose another folder"
            )
    if manifest is not None and not overwrite:
        same = job.as_of(manifest.get("shown_by_runs"))
        if manifest.get("job") == same.name:
            if damaged := folder.damaged(manifest):
                raise BatchError(f"{damaged} is not what was written; --overwrite makes it again")
            return same, manifest
        changed = differences(manifest, same.record())
        raise BatchError(
            f"{folder.path} holds a finished job that is another one ({changed}); --overwrite replaces it, "
            "or choose another folder"
        )
    if (foreign := folder.foreign()) and not overwrite:
        raise BatchError(
            f"{folder.path} holds other files ({foreign} ...); choose a folder of its own, or --overwrite, "
            "which leaves those alone"
        )
    folder.clear()
    return job, None


def _is_overtaken(begun: Job, now: Job, ledger: Ledger | None, folder: OutFolder) -> bool:
    """Whether the ledger holds jobs that it did not hold when this one began, and not this one itself."""
    return ledger is not None and begun.runs != now.runs and not ledger.holds(begun.name, folder.path)
