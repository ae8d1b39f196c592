"""The state of a job on disk, so that it can be killed at any moment and resumed.

What makes a block is in ``NUMBER.counts``, which is written last: how many of what, the size and the SHA-256
of its other files, which block of which job it is, and a checksum of all that. A block whose files are not
those, were they lost, cut, changed or another block's, is no block.

``job.json`` says which job it is, ``profiles.sqlite`` holds its readers, ``parts/`` the blocks that are done,
``files.json`` what the output files are that it is about to put in their place.

Somebody else may call a folder so. It is a job's where its record or its store says so, and holds nothing but
files that are called as a job calls them; in any other folder nothing is written or deleted.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import BatchError
from ..files import sync_folder
from ..profiles.store_writer import APPLICATION_ID
from .job import MANIFEST, OUTPUTS, REMEDY, checked, is_count, is_description, read_record, with_checksum
from .storage import as_json, as_line, described, fits, named, written
from .workers import BlockResult, Counts

BLOCK_FILE = re.compile(r"[0-9]{8,12}\.(?:rows|rejected|shown|counts)(?:\.part)?")
"""What the files of blocks are called, in full."""

_COUNTS = "counts"


class DamagedBlock(Exception):
    """A block is not what was served."""

    def __init__(self, number: int) -> None:
        super().__init__(f"block {number} is not what was served")
        self.number = number


class BlockFolder:
    """The blocks of one `job`, by its name, in a folder; `shown`: with what a ledger will ask for."""

    def __init__(self, folder: Path, job: str, *, shown: bool) -> None:
        self._folder = folder
        self._job = job
        self._files = ("rows", "rejected", *(["shown"] if shown else []))

    def commit_part(self, number: int, served: BlockResult) -> None:
        """Store a block; when this returns it is safe."""
        told = b"".join(as_line(rejection.to_dict()) for rejection in served.rejections)
        content = {"rows": served.part, "rejected": told, "shown": served.shown}
        record: dict[str, Any] = {"counts": served.counts.to_dict(), "job": self._job, "block": number}
        for what in self._files:
            data = content[what]
            written(self._path(number, what), data, synced=False)
            record[what] = _description(data)
        written(self._path(number, _COUNTS), as_json(with_checksum(record)))

    def done(self, total: int) -> dict[int, Counts]:
        """Those of the first so many blocks that are whole, and their counts; each is read."""
        found = {}
        for number in range(total):
            try:
                for what in self._files:
                    self.read(number, what)
                found[number] = self.counts(number)
            except DamagedBlock:
                continue
        return found

    def counts(self, number: int) -> Counts:
        """What a block comes to. Raises DamagedBlock unless it is what was served."""
        return Counts(**self._record(number)["counts"])

    def read(self, number: int, what: str) -> bytes:
        """A file of a block: its ``rows``, what was ``rejected`` or ``shown``. Raises DamagedBlock."""
        expected = self._record(number)[what]
        try:
            data = self._path(number, what).read_bytes()
        except OSError as error:
            raise DamagedBlock(number) from error
        if _description(data) != expected:
            raise DamagedBlock(number)
        return data

    def shown(self, total: int) -> Iterator[tuple[str, str, str]]:
        """The user, id and title of each row of the first so many blocks. Raises DamagedBlock as `counts`."""
        for number in range(total):
            for line in self.read(number, "shown").splitlines():
                user, paper, title = json.loads(line)
                yield user, paper, title

    def _record(self, number: int) -> Mapping[str, Any]:
        try:
            found = read_record(self._path(number, _COUNTS), "it is served again") or {}
        except BatchError as error:
            raise DamagedBlock(number) from error
        record = checked(found)
        if (
            record is None
            or (record.get("job"), record.get("block")) != (self._job, number)
            or not all(what in record for what in self._files)
            or not _are_counts(record.get("counts"))
        ):
            raise DamagedBlock(number)
        return record

    def _path(self, number: int, what: str) -> Path:
        return self._folder / f"{number:08d}.{what}"


def _are_counts(value: object) -> bool:
    return (
        isinstance(value, dict)
        and Counts().to_dict().keys() <= value.keys() <= Counts.__dataclass_fields__.keys()
        and all(map(is_count, value.values()))
    )


def _description(data: bytes) -> dict[str, object]:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


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
