"""Precomputed vectors: rows of an array, checked and matched with the papers that are read."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..encoders import Encoder, EncoderOrigin, Vectors
from ..errors import EncoderMismatch, SourceError
from .encoder_check import SAMPLE, check_encoder_matches, sample_rows
from .manifest import UNVERIFIED
from .report import AddReport
from .segments import quantize
from .staging import Batches, Encoded, Staged, Staging
from .vector_files import VectorArray

__all__ = ["MatchedVectors", "PrecomputedVectors"]

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

    def __init__(self, array: VectorArray, *, name: str, encoder: Encoder | None, limit: int | None) -> None:
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

    def match(self, staging: Staging, report: AddReport, total: int, precision: str) -> MatchedVectors:
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
            self._compare(matched, staging, self.encoder)
        return matched

    def _compare(self, matched: MatchedVectors, staging: Staging, encoder: Encoder) -> None:
        papers = [staged for staged in staging.at(sample_rows(len(staging), SAMPLE)) if staged.own_text]
        if not papers:  # all of them are there already, and say more
            return
        texts = [staged.paper.text for staged in papers]
        mean = check_encoder_matches(encoder, texts, matched.vectors(papers), self._array.place)
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
