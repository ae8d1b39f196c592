"""``manifest.json`` read again: what a finished job says of itself, and which files are its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import BatchError
from .output import FORMATS
from .records import is_count, is_description, is_number, read_record

__all__ = [
    "MANIFEST",
    "OUTPUTS",
    "RECOMMENDATIONS",
    "REJECTED",
    "REMEDY",
    "is_ours",
    "output_of",
    "read_manifest",
]

MANIFEST, REJECTED = "manifest.json", "rejected.jsonl"

RECOMMENDATIONS = "recommendations"
"""What the file of recommendations is called, without its ending."""

OUTPUTS = (*(f"{RECOMMENDATIONS}.{kind}" for kind in FORMATS), REJECTED)
"""What the files may be called that a job leaves beside its manifest."""

REMEDY = "choose another folder for --out, or move away what is in this one"
"""What helps where a file is in the way that may be somebody else's."""

_COUNTS = {"profiles", "served", "empty", "recommendations", "merged", "rejected"}
_TIMINGS = {"seconds", "profiles_per_second"}


def read_manifest(path: Path) -> dict[str, Any] | None:
    """What a finished job wrote; None where there is no such file.

    Raises BatchError, which names the file and what of it cannot be, for anything that no job has written.
    """
    found = read_record(path, REMEDY)
    if found is None:
        return None
    for name, is_sound in _SOUND.items():
        if not is_sound(found.get(name)):
            raise BatchError(f"{path}: is damaged, or no batch job's (its {name!r}); {REMEDY}")
    return found


def is_ours(record: Mapping[str, Any]) -> bool:
    """Whether a record says, rightly or not, that a job wrote it."""
    return {"job", "finished"} <= record.keys()


def output_of(manifest: Mapping[str, Any]) -> str:
    """The name of the file of recommendations."""
    return next(name for name in OUTPUTS if name in manifest["files"] and name != REJECTED)


def _are_files(value: object) -> bool:
    """Only names that a job writes: none leads out of its folder."""
    return (
        isinstance(value, dict)
        and value.keys() <= {*OUTPUTS}
        and len(value.keys() - {REJECTED}) == 1
        and all(map(is_description, value.values()))
    )


def _are_counts(value: object) -> bool:
    return isinstance(value, dict) and value.keys() >= _COUNTS and all(map(is_count, value.values()))


def _are_timings(value: object) -> bool:
    return isinstance(value, dict) and all(
        value.get(name) is None or is_number(value[name]) for name in _TIMINGS
    )


_SOUND: dict[str, Callable[[object], bool]] = {
    "job": lambda value: isinstance(value, str),
    "finished": lambda value: isinstance(value, str),
    "shown_by_runs": lambda value: value is None or is_count(value),
    "unnamed": lambda value: value is None or isinstance(value, str),
    "counts": _are_counts,
    "timings": _are_timings,
    "files": _are_files,
}
