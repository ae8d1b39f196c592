"""`static`: word vectors trained for abstracts, summed and scaled; neither torch nor a network, numpy only.

A sentence encoder without attention, as in SIF (Arora et al., 2017) and model2vec (MinishLab): the
vector of a text is the sum of its features' rows. What is ours is how the rows were trained; see
`static_model/MODEL_CARD.md` and `scripts/train_static.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EncoderDamaged, EncoderUnknown
from ..files import array_trouble
from ..limits import read_part
from .base import Vectors, unit_rows
from .static_tokens import RULES, StaticTokens

__all__ = ["STATIC_FOLDER", "StaticEncoder", "load_static", "save_static"]

STATIC_FOLDER: Path = Path(__file__).parent / "static_model"
"""The model that comes with the package: `vectors.npz`, `vocabulary.txt` and its card."""

# Enough texts to make the cost of a numpy call small, few enough for their rows to stay in the cache.
_TEXTS_AT_ONCE = 256

# A paper's title says more than as many words of its abstract; chosen on the tuning part, see the card.
_OPENING_CHARACTERS, _OPENING_SHARE = 100, 0.25

_VECTORS, _VOCABULARY = "vectors.npz", "vocabulary.txt"


class StaticEncoder:
    """Rows `scale[i] * quantised[i]` for each vocabulary entry, and a bias.

    A text becomes ``unit(unit(all) + 0.25 unit(opening) + bias)``, each the sum of weight * row over
    its features, weight = 1 + ln(count), and the opening its first 100 characters: of a paper, the title.
    A text without a known piece, as of another script, becomes zeros: nothing is known of it.
    The dimensions are in order of their share of the variance: the first n of them are the best n.
    Raises EncoderDamaged when the shapes do not fit or a number is not finite.
    """

    name = "static"
    is_fast = True
    """Thousands of texts a second: worth larger batches."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        quantised: NDArray[np.int8],
        scale: NDArray[np.float32],
        bias: NDArray[np.float32],
        *,
        fingerprint: str,
    ) -> None:
        rows, dim = quantised.shape if quantised.ndim == 2 else (0, 0)
        if not dim or scale.shape != (rows,) or bias.shape != (dim,) or len(vocabulary) != rows:
            raise EncoderDamaged(
                f"static model: {len(vocabulary)} words, rows {quantised.shape}, scales {scale.shape}, bias "
                f"{bias.shape}; one row and one scale a word, and a bias as long as a row are right"
            )
        if not (np.isfinite(scale).all() and np.isfinite(bias).all() and bias.any()):
            raise EncoderDamaged("static model: a scale or the bias is not finite, or the bias is nought")
        try:
            self._tokens = StaticTokens(vocabulary)
        except ValueError as error:
            raise EncoderDamaged(f"static model: {error}") from error
        self._table = np.multiply(quantised, scale[:, None], dtype=np.float32)
        self._bias = bias.astype(np.float32)
        self.fingerprint = fingerprint

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, shape (len(texts), dim); zeros for a text without a known piece."""
        rows = np.empty((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            part = [read_part(text) for text in texts[start : start + _TEXTS_AT_ONCE]]
            whole = self._sums(part)
            opening = self._sums([text[:_OPENING_CHARACTERS] for text in part])
            mixed = whole + _OPENING_SHARE * opening + self._bias
            # Without a known piece only the bias would be left: one vector for all such texts.
            mixed[~whole.any(axis=1)] = 0
            rows[start : start + len(part)] = mixed
        return unit_rows(rows)

    def _sums(self, texts: Sequence[str]) -> Vectors:
        """The weighted sum of the rows of each text's features, scaled to length 1; nought without any."""
        numbers, starts, weights = self._tokens.features(texts)
        sums = np.empty((len(texts), self.dim), dtype=np.float32)
        for text, (start, end) in enumerate(pairwise(starts.tolist())):
            np.matmul(weights[start:end], self._table.take(numbers[start:end], axis=0), out=sums[text])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        np.divide(sums, lengths, out=sums, where=lengths > 0)
        return sums


def load_static(model_dir: Path | None = None) -> StaticEncoder:
    """The encoder of that folder, or the one that comes with the package.

    Raises EncoderUnknown when the folder is not there and EncoderDamaged when it holds no such model.
    """
    folder = STATIC_FOLDER if model_dir is None else model_dir
    if not folder.is_dir():
        raise EncoderUnknown(f"{folder}: no such folder; it should hold {_VECTORS} and {_VOCABULARY}")
    try:
        vocabulary = (folder / _VOCABULARY).read_text("utf-8").splitlines()
        with np.load(folder / _VECTORS, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in ("rows", "scale", "bias")}
        rows, scale, bias = arrays["rows"], arrays["scale"], arrays["bias"]
        if rows.dtype != np.int8:
            raise ValueError(f"rows are {rows.dtype}, int8 is right")
        scale, bias = scale.astype(np.float32), bias.astype(np.float32)
    except Exception as error:  # a broken archive fails in as many ways as there are bytes in it
        raise EncoderDamaged(
            f"{folder}: no static model that can be read ({array_trouble(error)})"
        ) from error
    fingerprint = _fingerprint(vocabulary, [rows, scale, bias])
    return StaticEncoder(vocabulary, rows, scale, bias, fingerprint=fingerprint)


def save_static(
    folder: Path, vocabulary: Sequence[str], rows: NDArray[np.float32], bias: NDArray[np.float32]
) -> None:
    """Write a model: each row as int8 with its own float32 scale; the same rows give the same bytes."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    scale = np.where(largest == 0, 1, largest) / 127
    quantised = np.rint(rows / scale).astype(np.int8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _VOCABULARY).write_text("".join(f"{entry}\n" for entry in vocabulary), "utf-8")
    arrays: dict[str, Any] = {"rows": quantised, "scale": scale[:, 0].astype(np.float32), "bias": bias}
    np.savez(folder / _VECTORS, **arrays)


def _fingerprint(vocabulary: Sequence[str], arrays: Sequence[NDArray[Any]]) -> str:
    """SHA-256 (hex) of the tokenizing rules, the vocabulary and all numbers."""
    digest = hashlib.sha256(json.dumps([RULES, _OPENING_CHARACTERS, _OPENING_SHARE, *vocabulary]).encode())
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
