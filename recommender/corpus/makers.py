"""Where the vectors of new papers come from: an encoder, or rows that were given with them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from ..encoders import Encoder, Vectors, load_encoder
from ..errors import EncoderUnknown
from .given import GivenVectors
from .report import AddReport
from .staging import Staged, Staging
from .vector_files import given_array

__all__ = ["EncoderMaker", "Maker", "maker_of"]


class Maker(Protocol):
    """Staged papers in, unit float32 rows out."""

    name: str
    """Of the encoder whose vectors they are."""

    encoder: Encoder | None
    """The encoder itself, None when it is not at hand."""

    batch: int | None
    """Papers to store in one commit; None for as many as an interruption may cost."""

    given: bool
    """Whether the vectors were made elsewhere."""

    what: str
    """What is being done, for a progress bar."""

    @property
    def fingerprint(self) -> str:
        """What a manifest must say for these vectors to be added."""
        ...

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        ...

    def prepare(self, staging: Staging, report: AddReport) -> None:
        """Look at all that was read before the first vector is stored. Raises where it does not fit."""
        ...

    def make(self, papers: Sequence[Staged]) -> Vectors:
        """One unit row for each paper, shape (len(papers), dim)."""
        ...


class EncoderMaker:
    """Vectors that an encoder makes of the papers' texts."""

    batch: int | None = None
    given = False

    def __init__(self, encoder: Encoder) -> None:
        self.encoder: Encoder | None = encoder
        self._encoder = encoder
        self.name = encoder.name
        self.what = f"encoding with {encoder.name}"

    @property
    def fingerprint(self) -> str:
        """The encoder's."""
        return self._encoder.fingerprint

    @property
    def dim(self) -> int:
        """The encoder's."""
        return self._encoder.dim

    def prepare(self, staging: Staging, report: AddReport) -> None:
        """Nothing needs to be looked at: a text is a text."""

    def make(self, papers: Sequence[Staged]) -> Vectors:
        """The encoder's vectors of the papers' texts."""
        return self._encoder.encode([staged.paper.text for staged in papers])


@contextmanager
def maker_of(
    encoder: str | Encoder,
    model_dir: str | Path | None,
    vectors: str | Path | NDArray[Any] | None,
    limit: int | None,
) -> Iterator[Maker]:
    """What makes the vectors of a new corpus; given ones need their encoder only to be compared with.

    Raises EncoderUnknown for an encoder that is not at hand but needed, SourceError for `vectors`
    that cannot be read.
    """

    def load() -> Encoder:
        return load_encoder(encoder, model_dir=model_dir) if isinstance(encoder, str) else encoder

    if vectors is None:
        yield EncoderMaker(load())
        return
    with given_array(vectors) as given:
        found: Encoder | None = None
        with contextlib.suppress(EncoderUnknown):
            model = load()
            model.encode(["a text"])  # some find out only now that what they need is not installed
            found = model
        name = encoder if isinstance(encoder, str) else encoder.name
        # A path has no meaning on another machine.
        name = Path(name).name if Path(name).is_absolute() else name
        yield GivenVectors(given, name=name, encoder=found, limit=limit)
