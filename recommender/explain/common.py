"""The terms a paper has in common with the seeds."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..lexical import BUCKETS, TermVectors, count_terms, named_terms, weigh
from .taste import gathered

__all__ = ["common_terms"]

# A pair that gives less than this part of what a word of it gives is not what the papers have in common:
# the word is.
_WEAK_PAIR = 0.25

# Of so many terms for each that is asked for, those that give most, the others are not looked at.
_LOOKED_AT = 8


def common_terms(
    text: str,
    seeds: TermVectors,
    idf: NDArray[np.float32],
    *,
    count: int = 5,
    weights: NDArray[np.float32] | None = None,
) -> tuple[str, ...]:
    """The terms that give most to the lexical cosine of the text (title and abstract) to the seeds.

    As the text spells them, what gives most first, at most `count`; words of a pair that is told are not
    told again. `idf` has shape (BUCKETS,), `weights` (n,). Where many papers have the same seeds, give
    `gathered(seeds)` in place of the seeds.
    """
    if not len(seeds):
        return ()
    gains = _gains(text, gathered(seeds, weights=weights), idf, _LOOKED_AT * count)
    spelled = {bucket: _spelling(term, text) for bucket, term in named_terms(text).items() if bucket in gains}
    names = {bucket: name for bucket, name in spelled.items() if name}
    words = {bucket: _words_of(name, bucket) for bucket, name in names.items()}
    return tuple(names[bucket] for bucket in _most_telling(gains, words, count))


def _gains(text: str, taste: TermVectors, idf: NDArray[np.float32], most: int) -> dict[int, float]:
    """What each term of the text that the seeds have gives to the cosine: those that give most."""
    vector = weigh(count_terms([text]), idf)
    liked = np.zeros(BUCKETS, np.float32)
    liked[taste.buckets] = taste.weights
    products = vector.weights * liked[vector.buckets]
    first = np.argsort(-products, kind="stable")[:most]
    first = first[products[first] > 0]
    return dict(zip(vector.buckets[first].tolist(), products[first].tolist(), strict=True))


def _spelling(term: str, text: str) -> str:
    """The term as the text has it, with the fewest capitals; "" for a pair parted by a full stop or comma."""
    between = r"(?:[\s/‐-]+\w+){0,3}?[\s/‐-]+"  # what is left out of pairs: "mixture of experts"
    pattern = rf"\b{between.join(map(re.escape, term.split()))}\b"
    found = {" ".join(match.split()) for match in re.findall(pattern, text, re.IGNORECASE)}
    same = [name for name in found if term in named_terms(name).values()]
    return min(same, key=lambda name: (len(name), sum(map(str.isupper, name)), name), default="")


def _words_of(name: str, bucket: int) -> frozenset[int]:
    """The buckets of the words of a term."""
    return frozenset(count_terms([name]).buckets.tolist()) - {bucket}


def _most_telling(gains: Mapping[int, float], words: Mapping[int, frozenset[int]], count: int) -> list[int]:
    """Terms by what they give, a pair together with those of its words that none has told yet."""
    told: set[int] = set()
    chosen: list[int] = []

    def gain(bucket: int) -> float:
        new = [gains.get(word, 0.0) for word in words[bucket] - told]
        return gains[bucket] + (sum(new) if gains[bucket] >= _WEAK_PAIR * max(new, default=0.0) else 0.0)

    left = dict.fromkeys(words)
    while left and len(chosen) < count:
        best = max(left, key=lambda bucket: (gain(bucket), -bucket))
        chosen.append(best)
        told |= {best, *words[best]}
        left = {
            bucket: None
            for bucket in left
            if bucket not in told and not (words[bucket] and words[bucket] <= told)
        }
    return chosen
