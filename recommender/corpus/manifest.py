"""The manifest of a corpus: its encoder, its index, its row counter, an unfinished build."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from indexes import DEFAULT_PRECISION, DEFAULT_RECALL, KINDS, PRECISIONS

from ..errors import CorpusDamaged, CorpusTooNew, EncoderMismatch, ParameterError
from ..recipe import DEFAULT_RECIPE, TextRecipe

AUTO = "auto"
"""The kind of index is chosen by size."""

UNVERIFIED = "unverified"
"""The fingerprint of vectors that were given as those of an encoder that was not at hand: no encoder's."""

# What a manifest of format 1 said: vectors were float32, and there was one kind of index.
_FIRST_FORMAT = {"dim", "encoder", "fingerprint", "index", "next_row", "sources", "unfinished"}

# Fields that manifests of formats before 7, and before 9, lack: they have these fields' defaults.
_SINCE_FORMAT_7 = {"recipe", "prompts", "cosines", "newest_arrival"}


@dataclass(frozen=True)
class MeasuredCosines:
    """The mean and the standard deviation of the cosines of two random papers: by the encoder, and by
    `static`, whose range is a usual one.

    `papers` is the number of papers and `next_row` the row counter of the state that was measured.
    """

    typical: float
    spread: float
    usual_typical: float
    usual_spread: float
    papers: int
    next_row: int


@dataclass(frozen=True)
class Manifest:
    """`index` and `recall` are what is wanted; what there is, see table `indexes`.

    `next_row` only grows, so a row is never given twice; no path of the machine is kept.
    """

    encoder: str
    fingerprint: str
    dim: int
    index: str = AUTO
    precision: str = DEFAULT_PRECISION
    recall: float = DEFAULT_RECALL
    next_row: int = 0
    sources: tuple[str, ...] = ()
    unfinished: int | None = None
    """Papers that the build in progress will hold in the end; None when none is under way."""

    recipe: str = DEFAULT_RECIPE
    """How a paper becomes the text that was encoded; see `TextRecipe`."""

    prompts: dict[str, str] | None = None
    """What the encoder puts before each text, by ``query`` and ``document``; empty: what its makers want, if
    anything. None: a version that knew of none encoded all texts alike.
    """

    cosines: MeasuredCosines | None = None
    """What cosines random papers have; None where they are too few to say, and before it was measured."""

    newest_arrival: int = 0
    """When the last paper arrived, see `arrivals`; like `next_row` it only grows, whatever is removed."""

    @property
    def verified(self) -> bool:
        """Whether the vectors are known to be the encoder's."""
        return self.fingerprint != UNVERIFIED

    def replace(self, **changes: object) -> Manifest:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def document(self) -> tuple[str, bytes]:
        """It as JSON, and the SHA-256 of that."""
        document = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return document, hashlib.sha256(document.encode()).digest()

    @classmethod
    def from_document(cls, document: str, digest: bytes, *, place: Path) -> Manifest:
        """What `document` gave, also in an older format; `place` is where it was found.

        Raises CorpusDamaged when it was altered, CorpusTooNew for one of a newer version.
        """
        if hashlib.sha256(str(document).encode(errors="replace")).digest() != digest:
            raise CorpusDamaged(
                f"{place}: the manifest is not what was written; restore or rebuild the corpus"
            )
        fields = json.loads(document)
        if fields.keys() == _FIRST_FORMAT:
            fields |= {"precision": "float32", "index": AUTO, "recall": DEFAULT_RECALL}
        fields["sources"] = tuple(fields["sources"])
        known = {field.name for field in dataclasses.fields(cls)}
        others = not known - _SINCE_FORMAT_7 <= set(fields) <= known
        if others or fields["index"] not in (AUTO, *KINDS) or fields["precision"] not in PRECISIONS:
            raise CorpusTooNew(
                f"{place}: its manifest is not of this version ({document:.80}...); upgrade this one"
            )
        if fields.get("cosines") is not None:
            fields["cosines"] = MeasuredCosines(**fields["cosines"])
        manifest = cls(**fields)
        try:
            TextRecipe(manifest.recipe)
        except ParameterError as error:
            raise CorpusTooNew(f"{place}: {error}; upgrade this version") from error
        return manifest


class Named(Protocol):
    """What has a name and a fingerprint as an encoder has."""

    @property
    def name(self) -> str:
        """The stable name."""
        ...

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all that decides its vectors."""
        ...

    @property
    def dim(self) -> int:
        """How many dimensions they have."""
        ...


def describe_prompts(prompts: Mapping[str, str]) -> str:
    """Such as ``query 'query: ', document 'passage: '``; empty for none."""
    kinds = (kind for kind in ("query", "document") if kind in prompts)  # a manifest has them sorted
    return ", ".join(f"{kind} {prompts[kind]!r:.60}" for kind in kinds)


def _with_prompts(prompts: Mapping[str, str]) -> str:
    return f" with the prompts {describe_prompts(prompts)}" if prompts else " without prompts"


def check_recipe(folder: Path, manifest: Manifest, recipe: TextRecipe | None) -> None:
    """Raise EncoderMismatch, naming both, unless the corpus's papers are encoded as this text; None: any."""
    if recipe is not None and recipe.template != manifest.recipe:
        raise EncoderMismatch(
            f"{folder} holds vectors of the text {manifest.recipe!r:.200}, not of {recipe.template!r:.200}; "
            "vectors of two texts do not mix: build a corpus of its own for the other one"
        )


def check_encoder(folder: Path, manifest: Manifest, encoder: Named) -> None:
    """Raise EncoderMismatch, naming both, unless this encoder made the corpus's vectors."""
    if (encoder.name, encoder.fingerprint) != (manifest.encoder, manifest.fingerprint):
        here, there = manifest.prompts or {}, dict(getattr(encoder, "prompts", None) or {})
        first, second = ("" if here == there else _with_prompts(one) for one in (here, there))
        raise EncoderMismatch(
            f"{folder} holds vectors of {manifest.encoder!r} ({manifest.fingerprint[:12]}){first}, not of "
            f"{encoder.name!r} ({encoder.fingerprint[:12]}){second}; vectors of two encoders do not mix: "
            "build a corpus of its own for the other one"
        )
    if encoder.fingerprint == UNVERIFIED and encoder.dim != manifest.dim:
        raise EncoderMismatch(
            f"{folder} holds vectors of {manifest.dim} dimensions; the given ones have {encoder.dim}"
        )
