"""The blocks of a job that is not finished: each on the disk with its checksum, and served again otherwise.

What makes a block is in ``NUMBER.counts``, which is written last: how many of what, the size and the SHA-256
of its other files, which block of which job it is, and a checksum of all that. A block whose files are not
those, were they lost, cut, changed or another block's, is no block.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import BatchError
from .records import checked, is_count, read_record, with_checksum
from .service import BlockResult, Counts
from .storage import as_json, as_line, written

__all__ = ["BLOCK_FILE", "BlockFolder", "DamagedBlock"]

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
        record: dict[str, Any] = {"counts": asdict(served.counts), "job": self._job, "block": number}
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
        and value.keys() == Counts.__dataclass_fields__.keys()
        and all(map(is_count, value.values()))
    )


def _description(data: bytes) -> dict[str, object]:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
