"""Decide whether a batch job starts, resumes, is already complete, or must be refused."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ..errors import BatchError
from ..readership.ledger import Ledger
from .folder import OutFolder
from .job import RECOMMENDATIONS, REJECTED, Job, differences

_LOG = logging.getLogger("recommender")


def check_folder(folder: OutFolder, *, overwrite: bool) -> None:
    """Raise BatchError where no job may begin or go on in a folder, whatever it is asked for: where something
    is in the way that no job of ours wrote, or that may be left alone only if it is to be.
    """
    if folder.manifest() is not None:
        return  # what is done is done; `resume_or_start` looks again before anything of it is replaced
    begun = _begun(folder, overwrite=overwrite)
    folder.check(None, unsure=_unannounced(begun))
    if begun is None and not overwrite and (foreign := folder.other_file()):
        raise BatchError(
            f"{folder.path} holds other files ({foreign} ...); choose a folder of its own, or --overwrite, "
            "which leaves those alone"
        )


def resume_or_start(
    folder: OutFolder, job: Job, ledger: Ledger | None, *, overwrite: bool
) -> tuple[Job, dict[str, Any] | None]:
    """The job to do or to go on with in a folder that was checked; and the manifest where it is done already.

    What was served before other jobs were added to the `ledger` may have been shown by these meanwhile: such
    a job begins anew.

    Raises BatchError where the folder holds another job, unless that may be overwritten.
    """
    manifest = folder.manifest()
    if manifest is not None:
        return _after_another(folder, job, manifest, overwrite=overwrite)
    begun = _begun(folder, overwrite=overwrite)
    if begun is not None:
        same = job.as_of(begun)
        changed = differences(begun, same.to_dict())
        if not changed and not _is_overtaken(same, job, ledger, folder):
            _LOG.info("going on with the job in %s", folder.path)
            return same, None
        if not changed:
            _LOG.info("other jobs ended since the one in %s was stopped: it begins anew", folder.path)
        elif not overwrite:
            raise BatchError(
                f"{folder.path} holds an unfinished job that is another one ({changed}); "
                "--overwrite begins anew, or choose another folder"
            )
    folder.clear()
    return job, None


def _after_another(
    folder: OutFolder, job: Job, manifest: dict[str, Any], *, overwrite: bool
) -> tuple[Job, dict[str, Any] | None]:
    """In a folder of a finished job, which may be this one."""
    same = job.as_of(manifest)
    is_same = manifest["job"] == same.name
    damaged = folder.damaged(manifest) if is_same else None
    # Both are there where a job was stopped when all was done, and what is left of it is to go.
    stopped_at_last = folder.unfinished.exists() and folder.unfinished.is_ours()
    if is_same and not damaged and (stopped_at_last or not overwrite):
        if stopped_at_last:
            folder.clear_unfinished()
        return same, manifest
    if not overwrite:
        if damaged:
            raise BatchError(f"{damaged} is not what was written; --overwrite makes it again")
        raise BatchError(
            f"{folder.path} holds a finished job that is another one "
            f"({differences(manifest, same.to_dict())}); --overwrite replaces it, or choose another folder"
        )
    folder.clear()
    return job, None


def _begun(folder: OutFolder, *, overwrite: bool) -> dict[str, Any] | None:
    """The job that was begun in a folder; where that cannot be told it may only be overwritten."""
    try:
        return folder.job()
    except BatchError:
        folder.unfinished.check()  # what is no job's is no reason to ask for --overwrite
        if not overwrite:
            raise
        return None


def _unannounced(begun: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The files that a job of an older version, which did not say which are its own, may have written.

    What it has to write is compared with them.
    """
    if begun is None or "store" in begun:
        return ()
    return f"{RECOMMENDATIONS}.{begun['parameters'].get('format')}", REJECTED


def _is_overtaken(begun: Job, now: Job, ledger: Ledger | None, folder: OutFolder) -> bool:
    """Whether the ledger holds jobs that it did not hold when this one began, and not this one itself."""
    return ledger is not None and begun.runs != now.runs and not ledger.holds(begun.name, folder.path)
