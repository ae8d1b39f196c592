"""What encodes a corpus's papers: this process, or the workers of a Ray cluster."""

from __future__ import annotations

from ..errors import ParameterError
from .ray_encoding import RayEncoding

__all__ = ["EXECUTORS", "LOCAL", "executor_of"]

LOCAL = "local"
EXECUTORS = (LOCAL, "ray")


def executor_of(name: str, address: str | None, workers: int | None) -> RayEncoding | None:
    """Where to encode elsewhere than in this process, if anywhere.

    Raises ParameterError for an unknown executor, for options that it does not have, and where what it
    needs is not installed.
    """
    if name not in EXECUTORS:
        raise ParameterError(f"{name!r} is no executor; known: {', '.join(EXECUTORS)}")
    if name == "ray":
        return RayEncoding(address=address, workers=workers)
    for option, value in (("address", address), ("workers", workers)):
        if value is not None:
            raise ParameterError(f"{option} is {value}, which only the executor ray can use")
    return None
