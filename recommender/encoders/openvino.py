"""A BERT encoder run by OpenVINO: no torch, no padding to speak of, every core busy.

The mathematics is BERT's (Devlin et al., 2019): post-norm layers, exact GELU, absolute positions.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import math
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._extras import extra
from ..errors import EncoderUnknown
from ..option_values import read_part
from ..processes import free_in_child
from .base import Vectors, threads, unit_rows

_TELEMETRY = "openvino_telemetry"


def load_openvino() -> ModuleType:
    """The module `openvino`, loaded without its telemetry. Raises ImportError where it is not installed.

    `import openvino` sends an event and keeps an id in ``~/intel``, unless the package
    `openvino_telemetry` is absent: then it uses a stand-in of its own that does nothing. So that package
    is absent while openvino is loaded, and can be imported again afterwards. An openvino that somebody
    imported before is left as it is.
    """
    with _absent(_TELEMETRY):
        return importlib.import_module("openvino")


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """For the time being importing this module fails; whoever has it already keeps it."""
    before = {name: sys.modules[name]} if name in sys.modules else {}
    sys.modules[name] = None  # type: ignore[assignment] # Python's own way to say that it is not there
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(before)


# Added to the attention of padding before the softmax: next to nothing is left of it.
_FAR_BELOW = 10_000.0


class _Layers:
    """The pieces of the network, with the weights looked up by their names in the file."""

    def __init__(self, weights: dict[str, NDArray[np.float32]], config: dict[str, Any]) -> None:
        self.op = load_openvino().opset13
        self.weights = weights
        self.heads: int = config["num_attention_heads"]
        self.size: int = config["hidden_size"]
        self.epsilon: float = config["layer_norm_eps"]

    def constant(self, values: ArrayLike) -> Any:
        return self.op.constant(np.ascontiguousarray(values))

    def axes(self, *axes: int) -> Any:
        return self.constant(np.array(axes, np.int64))

    def linear(self, x: Any, *names: str) -> Any:
        """One matrix product for one or several dense layers of the same input."""
        weight = np.concatenate([self.weights[f"{name}.weight"] for name in names])
        bias = np.concatenate([self.weights[f"{name}.bias"] for name in names])
        return self.op.add(self.op.matmul(x, self.constant(weight), False, True), self.constant(bias))

    def norm(self, x: Any, name: str) -> Any:
        normal = self.op.mvn(x, self.axes(-1), True, self.epsilon, "INSIDE_SQRT")
        scaled = self.op.multiply(normal, self.constant(self.weights[f"{name}.weight"]))
        return self.op.add(scaled, self.constant(self.weights[f"{name}.bias"]))

    def embeddings(self, ids: Any) -> Any:
        op, weights = self.op, self.weights
        words = op.gather(self.constant(weights["embeddings.word_embeddings.weight"]), ids, op.constant(0))
        places = weights["embeddings.position_embeddings.weight"]
        first_type = weights["embeddings.token_type_embeddings.weight"][0]
        length = op.gather(op.shape_of(ids, output_type="i64"), self.axes(1), self.axes(0))
        used = op.slice(self.constant(places + first_type), self.axes(0), length, self.axes(1), self.axes(0))
        return self.norm(op.add(words, used), "embeddings.LayerNorm")

    def attention(self, x: Any, name: str, padding: Any) -> Any:
        op = self.op
        size = self.size // self.heads

        def by_head(part: str) -> Any:
            parts = op.reshape(self.linear(x, f"{name}.self.{part}"), self.axes(0, 0, self.heads, size), True)
            return op.transpose(parts, self.axes(0, 2, 1, 3))

        query = op.multiply(by_head("query"), self.constant(np.float32(1 / math.sqrt(size))))
        weight = op.softmax(op.add(op.matmul(query, by_head("key"), False, True), padding), -1)
        mixed = op.transpose(op.matmul(weight, by_head("value"), False, False), self.axes(0, 2, 1, 3))
        return self.linear(op.reshape(mixed, self.axes(0, 0, self.size), True), f"{name}.output.dense")

    def layer(self, x: Any, name: str, padding: Any) -> Any:
        op = self.op
        attended = self.attention(x, f"{name}.attention", padding)
        x = self.norm(op.add(attended, x), f"{name}.attention.output.LayerNorm")
        inner = op.gelu(self.linear(x, f"{name}.intermediate.dense"), "erf")
        return self.norm(op.add(self.linear(inner, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")

    def mean(self, x: Any, present: Any) -> Any:
        """The mean over the tokens that are there."""
        op = self.op
        there = op.unsqueeze(present, self.axes(2))
        total = op.reduce_sum(op.multiply(x, there), self.axes(1), False)
        return op.divide(total, op.reduce_sum(there, self.axes(1), False))


def build_network(folder: Path) -> Any:
    """The `openvino.Model` of a BERT folder.

    Inputs: token ids and mask (1 a token, 0 padding), both int32 of shape (n, length). Output: the
    mean of the token vectors, float32 of shape (n, hidden size), not scaled to length 1.
    """
    with extra("fast"):
        from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text("utf-8"))
    layers = _Layers(load_file(folder / "model.safetensors"), config)
    op = layers.op
    ids, mask = op.parameter([-1, -1], np.int32, name="ids"), op.parameter([-1, -1], np.int32, name="mask")
    present = op.convert(mask, "f32")
    absent = op.subtract(present, layers.constant(np.float32(1)))
    padding = op.unsqueeze(op.multiply(absent, layers.constant(np.float32(_FAR_BELOW))), layers.axes(1, 2))
    x = layers.embeddings(ids)
    for number in range(config["num_hidden_layers"]):
        x = layers.layer(x, f"encoder.layer.{number}", padding)
    return load_openvino().Model([op.result(layers.mean(x, present))], [ids, mask], "bert")


# Texts are padded to a multiple of this, and only texts of one padded length share a batch: so a
# text is computed in the same shape, whatever it is encoded with, and nearly nothing is padded.
_STEP = 8
# More at once would not stay in a core's cache.
_BATCH = 4


class OpenVINOBackend:
    """A folder with ``config.json``, ``model.safetensors`` and ``tokenizer.json``, mean pooling.

    Computes in bfloat16 where the processor has it, else in float32. Raises MissingPackage
    when openvino is not installed, EncoderUnknown when it cannot run the network on this processor.
    """

    def __init__(self, folder: Path, *, tokens: int) -> None:
        with extra("fast"):
            openvino = load_openvino()
            import safetensors  # noqa: F401  (read by build_network)
            from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(tokens)
        self._tokenizer.no_padding()
        self._openvino = openvino
        self._folder = folder
        self._open()
        self._in_use = threading.Lock()
        free_in_child(self, "_in_use")

    def _open(self) -> None:
        core = self._openvino.Core()
        bfloat16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self.precision = "bf16" if bfloat16 else "f32"
        cores = threads()
        settings = {
            "NUM_STREAMS": str(cores),
            "INFERENCE_NUM_THREADS": str(cores),
            "INFERENCE_PRECISION_HINT": self.precision,
        }
        network = build_network(self._folder)
        try:
            self._network = core.compile_model(network, "CPU", settings)
        except RuntimeError as error:
            raise EncoderUnknown(f"openvino cannot run this model on this processor: {error}") from error
        self._requests = [self._network.create_infer_request() for _ in range(cores)]
        self._process = os.getpid()

    def _open_in_child(self) -> None:
        """Compile the network again: a forked child has none of the threads that run its parent's."""
        for inherited in (self._network, *self._requests):
            # Never let go of: it would wait for its threads, also when the process ends.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(inherited))
        self._open()

    @property
    def name(self) -> str:
        """Such as ``openvino bf16``."""
        return f"openvino {self.precision}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text."""
        shortened = [read_part(text) for text in texts]
        tokens = [np.array(text.ids, np.int32) for text in self._tokenizer.encode_batch(shortened)]
        batches = _batches(tokens)
        turn = threading.Lock()

        def next_batch() -> list[int] | None:
            with turn:
                return next(batches, None)

        def work(request: Any) -> list[tuple[list[int], NDArray[np.float32]]]:
            done = []
            while (batch := next_batch()) is not None:
                request.infer(_padded([tokens[position] for position in batch]))
                done.append((batch, request.get_output_tensor(0).data.copy()))
            return done

        # Every core is busy with one call already: another thread's waits for its turn.
        with self._in_use:
            if self._process != os.getpid():
                self._open_in_child()
            width = self._network.output(0).partial_shape[1].get_length()
            rows = np.empty((len(tokens), width), np.float32)
            with ThreadPoolExecutor(len(self._requests)) as pool:
                for batch, vectors in (pair for done in pool.map(work, self._requests) for pair in done):
                    rows[batch] = vectors
        return unit_rows(rows)


def _length(tokens: NDArray[np.int32]) -> int:
    return -(-len(tokens) // _STEP) * _STEP


def _batches(tokens: Sequence[NDArray[np.int32]]) -> Iterator[list[int]]:
    """Positions of texts of one padded length, the longest first: short ones even out the end."""
    alike: dict[int, list[int]] = defaultdict(list)
    for position, text in enumerate(tokens):
        alike[_length(text)].append(position)
    for length in sorted(alike, reverse=True):
        for start in range(0, len(alike[length]), _BATCH):
            yield alike[length][start : start + _BATCH]


def _padded(tokens: Sequence[NDArray[np.int32]]) -> list[NDArray[np.int32]]:
    """Ids and mask, each of shape (n, padded length)."""
    ids = np.zeros((len(tokens), _length(tokens[0])), np.int32)
    mask = np.zeros_like(ids)
    for row, text in enumerate(tokens):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return [ids, mask]
