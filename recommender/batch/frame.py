"""Many readers from a DataFrame into a DataFrame, for notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..corpus import Corpus, filter_warnings
from ..engine import check_corpus
from ..profiles.fields import check_mapping
from ..profiles.store import ProfileStore
from ..profiles.tables import FRAME
from ..temporary import temporary_folder
from .asked import BatchOptions
from .job import BLOCK
from .output import COLUMNS
from .service import block_rows
from .telling import log_progress
from .users import Users

if TYPE_CHECKING:
    import pandas

__all__ = ["recommend_frame"]


def recommend_frame(
    corpus: Corpus,
    profiles: pandas.DataFrame,
    *,
    mapping: Mapping[str, str] | None = None,
    liked_from: float | None = None,
    disliked_to: float | None = None,
    **options: Any,
) -> pandas.DataFrame:
    """The recommendations of all readers of a DataFrame: one row each, with the columns that `COLUMNS` of
    `recommender.batch` names; the rows that `run_batch` would write. Users are what they are in `profiles`:
    of whole numbers they stay whole numbers.

    `profiles` has a line for each paper that a reader rated (columns user, paper and perhaps rating and
    date), or one for each reader (user, and lists in the columns liked, disliked, seen, interests).
    `mapping` names columns that are called otherwise (field -> column).
    `options` are those of `BatchOptions`. What could not be served is in ``attrs["rejected"]`` of the result, a
    dict each with user, place, paper and reason; what filters hide for want of a date or a category is in
    ``attrs["warnings"]``, one line each. A DataFrame without a row gives one without a row.

    Raises ProfileError when `profiles` has none of these shapes, ParameterError for a bad option.
    """
    import pandas as pd

    check_corpus(corpus)
    wanted = BatchOptions(**options)
    rows, rejected = [], []
    with temporary_folder("batch") as folder:
        staged = ProfileStore.stage(
            profiles,
            folder / "profiles.sqlite",
            mapping=mapping,
            liked_from=liked_from,
            disliked_to=disliked_to,
        )
        with staged as store, log_progress(len(store), 0) as tick:
            rejected += list(store.skipped())
            for start in range(0, len(store), BLOCK):
                block = store.block(start, start + BLOCK)
                found, refused, _ = block_rows(corpus, wanted, block)
                rows += found
                rejected += refused
                tick(len(block))
    frame = pd.DataFrame.from_records(rows, columns=list(COLUMNS))
    frame = frame.astype({"rank": "int32", "score": "float32", "confidence": "float32"})
    users = Users(profiles, check_mapping(mapping, FRAME))
    frame["user"] = users.column([row[0] for row in rows])
    records = (rejection.to_dict() for rejection in rejected)
    frame.attrs["warnings"] = list(filter_warnings(corpus.snapshot, wanted.answer.filters))
    frame.attrs["rejected"] = [{**record, "user": users.original(record["user"])} for record in records]
    return frame
