"""Papers as people name them, by id, url, title or whole, as papers of the file of readers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..corpus import Snapshot, ambiguous_paper, find_rows_of
from ..corpus.versions import abstract_code
from ..engine.brought import in_corpus
from ..errors import ParameterError, ProfileError
from ..identifiers import canonical, canonical_url, parse_identifier, title_id
from ..paper import Paper, clean_text
from ..paper_names import PaperNames
from ..profiles import LibraryPaper, Profile
from .papers import ABSTRACT

_LONGEST = 2000  # characters of a name that somebody types
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class NamedPaper:
    """A paper as it is stored: by which id, with which title, what it is called else, and its record.

    `known` is whether the corpus that was looked at has it, None where none was.
    """

    id: str
    title: str
    names: tuple[str, ...]
    record: str
    known: bool | None


def papers_named(papers: PaperNames, snapshot: Snapshot | None) -> tuple[list[NamedPaper], list[str]]:
    """The papers, each once, and a line for each name that stands for several.

    Raises ParameterError for what names no paper at all.
    """
    named, problems = _named(_items(papers), snapshot)
    found: dict[str, NamedPaper] = {}
    for one in named.values():
        found.setdefault(one.id, one)
    return list(found.values()), problems


def texts_named(texts: Iterable[str], snapshot: Snapshot | None) -> tuple[dict[str, NamedPaper], list[str]]:
    """By each text the paper that it names, and a line for each that stands for several.

    Raises ParameterError for what names no paper at all.
    """
    items = {checked_paper_name(text): LibraryPaper(text) for text in texts}
    return _named(items, snapshot)


def _named(
    items: Mapping[str, LibraryPaper], snapshot: Snapshot | None
) -> tuple[dict[str, NamedPaper], list[str]]:
    """By the names of items, the papers of which it can be told which they are; a line for each other."""
    rows: dict[str, list[int]] = {}
    if snapshot is not None:
        texts = [name for name, item in items.items() if not isinstance(item.paper, Paper)]
        rows = {name: _one_work(snapshot, found) for name, found in find_rows_of(snapshot, texts).items()}
        brought = [item for item in items.values() if isinstance(item.paper, Paper)]
        if brought:
            rows |= {name: [row] for name, row in in_corpus(snapshot, Profile(liked=brought)).items()}  # type: ignore[arg-type]
    found: dict[str, NamedPaper] = {}
    problems = []
    for name, item in items.items():
        there = rows.get(name, [])
        if snapshot is not None and len(there) > 1:
            problems.append(ambiguous_paper(snapshot, name, there))
            continue
        if snapshot is not None and there:
            found[name] = _known(item, snapshot, there[0])
        else:
            found[name] = _unknown(item, snapshot)
    return found, problems


def _items(papers: PaperNames) -> dict[str, LibraryPaper]:
    """By a name of its own, each paper with what a library says of it."""
    listed = list(papers) if isinstance(papers, Iterable) and not isinstance(papers, str) else [papers]
    for text in (item for item in listed if isinstance(item, str)):
        checked_paper_name(text)
    if not listed:
        return {}
    try:
        profile = Profile(liked=listed)  # type: ignore[arg-type]
    except ProfileError as error:
        raise ParameterError(f"{papers!r:.80} names no paper ({error}); give ids, urls or titles") from error
    both = zip(profile.liked, profile.listed("liked"), strict=True)
    return {name: item if isinstance(item, LibraryPaper) else LibraryPaper(item) for name, item in both}


def checked_paper_name(text: str) -> str:
    """A text that somebody typed, if it may be an id or a title: one line that can be written."""
    if not clean_text(text) or len(text) > _LONGEST or _UNWRITABLE.search(text):
        raise ParameterError(f"{text!r:.80} names no paper; give an id, a url or a title")
    return text


def _one_work(snapshot: Snapshot, rows: Sequence[int]) -> list[int]:
    """Of rows that are versions of one work the first by key; else all of them."""
    if len(rows) < 2 or not all(snapshot.twins.are(rows[0], row) for row in rows[1:]):
        return list(rows)
    return [int(snapshot.by_key(np.array(rows, np.int64))[0])]


def _known(item: LibraryPaper, snapshot: Snapshot, row: int) -> NamedPaper:
    paper_id, title = snapshot.labels([row])[row]
    return NamedPaper(paper_id, title, _identifiers(item.paper), _record(item), True)


def _unknown(item: LibraryPaper, snapshot: Snapshot | None) -> NamedPaper:
    known = None if snapshot is None else False
    paper = item.paper
    if isinstance(paper, str):
        text = clean_text(paper)
        address = canonical_url(text) if "://" in text else None
        return NamedPaper(canonical(text), text, (address,) if address else (), _record(item), known)
    # A library's own key for a paper, such as smith2020, is another library's for another one.
    name = paper.id if parse_identifier(paper.id) else title_id(paper.title)
    code = abstract_code(paper.content)
    names = (*_identifiers(paper), *([f"{ABSTRACT}{code}"] if code is not None else []))
    return NamedPaper(canonical(name), paper.title, names, _record(item), known)


def _identifiers(paper: Paper | str) -> tuple[str, ...]:
    """What a paper that was brought along is called everywhere."""
    return tuple(filter(parse_identifier, paper.names)) if isinstance(paper, Paper) else ()


def _record(item: LibraryPaper) -> str:
    """What is to be remembered of it beside its name, as JSON, "" where that is nothing."""
    if isinstance(item.paper, str) and not item.collections and not item.added:
        return ""
    return json.dumps(item.to_dict(), ensure_ascii=False, sort_keys=True)
