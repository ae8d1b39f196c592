"""Choose what processes the blocks of a job: processes on this machine, or a Ray cluster."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from ..cluster import require_ray
from ..corpus import EXECUTORS, LOCAL
from ..counts import refuse_beyond
from ..errors import ParameterError
from .asked import BatchOptions
from .local import Blocks, process_locally
from .service import BlockResult

__all__ = ["Executor"]


@dataclass(frozen=True)
class Executor:
    """What processes the blocks, which does not change a byte: how many `workers`, at which Ray `address`."""

    name: str = LOCAL
    workers: int | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        if self.name not in EXECUTORS:
            raise ParameterError(f"{self.name!r} is no executor; known: {', '.join(EXECUTORS)}")
        if self.workers is not None and self.workers < 1:
            raise ParameterError(f"workers is {self.workers}; at least 1 is needed")
        refuse_beyond("workers", self.workers)
        if self.address is not None and self.name != "ray":
            raise ParameterError(f"address {self.address!r} is for the executor ray, not {self.name}")
        if self.name == "ray":
            require_ray(address=self.address, workers=self.workers)

    def process(
        self,
        blocks: Blocks,
        count: int,
        folder: Path,
        options: BatchOptions,
        content: str,
        *,
        model_dir: str | None,
    ) -> Generator[tuple[int, BlockResult], None, None]:
        """Each of the `count` numbered blocks as it is processed on the corpus in `folder`, in some order."""
        if self.name == "ray":
            from .on_ray import process_on_ray

            return process_on_ray(
                blocks,
                count,
                folder,
                options,
                content,
                model_dir=model_dir,
                workers=self.workers,
                address=self.address,
            )
        return process_locally(
            blocks, count, folder, options, content, model_dir=model_dir, workers=self.workers
        )
