"""The output folder: what may be written there, and what may go.

While a job runs everything is in ``unfinished/``. At the end its blocks become the output files,
``manifest.json`` is written, which names them, and ``unfinished/`` goes. Only what a manifest or the state of
an unfinished job names is ever replaced or deleted; whatever else is called so is in the way, and the job is
refused before it begins. Every file is written aside, put on the disk and renamed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ..errors import BatchError
from ..files import sync_folder
from .formats import Format
from .job import MANIFEST, OUTPUTS, RECOMMENDATIONS, REJECTED, REMEDY, output_of, read_manifest
from .storage import as_json, as_line, described, filled, fits, ignored, named, written
from .unfinished import UNFINISHED, BlockFolder, Unfinished
from .workers import BlockResult, Counts

_LOCK = ".lock"


class OutFolder:
    """One job's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unfinished = Unfinished(path / UNFINISHED)
        self._blocks: BlockFolder | None = None

    @property
    def store(self) -> Path:
        """Where the job's profiles are."""
        return self.unfinished.store

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder if need be, and keep other jobs out of it.

        Raises BatchError when it cannot be written or another job is at work in it.
        """
        from filelock import FileLock, Timeout

        path = self.path / _LOCK
        with named(self.path):
            if self.path.exists() and not self.path.is_dir():
                raise BatchError(f"{self.path} is a file; a batch job needs a folder for its output")
            self.path.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(path) and (path.is_symlink() or not path.is_file() or path.stat().st_size):
                raise BatchError(f"{path}: no batch job wrote that; {REMEDY}")
            lock = FileLock(path)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise BatchError(f"{self.path}: another batch job is at work here; wait for it") from None
        try:
            yield
        finally:
            try:
                # While it is ours: whoever waits for it sees that it is gone, and makes another.
                with ignored():
                    path.unlink(missing_ok=True)
            finally:
                lock.release()

    def other_file(self) -> str:
        """The name of something that is there and no batch job writes; empty where nothing is."""
        ours = {UNFINISHED, MANIFEST, _LOCK, *OUTPUTS}
        with named(self.path):
            names = sorted(entry.name for entry in self.path.iterdir())
        return next((name for name in names if name not in ours), "")

    def manifest(self) -> dict[str, Any] | None:
        """What a finished job left; None where none is finished. Raises BatchError where it is none's."""
        return read_manifest(self.path / MANIFEST)

    def damaged(self, manifest: Mapping[str, Any]) -> Path | None:
        """The first of a finished job's files that is missing or not what was written."""
        paths = ((self.path / name, about) for name, about in manifest["files"].items())
        return next((path for path, about in paths if not fits(path, about)), None)

    def job(self) -> dict[str, Any] | None:
        """The job that was begun here and is not finished. Raises BatchError where that cannot be told."""
        return self.unfinished.read_job()

    def check(self, manifest: Mapping[str, Any] | None, *, unsure: Iterable[str] = ()) -> None:
        """Raise BatchError where a file is in the way that neither `manifest` nor an unfinished job names.

        `unsure` are names of files that will be looked at later.
        """
        self.unfinished.check()
        announced = self.unfinished.announced()
        own = {*(manifest["files"] if manifest else ()), *unsure}
        for name in OUTPUTS:
            path = self.path / name
            if not os.path.lexists(path):
                continue
            is_file = path.is_file() and not path.is_symlink()
            if is_file and (name in own or (name in announced and fits(path, announced[name]))):
                continue
            raise BatchError(f"{path}: nothing says that a batch job wrote that; {REMEDY}")

    def clear(self) -> None:
        """Delete what batch jobs have left, and nothing else.

        What names the files goes after them, so that this as well can be gone on with. Raises BatchError as
        `manifest` and `check`.
        """
        with named(self.path):
            manifest = self.manifest()
            self.check(manifest)
            for name in OUTPUTS:
                (self.path / name).unlink(missing_ok=True)
            if manifest is not None:
                sync_folder(self.path)
                (self.path / MANIFEST).unlink(missing_ok=True)
        self.clear_unfinished()

    def clear_unfinished(self) -> None:
        """Delete the state of a job."""
        self.unfinished.clear()

    def is_staged(self) -> bool:
        """Whether that job's profiles are there, as they were when it began."""
        return self.unfinished.is_staged()

    def prepare(self) -> None:
        """Make room for a job's state."""
        self.unfinished.prepare()

    def begin(self, job: dict[str, Any]) -> None:
        """From now on this job can be gone on with."""
        self.unfinished.begin(job)

    def done(self, job: str, total: int, *, shown: bool) -> dict[int, Counts]:
        """Those of the blocks of this job that are stored whole, and their counts; from now on
        `commit_part` is about its blocks. `shown`: with what a ledger needs.
        """
        self._blocks = BlockFolder(self.unfinished.parts, job, shown=shown)
        with named(self.path):
            return self._blocks.done(total)

    def commit_part(self, number: int, served: BlockResult) -> None:
        """Store a block; when this returns it is safe."""
        with named(self.path):
            self._of_job.commit_part(number, served)

    def counts(self, blocks: int) -> Counts:
        """What all blocks come to. Raises DamagedBlock as `finish`."""
        return sum(map(self._of_job.counts, range(blocks)), Counts())

    def finish(
        self, kind: Format, blocks: int, rejections: Iterable[dict[str, str]]
    ) -> dict[str, dict[str, object]]:
        """Make the output files of all blocks, `rejections` before theirs; returns sizes and SHA-256.

        Raises DamagedBlock where one of them is not what was served; nothing is put in its place then.
        """
        rows = (self._of_job.read(number, "rows") for number in range(blocks))

        def rejected(file: IO[bytes]) -> None:
            for rejection in rejections:
                file.write(as_line(rejection))
            for number in range(blocks):
                file.write(self._of_job.read(number, "rejected"))

        output = f"{RECOMMENDATIONS}.{kind.name}"
        parts = {name: self.unfinished.path / f"{name}.part" for name in (output, REJECTED)}
        with named(self.path):
            filled(parts[output], lambda file: kind.join(rows, file))
            filled(parts[REJECTED], rejected)
            files = {name: described(part) for name, part in parts.items()}
            self.unfinished.announce(files)
            for name, part in parts.items():
                if os.path.lexists(self.path / name) and not fits(self.path / name, files[name]):
                    raise BatchError(f"{self.path / name}: came there while the job ran; {REMEDY}")
                part.replace(self.path / name)
            sync_folder(self.path)
        return files

    def shown(self, blocks: int) -> Iterator[tuple[str, str, str]]:
        """The user, id and title of each row of all blocks. Raises DamagedBlock as `finish`."""
        return self._of_job.shown(blocks)

    def finalize(self, manifest: dict[str, Any]) -> None:
        """Say that all is done, and drop the state."""
        path = self.path / MANIFEST
        with named(self.path):
            if os.path.lexists(path):
                raise BatchError(f"{path}: came there while the job ran, and not by it; {REMEDY}")
            written(path, as_json(manifest), aside=self.unfinished.path)
        self.clear_unfinished()

    def output(self) -> Path | None:
        """The file with the recommendations of a finished job."""
        manifest = self.manifest()
        return None if manifest is None else self.path / output_of(manifest)

    @property
    def _of_job(self) -> BlockFolder:
        assert self._blocks is not None, "`done` says whose blocks they are"
        return self._blocks
