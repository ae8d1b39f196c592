"""How often a term "in common" does not stand in both papers, and how many terms a paper is told.

    python scripts/true_reasons.py CORPUS [--seeds 2000] [-k 10]

For so many random papers as the one that is liked: the share of recommendations with a term that does not
stand in the recommended paper's title and abstract, or not in the liked paper's, word for word but for case,
accents, hyphens and a plural's ending; then the same where endings may differ. That is looked up here in
the papers' texts, by none of the product's own code for words.
"""

from __future__ import annotations

import argparse
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from recommender import Corpus, Paper, Recommender

_WORD = re.compile(r"[^\W_]+")
_EVERY = 250  # seeds after which the figures so far are printed


def words_of(text: str) -> list[str]:
    """The words of a text without case and accents; hyphens part them."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in letters if not unicodedata.combining(letter)))


def without_plural(word: str) -> str:
    """A word without the ending by which a plural, or the third person, may differ from it."""
    stem = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    stem = stem.removesuffix("e") if len(stem) > 3 else stem
    return f"{stem[:-1]}i" if len(stem) > 3 and stem.endswith("y") else stem


def alike(word: str, other: str) -> bool:
    """Whether two words differ in their endings at most: the longer half of the longer one is common to both,
    and four letters at most follow in each. Short words are to be equal.
    """
    common = 0
    while common < min(len(word), len(other)) and word[common] == other[common]:
        common += 1
    longest = max(len(word), len(other))
    ends = min(len(word), len(other)) > 4 and common >= longest / 2 and longest - common <= 4
    return word == other or ends


def stands_in(term: str, text: str, form: Callable[[str], str] = without_plural) -> bool:
    """Whether the words of a term stand in a text one after the other, written together or apart."""
    wanted = "".join(map(form, words_of(term)))
    words = [form(word) for word in words_of(text)]
    joined, starts, ends = "".join(words), set(), set()
    place = 0
    for word in words:
        starts.add(place)
        place += len(word)
        ends.add(place)
    found = joined.find(wanted) if wanted else -1
    while found >= 0:
        if found in starts and found + len(wanted) in ends:
            return True
        found = joined.find(wanted, found + 1)
    return False


def stands_loosely(term: str, text: str) -> bool:
    """The same where endings may differ: for each word the text has one that is alike, wherever."""
    words = set(words_of(text))
    return stands_in(term, text) or all(any(alike(word, other) for other in words) for word in words_of(term))


@dataclass
class Reasons:
    """What was counted."""

    recommendations: int = 0
    terms: int = 0
    false: int = 0
    """Recommendations with at least one term that is not in both papers."""
    loosely_false: int = 0
    examples: list[str] = field(default_factory=list)

    def count(self, seed: Paper, listed: Paper, terms: Sequence[str]) -> None:
        """Look at the terms of one recommendation."""
        texts = [f"{paper.title}. {paper.abstract}" for paper in (seed, listed)]
        wrong = [term for term in terms if not all(stands_in(term, text) for text in texts)]
        self.recommendations += 1
        self.terms += len(terms)
        self.false += bool(wrong)
        self.loosely_false += any(not stands_loosely(term, text) for term in wrong for text in texts)
        if wrong and len(self.examples) < 10:
            self.examples.append(f"{wrong[0]!r}: {seed.id} and {listed.id}")

    def __str__(self) -> str:
        count = max(self.recommendations, 1)
        return (
            f"{self.recommendations:,} recommendations: {self.false / count:.2%} with a false term "
            f"({self.loosely_false / count:.2%} where endings may differ), {self.terms / count:.2f} terms "
            "each"
        )


def reasons_of(corpus: Corpus, seeds: Sequence[str], k: int) -> Reasons:
    """Ask for papers like each seed alone, and look at the terms of all that come."""
    ask, found = Recommender(corpus), Reasons()
    for number, name in enumerate(seeds, 1):
        seed = corpus[name]
        for item in ask.more_like(name, k=k):
            explanation = item.explanation
            found.count(seed, item.paper, explanation.terms if explanation is not None else ())
        if number % _EVERY == 0 and number < len(seeds):
            print(f"after {number:,} seeds, {found}", flush=True)
    return found


def main() -> None:
    """Print the shares, and the first false terms."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("-k", type=int, default=10)
    arguments = parser.parse_args()
    with Corpus.open(arguments.corpus) as corpus:
        ids = sorted(paper.id for paper in corpus)
        seeds = random.Random(1).sample(ids, min(arguments.seeds, len(ids)))
        found = reasons_of(corpus, seeds, arguments.k)
        print(f"{len(corpus):,} papers, {len(seeds):,} seeds, {corpus.info().encoder}: {found}")
    print(*found.examples, sep="\n")


if __name__ == "__main__":
    main()
