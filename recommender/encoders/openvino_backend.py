"""A BERT encoder run by OpenVINO: no torch, no padding to speak of, every core busy."""

from __future__ import annotations

import ctypes
import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..errors import EncoderUnknown
from ..forking import free_in_child
from ..limits import read_part
from .base import Vectors, unit_rows
from .openvino_module import load_openvino
from .openvino_network import build_network
from .threads import threads

__all__ = ["OpenVINOBackend"]

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
