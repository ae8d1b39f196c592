"""Sources of papers for `build` and `add`, and the report of what was added, skipped and changed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..encoders import LookupEncoder
from ..encoders.minilm import MINILM_FINGERPRINT
from ..errors import EmptySource, ParameterError
from ..option_values import refuse_beyond
from ..paper import Paper
from ..readers import Item, ReadNote, ReadWarning, Rejected, read_papers
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
    return LookupEncoder("minilm", MINILM_FINGERPRINT, [paper.text for paper in sample_papers()], vectors)


PaperSource: TypeAlias = (
    "str | Path | Sequence[str | Path] | Iterable[Paper | Mapping[str, Any]] | pd.DataFrame"
)
"""A file (``-``: standard input; a pipe will do), several, papers, dicts with a title, or a DataFrame."""


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
        return _reading(file, format, mapping, max_record)

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
    file: Any, format: str | None, mapping: Mapping[str, str] | None, max_record: int | None
) -> Iterator[SourceItem]:
    """What is read of one file or other source; an empty file is remarked upon, not refused."""
    try:
        items = read_papers(file, format=format, mapping=mapping, max_record=max_record)
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


NAMED = 10_000
"""So many problems are kept by name; all are counted."""

_EXAMPLES = 3


@dataclass
class AddReport:
    """What became of the papers of a source, in numbers of papers.

    Attributes
    ----------
    read, new, changed, unchanged : int
        Papers read; of these new ones, changed ones, and others that were there as they are.
    duplicates : int
        Records that were merged with another one of these.
    encoded, given : int
        Vectors made by the encoder, and taken from those that were made elsewhere.
    rejected, warnings : int
        Records that were skipped, and papers taken with a warning.
    without_abstract, without_date, without_vector : int
        Papers without an abstract, without a date, and papers that the encoder knows nothing of or that came
        without a vector: found by their words only.
    withdrawn : int
        Records that their source has withdrawn, which were removed.
    doubtful : int
        Pairs that look like one paper and were kept as two.
    seconds : float
        How long encoding and storing took.
    encoder : str
        What encoded them, such as ``minilm (openvino bf16)``.
    problems : list of str
        What was rejected and what was taken with a warning, in reading order, `NAMED` lines at most.
    vectorless : list of str
        Ids and titles of the first papers without a vector.
    notes : list of str
        What is to be said once of a source, and is no fault: columns that were not used, a guessed encoding.
    changed_fields : dict of str to int
        In how many of the changed papers each field did.
    merged : dict of str to int
        How many records came to those of a paper that was there, or was read before, by the rule that says so.
    shared : dict of str to int
        Ids and identifiers that are no paper's, as records of different papers have them, and how many do.
    retained_fields : dict of str to int
        For how many papers each field stayed as it was, since the later record says less.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    encoded: int = 0
    given: int = 0
    rejected: int = 0
    warnings: int = 0
    without_abstract: int = 0
    without_date: int = 0
    without_vector: int = 0
    withdrawn: int = 0
    doubtful: int = 0
    seconds: float = 0.0
    encoder: str = ""
    problems: list[str] = field(default_factory=list)
    vectorless: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changed_fields: dict[str, int] = field(default_factory=dict)
    retained_fields: dict[str, int] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)
    shared: dict[str, int] = field(default_factory=dict)

    def count(self, item: Item) -> None:
        """Count an item of a reader."""
        if isinstance(item, Paper):
            self.read += 1
            self.without_abstract += not item.abstract
            self.without_date += not item.published
        elif isinstance(item, ReadNote):
            self.notes.append(f"{item.place}: {item.text}")
        elif isinstance(item, Rejected | ReadWarning):
            self.rejected += isinstance(item, Rejected)
            self.warnings += isinstance(item, ReadWarning)
            if len(self.problems) < NAMED:
                self.problems.append(f"{item.place}: {item.reason}")

    def count_vectorless(self, papers: Iterable[Paper]) -> None:
        """Count papers that were stored without a vector, and name the first."""
        for paper in papers:
            self.without_vector += 1
            if len(self.vectorless) < _EXAMPLES:
                self.vectorless.append(f"{paper.id} ({paper.title:.60})")

    @property
    def vectorless_line(self) -> str:
        """What is to be said of papers without a vector; empty where there is none."""
        count, named = self.without_vector, "; ".join(self.vectorless)
        if not count:
            return ""
        more = f" and {count - len(self.vectorless):,} more" if count > len(self.vectorless) else ""
        reason = (
            "given without one" if self.given else f"of no text that {self.encoder or 'the encoder'} knows"
        )
        return (
            f"{count:,} {'papers have' if count > 1 else 'paper has'} no dense vector ({reason}), "
            f"found by shared words only: {named}{more}"
        )

    def __str__(self) -> str:
        changed = f"{self.changed:,} changed{_by_field(self.changed_fields)}"
        parts = [f"{self.read:,} papers read", f"{self.new:,} new", changed]
        parts.append(f"{self.unchanged:,} unchanged")
        if retained := _by_field(self.retained_fields):
            parts.append(f"richer fields retained{retained}")
        for count, what in (
            (self.duplicates, "records of others' papers (merged)"),
            (self.rejected, "skipped"),
            (self.without_abstract, "without an abstract"),
            (self.without_date, "without a date"),
            (self.without_vector, "without a dense vector"),
        ):
            if count:
                parts.append(f"{count:,} {what}")
        rate = f" ({self.encoded / self.seconds:,.0f} papers/s)" if self.encoded and self.seconds else ""
        by = f" by {self.encoder}" if self.encoder else ""
        given = f"{self.given:,} vectors taken" if self.given else f"{self.encoded:,} encoded{by}"
        return f"{', '.join(parts)}; {given} in {self.seconds:,.1f} s{rate}"


def _by_field(counts: dict[str, int]) -> str:
    listed = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
    return f" ({listed})" if listed else ""
