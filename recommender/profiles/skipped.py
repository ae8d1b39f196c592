"""Skipped: a row or a profile that was left out, where it stands and why."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

__all__ = ["Skipped"]

_BREAK = re.compile(r"\s*[\t-\r\x1c-\x1f\x85\u2028\u2029]\s*")
_LONGEST = {"user": 200, "place": 300, "paper": 200, "reason": 400}  # characters


@dataclass(frozen=True)
class Skipped:
    """A row or a profile that is left out.

    Each text is one line, and cut when it is very long; only in names are blanks left as they are.

    Parameters
    ----------
    user : str
        Whose it is, empty where it names nobody.
    place : str
        Where it stands, spelled like ``profiles.csv, line 12``.
    paper : str
        The paper that it names, empty where it names none.
    reason : str
        Why it is left out.

    Examples
    --------
    >>> from recommender.profiles import Skipped
    >>> print(Skipped("", "profiles.csv, line 12", "", "the row names no user"))
    profiles.csv, line 12: the row names no user
    """

    user: str
    place: str
    paper: str
    reason: str

    def __post_init__(self) -> None:
        for field, longest in _LONGEST.items():
            text = getattr(self, field)
            line = _unbroken(text, longest) if field == "user" else _one_line(text, longest)
            object.__setattr__(self, field, line)

    def to_dict(self) -> dict[str, str]:
        """Give the fields by name, for JSON.

        Returns
        -------
        dict of str to str
            user, place, paper and reason.
        """
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" if self.place else self.reason


def _one_line(text: str, longest: int) -> str:
    # Only the beginning is cleaned: what follows is cut off, and may be megabytes.
    return _cut(" ".join(text[: 2 * longest].split()), longest)


def _unbroken(name: str, longest: int) -> str:
    """A name on one line with the blanks that it has: who looks for its reader looks for these."""
    return _cut(_BREAK.sub(" ", name[: 2 * longest].strip()), longest)


def _cut(line: str, longest: int) -> str:
    return f"{line[: longest - 3]}..." if len(line) > longest else line
