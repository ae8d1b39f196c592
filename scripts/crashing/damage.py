"""Ways of damaging a file."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

__all__ = ["DAMAGES", "Damage"]

Damage = Callable[[Path, random.Random, Path | None], bool]
"""Damages a file; of a like one that lies elsewhere it may take the content. False where it cannot."""

_SECTOR = 512


def _flipped(path: Path, chance: random.Random, _: Path | None) -> bool:
    return _overwritten(path, chance, 1, lambda old: bytes([old[0] ^ 1 << chance.randrange(8)]))


def _zeroed(path: Path, chance: random.Random, _: Path | None) -> bool:
    return _overwritten(path, chance, _SECTOR, lambda old: bytes(len(old)))


def _noisy(path: Path, chance: random.Random, _: Path | None) -> bool:
    return _overwritten(path, chance, _SECTOR, lambda old: chance.randbytes(len(old)))


def _overwritten(path: Path, chance: random.Random, size: int, changed: Callable[[bytes], bytes]) -> bool:
    content = path.read_bytes()
    if not content:
        return False
    at = chance.randrange(max(len(content) - size + 1, 1))
    new = content[:at] + changed(content[at : at + size]) + content[at + size :]
    path.write_bytes(new)
    return new != content


def _cut(path: Path, chance: random.Random, _: Path | None) -> bool:
    content = path.read_bytes()
    if not content:
        return False
    path.write_bytes(content[: chance.randrange(len(content))])
    return True


def _longer(path: Path, chance: random.Random, _: Path | None) -> bool:
    with path.open("ab") as file:
        file.write(chance.randbytes(chance.choice([1, _SECTOR])))
    return True


def _emptied(path: Path, chance: random.Random, _: Path | None) -> bool:
    path.write_bytes(b"")
    return True


def _deleted(path: Path, chance: random.Random, _: Path | None) -> bool:
    path.unlink()
    return True


def _exchanged(path: Path, chance: random.Random, other: Path | None) -> bool:
    if other is None or other.read_bytes() == path.read_bytes():
        return False
    shutil.copyfile(other, path)
    return True


DAMAGES: dict[str, Damage] = {
    "a bit flipped": _flipped,
    "a sector of zeros": _zeroed,
    "a sector of noise": _noisy,
    "cut": _cut,
    "longer": _longer,
    "emptied": _emptied,
    "deleted": _deleted,
    "another's": _exchanged,
}
"""By name; the first five differ with each chance."""
