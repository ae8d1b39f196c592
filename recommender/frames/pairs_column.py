"""A column of `Pairs`, for pandas and for Arrow, where it is a map: each row has its own names only.

Without a type of its own pandas would make one struct of the names of all rows, with nothing in most of them,
and reading would grow with the square of the rows. Where this library is not loaded the file is read as well:
then a cell is a list of pairs, of which `dict` makes the same.

Loaded when the first frame is made, since pandas and pyarrow are.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np

from .._extras import extra
from .cells import Pairs

with extra("frames"):
    import pandas as pd
    import pyarrow as pa
    from pandas.api.extensions import ExtensionArray, ExtensionDtype, take

TEXT, NUMBER = "text", "number"

_VALUES = {TEXT: pa.string(), NUMBER: pa.float64()}


class PairsDtype(ExtensionDtype):
    """The type of the column; `of` is what the values are, text or number."""

    type = Pairs
    name = "pairs"
    kind = "O"
    na_value = None
    _metadata = ("of",)

    def __init__(self, of: str = TEXT) -> None:
        self.of = of

    def __str__(self) -> str:
        # What Parquet notes of a column, and whoever reads it without this library must know.
        return "object"

    @classmethod
    def construct_from_string(cls, string: str) -> Self:
        """No text names it."""
        raise TypeError(f"{string!r} names no column of pairs")

    @classmethod
    def construct_array_type(cls) -> builtins.type[PairsArray]:
        """The column."""
        return PairsArray

    def __from_arrow__(self, array: Any) -> PairsArray:
        """The column of an Arrow array of this type."""
        chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
        cells = [cell for chunk in chunks for cell in chunk.storage.to_pylist()]
        return PairsArray.of_cells([None if cell is None else dict(cell) for cell in cells], self)


class PairsType(pa.ExtensionType):  # type: ignore[misc]
    """A map, known by its name when it is read again."""

    def __init__(self, of: str = TEXT) -> None:
        self.of = of
        super().__init__(pa.map_(pa.string(), _VALUES[of]), "recommender.pairs")

    def __arrow_ext_serialize__(self) -> bytes:
        return self.of.encode()

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type: Any, serialized: bytes) -> PairsType:
        return cls(serialized.decode())

    def to_pandas_dtype(self) -> PairsDtype:
        """What pandas makes of it."""
        return PairsDtype(self.of)


pa.register_extension_type(PairsType())


class PairsArray(ExtensionArray):
    """The cells of a column: `Pairs`, or None where there are none."""

    def __init__(self, cells: np.ndarray[Any, Any], dtype: PairsDtype) -> None:
        self._cells = cells
        self._dtype = dtype

    @classmethod
    def of_cells(cls, cells: Iterable[Mapping[str, Any] | None], dtype: PairsDtype) -> PairsArray:
        """The column of these dicts; None for one without keys as well."""
        listed = [Pairs(cell) if cell else None for cell in cells]
        array = np.empty(len(listed), object)
        array[:] = listed
        return cls(array, dtype)

    @classmethod
    def _from_sequence(cls, scalars: Sequence[Any], *, dtype: Any = None, copy: bool = False) -> PairsArray:
        cells = [None if _is_missing(scalar) else scalar for scalar in scalars]
        if not all(cell is None or isinstance(cell, Mapping) for cell in cells):
            raise TypeError("a column of pairs holds dicts")
        return cls.of_cells(cells, dtype if isinstance(dtype, PairsDtype) else PairsDtype())

    @classmethod
    def _from_factorized(cls, values: Sequence[Any], original: PairsArray) -> PairsArray:
        return cls._from_sequence(values, dtype=original.dtype)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[PairsArray]) -> PairsArray:
        return cls(np.concatenate([one._cells for one in to_concat]), to_concat[0]._dtype)

    def _values_for_factorize(self) -> tuple[np.ndarray[Any, Any], Any]:
        return self._cells, None

    @property
    def dtype(self) -> PairsDtype:
        """Its type."""
        return self._dtype

    @property
    def nbytes(self) -> int:
        """The bytes of the places, without what they hold."""
        return int(self._cells.nbytes)

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, item: Any) -> Any:
        place = pd.api.indexers.check_array_indexer(self, item)
        found = self._cells[place]
        return found if found is None or isinstance(found, Pairs) else type(self)(found, self._dtype)

    def __setitem__(self, key: Any, value: Any) -> None:
        cells = [value] if _is_missing(value) or isinstance(value, Mapping) else value
        made = self._from_sequence(cells, dtype=self._dtype)._cells
        place = pd.api.indexers.check_array_indexer(self, key)
        self._cells[place] = made[0] if len(made) == 1 else made

    def __eq__(self, other: object) -> Any:
        if isinstance(other, (pd.Series, pd.Index, pd.DataFrame)):
            return NotImplemented
        single = other is None or isinstance(other, (str, Mapping)) or not hasattr(other, "__len__")
        others = [other] * len(self) if single else list(other)  # type: ignore[call-overload]
        pairs = zip(self._cells, others, strict=True)
        return np.array([ours is not None and ours == theirs for ours, theirs in pairs], np.bool_)

    def isna(self) -> np.ndarray[Any, Any]:
        """Where nothing is."""
        return np.array([cell is None for cell in self._cells], np.bool_)

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> PairsArray:
        """The cells in these places; nothing in the places -1 where that is allowed."""
        cells = take(self._cells, indices, allow_fill=allow_fill, fill_value=None)
        return type(self)(np.asarray(cells), self._dtype)

    def copy(self) -> PairsArray:
        """The same in another array."""
        return type(self)(self._cells.copy(), self._dtype)

    def __arrow_array__(self, type: Any = None) -> Any:
        """As Arrow has it."""
        kind = PairsType(self._dtype.of)
        cells = [None if cell is None else [*cell.items()] for cell in self._cells]
        array = pa.ExtensionArray.from_storage(kind, pa.array(cells, kind.storage_type))
        return array if type is None or type == kind else array.storage.cast(type)


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))
