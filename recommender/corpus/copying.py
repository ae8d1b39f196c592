"""A copy of a corpus, of one state, while others write to it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from io import BufferedReader
from pathlib import Path

from ..errors import CorpusChanged, CorpusDamaged
from ..files import sync_folder
from .database import DATABASE, system_errors
from .immutable import check_is_file, sha256_of
from .search import load_index_file
from .store import CorpusStore
from .stored_vectors import load_segments

# A writer may drop a file between our reading its name and our opening it; then we look again.
_ATTEMPTS = 20
_CHUNK = 1 << 20


def copy_corpus(
    folder: Path, target: Path, *, former: Path | None = None, tick: Callable[[int], None] = lambda _: None
) -> int:
    """Copy the newest state of a corpus into an empty folder; returns how many papers it has.

    Whoever writes meanwhile is not kept from it. Each file is compared with its SHA-256; one that the folder
    `former`, an earlier copy, has already is linked from there, if it is well. `tick` is given bytes.

    Raises NotACorpus, CorpusTooNew, CorpusDamaged where a file is missing or not what was written,
    CorpusError where the system refuses something, CorpusChanged where files go before they can be opened.
    """
    missing = ""
    for _ in range(_ATTEMPTS):
        with system_errors(target), CorpusStore.read(folder) as store, ExitStack() as opened:
            store.manifest()  # says where nothing is there to be copied
            wanted = {segment.file: segment.sha256 for segment in load_segments(store)}
            index = load_index_file(store)
            if index is not None:
                wanted[index.file] = index.sha256
            try:
                files = {name: opened.enter_context(_opened(folder / name)) for name in wanted}
            except FileNotFoundError as error:
                if error.filename == missing:
                    raise CorpusDamaged(f"{missing}: the file is missing; restore it") from error
                missing = error.filename
                continue
            store.copy_to(target / DATABASE)
            for name, file in files.items():
                _put(file, target / name, wanted[name], former, tick)
            sync_folder(target)
            return store.count("papers")
    raise CorpusChanged(f"{folder}: it is changed faster than it can be copied; try again later")


def corpus_bytes(folder: Path) -> int:
    """About how many bytes a copy has to read."""
    sizes = (path.stat().st_size for path in folder.glob("*-*") if path.is_file())
    with suppress(OSError):
        return sum(sizes)
    return 0


def _opened(path: Path) -> BufferedReader:
    check_is_file(path)
    return path.open("rb")


def _put(
    file: BufferedReader, target: Path, sha256: str, former: Path | None, tick: Callable[[int], None]
) -> None:
    if former is not None and _is_linked(former / target.name, target, sha256):
        tick(target.stat().st_size)
        return
    digest = hashlib.sha256()
    with target.open("xb") as copy:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
            tick(len(chunk))
        copy.flush()
        os.fsync(copy.fileno())
    if digest.hexdigest() != sha256:
        raise CorpusDamaged(f"{file.name}: SHA-256 is not what was written; run `recommender verify`")


def _is_linked(known: Path, target: Path, sha256: str) -> bool:
    """Whether an earlier copy has the file, and it is this one now as well."""
    with suppress(OSError, CorpusDamaged):
        if sha256_of(known) == sha256:
            os.link(known, target)
            return True
    return False
