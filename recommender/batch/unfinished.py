"""``unfinished/`` in an output folder: the state of a job, so that it can be killed at any moment.

``job.json`` says which job it is, ``profiles.sqlite`` holds its readers, ``parts/`` the blocks that are done,
``files.json`` what the output files are that it is about to put in their place.

Somebody else may call a folder so. It is a job's where its record or its store says so, and holds nothing but
files that are called as a job calls them; in any other folder nothing is written or deleted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import BatchError
from ..files import sync_folder
from ..profiles.store_writer import APPLICATION_ID
from .blocks import BLOCK_FILE
from .manifest import MANIFEST, OUTPUTS, REMEDY
from .records import checked, is_count, is_description, read_record, with_checksum
from .storage import as_json, described, fits, named, written

__all__ = ["UNFINISHED", "Unfinished"]

UNFINISHED = "unfinished"

_JOB, _STORE, _PARTS, _FILES = "job.json", "profiles.sqlite", "parts", "files.json"
_ASIDE = ".part"

_OURS = {name + end for name in (_JOB, _STORE, _FILES) for end in ("", _ASIDE)}
_OURS |= {name + _ASIDE for name in (*OUTPUTS, MANIFEST)}

_ANEW = "--overwrite begins anew, or choose another folder for --out"

# Where SQLite has the number that tells a store of profiles from other files, see its file format.
_SQLITE, _NUMBER_AT = b"SQLite format 3\0", 68


class Unfinished:
    """The state of one job, in a folder of this path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = path / _STORE
        """Where the job's profiles are."""
        self.parts = path / _PARTS
        """Where its blocks are."""

    def exists(self) -> bool:
        """Whether anything is there, whatever it is."""
        return os.path.lexists(self.path)

    def check(self) -> None:
        """Raise BatchError where what is there is not, or not only, a job's."""
        if not self.exists():
            return
        if self.path.is_symlink() or not self.path.is_dir():
            raise BatchError(f"{self.path}: is no folder that a batch job made; {REMEDY}")
        if strange := next(self._strange(), None):
            raise BatchError(f"{strange}: no batch job wrote that; {REMEDY}")
        if not self._is_marked():
            raise BatchError(f"{self.path}: nothing there says that a batch job made it; {REMEDY}")

    def is_ours(self) -> bool:
        """Whether `check` finds nothing."""
        try:
            self.check()
        except BatchError:
            return False
        return True

    def read_job(self) -> dict[str, Any] | None:
        """What ``job.json`` says; None where no job was begun. Raises BatchError where it is damaged."""
        found = read_record(self.path / _JOB, _ANEW)
        # A job of an older version has neither the store's checksum nor one of its own.
        if found is not None and _is_job(found) and "store" in found:
            found = checked(found) or {}
        if found is not None and not _is_job(found):
            raise BatchError(f"{self.path / _JOB}: is damaged, or no batch job's; {_ANEW}")
        return found

    def is_staged(self) -> bool:
        """Whether the store is the one that was there when the job began."""
        store = (self.read_job() or {}).get("store")
        return is_description(store) and fits(self.store, store)

    def prepare(self) -> None:
        """Make room for another job's state."""
        with named(self.path):
            self.clear()
            self.parts.mkdir(parents=True)

    def begin(self, job: Mapping[str, Any]) -> None:
        """From now on this job can be gone on with."""
        with named(self.path):
            self.parts.mkdir(exist_ok=True)
            record = {**job, "store": described(self.store)}
            written(self.path / _JOB, as_json(with_checksum(record)))

    def announce(self, files: Mapping[str, Mapping[str, object]]) -> None:
        """Say which output files are the job's, before they are put in their place."""
        written(self.path / _FILES, as_json(files))

    def announced(self) -> dict[str, Any]:
        """The output files that are the job's, as `announce` was told: name -> description."""
        try:
            found = read_record(self.path / _FILES, _ANEW) or {}
        except BatchError:
            return {}
        return {name: about for name, about in found.items() if name in OUTPUTS and is_description(about)}

    def clear(self) -> None:
        """Delete it, file by file; last what tells whose it is, so that this as well can be gone on with."""
        if not self.exists():
            return
        with named(self.path):
            self.check()
            if self.parts.exists():
                for file in self.parts.iterdir():
                    file.unlink()
                self.parts.rmdir()
            last = (f"{_STORE}{_ASIDE}", _STORE, _JOB)
            for name in sorted(_OURS - {*last}):
                (self.path / name).unlink(missing_ok=True)
            sync_folder(self.path)
            for name in last:
                (self.path / name).unlink(missing_ok=True)
            self.path.rmdir()

    def _strange(self) -> Iterator[Path]:
        """What is in it, or in its ``parts``, that is no job's."""
        with named(self.path), os.scandir(self.path) as entries:
            for entry in entries:
                if entry.name == _PARTS and entry.is_dir(follow_symlinks=False):
                    continue
                if entry.name not in _OURS or not entry.is_file(follow_symlinks=False):
                    yield Path(entry.path)
        if self.parts.is_dir():
            with named(self.parts), os.scandir(self.parts) as entries:
                for entry in entries:
                    if not BLOCK_FILE.fullmatch(entry.name) or not entry.is_file(follow_symlinks=False):
                        yield Path(entry.path)

    def _is_marked(self) -> bool:
        """Whether a file in it can be a job's only, or there is nothing in it to lose."""
        try:
            if _is_job(read_record(self.path / _JOB, _ANEW) or {}):
                return True
        except BatchError:
            pass
        with named(self.path):
            if any(map(_is_store, (self.store, self.path / f"{_STORE}{_ASIDE}"))):
                return True
            return not any(file.stat().st_size for file in self.path.rglob("*") if file.is_file())


def _is_job(record: Mapping[str, Any]) -> bool:
    parts = ("corpus", "encoder", "profiles", "parameters")
    runs = record.get("shown_by_runs")
    return all(isinstance(record.get(name), dict) for name in parts) and (runs is None or is_count(runs))


def _is_store(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_NUMBER_AT + 4)
    except FileNotFoundError:
        return False
    number = int.from_bytes(head[_NUMBER_AT:], "big")
    return head.startswith(_SQLITE) and number == APPLICATION_ID
