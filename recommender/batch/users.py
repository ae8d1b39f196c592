"""Give the users of a DataFrame back as they stand there: numbers stay numbers on their way through texts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..profiles.tables import frame_users, user_text
from ..readers.values import is_missing, native

if TYPE_CHECKING:
    import pandas

__all__ = ["Users"]


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
            if not isinstance(value, str) and not is_missing(native(value)):
                self._originals.setdefault(user_text(value).strip(), value)
        if self._originals and not any(isinstance(value, str) for value in values):
            self._type = column.dtype

    def original(self, user: str) -> Any:
        """The user as the DataFrame has it."""
        return self._originals.get(user, user)

    def column(self, users: Sequence[str]) -> pandas.Series:
        """These users as a column, of the DataFrame's type where that holds them all."""
        with extra("frames"):
            import pandas as pd

        if self._type is None or not all(user in self._originals for user in users):
            return pd.Series(
                [self.original(user) for user in users], dtype=object if self._originals else None
            )
        return pd.Series([self._originals[user] for user in users], dtype=self._type)
