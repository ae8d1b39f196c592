"""A filter by categories: some of them, none of others, and by a paper's first category alone."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..errors import ParameterError
from ..paper import clean_text
from .categories import in_category
from .snapshot import Snapshot

_WITHOUT = "-"


class CategoryFilter:
    """Which categories a paper needs one of, and which it may have none of.

    ``cs.CL`` is wanted, ``-cs.CV`` is not; ``cs`` and ``cs.*`` stand for all below, in any case. A paper
    without a category has none of those that are unwanted. With `primary` only the first category of each
    paper counts, for both: it is the one under which a preprint's server has it.

    Raises ParameterError for a category that is no text, for a wish that nothing can meet, and for `primary`
    where no category is named.

    Examples
    --------
    >>> from recommender.corpus.category_filter import CategoryFilter
    >>> asked = CategoryFilter(["cs.*", "-cs.CV"])
    >>> asked.wanted, asked.unwanted
    (('cs.*',), ('cs.CV',))
    """

    def __init__(self, categories: Sequence[str] | str | None = (), *, primary: bool = False) -> None:
        named = (categories,) if isinstance(categories, str) else tuple(categories or ())
        wrong = [category for category in named if not isinstance(category, str)]
        if wrong:
            raise ParameterError(f"categories holds {wrong[0]!r}, which is no text")
        self.named = tuple(map(clean_text, named))
        """The categories as they were written, those that are unwanted with a minus."""
        self.primary = bool(primary)
        without = [name for name in self.named if name.startswith(_WITHOUT)]
        self.wanted = tuple(name for name in self.named if name not in without)
        self.unwanted = tuple(clean_text(name.removeprefix(_WITHOUT)) for name in without)
        if "" in self.unwanted:
            raise ParameterError("categories holds '-', which names none; write -cs.CV")
        if self.primary and not self.named:
            raise ParameterError(
                "primary says that a paper's first category counts, and no category is named"
            )
        for wanted in self.wanted:
            of = [name for name in self.unwanted if in_category(wanted.removesuffix(".*"), name)]
            if of:
                raise ParameterError(
                    f"categories holds {wanted!r} and '-{of[0]}': no paper can have the one without the other"
                )

    def __bool__(self) -> bool:
        return bool(self.named)

    def __str__(self) -> str:
        unwanted = " and ".join(f"not {name}" for name in self.unwanted)
        return ", ".join(filter(None, (" or ".join(self.wanted), unwanted)))

    @property
    def key(self) -> tuple[tuple[str, ...], bool]:
        """What tells it from others."""
        return self.named, self.primary

    @property
    def without_wanted(self) -> CategoryFilter:
        """What is unwanted alone."""
        other = copy.copy(self)
        other.wanted = ()
        return other

    def mask(self, snapshot: Snapshot) -> Allowed | None:
        """Which vectors' papers pass; None where all do. Not to be written to.

        Raises ParameterError for a wanted category that no paper has.
        """
        found: Allowed | None = None
        for name in self.wanted:
            mask = self._of(snapshot, name)
            if not mask.any():
                raise ParameterError(f"no paper has {self._what} {name!r}; {_others(snapshot, name)}")
            found = mask if found is None else found | mask
        for name in self.unwanted:
            others = snapshot.living & ~self._of(snapshot, name)
            found = others if found is None else found & others
        return found

    def warnings(self, snapshot: Snapshot) -> Iterator[str]:
        """One line on each unwanted category that no paper has."""
        for name in self.unwanted:
            if not self._of(snapshot, name).any():
                why = "so that leaving it out changes nothing"
                yield f"no paper has {self._what} {name!r}, {why}; {_others(snapshot, name)}"

    @property
    def _what(self) -> str:
        return "the primary category" if self.primary else "the category"

    def _of(self, snapshot: Snapshot, name: str) -> Allowed:
        """Whether each vector's paper has this category, or has it first."""
        wanted = name.removesuffix(".*").casefold()

        def read() -> Allowed:
            names = {one for one in _names(snapshot).tolist() if in_category(one, wanted)}
            found = np.zeros(snapshot.size, np.bool_)
            if self.primary:
                rows, first = _first(snapshot)
                rows = rows[np.fromiter((one in names for one in first), np.bool_, len(first))]
            else:
                rows = snapshot.store.column(_ROWS, (json.dumps([*names]),))
            found[snapshot.place(rows)] = True
            return found

        return np.asarray(snapshot.cached(("category", wanted, self.primary), read))


_ROWS = "SELECT row FROM categories WHERE category IN (SELECT value FROM json_each(?))"

_FIRST = "SELECT row, category FROM categories WHERE main = 1"
_TELLS_FIRST = 8  # the first format in which the table does
# In others of one category the table tells it, of several the record, in which they are in their order.
_FIRST_OF_RECORDS = (
    "SELECT row, category FROM categories GROUP BY row HAVING count(*) = 1 UNION ALL "
    "SELECT row, json_extract(record, '$.categories[0]') FROM papers "
    "WHERE row IN (SELECT row FROM categories GROUP BY row HAVING count(*) > 1)"
)


def _first(snapshot: Snapshot) -> tuple[Rows, list[str]]:
    """The rows of all papers that have a category, and the first of each."""

    def read() -> tuple[Rows, list[str]]:
        told = snapshot.format >= _TELLS_FIRST
        lines = list(snapshot.store.execute(_FIRST if told else _FIRST_OF_RECORDS))
        return np.array([row for row, _ in lines], np.int64), [sys.intern(name) for _, name in lines]

    found: tuple[Rows, list[str]] = snapshot.cached("first categories", read)
    return found


def _names(snapshot: Snapshot) -> NDArray[np.object_]:
    """Every category that a paper has, as it is written, ascending."""

    def read() -> NDArray[np.object_]:
        names = snapshot.store.execute("SELECT DISTINCT category FROM categories ORDER BY category")
        return np.array([name for (name,) in names], np.object_)

    return np.asarray(snapshot.cached("categories", read))


_MOST = "SELECT category FROM categories GROUP BY category ORDER BY count(*) DESC, category LIMIT 8"
_NEAREST = 3
_LIKE = 60  # of 100: names below it have little in common


def _others(snapshot: Snapshot, name: str) -> str:
    """The categories that are spelled most like one that no paper has, and the most frequent ones."""
    frequent = [found for (found,) in snapshot.store.execute(_MOST)]
    if not frequent:
        return "no paper of this corpus has one"
    nearest = _nearest(_names(snapshot).tolist(), name)
    hint = f"nearest: {', '.join(nearest)}; " if nearest else ""
    return f"{hint}the most frequent are {', '.join(frequent)}"


def _nearest(names: Sequence[str], name: str) -> list[str]:
    """Those of the names that are spelled much like it, the nearest first."""
    from rapidfuzz import fuzz, process

    found = process.extract(
        name.removesuffix(".*"),
        names,
        scorer=fuzz.ratio,
        processor=str.casefold,
        limit=_NEAREST,
        score_cutoff=_LIKE,
    )
    return [one for one, _, _ in found]
