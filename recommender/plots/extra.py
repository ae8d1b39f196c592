"""The extra that pictures need."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ..errors import ParameterError

__all__ = ["needs_plots"]

_Asked = ParamSpec("_Asked")
_Drawn = TypeVar("_Drawn")

_MODULES = ("altair", "vl_convert")


def needs_plots(draw: Callable[_Asked, _Drawn]) -> Callable[_Asked, _Drawn]:
    """The function, which raises ParameterError where what it draws with is not installed."""

    @functools.wraps(draw)
    def drawing(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Drawn:
        try:
            return draw(*args, **kwargs)
        except ModuleNotFoundError as error:
            if error.name not in _MODULES:
                raise
            raise ParameterError(
                f"{error.name} is not installed, which draws pictures: pip install 'paper-recommender[plots]'"
            ) from error

    return drawing
