"""Which job it is: all that its output depends on. What is gone on with must be the same job."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .._version import __version__
from ..corpus import Snapshot, content_hash
from .asked import BatchOptions
from .output import COLUMNS

__all__ = ["BLOCK", "Job", "differences"]

BLOCK = 1024
"""Profiles that are served together, and that an interruption may cost each worker."""

_MADE_BY = ("numpy", "faiss-cpu", "pyarrow")


@dataclass(frozen=True)
class Job:
    """The corpus as `content_hash` sees it, the profiles by their digest, and the `options`.

    `runs` is how many jobs of the ledger count as shown, None without a ledger; `block` how many profiles are
    served together.
    """

    corpus: str
    encoder: tuple[str, str]
    profiles: str
    options: BatchOptions
    runs: int | None
    block: int = BLOCK

    @classmethod
    def of(
        cls, snapshot: Snapshot, profiles: str, options: BatchOptions, runs: int | None, block: int = BLOCK
    ) -> Job:
        """The job with these options on this corpus."""
        encoder = snapshot.encoder_name, snapshot.encoder_fingerprint
        return cls(content_hash(snapshot), encoder, profiles, options, runs, block)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: equal for two jobs exactly if their outputs are."""
        return {
            "corpus": {"content": self.corpus},
            "encoder": dict(zip(("name", "fingerprint"), self.encoder, strict=True)),
            "profiles": {"digest": self.profiles},
            "parameters": self.options.to_dict(),
            "columns": list(COLUMNS),
            "shown_by_runs": self.runs,
            "block": self.block,
            "versions": _versions(),
        }

    def as_of(self, runs: int | None) -> Job:
        """The same job when the ledger held so many runs, if it has one."""
        return replace(self, runs=runs) if self.runs is not None and runs is not None else self

    @property
    def name(self) -> str:
        """SHA-256 of the record."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()


def _versions() -> dict[str, str]:
    """Of what makes the output, as far as it is installed: only Parquet needs pyarrow."""
    versions = {"paper-recommender": __version__}
    for name in _MADE_BY:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What of a job's record was another before, in a few words; empty where nothing was."""
    return "; ".join(_differences(before, now, ""))


def _differences(before: Mapping[str, Any], now: Mapping[str, Any], place: str) -> Iterator[str]:
    for name, new in now.items():
        old, where = before.get(name), f"{place}{name}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, f"{where}.")
        elif old != new:
            yield f"{where} was {_short(old)}, is {_short(new)}"


def _short(value: object) -> str:
    # Half a letter, as a forged record may hold, can be written nowhere.
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    return f"{text[:12]}...{text[-1]}" if len(text) > 40 else text
