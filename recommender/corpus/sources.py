"""What papers can be given as: files, papers, a DataFrame."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import EmptySource, ParameterError
from ..paper import Paper
from ..readers import Item, Remark, read_papers

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PaperSource", "source_items", "source_names"]

PaperSource: TypeAlias = "str | Path | Sequence[str | Path] | Iterable[Paper] | pd.DataFrame"
"""A file, several files, papers, or a DataFrame."""


def _is_files(source: PaperSource) -> bool:
    if isinstance(source, str | Path):
        return True
    return isinstance(source, list | tuple) and bool(source) and isinstance(source[0], str | Path)


def source_names(source: PaperSource) -> tuple[str, ...]:
    """What the manifest says of the source: file names without folders."""
    if not _is_files(source):
        return ("papers given from Python",)
    files = [source] if isinstance(source, str | Path) else source
    return tuple(sorted(Path(str(file)).name for file in files))


def source_items(
    source: PaperSource, *, format: str | None, mapping: Mapping[str, str] | None, limit: int | None
) -> Iterator[Item]:
    """All that the readers find in the source, or the first `limit` papers.

    Raises SourceError for a file that cannot be opened, ParameterError for a bad option.
    """
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise ParameterError(f"limit is {limit}; it must be a number of papers, at least 1")
    files = [source] if isinstance(source, str | Path) or not _is_files(source) else source
    # All are looked at before the first is read: a missing one is known at once.
    readings = [_reading(file, format, mapping) for file in files]
    items = itertools.chain.from_iterable(readings)
    return items if limit is None else _first_papers(items, limit)


def _reading(file: Any, format: str | None, mapping: Mapping[str, str] | None) -> Iterator[Item]:
    """What is read of one file or other source; an empty file is remarked upon, not refused."""
    try:
        return read_papers(file, format=format, mapping=mapping)
    except EmptySource:
        return iter([Remark(Path(file).name, "empty file: no papers")])


def _first_papers(items: Iterator[Item], limit: int) -> Iterator[Item]:
    papers = 0
    for item in items:
        yield item
        papers += isinstance(item, Paper)
        if papers == limit:
            return
