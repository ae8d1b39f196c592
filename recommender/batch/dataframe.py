"""Many readers from a DataFrame into a DataFrame, for notebooks."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..corpus import Corpus
from ..engine import check_corpus
from ..files import temporary_folder
from ..frames import frame_of
from ..profiles.columns import check_mapping
from ..profiles.records import one_spelling
from ..profiles.scales import RatingScale, ScaleOption
from ..profiles.store import ProfileStore
from ..profiles.tables import FRAME, frame_users, user_text
from ..readers.streams import is_table, to_pandas
from ..readers.values import is_missing, to_python
from .formats import COLUMNS
from .job import BLOCK, BatchOptions
from .run import log_progress, warnings_for_all
from .workers import block_rows

if TYPE_CHECKING:
    import pandas


class Users:
    """What each reader of a DataFrame is called there, by the text that a profile has for it.

    Texts are told as they are in profiles, without white space around them.
    """

    def __init__(self, frame: pandas.DataFrame, mapping: Mapping[str, str]) -> None:
        self._originals: dict[str, object] = {}
        self._type: Any = None
        column = frame_users(frame, mapping)
        if column is None:
            return
        values = [value for value in column if isinstance(value, Hashable)]
        for value in dict.fromkeys(values):
            bare = value.strip() if isinstance(value, str) else value
            if not is_missing(to_python(value)) and (name := one_spelling(user_text(value))) != bare:
                self._originals.setdefault(name, bare)
        if self._originals and not any(isinstance(value, str) for value in values):
            self._type = column.dtype

    @property
    def _are_mixed(self) -> bool:
        return any(not isinstance(value, str) for value in self._originals.values())

    def original(self, user: str) -> Any:
        """The user as the DataFrame has it."""
        return self._originals.get(user, user)

    def column(self, users: Sequence[str]) -> pandas.Series:
        """These users as a column, of the DataFrame's type where that holds them all."""
        with extra("frames"):
            import pandas as pd

        if not users and not self._originals:
            return pd.Series([], dtype=pd.Series(["text"]).dtype)
        if self._type is None or not all(user in self._originals for user in users):
            return pd.Series(
                [self.original(user) for user in users], dtype=object if self._are_mixed else None
            )
        return pd.Series([self._originals[user] for user in users], dtype=self._type)


def recommend_frame(
    corpus: Corpus,
    profiles: pandas.DataFrame | Any,
    *,
    mapping: Mapping[str, str] | None = None,
    scale: ScaleOption = None,
    like: float | None = None,
    dislike: float | None = None,
    liked_from: float | None = None,
    disliked_to: float | None = None,
    **options: Any,
) -> pandas.DataFrame:
    """Recommend to every reader of a DataFrame: the rows that `run_batch` would write, as a DataFrame.

    Parameters
    ----------
    corpus : Corpus
        The papers.
    profiles : DataFrame, or another library's table
        A line for each paper that a reader rated (columns user, paper and perhaps rating and date), or one
        for each reader (user, and lists in the columns liked, disliked, seen, interests, avoid).
    mapping : dict of str to str, optional
        Columns that are called otherwise (field -> column).
    scale : tuple of float, or str, optional
        The least and the greatest rating, such as ``(1, 5)``, see `read_profiles`.
    like, dislike : float, optional
        Ratings of `like` and more are likes, of `dislike` and less dislikes.
    liked_from, disliked_to : float, optional
        The same under older names.
    **options : object
        Those of `BatchOptions`.

    Returns
    -------
    DataFrame
        A row for each recommendation, with the columns `COLUMNS`; `published` is a date here, and the column
        behind it has the date as it is written. Users are what they are in `profiles`: of whole numbers they
        stay whole numbers. Of no readers it is a table without rows. What could not be served is in
        ``attrs["rejected"]``, a dict each with user, place, paper and reason; what filters hide for want of a
        date or a category, and what is banned or avoided and not there, is in ``attrs["warnings"]``, one
        line each, after what is to be said of the ratings; how these were read is in ``attrs["ratings"]``.

    Raises
    ------
    ProfileError
        When `profiles` has none of these shapes.
    ParameterError
        For a bad option.

    Examples
    --------
    >>> import pandas as pd
    >>> from recommender import Corpus
    >>> from recommender.batch import recommend_frame
    >>> rated = pd.DataFrame({"user": [7, 7], "paper": ["2106.09685", "2305.13245"], "rating": [5, 4]})
    >>> recommend_frame(Corpus.sample(), rated, k=3)["user"].tolist()
    [7, 7, 7]
    """
    check_corpus(corpus)
    wanted = BatchOptions(**options)
    declared = RatingScale.of(scale, like, dislike, liked_from=liked_from, disliked_to=disliked_to)
    if is_table(profiles):
        profiles = to_pandas(profiles)
    rows, rejected = [], []
    with temporary_folder("batch") as folder:
        staged = ProfileStore.stage(
            profiles,
            folder / "profiles.sqlite",
            mapping=mapping,
            scale=declared,
        )
        with staged as store, log_progress(len(store), 0) as tick:
            rejected += list(store.skipped())
            warnings, ratings = store.warnings, store.ratings
            for start in range(0, len(store), BLOCK):
                block = store.block(start, start + BLOCK)
                found, refused, _ = block_rows(corpus, wanted, block)
                rows += found
                rejected += refused
                tick(len(block))
    frame = frame_of({name: [row[at] for row in rows] for at, name in enumerate(COLUMNS)})
    frame = frame.astype({"rank": "int32", "score": "float32", "confidence": "float32"})
    users = Users(profiles, check_mapping(mapping, FRAME))
    frame["user"] = users.column([row[0] for row in rows])
    records = (rejection.to_dict() for rejection in rejected)
    frame.attrs["warnings"] = [*warnings, *warnings_for_all(corpus.snapshot, wanted)]
    frame.attrs["ratings"] = ratings
    frame.attrs["rejected"] = [{**record, "user": users.original(record["user"])} for record in records]
    return frame
