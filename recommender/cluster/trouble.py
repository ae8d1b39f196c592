"""Translate the errors that Ray raises into this library's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._extras import extra
from ..errors import ClusterError, RecommenderError

__all__ = ["translated_ray_errors"]


@contextmanager
def translated_ray_errors(kept: str) -> Iterator[None]:
    """Turn what Ray raises into the worker's own error, or one line of ours that ends with what is `kept`."""
    with extra("ray"):
        from ray.data.exceptions import ExecutionTimeoutError
        from ray.exceptions import RayError

    try:
        yield
    except (RayError, ExecutionTimeoutError) as error:
        cause = getattr(error, "cause", None) or error
        said = str(cause).strip().partition("\n")[0]  # Ray adds lines of advice
        if isinstance(cause, RecommenderError) and not isinstance(cause, RayError):
            raise type(cause)(said) from None
        raise ClusterError(f"Ray's workers cannot go on ({type(cause).__name__}: {said}); {kept}") from error
