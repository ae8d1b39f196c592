"""Categories of papers: which is below which, and the rows that have one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ..errors import ParameterError
from ..paper import clean_text
from .store import CorpusStore


def in_category(name: str, wanted: str) -> bool:
    """Whether a paper's category is the wanted one or below it (``cs`` and ``cs.*`` stand for ``cs.CL``), in
    whatever case either is written.
    """
    one, all_of = name.casefold(), wanted.removesuffix(".*").casefold()
    return one == all_of or one.startswith(f"{all_of}.")


def category_names(categories: str | Iterable[str]) -> tuple[str, ...]:
    """Categories by the name that stands for all below. Raises ParameterError for what is none."""
    named = (categories,) if isinstance(categories, str) else tuple(categories)
    for category in named:
        if not isinstance(category, str) or not clean_text(category).removesuffix("*").strip("."):
            raise ParameterError(f"categories holds {category!r:.60}, which is no category")
    return tuple(clean_text(category).removesuffix(".*") for category in named)


def rows_in_category(store: CorpusStore, wanted: str) -> list[int]:
    """The rows of the papers that have this category or one below it, ascending."""
    known = store.execute("SELECT DISTINCT category FROM categories").fetchall()
    names = [name for (name,) in known if in_category(name, wanted)]
    statement = (
        "SELECT DISTINCT row FROM categories WHERE category IN (SELECT value FROM json_each(?)) ORDER BY row"
    )
    return [row for (row,) in store.execute(statement, (json.dumps(names),)).fetchall()]
