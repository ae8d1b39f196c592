"""Read the JSON records that batch jobs wrote: they may be damaged, or be somebody else's."""

from __future__ import annotations

import hashlib
import json
import math
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from ..errors import BatchError

__all__ = ["checked", "is_count", "is_description", "is_number", "read_record", "with_checksum"]

_LARGEST = 16 * 2**20  # bytes; of a million readers as of one, a record has some kilobytes
_DEEPEST = 20
_SHA256 = 64
_CHECKSUM = "sha256"


def read_record(path: Path, remedy: str) -> dict[str, Any] | None:
    """The JSON object in a file; None where there is none.

    Raises BatchError, which says why and the `remedy`, for whatever else is there.
    """
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for, a link may lead anywhere
            raise BatchError(f"{path}: is no file that a batch job wrote; {remedy}")
        if found.st_size > _LARGEST:
            raise BatchError(f"{path}: has {found.st_size:,} bytes, too many for a batch job's; {remedy}")
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BatchError(f"{path}: cannot be read ({error.strerror or error}); {remedy}") from error
    except (ValueError, RecursionError) as error:
        raise BatchError(f"{path}: is damaged, or no batch job's ({_why(error)}); {remedy}") from error
    if not isinstance(record, dict) or _is_deep(record, _DEEPEST):
        raise BatchError(f"{path}: is damaged, or no batch job's; {remedy}")
    return record


def with_checksum(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record and the SHA-256 of it."""
    return {**record, _CHECKSUM: _checksum(record)}


def checked(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record that `with_checksum` was given; None where it is another."""
    found = {name: value for name, value in record.items() if name != _CHECKSUM}
    return found if record.get(_CHECKSUM) == _checksum(found) else None


def is_count(value: object) -> bool:
    """Whether it is a number of things."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def is_number(value: object) -> bool:
    """Whether it is a number that can be told."""
    return (isinstance(value, float) and math.isfinite(value)) or is_count(value)


def is_description(value: object) -> TypeGuard[dict[str, object]]:
    """Whether it is the size and the SHA-256 of a file."""
    return (
        isinstance(value, dict)
        and value.keys() == {"bytes", "sha256"}
        and is_count(value["bytes"])
        and isinstance(value["sha256"], str)
        and len(value["sha256"]) == _SHA256
    )


def _checksum(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _why(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return str(error)
    if isinstance(error, UnicodeDecodeError):
        return "no text in UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number of it is too long"


def _is_deep(value: object, left: int) -> bool:
    inner: Iterable[object] = ()
    if isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    return left < 0 or any(_is_deep(one, left - 1) for one in inner)
