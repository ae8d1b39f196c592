"""The corpus and the readers of a notebook: those named by environment variables, or the embedded sample."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import islice

from .corpus import Corpus
from .profiles import Profile, load_profiles
from .sample import PROFILES

__all__ = ["corpus_and_readers"]

_LIKED = 4  # by somebody who stands for the readers of a corpus


def corpus_and_readers(first: str = "") -> tuple[Corpus, list[Profile]]:
    """Open the corpus and the readers that a notebook is about, named by the environment.

    They are the corpus in the folder ``RECOMMENDER_CORPUS`` and the readers of the file
    ``RECOMMENDER_PROFILES``; by themselves the embedded sample and its eight readers. For another corpus
    without a file of readers, they are those of the eight who like a paper of it, or, where it holds none
    of these, somebody who likes its first papers.

    Parameters
    ----------
    first : str, optional
        The name of the reader who comes first.

    Returns
    -------
    corpus : Corpus
        The corpus.
    readers : list of Profile
        The readers; one without a name gets a number.

    Raises
    ------
    RecommenderError
        What `Corpus.open` and `read_profiles` raise.

    Examples
    --------
    >>> from recommender.notebook import corpus_and_readers
    >>> corpus, readers = corpus_and_readers("Mei")
    >>> len(corpus), readers[0].name
    (232, 'Mei')
    """
    folder, file = os.environ.get("RECOMMENDER_CORPUS"), os.environ.get("RECOMMENDER_PROFILES")
    corpus = Corpus.open(folder) if folder else Corpus.sample()
    readers = load_profiles(file or PROFILES)
    if folder and not file:
        known = [reader for reader in readers if any(name in corpus for name in reader.liked)]
        readers = known or [_somebody(corpus)]
    named = [
        reader if reader.name else replace(reader, name=f"reader {place}")
        for place, reader in enumerate(readers, 1)
    ]
    return corpus, sorted(named, key=lambda reader: reader.name != first)


def _somebody(corpus: Corpus) -> Profile:
    return Profile(liked=tuple(paper.id for paper in islice(corpus, _LIKED)), name="somebody")
