"""Tables of papers: a column a field, dates that are dates, and what is several in one cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._extras import extra
from .cells import Pairs, Texts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DATES = ("published", "revised")
"""Fields that are dates; the column with ``_written`` behind its name has each as precise as it is known."""

WRITTEN = "_written"

_TEXTS = ("authors", "categories", "terms")
_NUMBERS = ("contributions",)
_PAIRS = ("identifiers", *_NUMBERS)
_NUMBER = "float64"
_DTYPES = {
    "rank": "int64",
    **dict.fromkeys(("score", "confidence", "closest_cosine"), _NUMBER),
    "retracted": "bool",
    "upvotes": "Int64",
}


def frame_of(columns: Mapping[str, Sequence[Any]], *, flat: bool = False) -> pd.DataFrame:
    """A frame of these columns, by what their fields are.

    A date is the first day of what is known of it, beside it stands what is known, as text. Lists are
    `Texts`, dicts `Pairs` or None; `flat`: both as JSON.
    """
    with extra("frames"):
        import pandas as pd

    text = pd.Series(["text"]).dtype
    made: dict[str, Any] = {}
    for name, values in columns.items():
        if name in DATES:
            made[name] = _days(values)
            made[f"{name}{WRITTEN}"] = pd.Series([*values], dtype=text)
        elif name in _TEXTS:
            cells = map(Texts, values)
            made[name] = (
                pd.Series([*map(str, cells)], dtype=text) if flat else pd.Series([*cells], dtype=object)
            )
        elif name in _PAIRS and flat:
            made[name] = pd.Series([str(Pairs(cell)) if cell else None for cell in values], dtype=text)
        elif name in _PAIRS:
            made[name] = _pairs(name, values)
        else:
            # What a field of texts has without a paper is a column of texts as well.
            made[name] = pd.Series([*values], dtype=_DTYPES.get(name, None if len(values) else text))
    return pd.DataFrame(made)


def _days(written: Sequence[str]) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """The first day of each date, NaT where there is none; to the second, as pandas has no years else."""
    import numpy as np  # which who completes a word does not need

    first = [f"{date}-01-01"[:10] if len(date) < 7 else f"{date}-01"[:10] for date in written]
    days = [day if date else "NaT" for day, date in zip(first, written, strict=True)]
    return np.array(days, "datetime64[D]").astype("datetime64[s]")


def _pairs(name: str, cells: Sequence[Mapping[str, Any] | None]) -> Any:
    from .pairs_column import NUMBER, TEXT, PairsArray, PairsDtype

    return PairsArray.of_cells(cells, PairsDtype(NUMBER if name in _NUMBERS else TEXT))
