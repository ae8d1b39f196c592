"""Sources of papers for `build` and `add`, each with its name."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..encoders import LookupEncoder
from ..encoders.minilm import MINILM_FINGERPRINT
from ..errors import EmptySource, ParameterError
from ..option_values import refuse_beyond
from ..paper import Paper
from ..readers import Item, ReadWarning, read_papers
from ..readers.base import is_pipe, pipe_key, source_name
from ..readers.items import FormatItems
from ..sample import PAPERS, VECTORS

if TYPE_CHECKING:
    import pandas as pd


def sample_papers() -> Iterator[Paper]:
    """The papers of the sample, in file order."""
    return (item for item in read_papers(PAPERS) if isinstance(item, Paper))


def sample_encoder() -> LookupEncoder:
    """Minilm's vectors of the sample's papers."""
    vectors = np.load(VECTORS, allow_pickle=False)
    return LookupEncoder("minilm", MINILM_FINGERPRINT, [paper.words for paper in sample_papers()], vectors)


PaperSource: TypeAlias = (
    "str | Path | Sequence[str | Path] | Iterable[Paper | Mapping[str, Any]] | pd.DataFrame | Any"
)
"""A file (``-``: standard input; a pipe will do), several, papers, dicts with a title, or a table."""


FROM_PYTHON = ("papers given from Python",)
"""The name of every source that is no file."""


def _is_files(source: PaperSource) -> bool:
    if isinstance(source, str | Path):
        return True
    return isinstance(source, list | tuple) and bool(source) and isinstance(source[0], str | Path)


def source_names(source: PaperSource) -> tuple[str, ...]:
    """What the manifest says of the source: file names without folders, standard input, a pipe."""
    if not _is_files(source):
        return FROM_PYTHON
    files = [source] if isinstance(source, str | Path) else source
    return tuple(sorted(source_name(str(file)) for file in files))


@dataclass(frozen=True)
class SourceBegins:
    """The items that follow are of this source."""

    name: str


SourceItem: TypeAlias = Item | SourceBegins

# Formats whose files all come from one provider, who may say a thing anew: whatever the file is called.
_PROVIDERS = {
    "acl": "acl",
    "arxiv": "arxiv",
    "arxiv-atom": "arxiv",
    "biorxiv": "biorxiv",
    "crossref": "crossref",
    "hf-daily": "hf-daily",
    "hf-page": "hf-daily",
    "nbib": "pubmed",
    "openalex": "openalex",
    "pubmed": "pubmed",
    "s2": "s2",
}


def source_items(
    source: PaperSource,
    *,
    format: str | None,
    mapping: Mapping[str, str] | None,
    limit: int | None,
    max_record: int | None = None,
    encoding: str | None = None,
    max_size: int | None = None,
) -> Iterator[SourceItem]:
    """All that the readers find in the source, or the first `limit` papers; of each file its source first.

    Raises SourceError for a file that cannot be opened, ParameterError for a bad option and for a pipe
    that is named twice.
    """
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise ParameterError(f"limit is {limit}; it must be a number of papers, at least 1")
    refuse_beyond("limit", limit)
    files = [source] if isinstance(source, str | Path) or not _is_files(source) else source
    if _is_files(source):
        _refuse_twice(files)  # type: ignore[arg-type]

    def read(file: Any) -> Iterator[SourceItem]:
        return _reading(file, format, mapping, max_record, encoding, max_size)

    # All are looked at before the first is read: a missing one is known at once. But not a second pipe:
    # who fills it may be waiting until the first was read.
    readings = [
        _later(read, file) if number and isinstance(file, str | Path) and is_pipe(file) else read(file)
        for number, file in enumerate(files)
    ]
    items = itertools.chain.from_iterable(readings)
    return items if limit is None else _first_papers(items, limit)


def _later(read: Callable[[Any], Iterator[SourceItem]], file: str | Path) -> Iterator[SourceItem]:
    yield from read(file)


def _refuse_twice(files: Iterable[str | Path]) -> None:
    pipes = [(pipe_key(file), str(file)) for file in files if is_pipe(file)]
    met: set[object] = set()
    for key, name in pipes:
        if key in met:
            raise ParameterError(
                f"{name} is named twice, but what comes through a pipe can be read only once"
            )
        met.add(key)


def _reading(
    file: Any,
    format: str | None,
    mapping: Mapping[str, str] | None,
    max_record: int | None,
    encoding: str | None,
    max_size: int | None,
) -> Iterator[SourceItem]:
    """What is read of one file or other source; an empty file is remarked upon, not refused."""
    try:
        items = read_papers(
            file, format=format, mapping=mapping, max_record=max_record, encoding=encoding, max_size=max_size
        )
    except EmptySource:
        return iter([ReadWarning(Path(file).name, "empty file: no papers")])
    name = FROM_PYTHON[0]
    if isinstance(items, FormatItems):
        name = _PROVIDERS.get(items.format) or source_name(str(file))
    return itertools.chain([SourceBegins(name)], items)


def _first_papers(items: Iterator[SourceItem], limit: int) -> Iterator[SourceItem]:
    papers = 0
    for item in items:
        yield item
        papers += isinstance(item, Paper)
        if papers == limit:
            return
