"""HNSW: a graph in which each vector is linked to near ones, walked greedily towards the query.

Malkov and Yashunin, Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
Small World graphs, 2018; as FAISS builds and searches it. The file holds the graph alone: the vectors are
those of the corpus, where they lie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from .approximate import ApproximateIndex, Measured, first_allowed
from .base import Allowed, Rows, Vectors, one_thread
from .inner_products import checked_chunks
from .storage import Arrays, Stored, check_graph, empty_storage, links_lead_to_rows, storage_of, view_array

# FAISS's own type hints leave out a part of what is used here.
_faiss: Any = faiss

# Of the pairs tried over 1,000,000 papers these reach a recall of .99 soonest after the quickest build.
_LINKS = 16
_EF_CONSTRUCTION = 40

# A longer list than was asked for: its last places are filled less surely than its first.
_LIST_PER_RESULT = 1.5

# One place of the candidate list costs about as much as comparing so many rows that were copied out;
# FAISS keeps it in a plain array, so that long lists cost more.
_COST, _LONG = 16, 4000


class HnswIndex(ApproximateIndex):
    """The graph over the first rows; `effort` is the length of the candidate list (efSearch)."""

    kind = "hnsw"
    efforts = (24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)

    def __init__(self, blocks: Sequence[Stored], *, dim: int, arrays: Arrays, measured: Measured) -> None:
        super().__init__(blocks, dim=dim, arrays=arrays, measured=measured)
        check_graph(arrays, rows=measured.rows)
        # FAISS looks at these bytes as long as the graph lives: they must not go before it.
        self._vectors = np.asarray(blocks[0])[: measured.rows]
        self._links = np.asarray(arrays["neighbors"])
        self._looked_at: bool | None = None
        self._storage = storage_of(self._vectors)
        self._graph = _graph(self._storage, arrays)
        view_array(self._graph.hnsw.neighbors, self._links)

    @classmethod
    def grow(
        cls,
        vectors: Stored,
        *,
        old: Arrays | None,
        covered: int,
        seed: int,
        tick: Callable[[int], None],
    ) -> dict[str, NDArray[Any]]:
        """See `ApproximateIndex.grow`. While it grows the graph keeps a copy of the vectors."""
        storage = empty_storage(vectors.shape[1], vectors.dtype)
        if old is None:
            graph: Any = faiss.IndexHNSW(storage, _LINKS)
        else:
            check_graph(old, rows=covered)
            if not links_lead_to_rows(old):
                raise ValueError("the links of the index file lead to no rows; build the index again")
            for _, chunk in checked_chunks(vectors, 0, covered):
                storage.add(chunk)
            graph = _graph(storage, old)
            graph.hnsw.neighbors.resize(len(old["neighbors"]))
            links = np.ascontiguousarray(old["neighbors"])
            faiss.memcpy(graph.hnsw.neighbors.data(), faiss.swig_ptr(links), links.nbytes)
        graph.hnsw.efConstruction = _EF_CONSTRUCTION
        graph.hnsw.rng = _faiss.RandomGenerator(seed + graph.ntotal)
        for stop, chunk in checked_chunks(vectors, graph.ntotal, len(vectors)):
            graph.add(chunk)
            tick(stop)
        hnsw = graph.hnsw
        links = np.empty(hnsw.neighbors.size(), np.int32)
        faiss.memcpy(faiss.swig_ptr(links), hnsw.neighbors.data(), links.nbytes)
        return {
            "shape": np.array([_LINKS, hnsw.entry_point, hnsw.max_level], np.int64),
            "levels": faiss.vector_to_array(hnsw.levels),
            "neighbors": links,
        }

    def _candidates(
        self, queries: Vectors, k: int, reach: float, allowed: Allowed | None
    ) -> Sequence[Rows | None]:
        if not self._sound:
            return [None] * len(queries)
        # The walk must pass through rows that are not allowed. What it brings back is surely the nearest
        # as far as the list goes, so the list grows until k of it are allowed.
        length = min(self._length(k, reach), self._graph.ntotal)
        parameters = _faiss.SearchParametersHNSW()
        parameters.efSearch = length
        with one_thread() if len(queries) == 1 else nullcontext():
            found = self._graph.search(queries, k if allowed is None else length, params=parameters)[1]
        size = len(self._covered)
        return [first_allowed(line, allowed, size=size, sure=length, least=k, most=k) for line in found]

    @property
    def _sound(self) -> bool:
        """Whether every link leads to a row: FAISS follows them unseen, out of its memory if need be.

        Looked at once, and not before the links are needed anyway: they are the whole file.
        """
        if self._looked_at is None:  # no lock: a fork may fall into it, and twice does no harm
            self._looked_at = links_lead_to_rows(self._arrays)
        return self._looked_at

    def _length(self, k: int, reach: float) -> int:
        return int(max(self.effort, _LIST_PER_RESULT * k) * reach)

    def _cost(self, k: int, reach: float) -> float:
        length = self._length(k, reach)
        return _COST * length * (1 + length / _LONG)


def _graph(storage: Any, arrays: Arrays) -> Any:
    """A graph as it was written, but for its links."""
    links, entry_point, max_level = arrays["shape"].tolist()  # as `check_graph` wants them
    graph: Any = faiss.IndexHNSW(storage, links)
    hnsw, levels = graph.hnsw, np.ascontiguousarray(arrays["levels"])
    # A row has 2 * links places on the ground floor and `links` on each one above.
    ends = np.cumsum((levels.astype(np.int64) + 1) * links)
    if levels.max() >= hnsw.cum_nneighbor_per_level.size():
        raise ValueError("the graph of the index file has too many floors; build the index again")
    faiss.copy_array_to_vector(levels, hnsw.levels)
    faiss.copy_array_to_vector(np.concatenate([[0], ends]).astype(np.uint64), hnsw.offsets)
    hnsw.entry_point, hnsw.max_level = entry_point, max_level
    graph.ntotal = len(levels)
    return graph
