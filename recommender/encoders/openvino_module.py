"""OpenVINO, imported in this one place: its own import would report to an analytics host on the network."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

__all__ = ["load_openvino"]

_TELEMETRY = "openvino_telemetry"


def load_openvino() -> ModuleType:
    """The module `openvino`, loaded without its telemetry. Raises ImportError where it is not installed.

    `import openvino` sends an event and keeps an id in ``~/intel``, unless the package
    `openvino_telemetry` is absent: then it uses a stand-in of its own that does nothing. So that package
    is absent while openvino is loaded, and can be imported again afterwards. An openvino that somebody
    imported before is left as it is.
    """
    with _absent(_TELEMETRY):
        return importlib.import_module("openvino")


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """For the time being importing this module fails; whoever has it already keeps it."""
    before = {name: sys.modules[name]} if name in sys.modules else {}
    sys.modules[name] = None  # type: ignore[assignment] # Python's own way to say that it is not there
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(before)
