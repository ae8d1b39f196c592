"""How often words find the papers that hold them, and how often papers without an abstract come in their way.

    python scripts/words_that_find.py DATA CORPUS [--encoder static]

DATA has `corpus_ml.parquet`, CORPUS is made of it. Three figures of `search`, each beside plain TF-IDF over
the titles and abstracts (scikit-learn):

- names: of 150 papers with a title like "Name: ...", of whose name no more than 3 have one, those that come
  among the first ten for the name alone;
- rare words: of 100 words of 1 to 3 papers, those for which one of the first ten holds the word;
- blanked: of 5,000 papers 30% lose their abstract, and 300 texts of four words of a title are searched: the
  share of such papers in the answers. As many as there are would be 30%.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender import Corpus, Paper, Recommender

FIRST = 10
_NAME = re.compile(r"([A-Za-z][\w-]{2,20}): ")
_SHARED = 3  # papers that may have one name, or hold one rare word

Search = Callable[[str], Sequence[str]]
"""From a text to the ids of the first ten papers."""


class TfIdf:
    """The cosine of plain TF-IDF, over all papers."""

    def __init__(self, ids: Sequence[str], texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._ids = list(ids)
        self._weigh = TfidfVectorizer(sublinear_tf=True, dtype=np.float32)
        self._papers = self._weigh.fit_transform(texts)

    def __call__(self, text: str) -> list[str]:
        """The first ten; none that shares no word."""
        scores = (self._papers @ self._weigh.transform([text]).T).toarray()[:, 0]
        best = np.argsort(-scores, kind="stable")[:FIRST]
        return [self._ids[place] for place in best.tolist() if scores[place] > 0]

    def words(self) -> Iterable[tuple[str, int]]:
        """Each word and how many papers hold it."""
        held: NDArray[np.int64] = np.bincount(self._papers.indices, minlength=self._papers.shape[1])
        return zip(self._weigh.get_feature_names_out().tolist(), held.tolist(), strict=True)


def by_recommender(corpus: Corpus) -> Search:
    """The first ten of `search`."""
    ask = Recommender(corpus)
    return lambda text: ask.search(text, k=FIRST).ids


def named_papers(papers: pd.DataFrame, count: int) -> list[tuple[str, str]]:
    """(name, id) of so many papers, drawn from those whose title is "Name: ..." with a name of few."""
    found = [
        (match[1], paper)
        for title, paper in zip(papers.title, papers.id, strict=True)
        if (match := _NAME.match(title))
    ]
    often = Counter(name for name, _ in found)
    few = [(name, paper) for name, paper in found if often[name] <= _SHARED]
    random.Random(11).shuffle(few)
    return few[:count]


def rare_words(words: Iterable[tuple[str, int]], count: int) -> list[str]:
    """So many of the words of five letters and more that one to three papers hold."""
    rare = sorted(w for w, held in words if held <= _SHARED and w.isascii() and w.isalpha() and len(w) > 4)
    random.Random(12).shuffle(rare)
    return rare[:count]


def names_found(search: Search, named: Sequence[tuple[str, str]], same: Callable[[str], str]) -> int:
    """How many papers come for their names; `same` gives one id for all that a paper has."""
    return sum(same(paper) in map(same, search(name)) for name, paper in named)


def words_found(search: Search, words: Sequence[str], text_of: Callable[[str], str]) -> int:
    """For how many words a paper that holds it comes."""
    holds = (re.compile(rf"\b{word}\b", re.IGNORECASE) for word in words)
    pairs = zip(words, holds, strict=True)
    return sum(any(held.search(text_of(paper)) for paper in search(word)) for word, held in pairs)


def blanked(papers: pd.DataFrame, share: float = 0.3) -> pd.DataFrame:
    """The papers, a share of which has lost its abstract."""
    found = papers.reset_index(drop=True)
    places = sorted(random.Random(15).sample(range(len(found)), int(len(found) * share)))
    found.loc[places, "abstract"] = ""
    return found


def texts_of_titles(papers: pd.DataFrame, count: int) -> list[str]:
    """So many times four words of a title that stand one after the other."""
    chance, texts = random.Random(13), []
    for place in chance.sample(range(len(papers)), min(count, len(papers))):
        words = papers.title.iloc[place].split()
        start = chance.randrange(max(1, len(words) - 3))
        texts.append(" ".join(words[start : start + 4]))
    return texts


def share_of(search: Search, texts: Sequence[str], which: frozenset[str]) -> float:
    """The share of these papers in the answers to all texts."""
    answers = [paper for text in texts for paper in search(text)]
    return sum(paper in which for paper in answers) / max(len(answers), 1)


def search_all(data: pd.DataFrame, folder: str) -> None:
    """Print the figures for names and rare words."""
    plain = TfIdf(data.id, (data.title + ". " + data.abstract).tolist())
    named, rare = named_papers(data, 150), rare_words(plain.words(), 100)
    texts = dict(zip(data.id, data.title + ". " + data.abstract, strict=True))
    print(f"TF-IDF: names {names_found(plain, named, str)} of {len(named)}", flush=True)
    print(f"TF-IDF: rare words {words_found(plain, rare, texts.__getitem__)} of {len(rare)}", flush=True)
    with Corpus.open(folder) as corpus:
        search, encoder = by_recommender(corpus), corpus.info().encoder

        def same(name: str) -> str:
            return corpus[name].id

        def text_of(name: str) -> str:
            return f"{corpus[name].title}. {corpus[name].abstract}"

        print(f"{encoder}: names {names_found(search, named, same)} of {len(named)}", flush=True)
        print(f"{encoder}: rare words {words_found(search, rare, text_of)} of {len(rare)}", flush=True)


def search_blanked(data: pd.DataFrame, encoder: str, papers: int = 5000, texts: int = 300) -> None:
    """Print the share of papers without an abstract."""
    some = data.iloc[sorted(random.Random(14).sample(range(len(data)), min(papers, len(data))))]
    some, asked = blanked(some), texts_of_titles(some, texts)
    without = frozenset(some.id[some.abstract == ""])
    plain = TfIdf(some.id, (some.title + ". " + some.abstract).tolist())
    print(f"TF-IDF: blanked {share_of(plain, asked, without):.1%} of what comes", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        records = (Paper(id=one.id, title=one.title, abstract=one.abstract) for one in some.itertuples())
        with Corpus.build(records, Path(folder) / "corpus", encoder=encoder) as corpus:
            gone = frozenset(paper.id for paper in corpus if not paper.abstract)
            found = share_of(by_recommender(corpus), asked, gone)
            print(
                f"{encoder}: blanked {found:.1%} of what comes, {len(gone) / len(corpus):.1%} of the papers"
            )


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("corpus")
    parser.add_argument("--encoder", default="static", help="of the 5,000 papers")
    arguments = parser.parse_args()
    data = pd.read_parquet(arguments.data / "corpus_ml.parquet", columns=["id", "title", "abstract"])
    print(f"{len(data):,} papers")
    search_blanked(data, arguments.encoder)
    search_all(data, arguments.corpus)


if __name__ == "__main__":
    main()
