"""Terms that a paper shares with the seeds, and the sentence of it that holds them.

By rule: an abstract is short and its traps are known (et al., i.e., Fig. 3, initials, decimals, LaTeX).
pysbd, the usual library, has had no release since 2021.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..lexical import Term, TermOccurrences, TermVectors, normalized, plain_text, spellings
from ..lexical.terms import STOP_WORDS, without_code

# A full stop, what closes with it, and the space before what could be a start. A space may be missing
# only between a word and a common first word ("accuracy.We"); `_ends` looks at that.
_STOP = re.compile(r"[.!?]+[\"'”’)\]}]*(\s+|(?<=[a-z]{2}[.!?])(?=[A-Z][a-z]*\s))")
_LONGEST_WORD = 80
_LAST_WORD = re.compile(r"[\w.\-]*$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_START = re.compile(r"[\"'“‘(\[{$\\\d]|[^\W\d_a-z]|[a-z]+[A-Z]")
_NUMBERED = re.compile(r"[\d(\[$\\]|[IVX]+\b|[A-Z]\.?\d")
_MATH = re.compile(r"(?<!\\)\$[^$]+(?<!\\)\$")
_DOTTED = re.compile(r"(?:[a-z]\.)*[a-z]")

# After these a sentence goes on.
_OPEN = frozenset("e.g i.e eg ie w.r.t a.k.a cf vs viz ca approx dr prof mr mrs ms st".split())
# After these it goes on if a number follows: Fig. 3, Eq. (2), Sec. IV.
_BEFORE_NUMBERS = frozenset(
    """
    fig figs eq eqs eqn eqns sec secs sect tab tabs ref refs ch chap thm prop def lem cor alg app vol no nos
    p pp jan feb mar apr jun jul aug sep sept oct nov dec
    """.split()
)
# These may end a sentence or not; so may initials and dotted letters (J. Smith, the U.S. Senate).
_EITHER = frozenset("al etc resp inc corp ltd co jr sr ed eds dept univ est".split())


def sentences(text: str) -> tuple[str, ...]:
    """Cut a text, such as an abstract, into sentences.

    Parameters
    ----------
    text : str
        Any text; white space is made single.

    Returns
    -------
    tuple of str
        The sentences in order; joined by spaces they are the text.

    Examples
    --------
    >>> from recommender.explain import sentences
    >>> sentences("We follow Smith et al. (2020). It works.")
    ('We follow Smith et al. (2020).', 'It works.')
    """
    text = " ".join(text.split())
    formulas = [match.span() for match in _MATH.finditer(text)]
    found, start = [], 0
    for stop in _STOP.finditer(text):
        before = bisect.bisect_left(formulas, (stop.start(), 0)) - 1
        inside = before >= 0 and stop.start() < formulas[before][1] - 1
        if stop.end() < len(text) and _ends(text[start : stop.start()], text[stop.end() :], stop[1], inside):
            found.append(text[start : stop.end()].strip())
            start = stop.end()
    return (*found, text[start:]) if text else ()


def _ends(before: str, after: str, space: str, inside_formula: bool) -> bool:
    """Whether a full stop between these ends a sentence."""
    first = _FIRST_WORD.match(after)
    common = first is not None and (first[0].lower() in STOP_WORDS or first[0] == "A") and after[0].isupper()
    if not space or inside_formula:
        return common
    if not _START.match(after) or not _FIRST_WORD.search(before):
        return False
    word = _last_word(before)
    if word.lower() in _OPEN:
        return False
    if word.lower() in _BEFORE_NUMBERS and _NUMBERED.match(after):
        return False
    if word.lower() in _EITHER or (_DOTTED.fullmatch(word.lower()) and (len(word) > 1 or word.isupper())):
        return common
    return True


def _last_word(before: str) -> str:
    match = _LAST_WORD.search(before[-_LONGEST_WORD:])  # it looks at each place from the first on
    return match[0] if match else ""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of one paper: what each of its terms gives, shape (m,), the cosine of each of its segments to the
    seeds, and the seeds that count, the greatest contribution first.
    """

    gains: NDArray[np.float32]
    cosines: NDArray[np.float64]
    seeds: tuple[int, ...]

    def best_segments(self) -> list[int]:
        """The segments with a cosine above 0, best first, the first of equals."""
        return highest(self.cosines)


def weigh_evidence(
    papers: Sequence[TermOccurrences], seeds: TermVectors, contributions: NDArray[np.float32]
) -> list[Evidence]:
    """The evidence of each paper, whose seeds have these contributions; shape (papers, seeds), at least 0.

    A seed counts by its part of the paper's contributions, and all alike where all are 0, so that what the
    terms of a paper give sums to the mean of its lexical cosines to the seeds. Raises ValueError for
    contributions of another shape, or below 0.
    """
    parts = _parts(contributions, len(papers), len(seeds))
    known = np.unique(np.concatenate([paper.numbers for paper in papers]))
    line = np.repeat(np.arange(len(seeds)), np.diff(seeds.starts))
    column = np.searchsorted(known, seeds.numbers)
    mine = np.flatnonzero(known.take(column, mode="clip") == seeds.numbers) if len(known) else column[:0]
    dense = np.zeros((len(seeds), len(known)), np.float32)
    dense[line[mine], column[mine]] = seeds.weights[mine]
    # Each by itself: a product for all would be rounded otherwise beside other papers.
    return [
        _evidence(paper, part @ dense[:, np.searchsorted(known, paper.numbers)], part)
        for paper, part in zip(papers, parts, strict=True)
    ]


def _evidence(paper: TermOccurrences, likes: NDArray[np.float32], parts: NDArray[np.float32]) -> Evidence:
    """`likes` is the mean weight of each of the paper's terms in the seeds."""
    entries = paper.entry_weights * likes[paper.entry_places]
    cosines = np.bincount(paper.entry_segments, entries, minlength=len(paper.texts))
    return Evidence(paper.weights * likes, cosines.astype(np.float64), tuple(highest(parts)))


def highest(values: NDArray[np.floating]) -> list[int]:
    """The places of the values above 0, the highest first, of equals the first."""
    above = np.flatnonzero(values > 0)
    if len(above) < 2:
        return above.tolist()
    return above[np.argsort(-values[above], kind="stable")].tolist()  # type: ignore[no-any-return]


def _parts(contributions: NDArray[np.float32], papers: int, seeds: int) -> NDArray[np.float32]:
    """The contributions of each paper as parts of 1; alike where all are 0."""
    if contributions.shape != (papers, seeds):
        right = (papers, seeds)
        raise ValueError(
            f"contributions have shape {contributions.shape}; these papers and seeds need {right}"
        )
    if np.any(contributions < 0):
        raise ValueError(
            f"contribution {contributions.min():g} of a seed is below 0; a contribution is 0 or more"
        )
    parts = np.where(contributions.any(axis=1, keepdims=True), contributions, np.float32(1))
    return np.asarray(parts / parts.sum(axis=1, keepdims=True), np.float32)


# A pair that gives less than this part of what a word of it gives is not what the papers have in common:
# the word is.
_WEAK_PAIR = 0.25

# Of so many terms for each that is wanted, those that give most, the others are not looked at.
_SHORTLIST = 8

# So many of them are looked at at a time: more are seldom needed.
_BATCH = 16


@dataclass(frozen=True)
class Common:
    """What a paper has in common with the seeds.

    Attributes
    ----------
    terms : tuple of str
        The terms, what gives most to the lexical cosine first.
    sentence : str
        The paper's sentence with the highest lexical cosine to the seeds, of those with such a term.
    """

    terms: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class Seeds:
    """The seeds' unit TF-IDF vectors and their texts, in one order.

    Attributes
    ----------
    vectors : TermVectors
        A vector for each seed.
    texts : tuple of str
        The texts that the vectors are of.
    """

    vectors: TermVectors
    texts: tuple[str, ...]
    _spelled: dict[tuple[int, Term], tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _lowered(self) -> tuple[str, ...]:
        return tuple(without_code(plain_text(text)) for text in self.texts)

    def spelled(self, seed: int, term: Term) -> tuple[str, ...]:
        """Return how a seed spells a term, normalized and each spelling once.

        Parameters
        ----------
        seed : int
            The position of the seed.
        term : tuple of str
            The stems of a word, or of a pair of words.

        Returns
        -------
        tuple of str
            Empty where the seed does not hold the term.
        """
        known = self._spelled.get((seed, term))
        if known is None:
            found = dict.fromkeys(map(normalized, spellings(term, self._lowered[seed])))
            known = self._spelled[seed, term] = tuple(found)
        return known


def in_common(
    papers: Sequence[TermOccurrences],
    seeds: Seeds,
    contributions: NDArray[np.float32],
    *,
    n_terms: int = 5,
) -> list[Common]:
    """Find the terms that papers have in common with the seeds, and the best sentence of each paper.

    Terms are those that give most to the lexical cosine to the seeds, what gives most first. A term stands in
    the paper and in a seed that counts: word for word, case, hyphens and a plural's ending aside, and in a
    spelling that both have. Numbers tell where to look, and never what is said.

    Parameters
    ----------
    papers : sequence of TermOccurrences
        The papers; the first segment of each is its title, the others are its sentences.
    seeds : Seeds
        The seeds.
    contributions : ndarray of float32, shape (papers, seeds)
        How much each seed counts for a paper, at least 0; where all are 0 they count alike.
    n_terms : int, default 5
        How many terms a paper gets at most.

    Returns
    -------
    list of Common
        One for each paper.

    Raises
    ------
    ValueError
        For contributions of another shape, or below 0.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.explain import Seeds, in_common
    >>> from recommender.lexical import TermOccurrences, TermWeights, count_terms, tfidf_vectors
    >>> even = TermWeights.even()
    >>> seeds = Seeds(tfidf_vectors(count_terms(["speech recognition"]), even), ("speech recognition",))
    >>> paper = TermOccurrences(["Hearing", "Speech recognition at sea."], even)
    >>> in_common([paper], seeds, np.ones((1, 1), np.float32))[0].sentence
    'Speech recognition at sea.'
    """
    if not papers or not seeds.texts:
        return [Common()] * len(papers)
    evidence = weigh_evidence(papers, seeds.vectors, contributions)
    return [_Paper(paper, one, seeds, n_terms).common() for paper, one in zip(papers, evidence, strict=True)]


class _Paper:
    """One paper, what its terms give, and what has been looked up of them."""

    def __init__(self, paper: TermOccurrences, evidence: Evidence, seeds: Seeds, n_terms: int) -> None:
        self._paper, self._evidence, self._seeds, self._n_terms = paper, evidence, seeds, n_terms
        self._names: dict[Term, str] = {}

    def common(self) -> Common:
        """The terms and the sentence."""
        return Common(tuple(self._terms()), self._sentence())

    def _terms(self) -> list[str]:
        """Terms by what they give, a pair together with those of its words that no term has named yet."""
        own, pairs = self._evidence.gains, self._paper.pairs
        together = _with_words(own, np.where(pairs >= 0, own[pairs], 0).T)
        said = (own > 0) & ~self._paper.frequent
        best = highest(np.where(said, together, 0))[: _SHORTLIST * self._n_terms]
        gains, words = own.tolist(), pairs.tolist()
        named: set[int] = set()
        chosen: list[str] = []
        for start in range(0, len(best), _BATCH):
            left = {place: float(together[place]) for place in best[start : start + _BATCH]}
            while left and len(chosen) < self._n_terms:
                place = max(left, key=left.__getitem__)  # the first of equals
                del left[place]
                if place in named or (words[place][0] >= 0 and named.issuperset(words[place])):
                    continue
                name = next(filter(None, map(self._name, self._paper.terms(place))), "")
                if name:
                    chosen.append(name)
                    named.update((place, *words[place]))
                    for other in left:
                        if not named.isdisjoint(words[other]):
                            new = [gains[word] for word in words[other] if word >= 0 and word not in named]
                            weak = new and gains[other] < _WEAK_PAIR * max(new)
                            left[other] = gains[other] + (0.0 if weak else sum(new))
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
        places = places[~self._paper.frequent[places]]
        terms = (term for place in places.tolist() for term in self._paper.terms(place))
        return any(self._name(term) for term in terms if any(spellings(term, lowered)))

    def _name(self, term: Term) -> str:
        """How the paper spells the term where a seed that counts spells it so; "" where none does."""
        name = self._names.get(term)
        if name is None:
            name = self._names[term] = self._find_name(term)
        return name

    def _find_name(self, term: Term) -> str:
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


def _with_words(own: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.float32]:
    """What terms give; pairs with their words, whose gains have shape (2, n), unless the pairs are weak."""
    weak = own < _WEAK_PAIR * words.max(axis=0)
    return own + np.where(weak, 0, words.sum(axis=0))
