"""`minilm-papers`: one matrix over what `minilm` and `static` see, trained on which papers belong together.

The two vectors of a text side by side, turned and stretched a little: by pairs of papers of one author, of
one reading list, and of which one cites the other. See `minilm_papers_model/MODEL_CARD.md` and
`scripts/train_papers.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..errors import EncoderDamaged
from .base import Encoder, OneWay, Vectors, describe, unit_rows
from .minilm import load_minilm
from .static import load_static

RULES = "minilm-papers-1"
"""Names in the fingerprint how the parts are put together: a change of that is a new name here."""

PAPERS_MAP: Path = Path(__file__).parent / "minilm_papers_model" / "map.safetensors"
"""The matrix ``map`` that comes with the package, float16, shape (640, 384)."""


class MappedPair(OneWay):
    """``unit([first, second] @ matrix)``: the vectors of two encoders side by side, then one matrix.

    `matrix` has the shape (first.dim + second.dim, dim), and holds how much either counts. A text of which
    both know nothing becomes zeros. Raises EncoderDamaged where the shape is another or a number is not
    finite.
    """

    def __init__(self, name: str, first: Encoder, second: Encoder, matrix: NDArray[np.floating]) -> None:
        rows = first.dim + second.dim
        if matrix.ndim != 2 or len(matrix) != rows or not 1 <= matrix.shape[1] <= rows:
            raise EncoderDamaged(
                f"{name}: the map has the shape {matrix.shape}; a row for each of the {rows} dimensions of "
                f"{first.name} and {second.name}, and no more columns than that, is right"
            )
        if not np.isfinite(matrix).all():
            raise EncoderDamaged(f"{name}: the map holds a number that is not finite")
        self.name = name
        self._first, self._second = first, second
        self._matrix = np.ascontiguousarray(matrix, np.float32)

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return int(self._matrix.shape[1])

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of both encoders' fingerprints, of the matrix and of how they are put together."""
        parts = [RULES, self._first.fingerprint, self._second.fingerprint, str(self._matrix.shape)]
        numbers = np.ascontiguousarray(self._matrix, "<f4").tobytes()
        return hashlib.sha256(" ".join(parts).encode() + numbers).hexdigest()

    @property
    def backend(self) -> str:
        """What runs the encoders underneath, such as ``openvino bf16``."""
        return getattr(self._first, "backend", None) or describe(self._first)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, shape (len(texts), dim); zeros for a text that neither knows."""
        return self.mapped(self._first.encode(texts), self._second.encode(texts))

    def mapped(self, first: Vectors, second: Vectors) -> Vectors:
        """The rows that the two encoders' rows of the same texts become."""
        split = self._first.dim
        return unit_rows(first @ self._matrix[:split] + second @ self._matrix[split:])


def load_minilm_papers(model_dir: Path | None = None) -> MappedPair:
    """The encoder, over the `minilm` of that folder or of its package, and the `static` of this one.

    Raises what `load_minilm` and `load_static` raise, MissingPackage where safetensors is not installed and
    EncoderDamaged where the matrix is none.
    """
    return MappedPair("minilm-papers", load_minilm(model_dir), load_static(), read_map(PAPERS_MAP))


def read_map(path: Path) -> NDArray[np.float32]:
    """The array ``map`` of a safetensors file. Raises EncoderDamaged where there is none that can be read."""
    with extra("fast"):
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
    try:
        found: NDArray[np.float32] = load_file(path)["map"].astype(np.float32)
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise EncoderDamaged(f"{path}: no map that can be read ({str(error)!s:.200})") from error
    return found


def write_map(path: Path, matrix: NDArray[np.floating]) -> None:
    """Write it as float16; the same numbers give the same bytes."""
    with extra("fast"):
        from safetensors.numpy import save
    path.parent.mkdir(parents=True, exist_ok=True)
    # safetensors writes an array that is not contiguous as it lies in memory, and its `save_file` makes a
    # file that nobody else may read.
    path.write_bytes(save({"map": np.ascontiguousarray(matrix, np.float16)}))
