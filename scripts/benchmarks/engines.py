"""Engines: our kinds of index and other libraries behind one face, each as a user would first set it up."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexes import KINDS, build_index, open_index, restore
from indexes.approximate import Measured

__all__ = ["ENGINES", "Engine", "Mask", "Rows", "Search"]

Rows: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_] | None

Search: TypeAlias = "Callable[[NDArray[np.float32], int, Mask], Rows]"
"""(one query, k, the rows allowed) -> the rows found, best first."""


@dataclass(frozen=True)
class Engine:
    """How an index is built from a file of float16 vectors, and opened again with some effort (0: its own).

    `efforts` are those of the curve; an exact engine has none. `filters` tells whether it takes a mask.
    """

    name: str
    packages: tuple[str, ...]
    build: Callable[[Path, Path], None]
    open: Callable[[Path, Path, int], Search]
    efforts: tuple[int, ...] = ()
    filters: bool = False
    ours: bool = False

    def size(self, vectors: Path, index: Path) -> int:
        """Bytes on disk of all that is opened to serve."""
        files = [index, *([vectors] if self.ours else [])]
        return sum(file.stat().st_size for file in files if file.exists())


def _floats(vectors: Path) -> NDArray[np.float32]:
    return restore(np.load(vectors, mmap_mode="r"))


def _ours(kind: str, efforts: tuple[int, ...] = ()) -> Engine:
    def build(vectors: Path, index: Path) -> None:
        if efforts:
            measured = build_index(kind, np.load(vectors, mmap_mode="r"), index)
            index.with_suffix(".json").write_text(json.dumps(asdict(measured)))

    def open_(vectors: Path, index: Path, effort: int) -> Search:
        stored = np.load(vectors, mmap_mode="r")
        about: dict[str, Any] = {}
        if efforts:
            measured = Measured(**json.loads(index.with_suffix(".json").read_text()))
            about = {"file": index, "measured": replace(measured, effort=effort or measured.effort)}
        opened = open_index(kind, [stored], dim=stored.shape[1], **about)
        return lambda query, k, allowed: opened.search(query[np.newaxis], k, allowed)[0][0]

    return Engine(f"ours, {kind}", (), build, open_, efforts, filters=True, ours=True)


def _faiss_build(make: Callable[[Any, int], Any]) -> Callable[[Path, Path], None]:
    def build(vectors: Path, index: Path) -> None:
        import faiss

        rows = _floats(vectors)
        built = make(faiss, rows.shape[1])
        built.add(rows)
        faiss.write_index(built, str(index))

    return build


def _faiss_flat() -> Engine:
    def open_(vectors: Path, index: Path, effort: int) -> Search:
        import faiss

        del vectors, effort
        opened = faiss.read_index(str(index))

        def search(query: NDArray[np.float32], k: int, allowed: Mask) -> Rows:
            parameters = None if allowed is None else faiss.SearchParameters(sel=_selector(allowed))
            found: Rows = opened.search(query[np.newaxis], k, params=parameters)[1][0]
            return found

        return search

    build = _faiss_build(lambda faiss, dim: faiss.IndexFlatIP(dim))
    return Engine("faiss IndexFlatIP", ("faiss-cpu",), build, open_, filters=True)


def _faiss_hnsw() -> Engine:
    def open_(vectors: Path, index: Path, effort: int) -> Search:
        import faiss

        del vectors
        opened = faiss.read_index(str(index))

        def search(query: NDArray[np.float32], k: int, allowed: Mask) -> Rows:
            parameters = faiss.SearchParametersHNSW(efSearch=effort or k)
            if allowed is not None:
                parameters = faiss.SearchParametersHNSW(efSearch=effort or k, sel=_selector(allowed))
            found: Rows = opened.search(query[np.newaxis], k, params=parameters)[1][0]
            return found

        return search

    build = _faiss_build(lambda faiss, dim: faiss.IndexHNSWFlat(dim, 32, faiss.METRIC_INNER_PRODUCT))
    return Engine("faiss IndexHNSWFlat", ("faiss-cpu",), build, open_, (200, 400, 800), filters=True)


def _selector(allowed: NDArray[np.bool_]) -> Any:
    import faiss

    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def _hnswlib() -> Engine:
    def build(vectors: Path, index: Path) -> None:
        import hnswlib

        rows = _floats(vectors)
        built = hnswlib.Index(space="ip", dim=rows.shape[1])
        built.init_index(max_elements=len(rows), ef_construction=200, M=16, random_seed=0)
        built.add_items(rows)
        built.save_index(str(index))

    def open_(vectors: Path, index: Path, effort: int) -> Search:
        import hnswlib

        opened = hnswlib.Index(space="ip", dim=np.load(vectors, mmap_mode="r").shape[1])
        opened.load_index(str(index))

        def search(query: NDArray[np.float32], k: int, allowed: Mask) -> Rows:
            del allowed
            opened.set_ef(effort or k)
            return np.asarray(opened.knn_query(query, k)[0][0], np.int64)

        return search

    return Engine("hnswlib", ("hnswlib",), build, open_, (200, 400, 800))


def _usearch() -> Engine:
    def build(vectors: Path, index: Path) -> None:
        from usearch.index import Index

        rows = _floats(vectors)
        built = Index(ndim=rows.shape[1], metric="ip", dtype="f16")
        built.add(np.arange(len(rows)), rows)
        built.save(str(index))

    def open_(vectors: Path, index: Path, effort: int) -> Search:
        from usearch.index import Index

        del vectors
        opened = Index.restore(str(index), view=True)
        assert opened is not None

        def search(query: NDArray[np.float32], k: int, allowed: Mask) -> Rows:
            del allowed
            opened.expansion_search = effort or k
            return np.asarray(opened.search(query, k).keys, np.int64)

        return search

    return Engine("usearch, float16", ("usearch",), build, open_, (200, 400, 800))


def _scikit() -> Engine:
    def build(vectors: Path, index: Path) -> None:
        np.save(index.with_suffix(".npy"), _floats(vectors))
        index.with_suffix(".npy").rename(index)

    def open_(vectors: Path, index: Path, effort: int) -> Search:
        from sklearn.neighbors import NearestNeighbors

        del vectors, effort
        fitted = NearestNeighbors(metric="cosine", algorithm="brute").fit(np.load(index))

        def search(query: NDArray[np.float32], k: int, allowed: Mask) -> Rows:
            del allowed
            found: Rows = fitted.kneighbors(query[np.newaxis], k, return_distance=False)[0]
            return found

        return search

    return Engine("scikit-learn NearestNeighbors", ("scikit-learn",), build, open_)


_EFFORTS = {"hnsw": (32, 64, 128, 200, 400, 800), "ivf": (4, 8, 16, 32, 64, 128, 256)}

ENGINES = {
    engine.name: engine
    for engine in (
        *(_ours(kind, _EFFORTS.get(kind, ())) for kind in KINDS),
        _faiss_flat(),
        _faiss_hnsw(),
        _hnswlib(),
        _usearch(),
        _scikit(),
    )
}
"""Every engine by name, ours first."""


def serve(name: str, vectors: str, index: str, queries: str, k: int) -> dict[str, float]:
    """Open an index in this process and ask it: seconds until the first answer can be asked for, memory."""
    from .fresh import resident_bytes

    engine, asked = ENGINES[name], np.load(queries)
    # What opening needs is imported before, and counts for none.
    for package in engine.packages:
        __import__({"faiss-cpu": "faiss", "scikit-learn": "sklearn.neighbors"}.get(package, package))
    begin = time.perf_counter()
    search = engine.open(Path(vectors), Path(index), 0)
    opened = time.perf_counter() - begin
    for query in asked:
        search(query, k, None)
    return {"open_s": opened, "resident_bytes": resident_bytes()}
