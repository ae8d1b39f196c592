"""What a cell of a frame holds where it is no single value: several texts, or values by name.

Both can be compared, hashed and written: `drop_duplicates` and `groupby` take them, in CSV and in SQLite they
are JSON, which the readers read again. So neither changes in place.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn


def _stored(cell: object, protocol: object) -> str | None:
    # Known by its name: who has no frame need not wait for sqlite3.
    return str(cell) if getattr(protocol, "__name__", "") == "PrepareProtocol" else None


class Texts(tuple[str, ...]):
    """Several texts in a cell, such as authors; a tuple that is written as JSON.

    Examples
    --------
    >>> print(Texts(["Ilse Ott", "Omar Lee"]))
    ["Ilse Ott", "Omar Lee"]
    """

    __slots__ = ()

    def __str__(self) -> str:
        return json.dumps([*self], ensure_ascii=False)

    def __conform__(self, protocol: object) -> str | None:
        """What SQLite stores."""
        return _stored(self, protocol)


class Pairs(dict[str, Any]):
    """Values by name in a cell, such as identifiers; a dict that does not change, and is written as JSON.

    Examples
    --------
    >>> print(Pairs(doi="10.1000/1"))
    {"doi": "10.1000/1"}
    """

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __str__(self) -> str:
        return json.dumps(dict(self), ensure_ascii=False)

    def __conform__(self, protocol: object) -> str | None:
        """What SQLite stores."""
        return _stored(self, protocol)

    def __reduce__(self) -> tuple[Any, ...]:
        return Pairs, (dict(self),)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("what a cell of a frame holds does not change in place; put dict(...) of it there")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse
