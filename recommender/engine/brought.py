"""Papers that a profile brings along: which of them the corpus holds, and the vectors of the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..corpus import Corpus, Snapshot, find_rows_of
from ..corpus.date_density import in_years
from ..corpus.versions import abstract_code
from ..encoders.base import encode_documents
from ..errors import EncoderError, EncoderUnknown, MissingPackage
from ..identifiers import parse_identifier
from ..identity import Record, says_nothing
from ..option_values import read_part
from ..paper import Paper
from ..profiles import LibraryPaper, Profile
from .hybrid_vectors import HybridVectors

# Of one title that so many papers have nobody can tell whose it is.
_MOST_NAMESAKES = 20

# Vectors of so many papers are kept for the next question; those of a batch job's readers are not.
_KEPT = 1000


@dataclass(frozen=True)
class Brought:
    """What the corpus has of one paper: its row, if any, and its other twins by title or abstract."""

    row: int | None
    versions: tuple[int, ...]


class _Names(NamedTuple):
    """What a paper is called by. An id of the source's own, and an address, are weak: another source may use
    either for something else.
    """

    identifiers: tuple[str, ...]
    weak: tuple[str, ...]

    @classmethod
    def of(cls, paper: Paper) -> _Names:
        names = paper.names
        known = tuple(name for name in names if parse_identifier(name) is not None)
        return cls(known, tuple(name for name in names if name not in known))


class BroughtPapers:
    """Looks up the papers of many profiles in a few questions to the corpus."""

    def __init__(self, snapshot: Snapshot, profiles: Iterable[Profile]) -> None:
        self._snapshot = snapshot
        papers = list(dict.fromkeys(paper for profile in profiles for paper in profile.papers.values()))
        self._names = {paper: _Names.of(paper) for paper in papers}
        names = (name for both in self._names.values() for some in both for name in some)
        self._rows_of = find_rows_of(snapshot, names) if papers else {}
        titles = {paper.fingerprint for paper in papers} - {""}
        codes = {abstract_code(paper.content) for paper in papers} - {None}
        versions = snapshot.versions
        self._titles = versions.titles.rows_of(sorted(titles)) if titles else {}
        self._abstracts = versions.abstracts.rows_of(c for c in codes if c is not None) if codes else {}
        self._stored: dict[int, Paper] = {}

    def of(self, profile: Profile) -> dict[str, Brought]:
        """By name, what the corpus has of each paper of one of the profiles."""
        shared = self._shared_names(profile.papers.values())
        return {name: self._brought(paper, shared) for name, paper in profile.papers.items()}

    def _brought(self, paper: Paper, shared: frozenset[str]) -> Brought:
        code = abstract_code(paper.content)
        titled = self._titles.get(paper.fingerprint, [])
        row = self._row(paper, titled, shared)
        telling = [] if says_nothing(paper.fingerprint) else titled
        others = {*telling, *self._abstracts.get(-1 if code is None else code, [])} - {row}
        if not others:
            return Brought(row, ())
        record, twins = Record(paper), self._snapshot.twins
        return Brought(row, tuple(other for other in sorted(others) if twins.is_of(other, record)))

    def _row(self, paper: Paper, titled: list[int], shared: frozenset[str]) -> int | None:
        names = self._names[paper]
        for name in names.identifiers:
            if name not in shared and len(rows := self._rows_of[name]) == 1:
                return rows[0]
        for name in names.weak:
            if rows := [row for row in self._rows_of[name] if row in titled]:
                return rows[0]
        if len(titled) > _MOST_NAMESAKES:
            return None
        same = [row for row in titled if is_same(paper, self._paper(row))]
        return int(self._snapshot.by_key(np.array(same, np.int64))[0]) if same else None

    def _shared_names(self, papers: Iterable[Paper]) -> frozenset[str]:
        """The identifiers that papers of different titles have, and which name none of them."""
        titles: dict[str, str] = {}
        shared = set()
        for paper in papers:
            for name in self._names[paper].identifiers:
                if titles.setdefault(name, paper.fingerprint) != paper.fingerprint:
                    shared.add(name)
        return frozenset(shared)

    def _paper(self, row: int) -> Paper:
        if row not in self._stored:
            (self._stored[row],) = self._snapshot.papers([row])
        return self._stored[row]


def is_same(paper: Paper, other: Paper) -> bool:
    """Whether two papers with one title are one: neither identifiers, nor first author, year or abstract may
    speak against it; of a short title one of the last three must speak for it, of "Editorial" the abstract.
    """
    # Here, as who names papers by ids alone needs none of it.
    from ..identity.authors import Match, same_authors
    from ..identity.rules import near, rivals, unlike, years

    first, second = Record(paper), Record(other)
    who, when = same_authors(first.authors, second.authors), years(first, second)
    if Match.DIFFERENT in (who, when) or rivals(first, second) or unlike(first, second):
        return False
    if first.title.generic or first.title.kind:
        return near(first, second)
    return not first.title.short or Match.SAME in (who, when) or near(first, second)


class BroughtVectors:
    """The vectors of papers that the corpus lacks; each is encoded once, whoever brings it, in one call."""

    def __init__(self, corpus: Corpus, snapshot: Snapshot, papers: Sequence[Paper], *, lexical: bool) -> None:
        self._positions = {paper: position for position, paper in enumerate(papers)}
        self.problem = ""
        """Why they have no dense vectors; empty where they have."""
        if papers:
            texts = [read_part(snapshot.recipe.text(paper)) for paper in papers]
            if len(papers) > _KEPT:
                self._vectors, self.problem = _encoded(corpus, snapshot, texts, lexical=lexical)
            else:
                digest = hashlib.sha256("\0".join(texts).encode()).digest()
                self._vectors, self.problem = snapshot.cached(
                    ("brought", digest, lexical), lambda: _encoded(corpus, snapshot, texts, lexical=lexical)
                )

    def of(self, papers: Sequence[Paper]) -> HybridVectors:
        """Those of some of the papers, of one at least."""
        found = self._vectors.take(np.array([self._positions[paper] for paper in papers], np.int64))
        days = [np.nan if paper.day is None else paper.day for paper in papers]
        return replace(found, years=in_years(np.array(days, np.float64)))


def _encoded(
    corpus: Corpus, snapshot: Snapshot, texts: list[str], *, lexical: bool
) -> tuple[HybridVectors, str]:
    """The vectors; without the encoder those of words alone, and why."""
    problem = ""
    try:
        dense: NDArray[np.float32] = encode_documents(corpus.encoder_of(snapshot), texts)
    except (EncoderUnknown, EncoderError, MissingPackage) as error:
        dense, problem = np.zeros((len(texts), snapshot.dim), np.float32), str(error)
    return HybridVectors.of_texts(snapshot, dense, texts, lexical=lexical), problem


def in_corpus(snapshot: Snapshot, profile: Profile) -> Mapping[str, int]:
    """By name, the rows of those papers that the profile brings along and the corpus holds."""
    found = BroughtPapers(snapshot, [profile]).of(profile)
    return {name: one.row for name, one in found.items() if one.row is not None}


def with_ids(snapshot: Snapshot, profile: Profile) -> Profile:
    """The profile with the corpus's ids for those papers that it brings along and the corpus holds."""
    rows = in_corpus(snapshot, profile)
    if not rows:
        return profile
    labels = snapshot.labels(rows.values())
    ids = {name: labels[row][0] for name, row in rows.items()}

    def named(item: str | LibraryPaper) -> str | LibraryPaper:
        found = isinstance(item, LibraryPaper) and item.name in ids
        return replace(item, paper=ids[item.name]) if found else item  # type: ignore[union-attr, type-var]

    lists: dict[str, Any] = {
        role: [*map(named, profile.listed(role))] for role in ("liked", "disliked", "seen")
    }
    liked = {*map(_name_of, lists["liked"])}
    lists["disliked"] = [item for item in lists["disliked"] if _name_of(item) not in liked]
    papers = {name: paper for name, paper in profile.papers.items() if name not in rows}
    return replace(profile, **lists, papers=papers)


def _name_of(item: str | LibraryPaper) -> str:
    return item if isinstance(item, str) else item.name
