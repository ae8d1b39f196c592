"""Any source of profiles, read as a stream of what it says of its readers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import ParameterError, ProfileError, SourceError
from ..limits import file_too_large, max_file
from ..paths import checked_path
from ..readers import Source
from .fields import WANTED, check_mapping
from .formats import detect_format
from .profile import Profile
from .records import Entry, listed_paper, read_record, record_of
from .skipped import Skipped
from .tables import FRAME, frame_entries

if TYPE_CHECKING:
    import pandas

__all__ = ["ProfileSource", "no_profile", "nothing_but", "read_entries", "source_name"]

ProfileSource: TypeAlias = (
    "str | os.PathLike[str] | pandas.DataFrame | Profile | Mapping[str, Any] "
    "| Iterable[Profile | Mapping[str, Any] | str]"
)
"""What profiles are read from."""


def read_entries(source: ProfileSource, mapping: Mapping[str, str] | None = None) -> Iterator[Entry]:
    """What a source says of its readers, see `read_profiles`, in its order, one entry in memory at a time.

    A source that is empty, or has a header and no row, has no entry. Raises ProfileError, at once or on the
    first entry, when the source is missing, binary or without the columns of any format, when it holds
    nothing but what is skipped, and after what came before when it cannot be read any further; ParameterError
    for a `source` of another type.
    """
    name = source_name(source)
    columns = check_mapping(mapping, name)
    if isinstance(source, (str, os.PathLike)):
        return _not_nothing(_file_entries(source, columns), name)
    if _is_frame(source):
        return _not_nothing(frame_entries(source, columns), name)  # type: ignore[arg-type]
    if isinstance(source, (Profile, Mapping)):
        return _not_nothing(_items([source], "profile", columns), name)
    return _not_nothing(_items(source, "profiles, item", columns), name)


def source_name(source: object) -> str:
    """How messages name a source. Raises ParameterError for what is none."""
    if isinstance(source, (str, os.PathLike)):
        return "standard input" if os.fspath(source) == "-" else os.fspath(source)
    if _is_frame(source):
        return FRAME
    if isinstance(source, (Profile, Mapping)):
        return "profile"
    if isinstance(source, Iterable) and not isinstance(source, (bytes, bytearray)):
        return "profiles"
    wanted = "a path, a DataFrame, a Profile, a dict, or several of these two"
    raise ParameterError(f"a {type(source).__name__} is no source of profiles; give {wanted}")


def no_profile(name: str) -> str:
    """What is said of a source in which there is nothing."""
    return f"{name}: no profile is in it: it is empty, or has a header and no row; {WANTED}"


def nothing_but(name: str, first: Skipped, count: int) -> str:
    """What is said of a source with nothing in it but what was skipped."""
    if count == 1:
        return f"{name}{first.place.removeprefix(Path(name).name)}: {first.reason}"
    return f"{name}: no profile in it that can be read; the first of {count:,} skipped: {first}"


def _is_frame(source: object) -> bool:
    pandas = sys.modules.get("pandas")  # whoever has a DataFrame has imported it
    return pandas is not None and isinstance(source, pandas.DataFrame)


def _not_nothing(entries: Iterator[Entry], name: str) -> Iterator[Entry]:
    first, count = None, 0
    try:
        for entry in entries:
            yield entry
            if not isinstance(entry, Skipped):
                yield from entries
                return
            first, count = first or entry, count + 1
    except SourceError as error:
        raise ProfileError(str(error)) from error
    if first is not None:
        raise ProfileError(nothing_but(name, first, count))


def _file_entries(path: str | os.PathLike[str], mapping: Mapping[str, str]) -> Iterator[Entry]:
    # As much of one profile is read as of a file that is read whole: the ids of half a million papers.
    source = Source(checked_path(path, "the profile"), max_record=max_file())
    try:
        _refuse_endless(source)
        found = detect_format(source, mapping)
    except SourceError as error:
        raise ProfileError(str(error)) from error
    return iter(()) if found is None else found.read(source, mapping)


def _refuse_endless(source: Source) -> None:
    """Raise ProfileError for a pipe that gives more than is read of one: nobody knows whether it ends."""
    if source.is_pipe:
        limit = max_file()
        with source.open_raw() as stream:
            if len(stream.read(limit + 1)) > limit:
                raise ProfileError(f"{source.path}: {file_too_large(limit)}")


def _items(items: Iterable[Any], unit: str, mapping: Mapping[str, str]) -> Iterator[Entry]:
    for number, item in enumerate(items, start=1):
        place = unit if unit == "profile" else f"{unit} {number}"
        if isinstance(item, Profile):
            yield record_of(item, place, number)
        elif isinstance(item, Mapping):
            yield read_record(place, number, {str(key): value for key, value in item.items()}, mapping)
        elif isinstance(item, str):
            yield listed_paper(place, item)
        else:
            yield Skipped("", place, "", f"is a {type(item).__name__}, and no Profile, dict or id of a paper")
