"""The protocol of an encoder (texts in, unit float32 rows out), its threads, throughput, cached vectors."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..errors import EncoderError
from ..option_values import read_part
from ..processes import processors

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1, or is all zeros where there is no vector."""


class Encoder(Protocol):
    """Texts in, unit float32 rows out; the same texts always give the same rows.

    A text of which the encoder knows nothing, such as one in a script that it has never seen, gets a row
    of zeros: it has no vector, and its paper is found by its words alone.

    Papers are encoded by `encode_document`, and what searches them by `encode_query`; where a model makes no
    difference both call `encode`, which is what a class that derives from this one gets. An object that has
    `encode` alone is taken as well. What has prompts names them in `prompts`.

    Attributes
    ----------
    name : str
        The stable name that a corpus remembers; never a path.
    fingerprint : str
        SHA-256 (hex) of all that decides the vectors: weights, tokenizer, pooling, text length.
    dim : int
        Number of dimensions of each vector.

    Examples
    --------
    >>> import numpy as np
    >>> class Lengths:
    ...     name, fingerprint, dim = "lengths", "0" * 64, 2
    ...
    ...     def encode(self, texts):
    ...         angles = np.array([len(text) for text in texts]) / 100
    ...         return np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    >>> Lengths().encode(["a text"]).shape
    (1, 2)
    """

    @property
    def name(self) -> str:
        """The stable name that a corpus remembers; never a path."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of all that decides the vectors: weights, tokenizer, pooling, text length."""
        ...

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts.

        Parameters
        ----------
        texts : sequence of str
            Titles and abstracts, or free text.

        Returns
        -------
        ndarray of float32, shape (len(texts), dim)
            A row of length 1 for each text, or a row of zeros.
        """
        ...

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Encode texts that search: questions, interests in words.

        Parameters
        ----------
        texts : sequence of str
            Free texts.

        Returns
        -------
        ndarray of float32, shape (len(texts), dim)
            As `encode`.
        """
        return self.encode(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Encode texts that are searched: those of papers.

        Parameters
        ----------
        texts : sequence of str
            What the corpus's recipe makes of papers.

        Returns
        -------
        ndarray of float32, shape (len(texts), dim)
            As `encode`.
        """
        return self.encode(texts)


class OneWay:
    """For encoders that make no difference between a text that searches and one that is searched."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text."""
        raise NotImplementedError

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Encode as `encode` does.

        Parameters
        ----------
        texts : sequence of str
            Free texts.

        Returns
        -------
        ndarray of float32, shape (len(texts), dim)
            As `encode`.
        """
        return self.encode(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Encode as `encode` does.

        Parameters
        ----------
        texts : sequence of str
            What the corpus's recipe makes of papers.

        Returns
        -------
        ndarray of float32, shape (len(texts), dim)
            As `encode`.
        """
        return self.encode(texts)


def encode_queries(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The vectors of texts that search; of an object that has `encode` alone by that."""
    own: Callable[[Sequence[str]], Vectors] | None = getattr(encoder, "encode_query", None)
    return encoder.encode(texts) if own is None else own(texts)


def encode_documents(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The vectors of papers' texts; of an object that has `encode` alone by that."""
    own: Callable[[Sequence[str]], Vectors] | None = getattr(encoder, "encode_document", None)
    return encoder.encode(texts) if own is None else own(texts)


def prompts_of(encoder: Encoder) -> dict[str, str]:
    """What an encoder puts before each text, by ``query`` and ``document``; empty where it says nothing."""
    prompts = getattr(encoder, "prompts", None)
    if not isinstance(prompts, Mapping):
        return {}
    found = {kind: str(prompts.get(kind) or "") for kind in ("query", "document")}
    return found if any(found.values()) else {}


def manifest_prompts(encoder: Encoder) -> dict[str, str] | None:
    """What a corpus says of them; None of an encoder that was loaded as before corpora knew of prompts."""
    return None if getattr(encoder, "plain", False) else prompts_of(encoder)


def unit_rows(array: NDArray[np.floating]) -> Vectors:
    """The rows scaled to length 1, rows of zeros left so, C-contiguous float32.

    Raises ValueError for a row whose length is not finite, or too small to be told from 0.
    """
    array = np.asarray(array, dtype=np.float64)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    bad = np.flatnonzero(~np.isfinite(lengths[:, 0]) | ((lengths[:, 0] == 0) & array.any(axis=1)))
    if len(bad):
        raise ValueError(f"vector {bad[0]} has length {lengths[bad[0], 0]}: it cannot be scaled to 1")
    lengths[lengths == 0] = 1
    return np.ascontiguousarray(array / lengths, dtype=np.float32)


_limit: list[int] = []


def threads() -> int:
    """As many as this process has cores, or as `limit_threads` allows."""
    if _limit:
        return _limit[-1]
    return processors()


def limit_threads(count: int) -> None:
    """Have every model that this process opens from now on, and numpy, use so many threads."""
    from threadpoolctl import threadpool_limits

    _limit[:] = [count]
    # For libraries that are loaded later; those that are loaded already are told themselves.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = str(count)
    threadpool_limits(count)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(count)


def _forked() -> None:
    # As FAISS, see `indexes.base`: the team of threads that torch had does not survive a fork.
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # else it warns that it takes one


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_forked)


_ENOUGH = 0.2  # seconds of encoding that tell a rate well enough
_FEW = 4


def describe(encoder: Encoder) -> str:
    """Name an encoder and what runs it, where it says so.

    Parameters
    ----------
    encoder : Encoder
        Any one.

    Returns
    -------
    str
        Such as ``minilm (openvino bf16)``.

    Examples
    --------
    >>> from recommender.encoders import describe, load_encoder
    >>> describe(load_encoder("static"))
    'static'
    """
    backend = getattr(encoder, "backend", None)
    return f"{encoder.name} ({backend})" if backend else encoder.name


def texts_per_second(encoder: Encoder, texts: Sequence[str]) -> float:
    """Measure the throughput on some of the texts, more of them the faster it is.

    Opening the model does not count.

    Parameters
    ----------
    encoder : Encoder
        The one to measure.
    texts : sequence of str
        What it encodes; of a small corpus all are tried.

    Returns
    -------
    float
        Texts a second.

    Raises
    ------
    MissingPackage
        Where what the encoder needs is not installed, and what else its `encode` raises.

    Examples
    --------
    >>> from recommender.encoders import load_encoder, texts_per_second
    >>> texts_per_second(load_encoder("static"), ["a text"] * 100) > 0
    True
    """
    encode_documents(encoder, texts[:_FEW])
    count = _FEW
    while True:
        started = time.perf_counter()
        encode_documents(encoder, texts[:count])
        seconds = time.perf_counter() - started
        if seconds > _ENOUGH or count >= len(texts):
            return min(count, len(texts)) / max(seconds, 1e-9)
        count *= 4


# Each of these letters and digits is a piece of its own: a text with one of them need not be tokenized.
_SURELY_KNOWN = re.compile("[a-z0-9]", re.IGNORECASE | re.ASCII)
_NO_WORD = re.compile(r"[\W_]+")


class KnownPieces:
    """The tokenizer in a model's folder, opened when a text needs it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "tokenizer.json"

    def unknown(self, texts: Sequence[str]) -> list[int]:
        """The positions of the texts without a known word or piece of one; punctuation is neither."""
        return [place for place, text in enumerate(texts) if not self._is_known(read_part(text))]

    def _is_known(self, text: str) -> bool:
        if _SURELY_KNOWN.search(text):
            return True
        tokens = self._tokenizer.encode(_NO_WORD.sub(" ", text), add_special_tokens=False).ids
        return any(token != self._unknown for token in tokens)

    @cached_property
    def _tokenizer(self) -> Any:
        with extra("fast"):
            from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._path))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _unknown(self) -> int | None:
        found: int | None = self._tokenizer.token_to_id("[UNK]")
        return found


class LookupEncoder(OneWay):
    """An encoder of known texts only, whose vectors another encoder made.

    Parameters
    ----------
    name : str
        Of the encoder that made the vectors.
    fingerprint : str
        Its fingerprint.
    texts : sequence of str
        The texts that can be encoded.
    vectors : ndarray, shape (len(texts), dim)
        A row for each text; scaled to length 1.

    Raises
    ------
    EncoderError
        Where there is not one row for each text.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.encoders import LookupEncoder
    >>> encoder = LookupEncoder("mine", "0" * 64, ["a text"], np.array([[3.0, 4.0]]))
    >>> encoder.encode(["a text"])
    array([[0.6, 0.8]], dtype=float32)
    """

    def __init__(self, name: str, fingerprint: str, texts: Sequence[str], vectors: Vectors) -> None:
        if len(texts) != len(vectors):
            raise EncoderError(
                f"{len(texts)} texts but {len(vectors)} vectors of {name!r}: give one per text"
            )
        self.name = name
        self.fingerprint = fingerprint
        self._vectors = unit_rows(vectors)
        self._row = {_digest(text): row for row, text in enumerate(texts)}

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return int(self._vectors.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Look texts up.

        Parameters
        ----------
        texts : sequence of str
            Known ones.

        Returns
        -------
        ndarray of float32, shape (len(texts), dim)
            Their rows.

        Raises
        ------
        EncoderError
            For a text that has none.
        """
        rows = [self._row.get(_digest(text)) for text in texts]
        if None in rows:
            raise EncoderError(f"no vector of {self.name!r} is stored for {texts[rows.index(None)][:60]!r}")
        return self._vectors[np.array(rows, dtype=np.int64)]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
