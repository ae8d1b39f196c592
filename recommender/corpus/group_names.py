"""Names of groups of papers: by the terms that set each apart from the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..lexical import TermVectors, TermWeights, named_terms
from ..option_values import read_part
from .snapshot import Snapshot

# What fewer than this share of a group have is not what it is about.
_LEAST_SHARE = 0.1

# Papers of a group that spell its terms, and terms that are tried: more than are told, for some are
# words of others.
_SPELLING, _TRIED = 60, 12


def name_groups(
    snapshot: Snapshot,
    groups: Sequence[Rows],
    *,
    n_terms: int = 4,
    former: Sequence[tuple[str, ...]] | None = None,
    most: int | None = None,
) -> list[tuple[str, ...]]:
    """Name groups of papers by their terms.

    A term counts by its mean TF-IDF weight in the group less that over all groups (as BERTopic's class-based
    TF-IDF, Grootendorst 2022, weighs a term against the other classes). No two terms of a name share a word.

    Parameters
    ----------
    snapshot : Snapshot
        The state of the corpus, which has the words of the papers.
    groups : sequence of ndarray of int64
        The rows of each group, the most central first.
    n_terms : int, default 4
        How many terms a name has at most.
    former : sequence of tuple of str, optional
        The terms that each group was named by before, none for a new one. They stay as long as half of them
        still set the group apart.
    most : int, optional
        Only so many groups, the first, are named; the others are what they are set apart from.

    Returns
    -------
    list of tuple of str
        The terms of each group that is named, as its papers spell them; empty where the corpus has no terms.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender import Corpus
    >>> from recommender.topics import name_groups
    >>> corpus = Corpus.sample()
    >>> (terms,) = name_groups(corpus.snapshot, [np.arange(20)], n_terms=2)
    >>> len(terms)
    2
    """
    if not snapshot.has_terms:
        return [()] * len(groups[:most])
    vectors = [snapshot.terms(rows) for rows in groups]
    known = np.unique(np.concatenate([np.empty(0, np.uint32), *(terms.numbers for terms in vectors)]))
    weighed = [_weights(terms, known) for terms in vectors]
    others = np.mean(weighed, axis=0) if len(groups) > 1 else np.zeros(len(known), np.float32)
    before = [()] * len(groups) if former is None else former
    named = []
    for rows, weights, terms in zip(groups[:most], weighed, before, strict=False):
        best = known[_best(weights - others, n_terms)].tolist()
        numbers = [_number(term, snapshot.weights) for term in terms]
        fits = terms and 2 * sum(number in best for number in numbers) >= len(terms)
        named.append(terms if fits else _spelled(snapshot, rows[:_SPELLING], best, n_terms))
    return named


def disambiguate(names: Sequence[str]) -> list[str]:
    """Put a number behind each name that was there before.

    Parameters
    ----------
    names : sequence of str
        The names, some of them maybe equal.

    Returns
    -------
    list of str
        As many names, no two of them equal.

    Examples
    --------
    >>> from recommender.topics import disambiguate
    >>> disambiguate(["graphs", "speech", "graphs"])
    ['graphs', 'speech', 'graphs (2)']
    """
    apart: list[str] = []
    for name in names:
        number, own = 1, name
        while own in apart:
            number += 1
            own = f"{name} ({number})"
        apart.append(own)
    return apart


def _weights(terms: TermVectors, known: NDArray[np.uint32]) -> NDArray[np.float32]:
    """The mean weight of each of the known terms, 0 where few papers have it."""
    places = np.searchsorted(known, terms.numbers)
    papers = np.bincount(places, minlength=len(known))
    weights = np.bincount(places, terms.weights, minlength=len(known)) / max(len(terms), 1)
    weights[papers < max(min(2, len(terms)), len(terms) * _LEAST_SHARE)] = 0
    return weights.astype(np.float32)


def _best(gains: NDArray[np.float32], n_terms: int) -> NDArray[np.int64]:
    """The places of the terms that set a group apart, the best first: more than a name needs."""
    best = np.argsort(-gains, kind="stable")[: _TRIED * n_terms]
    return best[gains[best] > 0]


def _number(term: str, weights: TermWeights) -> int:
    """The number of a term as a name spells it; -1 for what is no term."""
    named = named_terms(term, weights.numbering, weights.moved)
    return next((number for number, spelled in named.items() if spelled == term), -1)


def _spelled(snapshot: Snapshot, rows: Rows, best: list[int], n_terms: int) -> tuple[str, ...]:
    wanted = set(best)
    spelled: dict[int, str] = {}
    for paper in snapshot.papers(rows.tolist()):
        weights = snapshot.weights
        found = named_terms(read_part(paper.words), weights.numbering, weights.moved)
        spelled |= {number: found[number] for number in wanted - spelled.keys() if number in found}
    chosen: list[str] = []
    for number in best:
        term = spelled.get(number, "")
        if term and not any(set(term.split()) & set(other.split()) for other in chosen):
            chosen.append(term)
        if len(chosen) == n_terms:
            break
    return tuple(chosen)
