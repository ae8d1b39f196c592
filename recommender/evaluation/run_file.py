"""A run: the ranking of each query, in TREC's format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..files import write_whole

__all__ = ["write_run"]

_SHOWN = 5

# Around 0 the next float32 below is of a size that few tools read as they should.
_STEP = np.float32(1e-9)


def write_run(
    path: str | Path, rankings: Mapping[str, Sequence[tuple[str, float]]], *, tag: str
) -> tuple[str, ...]:
    """Write a run in TREC's format: ``query Q0 paper rank score tag`` for each paper of each query.

    Tools sort a run by its scores: where a score is not below the one before, as a rerank leaves it, the
    nearest float32 below that is written, around 0 one that is a little further away. A blank within a name
    is written as ``_``, with a number behind it where another name is written so.

    Parameters
    ----------
    path : str or Path
        The file.
    rankings : mapping of str to sequence of tuple of (str, float)
        Query -> papers with their scores, best first.
    tag : str
        The name of the run.

    Returns
    -------
    tuple of str
        One line each on names that are written otherwise.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender.evaluation import write_run
    >>> write_run("my.run", {"q1": [("a", 0.5), ("b", 0.25)]}, tag="mine")
    ()
    >>> print(Path("my.run").read_text(), end="")
    q1 Q0 a 1 0.5 mine
    q1 Q0 b 2 0.25 mine
    """
    queries = _words(rankings)
    papers = _words(paper for ranking in rankings.values() for paper, _ in ranking)
    lines = []
    for query, ranking in rankings.items():
        scores = _falling(score for _, score in ranking)
        for rank, ((paper, _), score) in enumerate(zip(ranking, scores, strict=True), 1):
            lines.append(f"{queries[query]} Q0 {papers[paper]} {rank} {score:.9g} {_word(tag)}\n")
    write_whole(path, "".join(lines))
    return (*_changed(path, "query", queries), *_changed(path, "paper", papers))


def _falling(scores: Iterable[float]) -> Iterator[float]:
    """The scores as float32, each below the one before, none of them denormal."""
    last = np.float32(np.inf)
    for score in scores:
        below = min(np.nextafter(last, np.float32(-np.inf)), last - _STEP)
        last = min(np.float32(score), below)
        # A step leads to 0 or well past it, so that 0 is below the one before, too.
        last = last if abs(last) >= np.finfo(np.float32).tiny else np.float32(0)
        yield float(last)


def _words(names: Iterable[str]) -> dict[str, str]:
    """Each name as one word, no two alike; a name that is one word already stays as it is."""
    words = {name: _word(name) for name in names}
    taken = {name for name, word in words.items() if name == word}
    for name, word in words.items():
        if name != word:
            words[name] = _free(word, taken)
            taken.add(words[name])
    return words


def _free(word: str, taken: set[str]) -> str:
    """The word, or with the first number behind it that nobody has."""
    free, number = word, 1
    while free in taken:
        number += 1
        free = f"{word}_{number}"
    return free


def _changed(path: str | Path, kind: str, words: Mapping[str, str]) -> Iterator[str]:
    changed = [f"{name!r} as {word}" for name, word in words.items() if name != word]
    if changed:
        shown = ", ".join(changed[:_SHOWN]) + ", ..." * (len(changed) > _SHOWN)
        ids = f"1 {kind} id is" if len(changed) == 1 else f"{len(changed):,} {kind} ids are"
        yield f"{path}: TREC's format has no blanks within an id; {ids} written otherwise: {shown}"


def _word(text: str) -> str:
    return "_".join(text.split())
