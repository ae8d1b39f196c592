"""How many: numbers as somebody gives them, before arrays are asked for as much."""

from __future__ import annotations

from .errors import ParameterError

__all__ = ["MOST", "refuse_beyond"]

MOST = 2**31 - 1
"""More than anybody can have, and few enough for every library on the way."""


def refuse_beyond(name: str, value: float | None) -> None:
    """Raise ParameterError for a number above `MOST`; None is none."""
    if value is not None and value > MOST:
        raise ParameterError(f"{name} is {value}; at most {MOST:,} can be asked for")
