"""What encodes a corpus's papers: this process, or the workers of a Ray cluster."""

from __future__ import annotations

from ..errors import ParameterError
from .ray_encoding import RayEncoding

__all__ = ["ENGINES", "LOCAL", "engine_of"]

LOCAL = "local"
ENGINES = (LOCAL, "ray")


def engine_of(name: str, address: str | None, workers: int | None) -> RayEncoding | None:
    """Where to encode elsewhere than in this process, if anywhere.

    Raises ParameterError for an unknown engine, for options that it does not have, and where what it
    needs is not installed.
    """
    if name not in ENGINES:
        raise ParameterError(f"{name!r} is no engine; known: {', '.join(ENGINES)}")
    if name == "ray":
        return RayEncoding(address=address, workers=workers)
    for option, value in (("address", address), ("workers", workers)):
        if value is not None:
            raise ParameterError(f"{option} is {value}, which only the engine ray can use")
    return None
