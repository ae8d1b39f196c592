"""The output folder: what may be written there, and a job's state, so that it can be killed at any moment.

While a job runs everything is in ``unfinished/``: ``job.json`` says which job it is, ``profiles.sqlite``
holds its readers, ``parts/`` the blocks that are done. A block is done when its counts are there, which are
written last. At the end the parts become the output files, ``manifest.json`` is written, and ``unfinished/``
goes. Every file is written aside, put on the disk and renamed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any

from ..corpus.segments import sync_folder
from ..errors import BatchError
from .output import FORMATS, Format
from .service import Counts, Served

__all__ = ["MANIFEST", "REJECTED", "OutFolder"]

MANIFEST, REJECTED, NAME = "manifest.json", "rejected.jsonl", "recommendations"

_UNFINISHED, _JOB, _STORE, _PARTS, _LOCK = "unfinished", "job.json", "profiles.sqlite", "parts", ".lock"

_OURS = {_UNFINISHED, MANIFEST, REJECTED, *(f"{NAME}.{kind}" for kind in FORMATS)}


class OutFolder:
    """One job's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._work = path / _UNFINISHED
        self._parts = self._work / _PARTS

    @property
    def store(self) -> Path:
        """Where the job's profiles are."""
        return self._work / _STORE

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Make the folder if need be, and keep other jobs out of it.

        Raises BatchError when it cannot be written or another job is at work in it.
        """
        from filelock import FileLock, Timeout

        with _named(self.path):
            if self.path.exists() and not self.path.is_dir():
                raise BatchError(f"{self.path} is a file; a batch job needs a folder for its output")
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / _LOCK)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise BatchError(f"{self.path}: another batch job is at work here; wait for it") from None
        try:
            yield
        finally:
            lock.release()
            with _ignored():
                (self.path / _LOCK).unlink(missing_ok=True)

    def foreign(self) -> str:
        """The name of something that is there and is no batch job's; empty where nothing is."""
        names = sorted(entry.name for entry in self.path.iterdir())
        return next((name for name in names if name not in _OURS and name != _LOCK), "")

    def manifest(self) -> dict[str, Any] | None:
        """What a finished job left; None where none is finished. Raises BatchError where it is damaged."""
        return _read_json(self.path / MANIFEST)

    def damaged(self, manifest: dict[str, Any]) -> Path | None:
        """The first of a finished job's files that is missing or not what was written."""
        for name, described in manifest.get("files", {}).items():
            path = self.path / Path(name).name
            if not path.is_file() or _described(path) != described:
                return path
        return None

    def job(self) -> dict[str, Any] | None:
        """The job that was begun here and is not finished."""
        return _read_json(self._work / _JOB)

    def clear(self) -> None:
        """Delete what batch jobs have left, and nothing else; the manifest first, which says it is whole."""
        with _named(self.path):
            for name in (MANIFEST, *sorted(_OURS - {MANIFEST, _UNFINISHED})):
                (self.path / name).unlink(missing_ok=True)
            self.clear_unfinished()

    def clear_unfinished(self) -> None:
        """Delete the state of a job."""
        with _named(self.path):
            (self._work / _JOB).unlink(missing_ok=True)
            if self._work.exists():
                shutil.rmtree(self._work)

    def prepare(self) -> None:
        """Make room for a job's state."""
        with _named(self.path):
            self.clear_unfinished()
            self._parts.mkdir(parents=True)

    def begin(self, job: dict[str, Any]) -> None:
        """From now on this job can be gone on with."""
        with _named(self.path):
            _write(self._work / _JOB, lambda file: file.write(_json(job)))

    def keep(self, number: int, served: Served) -> None:
        """Store a block; when this returns it is safe."""
        told = b"".join(_line(rejection.record()) for rejection in served.rejections)
        with _named(self.path):
            _write(self._part(number, "rows"), lambda file: file.write(served.part))
            _write(self._part(number, "rejected"), lambda file: file.write(told))
            _write(self._part(number, "counts"), lambda file: file.write(_json(asdict(served.counts))))

    def done(self) -> dict[int, Counts]:
        """The blocks that are stored, and their counts."""
        found = {}
        for path in sorted(self._parts.glob("*.counts")):
            counts = _read_json(path)
            found[int(path.stem)] = Counts(**(counts or {}))
        return found

    def finish(
        self, kind: Format, blocks: int, rejections: Iterable[dict[str, str]]
    ) -> dict[str, dict[str, object]]:
        """Make the output files of all blocks, `rejections` before theirs; returns sizes and SHA-256."""
        output = self.path / f"{NAME}.{kind.name}"

        def rejected(file: IO[bytes]) -> None:
            for rejection in rejections:
                file.write(_line(rejection))
            for number in range(blocks):
                file.write(self._part(number, "rejected").read_bytes())

        with _named(self.path):
            parts = [self._part(number, "rows") for number in range(blocks)]
            _write(output, lambda file: kind.join(parts, file), aside=self._work)
            _write(self.path / REJECTED, rejected, aside=self._work)
            return {path.name: _described(path) for path in (output, self.path / REJECTED)}

    def seal(self, manifest: dict[str, Any]) -> None:
        """Say that all is done, and drop the state."""
        with _named(self.path):
            _write(self.path / MANIFEST, lambda file: file.write(_json(manifest)), aside=self._work)
        self.clear_unfinished()

    def output(self) -> Path | None:
        """The file with the recommendations of a finished job."""
        return next((path for kind in FORMATS if (path := self.path / f"{NAME}.{kind}").is_file()), None)

    def _part(self, number: int, what: str) -> Path:
        return self._parts / f"{number:08d}.{what}"


def _write(path: Path, fill: Callable[[IO[bytes]], object], *, aside: Path | None = None) -> None:
    """A file of this name, whole or not at all."""
    part = (aside or path.parent) / f"{path.name}.part"
    try:
        with part.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except BaseException:
        with _ignored():
            part.unlink(missing_ok=True)
        raise


def _described(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def _line(record: dict[str, str]) -> bytes:
    return (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise BatchError(f"{path}: cannot be read ({error}); begin again with --overwrite") from error
    if not isinstance(found, dict):
        raise BatchError(f"{path}: is no batch job's; begin again with --overwrite")
    return found


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Say what could not be written, and that nothing is lost."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise BatchError(
            f"{error.filename or folder}: {reason}; what is done is kept, the same command goes on"
        ) from error


@contextmanager
def _ignored() -> Iterator[None]:
    try:
        yield
    except OSError:
        return
