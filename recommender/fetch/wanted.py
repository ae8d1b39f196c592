"""The papers that a file names: ids, DOIs and urls one a line, or any file of papers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import SourceError
from ..identifiers import parse_identifier
from ..paper import Paper
from ..readers import Source, read_papers
from ..readers.base import numbered_lines
from ..readers.columns import FIELDS, SCHEMES, normal_name

_LOOKED_AT = 50
_SHARE = 0.5
"""Of the first lines so many are identifiers where a file is a list of them."""

_HEADINGS = {*FIELDS["id"], *FIELDS["url"], *itertools.chain.from_iterable(SCHEMES.values())}

# What services are asked by, the best first: what a paper has one of in most places.
_SCHEMES = ("arxiv", "doi", "pmid", "pmcid", "acl", "openalex", "s2", "corpusid", "mag")


def names_in_file(path: Path) -> Iterator[tuple[str, ...]]:
    """What each paper of the file is called by, in its order: one name, or all of a record, its title last.

    Raises SourceError where it can be read as neither.
    """
    source = Source(path)
    first = list(itertools.islice(_lines(source), _LOOKED_AT))
    if sum(parse_identifier(line) is not None for line in first) > _SHARE * len(first):
        heading = int(normal_name(first[0]) in _HEADINGS)
        return ((line,) for line in itertools.islice(_lines(source), heading, None))
    try:
        return _of_papers(read_papers(path))
    except SourceError:
        if not first or first[0].startswith(("{", "[", "<", "@", "%")):
            raise
        return ((line,) for line in _lines(source))


def best_name(names: Sequence[str]) -> str:
    """The identifier by which a service is asked for a paper; the last name where it has none."""
    found = {name.partition(":")[0]: name for name in map(parse_identifier, reversed(names)) if name}
    return next((found[scheme] for scheme in _SCHEMES if scheme in found), names[-1])


def _lines(source: Source) -> Iterator[str]:
    """Those that say something, without what follows `` #``."""
    for _, line in numbered_lines(source, unit="line"):
        text = (line or b"").decode("utf-8", "replace")
        bare = text.partition(" #")[0].strip().rstrip(",;").strip('"')
        if bare and not bare.startswith("#"):
            yield bare


def _of_papers(items: Iterable[object]) -> Iterator[tuple[str, ...]]:
    for item in items:
        if isinstance(item, Paper):
            yield (*item.names, item.title)
