"""Precomputed vectors, from files or from the records, checked before they are taken. Never unpickled."""

from __future__ import annotations

import logging
import math
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..encoders import Encoder, EncoderOrigin, Vectors
from ..encoders.base import manifest_prompts
from ..errors import EncoderMismatch, SourceError
from ..files import array_trouble, checked_path, temporary_folder
from ..readers.base import Source, is_pipe
from ..readers.json_objects import NotAnObject, json_objects
from ..readers.jsonl import Jsonl
from ..recipe import TextRecipe
from .agreement import SAMPLE, check_encoder_matches, sample_rows
from .manifest import UNVERIFIED
from .report import AddReport
from .staging import Batches, Encoded, Staged, Staging
from .stored_vectors import quantize


def record_vectors(path: Path, folder: Path) -> NDArray[np.float32]:
    """The vector of each record of a JSON Lines file or JSON array, shape (records, dim), memory-mapped.

    A record has it under ``embedding`` or ``vector``, as a list of numbers or as an object with
    ``vector``. One that has none, or null, an empty list or one of nulls there, has a row of zeros, which
    stands for no vector. The array goes to a file in `folder`. Raises ValueError where no record has one,
    and, naming the record, where one has something else or one of another length, SourceError where the file
    cannot be read.
    """
    dim = None
    count = 0
    flat = folder / "vectors.f4"
    with flat.open("wb") as file:
        for row, record in json_objects(Source(path)):
            value = record if isinstance(record, NotAnObject) else _value(record)
            count += 1
            if value is None:  # of the first ones the length is not known yet
                file.write(bytes(4 * (dim or 0)))
                continue
            vector = _numbers(value)
            if vector is None or (dim is not None and len(vector) != dim):
                found = "no numbers under `embedding`" if vector is None else f"{len(vector)} numbers"
                needed = "" if dim is None else f", {dim} are needed"
                raise ValueError(f"record {row} has {found}{needed}")
            if dim is None:
                dim = len(vector)
                file.seek(4 * dim * (count - 1))  # what is passed over are zeros
            file.write(vector.tobytes())
    if dim is None:
        raise ValueError("no record has numbers under `embedding`" if count else "it holds no record")
    return np.memmap(flat, np.float32, "r", shape=(count, dim)).view(np.ndarray)


def _value(record: dict[str, Any]) -> object:
    """What stands where the vector should, None where nothing does."""
    value = record.get("embedding", record.get("vector"))
    value = value.get("vector") if isinstance(value, dict) else value
    return None if value == "" or (isinstance(value, list) and all(map(_is_nothing, value))) else value


def _is_nothing(number: object) -> bool:
    """Whether it is null, or the NaN that pandas makes of it."""
    return number is None or (isinstance(number, float) and math.isnan(number))


def _numbers(value: object) -> NDArray[np.float32] | None:
    if not isinstance(value, list) or not value:
        return None
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in value):
        return None
    with np.errstate(over="ignore"):
        return np.array(value, np.float32)


_WANTED = (
    "give a .npy file of shape (papers, dimensions), a .npz with `vectors` and maybe `scale`, "
    "or JSON records with `embedding`"
)

# Encoders have hundreds or a few thousand; some rows are in memory at a time, whatever their length.
_MOST_DIMENSIONS = 1 << 16


@dataclass(frozen=True)
class VectorArray:
    """Rows of shape (n, dim), float16, float32, float64 or int8; `scale` of shape (n,) multiplies them."""

    array: NDArray[Any]
    scale: NDArray[Any] | None
    place: str
    """How a message names it."""

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """These rows as they are meant, not yet of length 1."""
        with np.errstate(over="ignore", invalid="ignore"):
            vectors = self.array[rows].astype(np.float64)
            return vectors if self.scale is None else vectors * self.scale[rows].astype(np.float64)[:, None]


@contextmanager
def open_vector_array(vectors: str | Path | NDArray[Any]) -> Iterator[VectorArray]:
    """The vectors of an array, which is not copied, or of a file, which is memory-mapped.

    Raises SourceError when the file cannot be read or holds something else.
    """
    if not isinstance(vectors, (str, Path)):
        try:
            array = np.asarray(vectors)
        except ValueError as error:
            raise SourceError(f"vectors: no array of shape (papers, dimensions) ({error})") from error
        yield _checked(array, None, "vectors")
        return
    path = checked_path(vectors, "vectors")
    if is_pipe(vectors):
        raise SourceError(f"{vectors}: vectors are read several times, a pipe only once; save them to a file")
    with temporary_folder("vectors") as folder:
        try:
            arrays = _arrays(path, folder)
        except SourceError:
            raise
        except OSError as error:
            raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from error
        except Exception as error:  # whatever numpy, zipfile or a decompressor say of a hostile file
            raise SourceError(
                f"{path}: no vectors can be read ({array_trouble(error):.120}); {_WANTED}"
            ) from error
        yield _checked(arrays["vectors"], arrays.get("scale"), str(path))


def _arrays(path: Path, folder: Path) -> dict[str, NDArray[Any]]:
    with path.open("rb") as file:
        begins = file.read(6)
    if begins == b"\x93NUMPY":
        return {"vectors": _mapped(path)}
    if begins[:4] != b"PK\x03\x04":
        if not Jsonl().recognises(Source(path).head()):
            raise ValueError("it is neither .npy nor .npz nor JSON")
        return {"vectors": record_vectors(path, folder)}
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: info for info in archive.infolist()}
        if "vectors.npy" not in members:
            names = ", ".join(name.removesuffix(".npy") for name in list(members)[:5])
            raise ValueError(f"it holds no `vectors` but {names}")
        found = {name: members[f"{name}.npy"] for name in ("vectors", "scale") if f"{name}.npy" in members}
        return {name: _extracted(archive, info, folder / name) for name, info in found.items()}


def _extracted(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> NDArray[Any]:
    """An archive cannot be memory-mapped, and may not fit in memory: its arrays go to a file first."""
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        first = version == (1, 0)
        read_header = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
        shape, _, dtype = read_header(stream)
        # What unpacks to more than it says is not unpacked.
        if member.file_size != stream.tell() + math.prod(shape) * dtype.itemsize:
            raise ValueError(f"{member.filename} is cut off, or holds more than its shape {shape}")
    with archive.open(member) as stream, path.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
    return _mapped(path)


def _mapped(path: Path) -> NDArray[Any]:
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)  # a memmap's own indexing is several times slower


def _checked(array: NDArray[Any], scale: NDArray[Any] | None, place: str) -> VectorArray:
    numbers = array.dtype.kind == "f" or array.dtype == np.int8
    if array.ndim == 2 and array.shape[1] > _MOST_DIMENSIONS:
        most = f"{_MOST_DIMENSIONS:,} are the most that are taken"
        raise SourceError(f"{place}: vectors of {array.shape[1]:,} dimensions; {most}")
    if array.ndim != 2 or not array.shape[1] or not numbers:
        raise SourceError(
            f"{place}: {array.dtype} of shape {array.shape}; vectors are floats, or int8 with a scale, "
            "of shape (papers, dimensions)"
        )
    if scale is not None:
        in_a_row = max(scale.shape, default=1) == scale.size
        if scale.dtype.kind != "f" or not in_a_row or scale.size not in (1, len(array)):
            raise SourceError(
                f"{place}: a scale of {scale.dtype} and shape {scale.shape}; "
                f"it must be a float, or {len(array):,} of them: one for each vector"
            )
        scale = np.broadcast_to(scale.reshape(-1), (len(array),))
    return VectorArray(array, scale, place)


# Rows at a time, and their numbers: of vectors of more than a thousand dimensions fewer rows.
_BLOCK = 8192
_NUMBERS = 8192 * 1024
_LOG = logging.getLogger("recommender")


class PrecomputedVectors:
    """The rows of an array as the vectors of papers, in the order in which the papers are read.

    There is one row for each paper read, or one for each record of the source, those included that
    were no paper: the number of rows tells. With the `encoder` at hand, a sample of the papers is
    encoded and compared; without it, they are taken unverified under a fingerprint of their own.
    """

    precomputed = True
    origin: EncoderOrigin | None = None

    def __init__(
        self,
        array: VectorArray,
        *,
        name: str,
        encoder: Encoder | None,
        limit: int | None,
        prompts: Mapping[str, str] | None = None,
    ) -> None:
        """`prompts`: what is said of them, where the encoder is not at hand."""
        self.prompts = dict(prompts or {}) if encoder is None else manifest_prompts(encoder)
        self._array = array
        self._limit = limit
        self.name = name if encoder is None else encoder.name
        self.encoder = encoder
        if encoder is not None and encoder.dim != self.dim:
            raise EncoderMismatch(
                f"{array.place}: vectors of {self.dim} dimensions, but {encoder.name!r} makes them of "
                f"{encoder.dim}; name the encoder that made these"
            )

    @property
    def fingerprint(self) -> str:
        """The encoder's, whose vectors these then are by measurement; else one that no encoder has."""
        return UNVERIFIED if self.encoder is None else self.encoder.fingerprint

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return int(self._array.array.shape[1])

    def match(
        self, staging: Staging, report: AddReport, total: int, precision: str, recipe: TextRecipe
    ) -> MatchedVectors:
        """Match rows with papers, look at every row, and compare a sample with the encoder.

        A row of zeros stands for no vector. Raises SourceError for a wrong number of rows, for a row that
        is not finite and where all are zeros,
        EncoderError for one that does not fit into the precision, EncoderMismatch for vectors that are
        not the encoder's.
        """
        matched = MatchedVectors(self._array, by_record=self._is_by_record(report))
        place = self._array.place
        any_vector = False
        for block in matched.blocks():
            quantize(block, precision, self.name)
            any_vector = any_vector or bool(block.any())
        if len(self._array.array) and not any_vector:
            raise SourceError(f"{place}: every vector is zeros; there is none to search with")
        if self.encoder is None and len(staging):
            _LOG.info(
                "%s: not compared, as %r is not at hand: the corpus answers for stored papers only",
                place,
                self.name,
            )
        elif self.encoder is not None:
            self._compare(matched, staging, self.encoder, recipe)
        return matched

    def _compare(
        self, matched: MatchedVectors, staging: Staging, encoder: Encoder, recipe: TextRecipe
    ) -> None:
        papers = [staged for staged in staging.at(sample_rows(len(staging), SAMPLE)) if staged.own_text]
        if not papers:  # all of them are there already, and say more
            return
        given, place = matched.vectors(papers), self._array.place
        mean = check_encoder_matches(encoder, [one.paper for one in papers], given, place, recipe=recipe)
        found = f"{len(papers)} papers encoded by {self.name} and compared: mean cosine {mean:.3f}"
        _LOG.info("%s: %s", self._array.place, found)

    def _is_by_record(self, report: AddReport) -> bool:
        """Whether rows that were no paper have a vector too."""
        rows, papers, records = len(self._array.array), report.read, report.read + report.rejected
        if rows == records:
            return True
        # Where reading stopped at a limit, the vectors may go on, as long as none was skipped before.
        beyond = self._limit is not None and papers == self._limit and rows > records == papers
        if rows == papers or beyond:
            return False
        skipped = f", or {records:,} with those that were skipped" if report.rejected else ""
        raise SourceError(
            f"{self._array.place}: {rows:,} vectors for {papers:,} papers read{skipped}; "
            "give one for each, in the same order"
        )


class MatchedVectors:
    """The rows of an array, each of a paper: counted by the papers read before it, or `by_record`."""

    description = "storing the given vectors"

    def __init__(self, array: VectorArray, *, by_record: bool) -> None:
        self._array = array
        self._by_record = by_record
        self._rows = max(1, min(_BLOCK, _NUMBERS // array.array.shape[1]))
        self.batch_size: int | None = self._rows

    def blocks(self) -> Iterator[Vectors]:
        """All rows, some at a time."""
        rows, step = len(self._array.array), self._rows
        return (self._unit(np.arange(start, min(start + step, rows))) for start in range(0, rows, step))

    def vectors(self, papers: Sequence[Staged]) -> Vectors:
        """The papers' rows, scaled to length 1 but for those of zeros."""
        places = [staged.record_place if self._by_record else staged.paper_place for staged in papers]
        return self._unit(np.array(places, np.int64))

    def iter_vectors(self, batches: Batches) -> Encoded:
        """Each batch with its rows."""
        return ((batch, self.vectors(batch)) for batch in batches())

    def _unit(self, rows: NDArray[np.int64]) -> Vectors:
        vectors = self._array.take(rows)
        with np.errstate(over="ignore", invalid="ignore"):
            lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        bad = np.flatnonzero(~np.isfinite(lengths) | ((lengths == 0) & vectors.any(axis=1)))
        if len(bad):
            raise SourceError(
                f"{self._array.place}: the vector in row {rows[bad[0]] + 1:,} has length "
                f"{lengths[bad[0]]:g}; it cannot be scaled to 1"
            )
        lengths[lengths == 0] = 1
        unit: Vectors = (vectors / lengths[:, None]).astype(np.float32)
        return unit
