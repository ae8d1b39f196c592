"""A size on the command line: ``64MB``, ``500kB``, ``2GB``, or a number of bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

__all__ = ["Size"]

if TYPE_CHECKING:
    _ParamType = click.ParamType[int]
else:
    _ParamType = click.ParamType

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
_WRITTEN = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?([kmg]?)i?b?", re.IGNORECASE | re.ASCII)


class Size(_ParamType):
    """A size as a whole number of bytes, at least 1."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes; fails for anything that is none."""
        if isinstance(value, int):
            return value
        found = _WRITTEN.fullmatch(str(value).strip())
        size = int(float(found[1]) * _UNITS[found[2].lower()]) if found else 0
        if size < 1:
            self.fail(f"{value!r:.40} is no size; write 64MB, 500kB or a number of bytes", param, ctx)
        return size
