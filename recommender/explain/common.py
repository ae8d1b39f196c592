"""What papers have in common with the seeds: terms that stand in both, and the sentence that carries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..lexical import Term, TermOccurrences, TermVectors, normalized, spellings
from .evidence import Evidence, weigh_evidence

__all__ = ["Common", "Seeds", "in_common"]

# A pair that gives less than this part of what a word of it gives is not what the papers have in common:
# the word is.
_WEAK_PAIR = 0.25

# Of so many terms for each that is wanted, those that give most, the others are not looked at.
_LOOKED_AT = 8


@dataclass(frozen=True)
class Common:
    """The terms that a paper has in common with the seeds, and its sentence that has most of them."""

    terms: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class Seeds:
    """The seeds' unit TF-IDF vectors and their texts, in one order."""

    vectors: TermVectors
    texts: tuple[str, ...]
    _spelled: dict[tuple[int, Term], tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _lowered(self) -> tuple[str, ...]:
        return tuple(text.lower() for text in self.texts)

    def spelled(self, seed: int, term: Term) -> tuple[str, ...]:
        """How a seed spells a term, normalized and each once; empty where it does not hold the term."""
        known = self._spelled.get((seed, term))
        if known is None:
            found = dict.fromkeys(map(normalized, spellings(term, self._lowered[seed])))
            known = self._spelled[seed, term] = tuple(found)
        return known


def in_common(
    papers: Sequence[TermOccurrences],
    seeds: Seeds,
    shares: NDArray[np.float32],
    *,
    count: int = 5,
) -> list[Common]:
    """For each paper at most `count` terms that it has in common with the seeds, and the sentence for them.

    A paper's first segment is its title, the others are its sentences. `shares`, shape (papers, seeds) and at
    least 0, say how much each seed counts for a paper; where all are 0 they count alike.
    Terms are those that give most to the lexical cosine to the seeds, what gives most first, and
    the sentence has the highest such cosine of those with a term in common, the first of equals.

    A term stands in the paper and in a seed that counts: word for word, case, hyphens and a plural's ending
    aside, and in a spelling that both have. Buckets tell where to look, and never what is said.
    """
    if not papers or not seeds.texts:
        return [Common()] * len(papers)
    evidence = weigh_evidence(papers, seeds.vectors, shares)
    return [_Paper(paper, one, seeds, count).common() for paper, one in zip(papers, evidence, strict=True)]


class _Paper:
    """One paper, what its terms give, and what has been looked up of them."""

    def __init__(self, paper: TermOccurrences, evidence: Evidence, seeds: Seeds, count: int) -> None:
        self._paper, self._evidence, self._seeds, self._count = paper, evidence, seeds, count
        self._names: dict[Term, str] = {}

    def common(self) -> Common:
        """The terms and the sentence."""
        return Common(tuple(self._terms()), self._sentence())

    def _terms(self) -> list[str]:
        """Terms by what they give, a pair together with those of its words that no term has named yet."""
        gains: dict[Term, float] = {}
        for place in self._evidence.best_places(_LOOKED_AT * self._count):
            gains.update(dict.fromkeys(self._paper.terms(place), float(self._evidence.gains[place])))
        named: set[Term] = set()
        chosen: list[str] = []

        def gain(term: Term) -> float:
            new = [gains.get(word, 0.0) for word in _words_of(term) if word not in named]
            own = gains[term]
            return own + sum(new) if new and own >= _WEAK_PAIR * max(new) else own

        left = list(gains)
        while left and len(chosen) < self._count:
            best = max(left, key=gain)  # the first of equals
            name = self._name(best)
            left.remove(best)
            if name:
                chosen.append(name)
                named.update((best, *_words_of(best)))
                left = [term for term in left if term not in named and not _all_named(term, named)]
        return chosen

    def _sentence(self) -> str:
        """The best of the sentences that hold a term which a seed holds."""
        for segment in self._evidence.best_segments():
            if segment and self._holds_common(segment):
                return self._paper.texts[segment]
        return ""

    def _holds_common(self, segment: int) -> bool:
        lowered = self._paper.lowered[segment]
        named = (term for term, name in self._names.items() if name)
        if any(True for term in named for _ in spellings(term, lowered)):
            return True
        places = self._paper.entry_places[self._paper.entry_segments == segment]
        terms = (term for place in places.tolist() for term in self._paper.terms(place))
        return any(self._name(term) for term in terms if any(spellings(term, lowered)))

    def _name(self, term: Term) -> str:
        """How the paper spells the term where a seed that counts spells it so; "" where none does."""
        name = self._names.get(term)
        if name is None:
            name = self._names[term] = self._looked_up(term)
        return name

    def _looked_up(self, term: Term) -> str:
        names, shortened = self._paper.names(term), ""
        for seed in self._evidence.seeds if names else ():
            for spelling in self._seeds.spelled(seed, term):
                if spelling in names:
                    return names[spelling]
                shortened = shortened or _of_both(names, spelling)
        return shortened


def _of_both(spelled: Mapping[str, str], spelling: str) -> str:
    """Where one has a plural and the other none, the form that stands in both; "" where none does."""
    for own, name in spelled.items():
        if spelling.startswith(own):
            return name
        if own.startswith(spelling) and len(own) == len(name):
            return name[: len(spelling)]
    return ""


def _words_of(term: Term) -> tuple[Term, ...]:
    """The words of a pair; of a word nothing."""
    return ((term[0],), (term[1],)) if len(term) > 1 else ()


def _all_named(term: Term, named: set[Term]) -> bool:
    return len(term) > 1 and (term[0],) in named and (term[1],) in named
