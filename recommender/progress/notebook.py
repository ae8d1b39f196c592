"""Progress in a notebook: a bar below the cell, by the plainest HTML, without widgets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from markupsafe import Markup

from .._extras import extra
from .lines import log_end
from .pace import Pace

__all__ = ["in_notebook", "show_text", "widget"]

# Seconds: work that is done at once needs no bar; a page need not be drawn more often.
_PATIENCE, _EVERY = 0.5, 0.25


class _Shown:
    """A line of text, in a notebook with a bar before it."""

    def __init__(self, text: str, part: float | None = None) -> None:
        self._text = text
        self._part = part

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        bar = (
            ""
            if self._part is None
            else Markup('<progress max="1" value="{:.4f}"></progress> ').format(self._part)
        )
        return Markup("<div>{}{}</div>").format(bar, self._text)


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this process."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return any(kind.__name__ == "ZMQInteractiveShell" for kind in type(shell).__mro__)


def show_text(text: str) -> None:
    """One line below the cell."""
    _display(_Shown(text))


@contextmanager
def widget(pace: Pace) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of units just done; a bar tells the rate and the time left.

    One step, of which nothing is heard until it is done, is shown from its beginning.
    """
    handle: Any = None
    following = _PATIENCE

    def show(shown: _Shown) -> None:
        nonlocal handle
        if handle is None:
            handle = _display(shown)
        else:
            handle.update(shown)

    def tick(count: int) -> None:
        nonlocal following
        pace.add(count)
        elapsed = pace.elapsed
        if elapsed >= following and not pace.single:
            following = elapsed + _EVERY
            show(_Shown(pace.line(), pace.done / pace.total if pace.total else None))

    if pace.single:
        show(_Shown(f"{pace.what} ..."))
    yield tick
    if handle is not None:
        show(_Shown(pace.last()))
    log_end(pace)


def _display(shown: _Shown) -> Any:
    with extra("notebooks"):
        from IPython.display import display

    return display(shown, display_id=True)  # type: ignore[no-untyped-call]
