"""Any sentence-transformers model (Reimers & Gurevych, 2019) in a folder, as an encoder."""

from __future__ import annotations

import copy
import hashlib
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._extras import extra
from ..errors import EncoderDamaged, EncoderUnknown
from ..option_values import read_part
from ..progress import progress
from .base import Vectors, unit_rows
from .prompts import THE_MAKERS, DefinedPrompts, PromptChoice, Prompts

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


_CHUNK = 1 << 20

_PICKLED = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")

_DECIDING = {
    "modules.json",
    "config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
}

# Set anew by whoever loads the files, or where and with which version they were saved.
_IRRELEVANT = {
    "__version__",
    "_name_or_path",
    "name_or_path",
    "special_tokens_map_file",
    "tokenizer_file",
    "transformers_version",
    "torch_dtype",
    "dtype",
    "padding",
    "truncation",
}


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def weight_files(folder: Path) -> list[Path]:
    """The model's safetensors, sorted by path.

    Raises EncoderDamaged where there are none, or where a part has its weights pickled only.
    """
    files = sorted(path for path in folder.rglob("*.safetensors") if path.is_file())
    safe = {path.parent for path in files}
    pickled = [path for kind in _PICKLED for path in folder.rglob(kind) if path.parent not in safe]
    if pickled or not files:
        found = f"{pickled[0]} is" if pickled else "there are no safetensors: weights are"
        raise EncoderDamaged(f"{folder}: {found} not read; save the model as safetensors")
    return files


def check_modules(folder: Path) -> list[str]:
    """What the parts of the model are.

    Raises EncoderDamaged where the folder names one that is none of sentence-transformers itself. Such a part
    would be imported, and so run: from the folder, or from whatever else is installed.
    """
    path = folder / "modules.json"
    if not path.is_file():
        return []
    try:
        kinds = [str(module["type"]) for module in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise EncoderDamaged(f"{path}: no list of a model's parts") from error
    for kind in kinds:
        if not kind.startswith("sentence_transformers."):
            raise EncoderDamaged(f"{path}: {kind!r:.100} is code of its own, which is never run")
    return kinds


def folder_fingerprint(folder: Path) -> str:
    """SHA-256 (hex) over all that decides the vectors of a sentence-transformers folder.

    That is weights, configuration, prompts, tokenizer, pooling and text length. How a JSON file is
    laid out, versions and paths in it, and files that decide nothing do not count, so the same model
    from two places has one fingerprint. Raises EncoderDamaged for a file that cannot be read.
    """
    try:
        parts = {
            "weights": [sha256_of_file(path) for path in weight_files(folder)],
            "settings": {
                str(path.relative_to(folder).as_posix()): _settings(json.loads(path.read_text("utf-8")))
                for path in sorted(folder.rglob("*.json"))
                if path.name in _DECIDING
            },
            "vocabulary": [] if list(folder.rglob("tokenizer.json")) else _vocabularies(folder),
        }
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderDamaged(f"{folder}: no model that can be read ({error})") from error
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def download(name: str) -> Path:
    """The folder of a model from the hub, fetched unless it is in the local cache: safetensors only.

    Raises EncoderUnknown when the hub cannot be reached or does not have it, MissingPackage where what asks
    it is not installed.
    """
    with extra("encoders", instead=f"another encoder: {name!r} is neither built in nor a folder"):
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    repository = name if "/" in name else f"sentence-transformers/{name}"
    wanted = ["*.json", "*.txt", "*.model", "*.safetensors"]
    unwanted = ["onnx/*", "openvino/*"]
    try:
        return Path(snapshot_download(repository, allow_patterns=wanted, ignore_patterns=unwanted))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EncoderUnknown(
            f"{name!r} is no known encoder, no local folder, and the model hub did not give it: {reason}"
        ) from error


def _settings(value: Any) -> Any:
    """The setting without what decides nothing; switches that are off are as good as absent."""
    if isinstance(value, list):
        return [_settings(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _settings(item) for key, item in value.items() if key not in _IRRELEVANT}
    if {"idx", "path", "type"} <= kept.keys():  # a line of modules.json, whose module path changes by version
        kept["type"] = str(kept["type"]).rsplit(".", 1)[-1]
    off = (False, None)
    return {key: item for key, item in kept.items() if not any(item is nothing for nothing in off)}


def _vocabularies(folder: Path) -> list[str]:
    return [sha256_of_file(path) for path in sorted(folder.rglob("*")) if path.suffix in (".model", ".txt")]


_ROUTES = "router_config.json"  # which part of a model reads texts that search, and which papers

_MOST_PROMPTS = 6  # texts of a model that are tried; some define dozens, for tasks of all kinds

_OLDEST = 6  # earlier major versions import more of what a model's folder names


class SentenceTransformerEncoder:
    """A model folder, opened on the CPU when first used; with `bfloat16` computed in half the bits.

    Texts that search and papers' texts are encoded with the prompts that the model's folder defines for them,
    or with others by choice; `encode` is for texts that search. Raises MissingPackage when
    sentence-transformers is not installed, EncoderUnknown when it is too old, or the processor has no
    bfloat16 where it is asked for, EncoderDamaged when the folder holds no model with safetensors, or one
    that brings code, and ParameterError for a prompt that it does not have.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        batch_size: int = 32,
        bfloat16: bool = False,
        prompts: PromptChoice | None = None,
    ) -> None:
        weight_files(folder)
        parts = check_modules(folder)
        self.name = name
        self._folder = folder
        self._batch_size = batch_size
        self._bfloat16 = bfloat16
        choice = THE_MAKERS if prompts is None else prompts
        self.plain = choice.plain
        """Whether all texts are encoded alike, by the library's `encode`."""
        self._routed = any(kind.endswith((".Router", ".Asym")) for kind in parts)
        self._defined = DefinedPrompts.read(folder)
        self._prompts = self._defined.chosen(choice, name)
        self._folder_fingerprint: str | None = None
        self._loaded: SentenceTransformer | None = None

    @property
    def prompts(self) -> dict[str, str]:
        """What stands before each text, by ``query`` and ``document``; empty where nothing does."""
        return self._prompts.to_dict()

    @property
    def unused_prompts(self) -> bool:
        """Whether both kinds of text are encoded alike, though the folder says how each is to be."""
        return self.plain and self._defined.chosen(THE_MAKERS, self.name) != self._prompts

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of weights, tokenizer, pooling, text length, and of the prompts if there are any."""
        if self._folder_fingerprint is None:
            self._folder_fingerprint = folder_fingerprint(self._folder)
        default = self._defined.default
        if self.plain or (self._prompts == Prompts(default, default) and not self._routed):
            return self._folder_fingerprint  # the same vectors as by the library's `encode`
        parts = [self._folder_fingerprint, self._prompts.query, self._prompts.document]
        parts += [sha256_of_file(path) for path in sorted(self._folder.rglob(_ROUTES)) if self._routed]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return self._model.get_embedding_dimension() or self.encode([""]).shape[1]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `encode_query`: free texts come this way."""
        return self.encode_query(texts)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text that searches, shape (len(texts), dim)."""
        return self._encoded(texts, "query", self._prompts.query)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text of a paper, shape (len(texts), dim)."""
        return self._encoded(texts, "document", self._prompts.document)

    def prompted(self) -> list[SentenceTransformerEncoder]:
        """The same model with each other text before papers that its folder defines, and with none."""
        model = self._model  # once for all
        found: dict[str, SentenceTransformerEncoder] = {self._prompts.document: self}
        for text in ("", *self._defined.texts.values()):
            if text not in found and len(found) < _MOST_PROMPTS:
                found[text] = copy.copy(self)
                found[text].plain = False
                found[text]._prompts = Prompts(self._prompts.query, text)
                found[text]._loaded = model
        return [other for other in found.values() if other is not self]

    def _encoded(self, texts: Sequence[str], task: str, prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), np.float32)
        how: dict[str, Any] = {} if self.plain else {"prompt": prompt, "task": task}
        rows = self._model.encode(
            [read_part(text) for text in texts],
            batch_size=self._batch_size,
            convert_to_numpy=True,
            show_progress_bar=False,
            **how,
        )
        return unit_rows(np.asarray(rows, np.float32))

    @property
    def _model(self) -> SentenceTransformer:
        if self._loaded is None:
            with progress(f"loading {self.name}", 1, unit="models"):
                self._loaded = self._open()
        return self._loaded

    def _open(self) -> SentenceTransformer:
        with extra("encoders"), warnings.catch_warnings():
            # A notebook without widgets is told so, of bars that are not shown anyway.
            warnings.filterwarnings("ignore", message="IProgress not found")
            from sentence_transformers import SentenceTransformer
        _check_version(self.name)
        with extra("encoders"):
            from transformers.utils import logging

        # Its bar for a load of a tenth of a second would end up in pipes and logs.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        arithmetic = _arithmetic(self._bfloat16)
        try:
            return SentenceTransformer(
                str(self._folder),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True, **arithmetic},
            )
        except Exception as error:  # whatever the libraries below say of a broken folder
            raise EncoderDamaged(f"{self._folder}: no model that can be opened ({_reason(error)})") from error


def _check_version(name: str) -> None:
    """Raises EncoderUnknown where the sentence-transformers that is installed is too old to be trusted."""
    with extra("encoders"):
        import sentence_transformers

    version = sentence_transformers.__version__
    major = version.split(".")[0]
    if not major.isdecimal() or int(major) < _OLDEST:
        raise EncoderUnknown(
            f"encoder {name!r} needs sentence-transformers {_OLDEST} or later, and {version} is installed: "
            "pip install -U sentence-transformers"
        )


def _reason(error: Exception) -> str:
    """The first line of what the libraries below say, without their advice to run what the folder brings."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return "it brings code of its own, which is never run" if "remote_code" in str(error) else f"{first:.300}"


def _arithmetic(bfloat16: bool) -> dict[str, str]:
    """Raises EncoderUnknown where the processor would only emulate bfloat16."""
    if not bfloat16:
        return {}
    with extra("encoders"):
        import torch

    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        raise EncoderUnknown("this processor has no bfloat16: use the backend torch")
    return {"dtype": "bfloat16"}
