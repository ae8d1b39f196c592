"""Where the files of editions lie: a folder for each reader, whose name tells no two readers apart wrongly.

All of it can be made again from the file of readers, so files are only put in their place whole, and not
waited for until they are on the disk: one that is missing or torn is mended by the same command.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from ..errors import ParameterError, ReadershipError
from ..files import SAFE, checked_path, refuse_undecodable
from ..option_values import FEEDS
from .listing import Span

EVERYBODY = "everybody"
"""The folder of what is for everybody."""

FEED = "feed"
"""What the files of a feed are called, before their ending."""

_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MARKED = re.compile(r".*-[0-9a-f]{8}")
_OTHERS = re.compile(r"[^a-z0-9]+")
_LONGEST, _MARK = 40, 8


def folder_name(name: str) -> str:
    """Give the folder of a reader: no other name has it, also where upper and lower case are one.

    Parameters
    ----------
    name : str
        The reader's.

    Returns
    -------
    str
        The name itself, where it is of lower-case letters, digits and hyphens; else these of it, and a mark.

    Examples
    --------
    >>> from recommender.listing import folder_name
    >>> folder_name("mei"), folder_name("Mei Li")
    ('mei', 'mei-li-8e37438e')
    """
    plain = _PLAIN.fullmatch(name) and len(name) <= _LONGEST and not _MARKED.fullmatch(name)
    if plain and name not in (EVERYBODY, FEEDS):
        return name
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    readable = _OTHERS.sub("-", letters)[:_LONGEST].strip("-") or "reader"
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{readable}-{digest[:_MARK]}"


def edition_name(span: Span, day: str) -> str:
    """What an edition's files are called before their ending: ``2026-11-30``, ``2026-11-30.week``."""
    return day if span == "day" else f"{day}.{span}"


def checked_out(out: str | os.PathLike[str], corpus: Path) -> Path:
    """The folder of all editions. Raises ParameterError for one in the corpus, and for what is no folder."""
    path = checked_path(out, "the output folder")
    refuse_undecodable(path, "the output folder")
    # Not `Path.resolve`: it raises what is no OSError where links lead in a circle.
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(corpus)):
        raise ParameterError(f"{path} lies in the corpus {corpus}; choose a folder elsewhere")
    if os.path.lexists(path) and not path.is_dir():
        raise ParameterError(f"{path} is no folder; editions need one, name another")
    return path


def make_folder(path: Path) -> None:
    """The folder, before anything is made that is to lie there. Raises ParameterError where it cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(f"{path}: {error.strerror or error}; name another folder for --out") from error


def write_files(folder: Path, files: Mapping[str, bytes]) -> int:
    """Put files into a folder, those that are not there as they should be; how many these were.

    Whatever else lies there stays. Raises ReadershipError where one cannot be written.
    """
    written = 0
    try:
        for name, data in files.items():
            if not _is_there(folder / name, data):
                folder.mkdir(parents=True, exist_ok=True)
                _put(folder / name, data)
                written += 1
    except OSError as error:
        raise ReadershipError(f"{error.filename or folder}: {error.strerror or error}; {SAFE}") from error
    return written


def drop_files(folder: Path, names: Mapping[str, bytes] | tuple[str, ...]) -> None:
    """Delete files of these names, and the folder where nothing else is in it."""
    try:
        for name in names:
            (folder / name).unlink(missing_ok=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise ReadershipError(f"{error.filename or folder}: {error.strerror or error}; {SAFE}") from error


def _is_there(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and not path.is_symlink() and path.read_bytes() == data
    except OSError:
        return False


def _put(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as file:
            file.write(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error
