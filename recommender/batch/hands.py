"""Who serves the blocks of a job: processes on this machine, or a Ray cluster."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from ..cluster import require_ray
from ..corpus import EXECUTORS, LOCAL
from ..counts import refuse_beyond
from ..errors import ParameterError
from .asked import Asked
from .local import Blocks, serve_locally
from .service import Served

__all__ = ["Hands"]


@dataclass(frozen=True)
class Hands:
    """Who serves the blocks, which does not change a byte: `workers` of `executor`, at a Ray `address`."""

    executor: str = LOCAL
    workers: int | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        if self.executor not in EXECUTORS:
            raise ParameterError(f"{self.executor!r} is no executor; known: {', '.join(EXECUTORS)}")
        if self.workers is not None and self.workers < 1:
            raise ParameterError(f"workers is {self.workers}; at least 1 is needed")
        refuse_beyond("workers", self.workers)
        if self.address is not None and self.executor != "ray":
            raise ParameterError(f"address {self.address!r} is for the executor ray, not {self.executor}")
        if self.executor == "ray":
            require_ray(address=self.address, workers=self.workers)

    def serve(
        self, blocks: Blocks, count: int, folder: Path, asked: Asked, content: str, *, model_dir: str | None
    ) -> Generator[tuple[int, Served], None, None]:
        """Each of the `count` numbered blocks as it is served from the corpus in `folder`, in some order."""
        if self.executor == "ray":
            from .on_ray import serve_on_ray

            return serve_on_ray(
                blocks,
                count,
                folder,
                asked,
                content,
                model_dir=model_dir,
                workers=self.workers,
                address=self.address,
            )
        return serve_locally(blocks, count, folder, asked, content, model_dir=model_dir, workers=self.workers)
