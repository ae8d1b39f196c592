"""Rejection: what could not be served, where it stands and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass

__all__ = ["Rejection"]

_LONGEST = {"user": 200, "place": 300, "paper": 200, "reason": 400}  # characters


@dataclass(frozen=True)
class Rejection:
    """A row or a profile that is left out; `user` and `paper` are empty where it names none.

    `place` is spelled like ``profiles.csv, line 12``. Each text is one line, and cut when it is very long.
    """

    user: str
    place: str
    paper: str
    reason: str

    def __post_init__(self) -> None:
        for field, longest in _LONGEST.items():
            object.__setattr__(self, field, _one_line(getattr(self, field), longest))

    def record(self) -> dict[str, str]:
        """The fields by name, for JSON."""
        return asdict(self)


def _one_line(text: str, longest: int) -> str:
    # Only the beginning is cleaned: what follows is cut off, and may be megabytes.
    line = " ".join(text[: 2 * longest].split())
    return f"{line[: longest - 3]}..." if len(line) > longest else line
